"""Networks: how features are computed."""

from .base import Network
from .causal import Causal
from .conv import Conv
from .grid import Grid
from .mlp import MLP
from .partial import Partial
from .tabular import Tabular

__all__ = ["MLP", "Causal", "Conv", "Grid", "Network", "Partial", "Tabular"]
