"""Training: one loop for every model."""

from .loop import Outcome, fit
from .settings import Settings

__all__ = ["Outcome", "Settings", "fit"]
