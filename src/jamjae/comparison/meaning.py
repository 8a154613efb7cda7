"""What may be compared with what: where a difference of two numbers has no meaning, and why, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..evaluation.base import Metric

DATA = "These runs were fitted to different data: none of their numbers can be compared."
LIKELIHOODS = "These runs see the data under different likelihoods: their nats cannot be compared."
LABELS = "Some of these runs are told labels: log p(x | label) cannot be compared with log p(x)."
AS_SEEN = ("reconstruction", "trustworthiness")  # measured on the cells as the model sees them, grey or bits


@dataclass(frozen=True)
class Ground:
    """What the numbers of a run stand on.

    Arguments:
        data: Fingerprint of the data.
        likelihood: The likelihood with its options, as text.
        binarise: How the data were made binary.
        condition: What the model is told; empty for nothing.
        image: Whether the examples are pictures, whose samples are compared as shades anyway.
    """

    data: str
    likelihood: str
    binarise: str
    condition: str
    image: bool = False

    @classmethod
    def of(cls, spec: dict[str, Any]) -> "Ground":
        """The ground of a run's spec."""
        about, model = spec["data"], spec["model"]
        likelihood = {k: v for k, v in model["likelihood"].items() if k != "event"}
        told = (model.get("condition") or {}).get("name", "")
        image = about.get("event", {}).get("kind") == "image"
        return cls(str(about.get("fingerprint")), named(likelihood), str(about.get("binarise")), told, image)


def named(likelihood: dict[str, Any]) -> str:
    """A likelihood with its options, as text.

    Example:
        >>> named({"name": "gaussian", "sigma": 1.0})
        'gaussian (sigma 1.0)'
    """
    options = ", ".join(f"{k} {v}" for k, v in likelihood.items() if k != "name" and v is not None)
    return f"{likelihood.get('name', 'none')} ({options})" if options else str(likelihood.get("name", "none"))


def sentences(grounds: Sequence[Ground]) -> list[str]:
    """Why numbers of these runs must not be compared; empty if all of them may be."""
    if len({g.data for g in grounds}) > 1:
        found = [DATA]
    else:
        found = [LIKELIHOODS] if len({(g.likelihood, g.binarise) for g in grounds}) > 1 else []
    return [*found, LABELS] if len({g.condition for g in grounds}) > 1 else found


def incomparable(metric: Metric, one: Ground, other: Ground) -> str:
    """Why a difference in this metric has no meaning; empty where it has one.

    Example:
        >>> from jamjae.evaluation import METRICS
        >>> bits, grey = (Ground("", "bernoulli", how, "", True) for how in ("stochastic", "none"))
        >>> incomparable(METRICS["rate"], bits, grey)
        'one model sees the data binarised (stochastic), the other one (none)'
        >>> incomparable(METRICS["coverage"], bits, grey)
        ''
    """
    seen = {one.binarise, other.binarise}
    by_cells = metric.unit == "nats" or metric.name in AS_SEEN or not (one.image and other.image)
    if len(seen) > 1 and by_cells:
        return f"one model sees the data binarised ({one.binarise}), the other one ({other.binarise})"
    if metric.unit == "nats" and one.likelihood != other.likelihood:
        return f"a nat counts something else under each likelihood: {one.likelihood} and {other.likelihood}"
    if metric.unit == "nats" and one.condition != other.condition:
        return "log p(x | label) and log p(x) are not the same quantity: one model is told labels, the other is not"
    return ""
