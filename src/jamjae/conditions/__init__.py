"""Conditions: what a model may be told about an example."""

from .base import Condition
from .label import Label

__all__ = ["Condition", "Label"]
