"""Models: one class; recipes fill it."""

from .inversion import invert
from .latent import LatentModel

__all__ = ["LatentModel", "invert"]
