"""Penalties: what keeps a critic from becoming too sure."""

from .base import Penalty
from .clip import Clip
from .gradient_penalty import GradientPenalty
from .r1 import R1

__all__ = ["R1", "Clip", "GradientPenalty", "Penalty"]
