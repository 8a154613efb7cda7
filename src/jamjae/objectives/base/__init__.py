"""What an objective is."""

from .contest import Contest
from .objective import Batch, Objective, Terms

__all__ = ["Batch", "Contest", "Objective", "Terms"]
