"""One number and what is needed to trust it; 95 % intervals over the test examples."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

RESAMPLES = 500


@dataclass(frozen=True)
class Measurement:
    """One number and what is needed to trust it.

    Arguments:
        name: Name of the metric.
        value: The number; None where it has no meaning, and `reason` says why.
        interval: 95 % interval over the test examples; None where there is none.
        n: Number of test examples, or of samples of the model, behind it.
        unit: nats, axes, share, ...
        baseline: The same number for something simple, and `baseline_name`, what that is.
        flag: A warning in plain words; empty when all is well.
        title: The metric's name in plain words.
        details: More numbers, as plain JSON.
        each: The number of every test example, (n,), in their order, where the value is their mean: so that two models
            can be compared example by example. It is not saved.

    Example:
        >>> print(Measurement("rate", 21.5, (21.2, 21.8), 10000, "nats", title="Information in the code"))
        rate 21.5 nats [21.2, 21.8], n = 10000
    """

    name: str = ""
    value: float | None = None
    interval: tuple[float, float] | None = None
    n: int = 0
    unit: str = ""
    baseline: float | None = None
    baseline_name: str = ""
    flag: str = ""
    reason: str = ""
    title: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    each: Tensor | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; read back with `Measurement(**json)`."""
        found = asdict(replace(self, each=None))
        del found["each"]
        return found | {"interval": None if self.interval is None else list(self.interval)}

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.name} undefined: {self.reason}"
        text = f"{self.name} {self.value:.4g} {self.unit}"
        text += f" [{self.interval[0]:.4g}, {self.interval[1]:.4g}]" if self.interval else ""
        text += f", n = {self.n}"
        text += f", {self.baseline_name} {self.baseline:.4g}" if self.baseline is not None else ""
        return text + (f" ({self.flag})" if self.flag else "")


def revived(measurement: Measurement | Mapping[str, Any]) -> Measurement:
    """A `Measurement` from itself or from its JSON."""
    if isinstance(measurement, Measurement):
        return measurement
    interval = measurement.get("interval")
    return Measurement(**{**measurement, "interval": tuple(interval) if interval else None})


def normal(values: Tensor) -> tuple[float, float]:
    """95 % interval of a mean over examples (n,): mean +- 1.96 s / sqrt(n)."""
    half = 1.96 * values.std().item() / math.sqrt(len(values))
    return values.mean().item() - half, values.mean().item() + half


def over_examples(values: Tensor, **rest: Any) -> Measurement:
    """The mean of one number per test example, (n,), with its interval."""
    return Measurement(value=values.mean().item(), interval=normal(values), n=len(values), each=values, **rest)


def wilson(hits: Tensor) -> tuple[float, float]:
    r"""95 % interval of a share from hits (n,) of 0 and 1; always inside [0, 1].

        (p + c/2 +- z sqrt(p (1 - p) / n + c / (4 n))) / (1 + c),   c = z^2 / n, z = 1.96

    Reference:
        Wilson (1927), Probable inference, the law of succession, and statistical inference.
        https://doi.org/10.1080/01621459.1927.10502953

    Example:
        >>> low, high = wilson(torch.ones(20))
        >>> round(low, 3), high
        (0.839, 1.0)
    """
    n, p = len(hits), hits.double().mean().item()
    c = 1.96**2 / n
    half = 1.96 * math.sqrt(p * (1 - p) / n + c / (4 * n))
    low, high = ((p + c / 2 + side * half) / (1 + c) for side in (-1, 1))
    return min(p, max(0.0, low)), max(p, min(1.0, high))  # it holds p, whatever the rounding


def bootstrap(statistic: Callable[[Tensor], Tensor], n: int) -> tuple[float, float]:
    """95 % percentile interval of `statistic(rows)` over 500 resamples of n row numbers."""
    found = torch.stack([statistic(torch.randint(n, (n,))) for _ in range(RESAMPLES)]).double()
    low, high = found.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return low, high
