"""Networks: how features are computed."""

from .base import Network
from .causal import Causal
from .conv import Conv
from .embedding import Embedding
from .grid import Grid
from .mlp import MLP
from .partial import Partial
from .tabular import Tabular
from .temporal import Temporal

__all__ = ["MLP", "Causal", "Conv", "Embedding", "Grid", "Network", "Partial", "Tabular", "Temporal"]
