"""The loss curves of a run: every quantity once, in the order of the loss; one panel for all terms of an opponent."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from ..plots.losses import measured, panel, together
from . import words
from .embed import svg
from .facts import Facts, Row

SPLITS = ("train", "validation")


@dataclass(frozen=True)
class Curve:
    """A panel: whose it is ("" for the model), the name above it, its unit, the drawing, what its terms mean."""

    player: str
    name: str
    unit: str
    drawing: Markup
    caption: str


def curves(facts: Facts, prefix: str) -> list[Curve]:
    """Every quantity logged but the gradient's norm; the loss first, then its parts, then what is shown beside it.

    What an opponent of the model pays is drawn in one panel, what is only logged of it in another one: its terms mean
    something beside each other, and beside their worth in equilibrium where that is known. Then the samples' numbers.
    """
    rows, start = measured(list(facts.rows)), started(facts.rows)
    levels = start.get("equilibrium", {})
    found = []
    for keys in panels(named(rows), grouped(start.get("players", {}))):
        drawing = (single if len(keys) == 1 else several)(rows, keys, levels, f"{prefix}-loss-{len(found)}")
        found.append(drawing)
    return found + of_samples(rows, prefix)


def started(rows: Iterable[Row]) -> Row:
    """The log's first event; empty where there is none."""
    return next((row for row in rows if row.get("event") == "start"), {})


def grouped(players: dict[str, dict[str, list[str]]]) -> list[set[str]]:
    """Keys that share a panel: of every player but "model" the loss with its parts, and what is only logged."""
    others = {player: terms for player, terms in players.items() if player != "model"}
    return [
        {f"{player}.{term}" for term in terms}
        for player, found in others.items()
        for terms in (["loss", *found["parts"]], found["logged"])
    ]


def panels(names: dict[str, str], groups: list[set[str]]) -> list[dict[str, str]]:
    """The keys of each panel with their names, in the order of the log.

    Example:
        >>> names = {"loss": "loss", "critic.loss": "loss", "critic.real": "real", "critic.accuracy": "accuracy"}
        >>> [list(panel) for panel in panels(names, [{"critic.loss", "critic.real"}, {"critic.accuracy"}])]
        [['loss'], ['critic.loss', 'critic.real'], ['critic.accuracy']]
    """
    found: dict[str, dict[str, str]] = {}
    for key, name in names.items():
        group = next((n for n, group in enumerate(groups) if key in group), None)
        found.setdefault(key if group is None else f"{group}", {})[key] = name
    return list(found.values())


def single(rows: list[Row], keys: dict[str, str], levels: dict[str, float], prefix: str) -> Curve:
    """One quantity in its panel."""
    [(key, name)] = keys.items()
    player, _, term = key.rpartition(".")
    drawing = svg(panel(rows, key, levels.get(key)), prefix, f"{name} over the epochs")
    return Curve(player, name, words.unit(player, term), drawing, explained([term], key in levels))


def several(rows: list[Row], keys: dict[str, str], levels: dict[str, float], prefix: str) -> Curve:
    """Quantities of one opponent in one panel."""
    player, terms = next(iter(keys)).rpartition(".")[0], [key.rpartition(".")[2] for key in keys]
    name = ", ".join(keys.values())
    drawing = svg(together(rows, keys, levels), prefix, f"{name} of {player} over the epochs")
    return Curve(player, name, "", drawing, explained(terms, bool(set(keys) & set(levels))))


def explained(terms: list[str], level: bool) -> str:
    """What terms mean, in words."""
    said = [(f"{term}: " if len(terms) > 1 else "") + words.TERMS[term] for term in terms if term in words.TERMS]
    return "; ".join(said) + ("; dotted: the worth in equilibrium" if level else "")


def of_samples(rows: list[Row], prefix: str) -> list[Curve]:
    """What was measured on samples while the model trained."""
    seen = [{**row, "train": row["samples"], "validation": {}} for row in rows if "samples" in row]
    found = []
    for number, term in enumerate(dict.fromkeys(key for row in seen for key in row["train"])):
        drawing = svg(panel(seen, term), f"{prefix}-made-{number}", f"{term} of samples over the epochs")
        found.append(Curve("samples", term.replace("_", " "), "", drawing, words.TERMS.get(term, "")))
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
