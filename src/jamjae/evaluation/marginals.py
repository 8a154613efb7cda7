"""How far the columns of samples are from those of the data, one at a time."""

import torch

from .base import Measurement, Subject, metric
from .base.columns import distances, three
from .base.jackknife import jackknife, left_out


@metric(title="Columns of samples beside those of examples", unit="distance", full=True, better="lower")
def marginals(subject: Subject) -> Measurement:
    r"""Mean over the columns of the distance between samples and test examples, in [0, 1]; 0 where every column is
    distributed as in the data.

        numbers  sup_t |F(t) - G(t)|   (Kolmogorov and Smirnov)
        classes  1/2 sum_k |p_k - q_k|  (total variation)

    Interval: jackknife over 20 blocks of rows. Baseline: training examples in place of the samples, which is what
    equally good rows would get by chance. `details` name the five worst columns. Where cells are missing, samples get
    the gaps of training examples, and gaps are left out.

    Cost: 2,500 samples, sorted once a column.

    Failure modes: every column may be right and no row possible: read it with `pairs`. Undefined for pictures and other
    data whose cells are no columns, and below 50 examples a split.

    Reference:
        Jordon et al. (2022), Synthetic data: what, why and how? https://arxiv.org/abs/2205.03257
    """
    event = subject.dataset.event
    made, real, known = three(subject)
    columns = distances(event, made, real)

    found = left_out(lambda rows: distances(event, made[rows], real[rows]).nanmean()[None], len(made))
    worst = columns.nan_to_num(-1.0).argsort(descending=True)[:5].tolist()
    names = [event.columns[k].name if event.columns else str(k) for k in worst]
    return Measurement(
        value=columns.nanmean().item(),
        interval=jackknife(found[:, 0]),
        n=len(made),
        baseline=distances(event, known, real).nanmean().item(),
        baseline_name="training examples",
        details={"worst": dict(zip(names, columns[torch.tensor(worst)].tolist(), strict=True))},
    )
