"""Networks: how features are computed."""

from .base import Network
from .mlp import MLP

__all__ = ["MLP", "Network"]
