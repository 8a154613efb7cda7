"""How much the samples keep to where the data are."""

from .base import Measurement, Subject, metric
from .base.neighbours import NEIGHBOURS
from .base.views import Score, View, judged, ratio


@metric(title="How densely data surround the samples (density)", unit="times held-out data's", full=True)
def density(subject: Subject) -> Measurement:
    r"""In how many balls around test examples a sample lies, over the same for training examples in place of the
    samples; 1 for samples as close to the data as held-out data are.

        density = mean over samples s of min(1, |{i : |s - r_i| <= rho_i}| / 5),   rho_i as for `coverage`

    Balls are cut at their median radius and a sample counts at most 1, so that neither an outlier nor a crowd at one
    place pays. Extractors and headline as for `kid`; `details` hold both means. Interval: bootstrap over samples and
    training examples. Baseline: training examples, 1 by definition.

    Cost: that of `coverage`, whose features it shares.

    Failure modes: it is blind to variety: one typical picture made over and over has more than 1, and so do samples
    that are more average than the data. Read it beside `coverage`.

    Reference:
        Naeem et al. (2020), Reliable fidelity and diversity metrics for generative models.
        https://arxiv.org/abs/2002.09797;
        Salvy et al. (2025), Enhanced generative model evaluation with clipped density and coverage.
        https://arxiv.org/abs/2507.01761
    """
    return judged(subject.views, score, baseline_name="training examples")


def score(view: View) -> Score:
    """The density on one view."""
    made, known = ((count.double() / NEIGHBOURS).clamp(max=1.0) for count, _ in view.crowds)
    return ratio(made, known)
