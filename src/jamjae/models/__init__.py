"""Models: one class; recipes fill it."""

from .latent import LatentModel

__all__ = ["LatentModel"]
