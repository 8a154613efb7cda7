"""Regularisers: what an autoencoder pays for its codes."""

from .base import Regulariser
from .commitment import Commitment
from .contractive import Contractive
from .l1 import L1
from .sparse import Sparse

__all__ = ["L1", "Commitment", "Contractive", "Regulariser", "Sparse"]
