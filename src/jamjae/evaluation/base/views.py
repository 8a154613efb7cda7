"""Samples, test and training examples as every extractor sees them, and a number that is measured on each view."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import mean
from typing import Any

import torch
from torch import Tensor

from ...core.errors import Undefined
from ...core.event import Event
from .extractors import Extractor
from .measurement import Measurement, bootstrap
from .neighbours import balls, inside

FEWEST = 50  # examples of each kind that are compared


@dataclass(frozen=True)
class View:
    """Features of equally many samples, test examples and training examples, (n, F) each.

    Arguments:
        extractor: Name of the extractor.
        made: Features of the samples.
        real: Features of test examples: what the samples are compared with.
        known: Features of training examples: they take the place of the samples for the baseline.
        fooled: What the extractor takes for data though it is none.
    """

    extractor: str
    made: Tensor
    real: Tensor
    known: Tensor
    fooled: str = ""

    @cached_property
    def radii(self) -> Tensor:
        """`balls` around test examples."""
        return balls(self.real)

    @cached_property
    def crowds(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """`inside` of the balls around test examples, for samples and for training examples."""
        return inside(self.made, self.real, self.radii), inside(self.known, self.real, self.radii)


@dataclass(frozen=True)
class Score:
    """A number measured on one view, its 95 % interval, the same number for a baseline, and more plain numbers."""

    value: float
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends; None where there is no interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def comparable(event: Event) -> None:
    """Raise `Undefined` where samples and examples have no features that mean the same."""
    if event.levels > 2:
        raise Undefined("categories have no features in which distances mean something")


def enough(n: int) -> None:
    """Raise `Undefined` for fewer than 50 examples."""
    if n < FEWEST:
        raise Undefined(f"{n} examples are too few to compare with samples: it takes {FEWEST} in each split")


def look(found: list[Extractor], made: Tensor, real: Tensor, known: Tensor) -> list[View]:
    """A view of each extractor, of as many samples, test and training examples as there are of each.

    Raises:
        Undefined: If there are too few.
    """
    n = min(len(made), len(real), len(known))
    enough(n)
    return [View(see.name, see(made[:n]), see(real[:n]), see(known[:n]), see.fooled) for see in found]


def judged(views: list[View], score: Callable[[View], Score], **rest: Any) -> Measurement:
    """A measurement whose headline is from the first extractor that is not fooled, and whose details hold all of them.

    Repetitions of an extractor are averaged, the ends of their intervals, too; "spread" is their standard deviation.
    """
    names = list(dict.fromkeys(view.extractor for view in views))
    scores = {name: [score(view) for view in views if view.extractor == name] for name in names}
    return headline(scores, len(views[0].made), {v.extractor: v.fooled for v in views if v.fooled}, **rest)


def headline(scores: dict[str, list[Score]], n: int, fooled: dict[str, str], **rest: Any) -> Measurement:
    """The measurement that scores by extractor make; `fooled`: by what, for those that are."""
    found = {name: average(repeated) for name, repeated in scores.items()}
    judges = {name: score for name, score in found.items() if name not in fooled}
    first = next(iter(judges or found))
    best = found[first]
    flags = [text for text in (rest.pop("flag", lambda s: "")(best), disagreement(judges)) if text]
    table = {name: plain(score, scores[name]) for name, score in found.items()}
    return Measurement(
        value=best.value,
        interval=best.interval,
        n=n,
        baseline=best.baseline,
        flag="; ".join(flags),
        details={"extractor": first, "fooled": fooled, "by_extractor": table, **rest.pop("details", {})},
        **rest,
    )


def blind(found: Measurement) -> Measurement:
    """With a warning, if every extractor is fooled: lying near the data then says little."""
    fooled, extractors = found.details["fooled"], found.details["by_extractor"]
    if set(fooled) != set(extractors):
        return found
    text = f"every extractor takes pictures that are no data ({fooled[found.details['extractor']]}) for data"
    return replace(found, flag="; ".join(filter(None, (found.flag, text))))


def average(scores: list[Score]) -> Score:
    """The mean of repetitions; what is only in `more` is the first one's."""
    value = mean([s.value for s in scores])
    ends = [mean(list(side)) for side in zip(*(s.interval for s in scores if s.interval), strict=True)]
    known = [s.baseline for s in scores if s.baseline is not None]
    low, high = (min(ends[0], value), max(ends[1], value)) if ends else (None, None)
    return Score(value, low, high, mean(known) if known else None, scores[0].more)


def plain(score: Score, repeated: list[Score]) -> dict[str, Any]:
    """A score as JSON."""
    interval = None if score.interval is None else list(score.interval)
    found = {"value": score.value, "interval": interval, "baseline": score.baseline, **score.more}
    if len(repeated) > 1:
        found["spread"] = torch.tensor([s.value for s in repeated]).std().item()
    return found


def disagreement(scores: dict[str, Score]) -> str:
    """A warning where one extractor puts the samples above the baseline and another below."""
    known = [(name, s.interval, s.baseline) for name, s in scores.items()]
    above = [name for name, ends, base in known if ends is not None and base is not None and ends[0] > base]
    below = [name for name, ends, base in known if ends is not None and base is not None and ends[1] < base]
    if not (above and below):
        return ""
    return f"extractor-dependent: above the baseline by {', '.join(above)}, below it by {', '.join(below)}"


def ratio(made: Tensor, known: Tensor) -> Score:
    """Mean of (n,) over the mean of (n,), with the bootstrap's interval, and both means."""
    if not known.sum() > 0:
        raise Undefined("training examples are near no test example: the data are too few for their dimension")
    value = (made.mean() / known.mean()).item()
    low, high = bootstrap(lambda rows: made[rows].mean() / known[rows].mean().clamp(min=1e-12), len(made))
    raw = {"raw": made.mean().item(), "raw_training": known.mean().item()}
    return Score(value, min(low, value), max(high, value), 1.0, raw)
