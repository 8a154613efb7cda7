"""How many samples lie where data can lie."""

from ..core.errors import Undefined
from .base import Measurement, Subject, metric, wilson


@metric(title="Samples inside a mode", unit="share", better="higher")
def high_quality(subject: Subject) -> Measurement:
    r"""Share of 2,500 samples within 3 standard deviations (Mahalanobis distance) of the nearest mode; in [0, 1].

    Baseline: what the data's own law has there, P(chi^2_D < 9): 98.9 % in the plane.

    Cost: 2,500 samples, shared with `modes`.

    Failure modes: a model that makes one point well has 1: read it with `modes`. Defined only for data whose modes are
    known. A share clearly above the baseline means modes narrower than the data's.

    Reference:
        Srivastava et al. (2017), VEEGAN: reducing mode collapse in GANs using implicit variational learning.
        https://arxiv.org/abs/1705.07761
    """
    known = subject.dataset.modes
    if known is None:
        raise Undefined("nobody knows where the modes of this data are")
    inside = known.inside(subject.drawn).double()
    return Measurement(
        value=inside.mean().item(),
        interval=wilson(inside),
        n=len(inside),
        baseline=known.near,
        baseline_name="the data's own law",
    )
