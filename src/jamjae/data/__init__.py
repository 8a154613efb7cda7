"""Data: read anything into a `Dataset`."""

from . import builtin
from .dataset import Dataset
from .read import read

__all__ = ["Dataset", "builtin", "read"]
