"""Where the losses of a game come to rest, in one sentence."""

import math
from collections.abc import Iterable, Mapping

from .facts import Row

SAID = {
    "loss": "the loss of the {}",
    "fooling": "what the {} pays for being found out",
    "total_correlation": "the total correlation",
}


def at_rest(rows: Iterable[Row]) -> str:
    """What losses are worth where samples have the distribution of the data; empty where nothing is played.

    Example:
        >>> text = at_rest([{"event": "start", "equilibrium": {"critic.loss": 2 * math.log(2)}}])
        >>> text.partition(", where")[0]
        'The losses of a game do not fall to zero: they come to rest at 2 ln 2 = 1.386 (the loss of the critic)'
    """
    levels = next((row.get("equilibrium", {}) for row in rows if row.get("event") == "start"), {})
    found = [f"{level(value)} ({SAID[term].format(player or 'model')})" for player, term, value in ends(levels)]
    if not found:
        return ""
    return (
        f"The losses of a game do not fall to zero: they come to rest at {' and '.join(found)}, where samples are "
        "distributed like the data and the critic can only guess. The dotted lines show it. A loss on its line is no "
        "proof: a critic that is too weak can only guess, too."
    )


def ends(levels: Mapping[str, float]) -> Iterable[tuple[str, str, float]]:
    """Player, term and level of what the sentence speaks of."""
    for key, value in levels.items():
        player, _, term = key.rpartition(".")
        if term in SAID:
            yield player, term, value


def level(value: float) -> str:
    """A level, with its name where it has one.

    Example:
        >>> level(2 * math.log(2)), level(-math.log(2)), level(0.125), level(0.0)
        ('2 ln 2 = 1.386', '−ln 2 = −0.693', '0.125', '0')
    """
    name = {2.0: "2 ln 2 = ", 1.0: "ln 2 = ", -1.0: "−ln 2 = "}.get(round(value / math.log(2), 9), "")
    return name + f"{value:.3f}".rstrip("0").rstrip(".").replace("-", "−")
