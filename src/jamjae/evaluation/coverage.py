"""How much of the data's variety the samples reach."""

from torch import Tensor

from .base import Measurement, Subject, metric
from .base.neighbours import balls, inside
from .base.views import Score, View, judged, ratio

COLLAPSED = 0.5


@metric(title="Share of the data that samples reach (coverage)", unit="times held-out data's", better="higher")
def coverage(subject: Subject) -> Measurement:
    r"""Share of test examples that have a sample among their near neighbours, over the same share for training
    examples in place of the samples; 1 for samples as varied as the data.

        coverage = |{i : some sample within rho_i of r_i}| / n,   rho_i = min(5-NN radius of r_i, median radius)

    of test examples r among equally many samples, at most 2,500. Radii are cut at their median, so that an outlier
    does not own a large ball. Extractors and headline as for `kid`; `details` hold both shares. Interval: bootstrap
    over the test examples. Baseline: training examples, 1 by definition. Below one half it is flagged as mode collapse.

    Cost: 2,500 samples, their features, and three matrices of distances an extractor.

    Failure modes: noise around real examples covers them. Memorised examples have 1. Undefined where even training
    examples reach nothing.

    Reference:
        Naeem et al. (2020), Reliable fidelity and diversity metrics for generative models.
        https://arxiv.org/abs/2002.09797;
        Salvy et al. (2025), Enhanced generative model evaluation with clipped density and coverage.
        https://arxiv.org/abs/2507.01761
    """
    return judged(subject.views, score, baseline_name="training examples", flag=collapse)


def collapse(found: Score) -> str:
    """A warning where less than half of the data is reached, whatever the chance."""
    few = found.high is not None and found.high < COLLAPSED
    return "mode collapse: samples reach less than half of the data" if few else ""


def score(view: View) -> Score:
    """The coverage on one view."""
    made, known = view.crowds
    return ratio((made[1] > 0).double(), (known[1] > 0).double())


def reached(real: Tensor, made: Tensor, clip: bool = True) -> Tensor:
    """1.0 for every real row (n, F) that has a made row (m, F) within its radius, (n,)."""
    return (inside(made, real, balls(real, clip=clip))[1] > 0).double()
