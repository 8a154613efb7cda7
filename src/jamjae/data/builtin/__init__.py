"""Built-in data sets, one file each. `NAMES` says what there is."""

from ..raw import Raw
from . import digits, fashion_mnist, grid, mnist, moons, ring, shapes, stacked_mnist

_SETS = {
    "digits": digits,
    "mnist": mnist,
    "fashion-mnist": fashion_mnist,
    "stacked-mnist": stacked_mnist,
    "ring": ring,
    "grid": grid,
    "moons": moons,
    "shapes": shapes,
}
NAMES: dict[str, str] = {name: module.ABOUT for name, module in _SETS.items()}


def load(name: str, seed: int) -> Raw:
    """The built-in set of that name."""
    raw: Raw = _SETS[name].load(seed)
    return raw


__all__ = ["NAMES", "load"]
