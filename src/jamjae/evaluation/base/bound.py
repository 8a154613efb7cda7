"""A lower bound on log p(x) as a measurement."""

import math
from typing import Any

from torch import Tensor

from ...core.shapes import missing
from .measurement import Measurement, normal, over_examples
from .subject import Subject

WORSE = "not clearly better than every cell on its own, without a code"


def lower_bound(values: Tensor, subject: Subject, flag: str = "", **details: Any) -> Measurement:
    """Per-example bounds (n,) in nats, with bits per dimension and, as the baseline, the likelihood without a code.

    It is flagged where the difference to that baseline, paired by example, is not above 0 with 95 % confidence.
    """
    alone = subject.without_code
    details |= per_cell(values, subject)
    if alone is None:
        return over_examples(values, flag=flag, details=details)
    low, high = normal(values - alone)
    details |= {"difference": (values - alone).mean().item(), "difference_interval": [low, high]}
    flags = [flag] if flag else []
    return over_examples(
        values,
        baseline=alone.mean().item(),
        baseline_name="every cell on its own",
        flag="; ".join([WORSE, *flags] if low <= 0 else flags),
        details=details,
    )


def per_cell(values: Tensor, subject: Subject) -> dict[str, float]:
    """Bits per dimension; of text, whose examples differ in length, the perplexity of a token (its end is one).

    perplexity = exp(-sum of the bounds / number of tokens): as if one of so many equally probable tokens came next.
    """
    event = subject.dataset.event
    if event.kind != "text":
        return {"bits_per_dimension": -values.mean().item() / (event.cells * math.log(2))}
    tokens = int((~missing(subject.x)).sum())
    return {"perplexity": math.exp(min(-values.sum().item() / tokens, 700.0))}
