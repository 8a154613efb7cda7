"""Whether codes drawn from the prior decode to something like the data."""

from dataclasses import replace

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, bootstrap, metric
from .base.neighbours import inside
from .base.rivals import rivals
from .base.views import Score, View, blind, judged

TELLING = 0.1  # how far real examples must be above shuffled ones for the share of either to mean anything


@metric(title="Codes that decode to something like the data (completeness)", unit="share", better="higher")
def completeness(subject: Subject) -> Measurement:
    r"""Share of samples that lie where data lie, between shuffled examples (0) and real ones (1).

        completeness = (A(samples) - A(null)) / (A(real) - A(null)), cut to [0, 1]

    A is the share of points within a ball around some test example: of the radius to its 5th neighbour, at most the
    median radius. Real: training examples; null: the same with every feature shuffled by itself, so that only their
    single values are like the data. Samples of pictures are the decoder's means. Extractors and headline as for `kid`.
    `details` hold the coverage on the same balls and the harmonic mean of the two, "both"; and, as "rivals", what the
    headline's extractor says of a cross-fade of two examples, of a Gaussian on principal components, and of an
    autoencoder under three other priors. Interval: bootstrap over samples and real examples. Baseline: 1, by
    definition. It is flagged where samples lie closer to the data than data do, beyond the interval: they vary less.

    Cost: the samples and their features, which the other judges of samples share.

    Failure modes: it does not ask for variety: a decoder that ignores its code has 1. Never read it without `coverage`.
    Undefined where shuffled examples pass for real ones (independent columns), or on features that tell nothing.

    Reference:
        Kynkaanniemi et al. (2019), Improved precision and recall metric for assessing generative models.
        https://arxiv.org/abs/1904.06991;
        Salvy et al. (2025), Enhanced generative model evaluation with clipped density and coverage.
        https://arxiv.org/abs/2507.01761
    """
    found = blind(judged(subject.views, score, baseline_name="real examples", flag=narrow))
    return replace(found, details={**found.details, "rivals": beside(subject, str(found.details["extractor"]))})


def beside(subject: Subject, extractor: str) -> dict[str, dict[str, float]]:
    """Completeness and coverage of what little effort makes (see `rivals`), on the first view of an extractor."""
    pairs = zip(subject.extractors, subject.views, strict=True)
    see, view = next(pair for pair in pairs if pair[0].name == extractor)
    found = {}
    for name, made in rivals(subject, len(view.made)):
        rival = score(replace(view, made=see(made)))
        found[name] = {"completeness": rival.value, "coverage": rival.more["coverage"]}
    return found


def narrow(found: Score) -> str:
    """A warning where samples keep closer to the data than data do."""
    return "samples vary less than the data" if found.more["excess"] > 0 else ""


def score(view: View) -> Score:
    """The completeness on one view."""
    found = [*view.crowds, inside(shuffled(view.known), view.real, view.radii)]
    made, real, null = ((balls_of > 0).double() for balls_of, _ in found)
    if real.mean() - null.mean() < TELLING:
        raise Undefined("shuffled examples lie where real ones do, so lying there says nothing")

    def share(rows: Tensor) -> Tensor:
        a, b, c = (x[rows].mean() for x in (made, real, null))
        return ((a - c) / (b - c).clamp(min=1e-9)).clamp(0.0, 1.0)

    value = share(torch.arange(len(made))).item()
    low, high = bootstrap(share, len(made))
    least = bootstrap(lambda rows: made[rows].mean() - real[rows].mean(), len(made))[0]
    by_made, by_known = ((held > 0).double().mean() for _, held in found[:2])
    covered = min(1.0, (by_made / by_known).item())
    more = {
        "samples": made.mean().item(),
        "real": real.mean().item(),
        "null": null.mean().item(),
        "excess": max(0.0, least),
        "coverage": covered,
        "both": 2 * value * covered / max(value + covered, 1e-12),
    }
    return Score(value, min(low, value), max(high, value), 1.0, more)


def shuffled(x: Tensor) -> Tensor:
    """x (n, F) with every column in an order of its own."""
    return torch.stack([column[torch.randperm(len(x))] for column in x.T], 1)
