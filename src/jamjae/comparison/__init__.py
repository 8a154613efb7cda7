"""Comparison: arms of several seeds, paired differences with intervals, verdicts under one rule of evidence."""

from . import grid
from .arm import Arm, Cell
from .claims import Claim, Finding
from .comparison import Comparison, Row, side_by_side
from .difference import Difference, over_examples, over_seeds
from .meaning import Ground
from .swept import Point, Sweep
from .verdict import Against

__all__ = [
    "Against",
    "Arm",
    "Cell",
    "Claim",
    "Comparison",
    "Difference",
    "Finding",
    "Ground",
    "Point",
    "Row",
    "Sweep",
    "grid",
    "over_examples",
    "over_seeds",
    "side_by_side",
]
