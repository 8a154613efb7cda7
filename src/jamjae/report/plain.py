"""The first words of a report: what samples and ways between codes are worth, in sentences without terms."""

from typing import Any

from ..evaluation.base import Measurement
from .captions import percent
from .facts import Facts


def first(facts: Facts) -> list[str]:
    """Sentences about random codes and about the middle between two; empty where neither was measured.

    Example:
        >>> details = {"extractor": "raw", "by_extractor": {"raw": {"samples": 0.6, "real": 0.75}}}
        >>> found = (Measurement("completeness", 0.8, details=details),)
        >>> first(Facts("a run", "vae", measurements=found))[0]
        'Of 100 random z, 80 decode to something like the data.'
    """
    found = {m.name: m for m in facts.measurements}
    said = {"completeness": random_codes, "continuity": middle}
    return [sentence for name, say in said.items() if name in found for sentence in say(found[name])]


def details(found: Measurement) -> dict[str, Any]:
    """The details of the extractor behind the value."""
    held: dict[str, Any] = found.details.get("by_extractor", {}).get(found.details.get("extractor"), {})
    return held


def random_codes(found: Measurement) -> list[str]:
    """What share of draws from the prior decode to what lies near held-out examples, where real examples make 100."""
    if found.value is None:
        return [f"How many of 100 random z decode to something like the data is not defined: {found.reason}."]
    held = details(found)
    if not held.get("real"):
        return []
    count = min(100, round(100 * held["samples"] / held["real"]))
    less = ["But samples keep closer to the data than data do: they vary less."] if held.get("excess", 0) > 0 else []
    return [
        f"Of 100 random z, {count} decode to something like the data.",
        f"That is {percent(held['samples'])} of the samples near held-out examples; real training examples, of which "
        f"{percent(held['real'])} lie near them, would make 100.",
        *less,
    ]


def middle(found: Measurement) -> list[str]:
    """How far the picture in the middle between two codes is on its way from A to B."""
    if found.value is None:
        return [f"What lies half-way between two codes A and B is not defined: {found.reason}."]
    share = details(found).get("halfway")
    if share is None:
        return []
    return [f"Half-way between A and B the picture has gone {percent(share)} of the way from A; 50 % would be even."]
