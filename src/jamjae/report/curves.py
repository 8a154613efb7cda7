"""The loss curves of a run: every quantity once, in the order of the loss."""

from dataclasses import dataclass

from markupsafe import Markup

from ..plots.losses import measured, panel
from .embed import svg
from .facts import Facts, Row

SPLITS = ("train", "validation")


@dataclass(frozen=True)
class Curve:
    """One quantity of one player: the term that explains it, the name above it, the drawing."""

    player: str
    term: str
    name: str
    drawing: Markup


def curves(facts: Facts, prefix: str) -> list[Curve]:
    """Every quantity logged but the gradient's norm; the loss first, then its parts, then what is shown beside it."""
    rows = measured(list(facts.rows))
    found = []
    for number, (key, name) in enumerate(named(rows).items()):
        player, _, term = key.rpartition(".")
        drawing = svg(panel(rows, key), f"{prefix}-loss-{number}", f"{name} over the epochs")
        found.append(Curve(player, term, name, drawing))
    return found


def named(rows: list[Row]) -> dict[str, str]:
    """Keys to draw and the names above them. A quantity that repeats another is not drawn twice.

    A single part is the loss; with beta = 1 the KL is the rate, and the ELBO is the negative loss.

    Example:
        >>> named([{"train": {"loss": 2.0, "distortion": 2.0, "gradient_norm": 0.1}, "validation": {}}])
        {'distortion': 'loss = distortion'}
    """
    logged = dict.fromkeys(key for row in rows for split in SPLITS for key in row.get(split) or {})
    keys = [key for key in logged if not key.endswith("gradient_norm")]
    whole = {part: loss for loss in keys if loss.endswith("loss") if (part := sole_part(rows, keys, loss))}
    drawn = [key for key in keys if key not in whole.values() and not repeats(rows, key)]
    return {key: ("loss = " if key in whole else "") + key.rpartition(".")[2] for key in drawn}


def sole_part(rows: list[Row], keys: list[str], loss: str) -> str:
    """The key that is the whole loss of its player, if there is one."""
    player = loss.removesuffix("loss")
    others = (key for key in keys if key != loss and key.startswith(player) and equal(rows, key, loss))
    return next(others, "")


def repeats(rows: list[Row], key: str) -> bool:
    """Whether the KL is the rate, or the ELBO the negative loss."""
    player, dot, term = key.rpartition(".")
    same = {"kl": ("rate", 1.0), "elbo": ("loss", -1.0)}.get(term)
    return same is not None and equal(rows, key, player + dot + same[0], same[1])


def equal(rows: list[Row], one: str, other: str, sign: float = 1.0) -> bool:
    """Whether `one` is `sign` times `other` wherever it was logged."""
    pairs = [(row[s][one], row[s].get(other)) for row in rows for s in SPLITS if one in (row.get(s) or {})]
    return all(a is not None and b is not None and abs(a - sign * b) <= 1e-6 * abs(a) for a, b in pairs)
