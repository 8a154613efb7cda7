"""Completeness and continuity where the truth is known: decoders of a moving blob, sound and broken on purpose."""

import math

import pytest
import torch
from scipy.stats import kendalltau

import jamjae as jj
from jamjae.core import Undefined
from jamjae.core.pca import principal_components
from jamjae.data import read
from jamjae.evaluation import Subject
from jamjae.evaluation.base.controls import controls
from jamjae.evaluation.base.extractors import extractors
from jamjae.evaluation.base.neighbours import NEIGHBOURS, nearest, on
from jamjae.evaluation.base.views import View
from jamjae.evaluation.base.walks import walks
from jamjae.evaluation.base.ways import STEPS, between, directness, halfway, length, progress, smoothness
from jamjae.evaluation.completeness import score as complete
from jamjae.evaluation.completeness import shuffled
from jamjae.evaluation.continuity import combined, on_path, properties

D = torch.float64
N, PAIRS, SIZE = 1000, 60, 16


def uniform(n, seed):
    return torch.rand(n, 2, generator=torch.Generator().manual_seed(seed), dtype=D)


def blob(place):
    """Pictures (..., 256) of a soft disc at a place in [0, 1]^2."""
    ticks = torch.arange(SIZE, dtype=D)
    centre = 4 + 8 * place
    right = (ticks - centre[..., :1]) / 1.5
    down = (ticks - centre[..., 1:]) / 1.5
    return torch.exp(-(right[..., None, :] ** 2 + down[..., :, None] ** 2) / 2).flatten(-2)


def cell(place, k):
    """Number of the cell of a k x k grid."""
    corner = (place * k).long().clamp(0, k - 1)
    return corner[..., 0] * k + corner[..., 1]


def ideal(place):
    return blob(place)


def holes(share, k=8):
    """In some cells of the code the decoder draws a cross instead."""
    bad = torch.zeros(k * k, dtype=torch.bool)
    bad[torch.randperm(k * k, generator=torch.Generator().manual_seed(3))[: round(share * k * k)]] = True
    cross = (blob(torch.tensor([0.1, 0.1], dtype=D)) + blob(torch.tensor([0.9, 0.9], dtype=D))) * 1.5

    def decode(place):
        return torch.where(bad[cell(place, k)][..., None], cross, blob(place))

    return decode


def jumbled(k):
    """The cells of the code in a random order."""
    order = torch.randperm(k * k, generator=torch.Generator().manual_seed(k))

    def decode(place):
        number = order[cell(place, k)]
        inner = place * k - (place * k).long().clamp(0, k - 1)
        corner = torch.stack([number // k, number % k], -1)
        return blob((corner + inner) / k)

    return decode


def constant(place):
    return blob(torch.full_like(place, 0.5))


def half(place):
    return blob(torch.cat([place[..., :1] / 2, place[..., 1:]], -1))


DECODERS = {
    "ideal": ideal,
    "holes 1/8": holes(0.125),
    "holes 1/4": holes(0.25),
    "holes 1/2": holes(0.5),
    "jumbled 2": jumbled(2),
    "jumbled 4": jumbled(4),
    "jumbled 8": jumbled(8),
    "constant": constant,
    "half": half,
}
PCA = principal_components(blob(uniform(N, 10)), 24)
EXTRACTORS = {"pca": PCA.encode, "pixels": lambda x: x}
REFERENCE, SECOND = blob(uniform(N, 0)), blob(uniform(N, 1))


def judge(decode, see=PCA.encode):
    """Completeness and its details."""
    with jj.core.isolated("judge"):
        return complete(View("x", see(decode(uniform(N, 2))), see(REFERENCE), see(SECOND)))


def walk(decode, see=PCA.encode):
    """Smoothness, steadiness, on-path share and continuity of straight ways between places where decoding is sound, as
    it is at the codes of examples."""
    ends = uniform(20 * PAIRS, 5)
    ends = ends[decode(ends).amax(-1) < 1.4][: 2 * PAIRS]
    places = between(ends[:PAIRS], ends[PAIRS:], 2 * STEPS)
    made = decode(places)
    y = see(made.flatten(0, 1)).unflatten(0, made.shape[:2])
    smooth, steady, inner, ends = properties(see(REFERENCE), y)
    return (
        smooth.mean().item(),
        steady.mean().item(),
        on_path(inner, ends).item(),
        combined(smooth, steady, inner, ends).item(),
    )


@pytest.mark.parametrize("see", EXTRACTORS.values(), ids=EXTRACTORS)
@pytest.mark.parametrize(
    ("name", "completeness", "coverage"),
    [
        ("ideal", 1.0, 1.0),
        ("holes 1/8", 0.875, 0.9),
        ("holes 1/4", 0.75, 0.82),
        ("holes 1/2", 0.5, 0.62),
        ("jumbled 8", 1.0, 1.0),
        ("constant", 1.0, 0.01),
        ("half", 1.0, 0.53),
    ],
)
def test_completeness_tracks_what_is_missing(name, completeness, coverage, see):
    found = judge(DECODERS[name], see)
    assert found.value == pytest.approx(completeness, abs=0.07) and found.low <= found.value <= found.high
    assert found.more["coverage"] == pytest.approx(coverage, abs=0.1)
    both = 2 * found.value * found.more["coverage"] / (found.value + found.more["coverage"])
    assert found.more["both"] == pytest.approx(both, abs=1e-6)


def test_a_cross_fade_is_complete_nowhere_and_smooth_everywhere():
    faded = (blob(uniform(N, 2)) + blob(uniform(N, 3))) / 2
    with jj.core.isolated("judge"):
        found = complete(View("x", *map(PCA.encode, (faded, REFERENCE, SECOND))))
    assert found.value < 0.12 and found.more["coverage"] < 0.35  # discs that lie close together fade into one
    a, b = blob(uniform(PAIRS, 5)), blob(uniform(PAIRS, 6))
    y = PCA.encode(torch.lerp(a[:, None], b[:, None], torch.linspace(0, 1, 65, dtype=D)[:, None]).flatten(0, 1))
    smooth, steady, inner, ends = properties(PCA.encode(REFERENCE), y.unflatten(0, (PAIRS, 65)))
    assert smooth.min() > 0.999 and steady.min() > 0.999 and on_path(inner, ends) < 0.4


@pytest.mark.parametrize("see", EXTRACTORS.values(), ids=EXTRACTORS)
def test_continuity_falls_with_holes_and_with_jumbling(see):
    found = {name: walk(decode, see) for name, decode in DECODERS.items() if name != "constant"}
    smooth, steady, on_the_path, together = found["ideal"]
    assert smooth > 0.98 and steady > 0.99 and on_the_path > 0.97 and together > 0.98
    assert found["half"][3] > 0.98  # it is blind to what is left out
    for family in (("ideal", "holes 1/8", "holes 1/4", "holes 1/2"), ("ideal", "jumbled 2", "jumbled 4", "jumbled 8")):
        scores = [found[name][3] for name in family]
        assert scores == sorted(scores, reverse=True) and scores[0] - scores[1] > 0.1 and scores[-1] < 0.4
    assert all(found[f"jumbled {k}"][2] > 0.9 for k in (2, 4, 8))  # all of it is data, in the wrong order


def test_continuity_is_the_geometric_mean_of_its_three_parts():
    smooth, steady, inner, ends = (torch.full((4,), v, dtype=D) for v in (0.5, 0.25, 0.3, 0.6))
    assert combined(smooth, steady, inner, ends).item() == pytest.approx((0.5 * 0.25 * 0.5) ** (1 / 3))
    assert on_path(ends, inner).item() == 1


def test_completeness_counts_from_what_shuffled_examples_reach():
    def tilted(strength, seed):
        u, v = torch.randn(2, 300, generator=torch.Generator().manual_seed(seed), dtype=D)
        return torch.stack([u, strength * u + (1 - strength**2) ** 0.5 * v], 1)

    made, real, known = tilted(0.9, 0), tilted(0.99, 1), tilted(0.99, 2)
    with jj.core.isolated("judge"):
        found = complete(View("x", made, real, known))
    a, b, c = (found.more[name] for name in ("samples", "real", "null"))
    assert c > 0.2 and found.value == pytest.approx(min(1.0, (a - c) / (b - c)))


def test_ways_through_a_constant_lead_nowhere():
    y = PCA.encode(constant(between(uniform(4, 5), uniform(4, 6), 64)).flatten(0, 1)).unflatten(0, (4, 65))
    assert length(y).max() < 1e-6


def test_one_jump_keeps_its_quadratic_variation_when_refined():
    t = torch.linspace(0, 1, 65, dtype=D)
    smooth, jump = t[None, :, None], (t > 0.4).double()[None, :, None]
    assert smoothness(smooth).item() == pytest.approx(1.0) and smoothness(jump).item() == pytest.approx(0.0)
    mixed = smooth + 0.5 * jump  # steps of 1/64 and one of 1/2
    fine = 63 / 64**2 + (1 / 64 + 0.5) ** 2
    coarse = 31 / 32**2 + (1 / 32 + 0.5) ** 2
    assert smoothness(mixed).item() == pytest.approx(1 - (2 * fine - coarse) / coarse)


def test_progress_is_kendalls_tau():
    y = torch.randn(3, 9, 4, generator=torch.Generator().manual_seed(0), dtype=D)
    for way, found in zip(y, progress(y), strict=True):
        lead = (way - way[0]).norm(dim=1) - (way - way[-1]).norm(dim=1)
        assert found.item() == pytest.approx(max(0.0, kendalltau(range(9), lead.numpy()).statistic))
    there = torch.linspace(0, 1, 9, dtype=D)[None, :, None]
    assert progress(there).item() == 1 and halfway(there).item() == pytest.approx(0.5)


def test_ways_are_lines_in_few_axes_and_arcs_in_many():
    a, b = torch.eye(20, dtype=D)[:1] * 3, torch.eye(20, dtype=D)[1:2] * 3
    arc = between(a, b, 4)
    assert torch.allclose(arc.norm(dim=2), torch.full((1, 5), 3.0, dtype=D))
    assert torch.allclose(arc[:, [0, -1]], torch.stack([a, b], 1)) and arc[0, 2, 0] == pytest.approx(3 / math.sqrt(2))
    line = between(a[:, :5], b[:, :5], 4)
    assert torch.allclose(line[0, 2], torch.tensor([1.5, 1.5, 0, 0, 0], dtype=D))
    assert between(a, a, 4).isfinite().all() and torch.allclose(between(a, -a, 2)[0, 1], 0 * a[0], atol=1e-12)


def test_shuffled_columns_keep_their_values_and_lose_each_other():
    x = torch.randn(1000, 1, generator=torch.Generator().manual_seed(0), dtype=D).expand(1000, 3)
    with jj.core.isolated(0):
        found = shuffled(x)
    assert torch.equal(found.sort(0).values, x.sort(0).values) and found.T.corrcoef()[0, 1].abs() < 0.1


def test_where_shuffled_examples_pass_nothing_is_said():
    x = [torch.randn(500, 2, generator=torch.Generator().manual_seed(s), dtype=D) for s in range(3)]
    with pytest.raises(Undefined, match="shuffled"):
        complete(View("x", *x))


def test_a_far_example_owns_no_large_ball():
    real = torch.cat(
        [torch.randn(200, 2, generator=torch.Generator().manual_seed(0), dtype=D), torch.full((1, 2), 50.0)]
    )
    assert on(real, torch.tensor([[45.0, 45.0]], dtype=D), NEIGHBOURS).item() == 0
    assert on(real, real, NEIGHBOURS).min() == 1


def test_a_way_through_the_data_is_direct_and_a_detour_is_not():
    angle = torch.linspace(0, math.pi, 400, dtype=D)
    arc = torch.stack([angle.cos(), angle.sin()], 1)
    along, across = arc[None, ::10], torch.lerp(arc[0], arc[-1], torch.linspace(0, 1, 65, dtype=D)[:, None])[None]
    there_and_back = torch.cat([arc[:300], arc[100:300].flip(0), arc[100:]])[None]
    assert directness(arc, along) == pytest.approx(1.0, abs=0.02)
    assert directness(arc, across) == pytest.approx(math.pi / 2, abs=0.02)  # a short cut where no example lies
    assert directness(arc, there_and_back) == pytest.approx(400 / 800, abs=0.02)


def test_where_examples_do_not_hang_together_directness_says_nothing():
    real = torch.cat([torch.randn(50, 2, generator=torch.Generator().manual_seed(0), dtype=D) + c for c in (0.0, 1e3)])
    assert directness(real, torch.stack([real[:3], real[-3:]], 1)) is None


def test_the_ends_of_walks_are_not_what_they_are_judged_by(tmp_path):
    run = jj.fit("vae", "digits", latent=2, epochs=1, runs=tmp_path)
    subject = Subject(run.model, "elbo", run.dataset)
    found = walks(subject)
    others = found.others.flatten(1).double()
    assert len(found.faded) == 59 and len(others) == 241  # digits have 359 test examples
    for end in (found.faded[:, 0], found.faded[:, -1]):
        distance, _ = nearest(end.flatten(1).double(), others)
        assert (distance > 0).all()
    few = Subject(run.model, "elbo", run.dataset, limit=60)
    with pytest.raises(Undefined, match="60 test examples are too few"):
        walks(few)


def ranking(data, made=None, count=2500):
    """Completeness and coverage of held-out examples, of samples and of every control, by the first extractor."""
    rows = data.rows("train")
    train, known = (data.shown(rows[i * count : (i + 1) * count]) for i in (0, 1))
    real, fresh = (data.shown(part) for part in data.rows("test")[: 2 * count].tensor_split(2))
    with jj.core.isolated("ranking"):
        see = extractors(data.event, train, None)[0]
        kinds = {"held-out": fresh, **({} if made is None else {"model": made}), **controls(fresh)}
        n = min(len(real), len(known))
        found = {k: complete(View("x", see(x[:n]), see(real[:n]), see(known[:n]))) for k, x in kinds.items()}
    return {name: (score.value, score.more["coverage"], score.more["both"]) for name, score in found.items()}


def test_real_digits_rank_above_every_control():
    found = ranking(read("digits"), count=600)
    real = found.pop("held-out")
    assert min(real) > 0.85
    assert all(both < real[2] - 0.15 for _, _, both in found.values()), found  # 64 pixels: either one may pass


@pytest.mark.slow
def test_mnist_ranks_digits_above_samples_and_samples_above_controls(real_data, tmp_path):
    run = jj.fit("ae", "mnist", latent=10, epochs=3, prior="mixture", runs=tmp_path)
    found = ranking(run.dataset, torch.from_numpy(run.sample(2500)))
    real, model = found.pop("held-out"), found.pop("model")
    for i in (0, 1):
        assert real[i] > model[i] > max(spoilt[i] for spoilt in found.values()) + 0.05, (real, model, found)
