"""Data: read anything into a `Dataset`."""

from . import builtin
from .dataset import Dataset
from .like import like
from .read import read

__all__ = ["Dataset", "builtin", "like", "read"]
