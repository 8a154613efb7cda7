"""Whether the way from one code to another decodes to a way through the data."""

import torch
from torch import Tensor

from ..core.errors import Undefined
from .base import Measurement, Subject, bootstrap, metric
from .base.extractors import Extractor
from .base.neighbours import NEIGHBOURS, on
from .base.views import Score, headline
from .base.walks import walks
from .base.ways import directness, halfway, length, progress, smoothness

FEW = 0.1  # ends near the data, below which it is said
STILL = 0.01  # of the distance between two examples: a way that is shorter leads nowhere


@metric(title="Ways between codes that stay in the data (continuity)", unit="score", better="higher")
def continuity(subject: Subject) -> Measurement:
    r"""How smoothly, steadily and close to the data the decoder goes from one example to another; in [0, 1].

        continuity = (smooth x steady x on path)^(1/3)

    smooth: 1 - (2 QV_2T - QV_T) / QV_T of the squared steps at T = 32 and 2 T pieces, which is 1 without jumps; steady:
    Kendall's tau of the place on the way and the lead of one end over the other, at least 0; on path: the share of
    inner points that lie where data lie (see `completeness`), over that share of the two ends, at most 1. Averages over
    100 ways between the codes of two test examples (two draws from the prior, without an encoder): straight, or an arc
    from 16 axes on; what is decoded are means. The data are the test examples that are the end of no way. A conditional
    model is told the first one's label all the way. Extractors and headline as for `kid`; `details` hold the three, the
    place of the middle between the ends (0.5 at best), and the "directness": the shortest way from end to end that
    leads from example to example, over the length of the decoded way. Interval: bootstrap over the ways. Baseline: the
    same of the cross-fade of the two examples' own values.

    Cost: 6,500 decodings and their features.

    Failure modes: every decoder that is a network is smooth, if the pieces are small enough: compare only at the same
    T. It does not ask for variety, nor what a draw from the prior decodes to. Undefined where the ways lead nowhere (a
    collapsed code), for codes that are categories, and where not even the ends lie near the data.

    Reference:
        Berthelot et al. (2019), Understanding and improving interpolation in autoencoders via an adversarial
        regularizer. https://arxiv.org/abs/1807.07543
    """
    extractors, found = subject.extractors, walks(subject)
    scores: dict[str, list[Score]] = {}
    for see in extractors:
        y, real = seen(see, found.made), see(found.others)
        still(y, real)
        scores.setdefault(see.name, []).append(score(real, y, seen(see, found.faded)))
    fooled = {see.name: see.fooled for see in extractors if see.fooled}
    return headline(scores, 2 * len(found.made), fooled, baseline_name="cross-fade", flag=nowhere)


def nowhere(found: Score) -> str:
    """A warning where the ends tell as little as what lies between them."""
    ends = found.more["ends_on"]
    return f"only {ends:.0%} of the ends lie near the data, and what lies between is measured by them" * (ends < FEW)


def seen(see: Extractor, ways: Tensor) -> Tensor:
    """Features along ways (pairs, points, *event), (pairs, points, F)."""
    return see(ways.flatten(0, 1)).unflatten(0, ways.shape[:2])


def still(y: Tensor, real: Tensor) -> None:
    """Refuse ways that lead nowhere."""
    half = len(real) // 2
    typical = (real[:half] - real[half : 2 * half]).norm(dim=1).mean()
    if length(y).mean() < STILL * typical:
        raise Undefined("collapsed: the decoder makes nearly the same of every code, so there is no way to judge")


def score(real: Tensor, y: Tensor, faded: Tensor) -> Score:
    """The continuity of ways (pairs, points, F) among real rows (n, F)."""
    parts = properties(real, y)

    def together(rows: Tensor) -> Tensor:
        return combined(*(p[rows] for p in parts))

    every = torch.arange(len(y))
    value = together(every).item()
    low, high = bootstrap(together, len(y))
    smooth, steady, inner, ends = parts
    more = {
        "smooth": smooth.mean().item(),
        "steady": steady.mean().item(),
        "on_path": on_path(inner, ends).item(),
        "ends_on": ends.mean().item(),
        "halfway": halfway(y).mean().item(),
        "directness": directness(real, y),
    }
    return Score(value, min(low, value), max(high, value), combined(*properties(real, faded)).item(), more)


def properties(real: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Smoothness, steadiness, share of inner points and share of ends that lie where data lie, (pairs,) each."""
    here = on(real, y.flatten(0, 1), NEIGHBOURS).unflatten(0, y.shape[:2])
    ends = here[:, [0, -1]].mean(1)
    if not ends.sum() > 0:
        raise Undefined("not even the reconstructions at the ends lie near the data")
    return smoothness(y), progress(y), here[:, 1:-1].mean(1), ends


def combined(smooth: Tensor, steady: Tensor, inner: Tensor, ends: Tensor) -> Tensor:
    """The geometric mean of the three."""
    return (smooth.mean() * steady.mean() * on_path(inner, ends)) ** (1 / 3)


def on_path(inner: Tensor, ends: Tensor) -> Tensor:
    """Share of inner points where data lie over that of the ends, at most 1."""
    return (inner.mean() / ends.mean().clamp(min=1e-9)).clamp(max=1.0)
