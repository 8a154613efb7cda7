"""Whether the columns of samples go together as those of the data do."""

from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, metric
from .base.columns import associations, three
from .base.jackknife import jackknife, left_out

LOST = "columns of samples go together no better than independent ones would"


@metric(title="How columns of samples go together", unit="correlation", full=True, better="lower")
def pairs(subject: Subject) -> Measurement:
    r"""Mean absolute difference between the correlations of samples and of test examples, over all pairs of columns.

        1 / |P| sum_{(i, j) in P} |r_ij(samples) - r_ij(test examples)|

    Columns are the numbers of `data.spread.Space`: logarithms of positive columns and counts, a one among zeros for a
    class. Interval: jackknife over 20 blocks of rows. Baseline: training examples in place of the samples. `details`
    hold what independent columns would get, "independent"; the metric is flagged where the samples do no better.

    Cost: 2,500 samples and three matrices of correlations.

    Failure modes: correlations are linear, and of two columns at a time. Undefined for a single column, for pictures
    and other data whose cells are no columns, and below 50 examples a split.

    Reference:
        Jordon et al. (2022), Synthetic data: what, why and how? https://arxiv.org/abs/2205.03257
    """
    event = subject.dataset.event
    made, real, known = three(subject)
    truth = associations(event, known, real)
    if not len(truth):
        raise Undefined("a single column has no pairs")

    def off(rows: Tensor) -> Tensor:
        return (associations(event, known, made[rows]) - associations(event, known, real[rows])).abs().mean()[None]

    found = left_out(off, len(made))
    value, independent = found[-1, 0].item(), truth.abs().mean().item()
    return Measurement(
        value=value,
        interval=jackknife(found[:, 0]),
        n=len(made),
        baseline=(associations(event, known, known) - truth).abs().mean().item(),
        baseline_name="training examples",
        flag=LOST if value >= independent else "",
        details={"independent": independent},
    )
