"""Data: read anything into a `Dataset`, look at it before training."""

from . import builtin
from .dataset import Dataset
from .inspect import Finding, inspect
from .read import read
from .spectrum import eigenvalues, predict_axes

__all__ = ["Dataset", "Finding", "builtin", "eigenvalues", "inspect", "predict_axes", "read"]
