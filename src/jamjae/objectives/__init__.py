"""Objectives: what training minimises."""

from .base import Batch, Objective, Terms
from .elbo import ELBO
from .iwae import IWAE
from .reconstruction import Reconstruction

__all__ = ["ELBO", "IWAE", "Batch", "Objective", "Reconstruction", "Terms"]
