"""Networks: how features are computed."""

from .base import Network
from .conv import Conv
from .mlp import MLP

__all__ = ["MLP", "Conv", "Network"]
