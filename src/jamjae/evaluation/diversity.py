"""How different the samples are from each other."""

import math

import torch
from torch import Tensor

from ..core.errors import Undefined
from ..data.spread import Space, apart
from .base import Measurement, Subject, metric

MOST, FEWEST, CELLS = 1000, 100, 20_000_000  # examples whose distances are taken; fewer where they are large
COLLAPSED = 0.5


@metric(title="How different samples are from each other", unit="times the data's")
def diversity(subject: Subject) -> Measurement:
    r"""Mean distance of two samples over the mean distance of two test examples; 1 for samples as varied as the data.

        E|x - x'| over samples / E|x - x'| over test examples

    Distances are Euclidean in the space of the cells (pixels of pictures; columns of a vector divided by their standard
    deviations first), between as many samples as test examples, at most 1,000 each (fewer where they are large).
    Interval: from the variance of the two U-statistics, on the logarithm. Baseline: as many training examples in place
    of the samples. Below one half it is flagged as mode collapse.

    Cost: the samples and three matrices of distances.

    Failure modes: noise is varied, too. A model may pass that drops half of the modes, if the rest is far apart;
    blurred samples have less than 1 without any collapse.

    Reference:
        Hoeffding (1948), A class of statistics with asymptotically normal distribution.
        https://doi.org/10.1214/aoms/1177730196
    """
    event = subject.dataset.event
    most = min(MOST, max(FEWEST, CELLS // event.cells))
    real, known = subject.real("test", most), subject.real("train", most)
    samples = torch.cat(list(subject.draws(len(real))))
    space = Space.of(event, known)
    of_real, of_known, made = (apart(space.rows(x[: len(real)])) for x in (real, known, samples))
    if not of_real.mean() > 0:
        raise Undefined("the test examples are all alike")
    ratio = (made.mean() / of_real.mean()).item()
    half = 1.96 * math.sqrt(uncertainty(made) + uncertainty(of_real))
    return Measurement(
        value=ratio,
        interval=(ratio * math.exp(-half), ratio * math.exp(half)),
        n=len(real),
        baseline=(of_known.mean() / of_real.mean()).item(),
        baseline_name="training examples",
        flag="mode collapse: the samples are far more alike than the data" if ratio < COLLAPSED else "",
    )


def uncertainty(distances: Tensor) -> float:
    """Variance of the logarithm of a mean distance, from every point's mean distance to the others (n,)."""
    mean = distances.mean().item()
    return 4 * distances.var().item() / (len(distances) * mean**2) if mean > 0 else 0.0
