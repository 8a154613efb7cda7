"""Posteriors: what the encoder outputs."""

from .base import Posterior
from .delta import Delta
from .gaussian import Gaussian

__all__ = ["Delta", "Gaussian", "Posterior"]
