"""Priors: what shape the latent space should have."""

from .base import Prior
from .gaussian import Gaussian
from .mixture import Mixture

__all__ = ["Gaussian", "Mixture", "Prior"]
