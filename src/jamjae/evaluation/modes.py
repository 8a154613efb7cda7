"""How many of the modes that are known to exist the samples hit."""

from ..core.errors import Undefined
from ..data.modes import FEWEST
from .base import Measurement, Subject, metric


@metric(title="Modes that the samples hit", unit="modes", better="higher")
def modes(subject: Subject) -> Measurement:
    r"""Number of modes with at least 20 of 2,500 samples within 3 standard deviations; `details` has it by the papers'
    rule, at least one sample, too, and the count of every mode.

        |{k : #{i : |x_i - c_k| < 3 sigma} >= 20}|

    Baseline: all modes. It is flagged where some are missed: as mode collapse where one of them has fewer than 20
    samples for which it is the nearest, otherwise as samples that lie beside the modes.

    Cost: 2,500 samples.

    Failure modes: defined only for data whose modes are known (`ring`, `grid`). A mode with samples around it, but
    not within 3 standard deviations, is not hit: see `high_quality`.

    Reference:
        Srivastava et al. (2017), VEEGAN: reducing mode collapse in GANs using implicit variational learning.
        https://arxiv.org/abs/1705.07761;
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
        https://arxiv.org/abs/1712.04086
    """
    known = subject.dataset.modes
    if known is None:
        raise Undefined("nobody knows where the modes of this data are")
    x = subject.drawn
    counts = known.counts(x)
    hit, touched = int((counts >= FEWEST * len(x)).sum()), int((counts > 0).sum())
    near = int((known.served(x) >= FEWEST * len(x)).sum())
    what = "mode collapse" if near < len(known) else "samples lie beside modes"
    flag = f"{what}: {hit} of {len(known)} modes hit ({touched} with at least one sample)"
    return Measurement(
        value=float(hit),
        n=len(x),
        baseline=float(len(known)),
        baseline_name="all modes",
        flag=flag if hit < len(known) else "",
        details={
            "at_least_one": touched,
            "near": near,
            "counts": counts.tolist(),
            "expected": known.near * len(x) / len(known),
        },
    )
