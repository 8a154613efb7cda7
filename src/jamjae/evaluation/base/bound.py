"""A lower bound on log p(x) as a measurement."""

import math
from typing import Any

from torch import Tensor

from .measurement import Measurement, over_examples
from .subject import Subject

WORSE = "no better than describing every cell on its own, without a code"


def lower_bound(values: Tensor, subject: Subject, flag: str = "", **details: Any) -> Measurement:
    """Per-example bounds (n,) in nats, with bits per dimension and, as the baseline, the likelihood without a code.

    It is flagged where its whole interval does not reach above that baseline.
    """
    alone = subject.without_code
    found = over_examples(values, baseline=alone, baseline_name="every cell on its own" if alone is not None else "")
    assert found.value is not None and found.interval is not None
    worse = alone is not None and found.interval[1] <= alone
    bits = -found.value / (subject.dataset.event.cells * math.log(2))
    return Measurement(
        value=found.value,
        interval=found.interval,
        n=found.n,
        baseline=found.baseline,
        baseline_name=found.baseline_name,
        flag="; ".join(text for text in (WORSE if worse else "", flag) if text),
        details={"bits_per_dimension": bits, **details},
    )
