"""Schedules: factors that change with the step."""

from .base import Schedule
from .constant import Constant
from .cyclical import Cyclical
from .linear import Linear

__all__ = ["Constant", "Cyclical", "Linear", "Schedule"]
