"""Kernels: how alike two codes are."""

from .base import Kernel
from .gaussian import Gaussian
from .inverse_multiquadric import InverseMultiquadric

__all__ = ["Gaussian", "InverseMultiquadric", "Kernel"]
