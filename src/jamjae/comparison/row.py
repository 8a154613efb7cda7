"""A metric across arms."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..evaluation.base import METRICS
from .arm import Arm, Cell, cell
from .verdict import Against, against


@dataclass(frozen=True)
class Row:
    """A metric: every arm's cell, and every other arm against the first."""

    name: str
    title: str
    unit: str
    better: str
    cells: tuple[Cell, ...]
    against: tuple[Against, ...]


def row(name: str, arms: Sequence[Arm]) -> Row:
    """A metric of all arms."""
    metric = METRICS[name]
    compared = tuple(against(arm, arms[0], metric) for arm in arms[1:])
    return Row(name, metric.title, metric.unit, metric.better, tuple(cell(arm, name) for arm in arms), compared)
