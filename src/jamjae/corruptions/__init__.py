"""Corruptions: what an encoder is shown in place of an example."""

from .base import Corruption
from .gaussian import Gaussian
from .masking import Masking
from .salt_and_pepper import SaltAndPepper

__all__ = ["Corruption", "Gaussian", "Masking", "SaltAndPepper"]
