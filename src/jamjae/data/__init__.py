"""Data: read anything into a `Dataset`."""

from .dataset import Dataset

__all__ = ["Dataset"]
