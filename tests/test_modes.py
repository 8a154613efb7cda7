"""Modes that are known are counted exactly; diversity is what it says; stacked digits share nothing between splits."""

import math
import os
from dataclasses import replace

import pytest
import torch

from jamjae.core import Event
from jamjae.data import Dataset, read
from jamjae.data.modes import Modes
from jamjae.data.spread import Space, apart
from jamjae.evaluation import METRICS, evaluate
from jamjae.evaluation.diversity import uncertainty
from sampled import subject

published = pytest.mark.skipif("JAMJAE_DATA" not in os.environ, reason="needs JAMJAE_DATA with mnist/ in it")


def drawn(modes, counts, seed=0):
    """As many points of each mode, shuffled."""
    random = torch.Generator().manual_seed(seed)
    mode = torch.arange(len(modes)).repeat_interleave(torch.tensor(counts))
    x = modes.centres[mode] + modes.deviation * torch.randn(len(mode), 2, generator=random).clamp(-2, 2)
    return x[torch.randperm(len(x), generator=random)]


@pytest.mark.parametrize(("name", "count", "sigma"), [("ring", 8, 0.01), ("grid", 25, 0.05)])
def test_ring_and_grid_know_their_modes(name, count, sigma):
    data = read(name, seed=3)
    assert len(data.modes) == count == len(data.classes) and data.modes.deviation == sigma
    index, distance = data.modes.nearest(data.x)
    assert torch.equal(index, data.y)
    assert abs((distance < 3).double().mean() - data.modes.near) < 4 * math.sqrt(0.011 / len(data))


def test_other_data_has_no_known_modes():
    assert read("moons").modes is None and read("digits").modes is None
    found = evaluate(subject(read("moons"), torch.zeros(1, 2)), ["modes", "high_quality"])
    assert all(m.value is None and "nobody knows" in m.reason for m in found.values())


def test_the_data_are_what_they_were_before_modes_were_known():
    known = {"ring": "2370b87f4b2ccf73", "grid": "1c83886bfcfdb208", "moons": "b1ae34ce2cf7efec"}
    assert {name: read(name).fingerprint[:16] for name in known} == known


def test_the_share_within_three_deviations_is_that_of_a_chi_squared():
    assert Modes(torch.zeros(1, 2), 1.0).near == pytest.approx(1 - math.exp(-4.5), abs=1e-12)
    assert Modes(torch.zeros(1, 1), 1.0).near == pytest.approx(math.erf(3 / math.sqrt(2)), abs=1e-12)


@pytest.mark.parametrize("dropped", [0, 1, 5, 8])
def test_dropped_modes_are_counted_exactly(dropped):
    data = read("ring")
    counts = [0] * dropped + [2500 // (8 - dropped)] * (8 - dropped) if dropped < 8 else [0] * 8
    x = drawn(data.modes, counts) if dropped < 8 else torch.zeros(1, 2)
    found = evaluate(subject(data, x), ["modes", "high_quality"])
    assert found["modes"].value == found["modes"].details["at_least_one"] == 8 - dropped
    assert found["modes"].baseline == 8 and found["modes"].n == 2500
    assert bool(found["modes"].flag) == (dropped > 0)
    assert found["high_quality"].value == (0 if dropped == 8 else 1)
    if 0 < dropped < 8:
        assert f"mode collapse: {8 - dropped} of 8 modes" in found["modes"].flag


def test_both_rules_are_told_where_they_differ():
    data = read("grid")
    counts = [20, 19, 1, *[112] * 21, 108]
    assert sum(counts) == 2500
    found = evaluate(subject(data, drawn(data.modes, counts)), ["modes"])["modes"]
    assert found.value == 23 and found.details["at_least_one"] == 25 and found.details["counts"] == counts
    assert "23 of 25 modes hit (25 with at least one sample)" in found.flag


def test_samples_beside_the_modes_are_no_collapse():
    data = read("ring")
    found = evaluate(subject(data, 1.2 * data.modes.centres), ["modes", "high_quality"])
    assert found["modes"].value == 0 and "beside" in found["modes"].flag and "collapse" not in found["modes"].flag
    assert found["high_quality"].value == 0 and found["high_quality"].interval[1] > 0


def test_the_share_of_good_samples_is_exact():
    data = read("ring")
    good = drawn(data.modes, [250] * 8)
    x = torch.cat([good, good[:500] + 0.4])[torch.randperm(2500, generator=torch.Generator().manual_seed(0))]
    found = evaluate(subject(data, x), ["high_quality"])["high_quality"]
    assert found.value == 0.8 and found.interval[0] < 0.8 < found.interval[1]
    assert found.baseline == pytest.approx(0.98889, abs=1e-5)


def test_a_perfect_model_has_what_the_data_has():
    data = read("grid")
    found = evaluate(subject(data, data.x[:2500]), ["modes", "high_quality", "diversity"])
    assert found["modes"].value == 25 and not found["modes"].flag
    assert found["high_quality"].interval[0] < found["high_quality"].baseline < found["high_quality"].interval[1]
    assert found["diversity"].interval[0] < 1 < found["diversity"].interval[1]


# -- diversity ------------------------------------------------------------------------------------------------------


def vectors(n=2000, **event):
    x = torch.randn(n, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 10.0, 0.0])
    rows = torch.arange(n)
    splits = {"train": rows[: n // 2], "validation": rows[:0], "test": rows[n // 2 :]}
    return Dataset("made", Event((3,), **event), x, None, splits)


def diversity(data, samples):
    return evaluate(subject(data, samples), ["diversity"])["diversity"]


def test_diversity_of_constant_equal_and_wide_samples():
    data = vectors()
    other = torch.randn(1000, 3, generator=torch.Generator().manual_seed(5)) * torch.tensor([1.0, 10.0, 0.0])
    assert diversity(data, torch.ones(1, 3)).value == 0.0 and "collapse" in diversity(data, torch.ones(1, 3)).flag
    same, wide = diversity(data, other), diversity(data, 2 * other)
    assert same.interval[0] < 1 < same.interval[1] and not same.flag
    assert wide.value == pytest.approx(2 * same.value, rel=1e-6)
    assert same.n == 1000 and abs(same.baseline - 1) < 0.1


def test_diversity_does_not_depend_on_the_unit_of_a_column():
    data, unit = vectors(), torch.tensor([1.0, 1e-6, 1.0])
    other = data.x.flip(0)[:1000] * 0.7
    scaled = replace(data, x=data.x * unit)
    assert diversity(data, other).value == pytest.approx(diversity(scaled, other * unit).value, rel=1e-4)


def test_the_interval_of_diversity_is_as_wide_as_repetition_says():
    random, ratios, halves = torch.Generator().manual_seed(1), [], []
    for _ in range(300):
        a, b = (apart(torch.randn(60, 2, generator=random) ** 3) for _ in range(2))
        ratios.append((a.mean() / b.mean()).log().item())
        halves.append(math.sqrt(uncertainty(a) + uncertainty(b)))
    assert torch.tensor(halves).mean().item() == pytest.approx(torch.tensor(ratios).std().item(), rel=0.15)


def test_distances_are_those_of_a_plain_loop():
    x = torch.randn(7, 3, generator=torch.Generator().manual_seed(0))
    plain = [sum((x[i] - x[j]).norm().item() for j in range(7)) / 6 for i in range(7)]
    assert apart(x).tolist() == pytest.approx(plain, rel=1e-6)
    assert apart(torch.full((600, 784), 0.3)).max() < 1e-5


def test_categories_and_missing_cells_have_distances():
    space = Space.of(Event((2,), levels=4), torch.tensor([[0, 1], [3, 1]]))
    assert apart(space.rows(torch.tensor([[0, 1], [3, 1]]))).tolist() == pytest.approx([math.sqrt(2)] * 2)
    gappy = torch.tensor([[0.0, math.nan], [2.0, 1.0], [1.0, 3.0]])
    rows = Space.of(Event((2,), missing=True), gappy).rows(gappy)
    assert rows.isfinite().all() and rows[0, 1] == 0.0


def test_alike_examples_have_no_diversity_to_compare_with():
    found = diversity(replace(vectors(), x=torch.ones(2000, 3)), torch.ones(1, 3))
    assert found.value is None and "all alike" in found.reason


def test_samples_that_are_not_finite_are_undefined():
    found = evaluate(subject(read("ring"), torch.full((1, 2), math.nan)), ["modes", "high_quality", "diversity"])
    assert all(m.value is None and "not finite" in m.reason for m in found.values())


def test_pictures_are_compared_as_shades():
    data = read("digits")  # seen as bits in training
    bits, grey = data.take(torch.arange(400)), data.scaled(torch.arange(400))
    assert abs(diversity(data, grey).value - 1) < 0.05 < diversity(data, bits).value - 1


def test_the_metrics_are_in_the_catalogue():
    assert [n for n in METRICS if n in ("modes", "high_quality", "classes", "confidence", "diversity")] == [
        "modes",
        "high_quality",
        "classes",
        "confidence",
        "diversity",
    ]


# -- stacked digits -------------------------------------------------------------------------------------------------


@published
def test_stacked_digits():
    stacked, digits = read("stacked-mnist"), read("mnist")
    assert stacked.x.dtype == torch.uint8 and stacked.event.shape == (28, 28, 3)
    assert {k: len(v) for k, v in stacked.splits.items()} == {"train": 128_000, "validation": 5_000, "test": 10_000}
    assert stacked.classes[7] == "007" and len(stacked.classes) == 1000 and stacked.channel_classes == 10
    assert len(stacked.y.unique()) == 1000
    # Every channel is a digit of the label that it counts, and pictures of two splits share none.
    known = {x.numpy().tobytes(): (int(y), n) for n, (x, y) in enumerate(zip(digits.x[..., 0], digits.y, strict=True))}
    used = {}
    for split in stacked.splits:
        rows = stacked.rows(split)[:2000]
        found = [known[x[..., c].numpy().tobytes()] for x in stacked.x[rows] for c in range(3)]
        labels = torch.tensor([y for y, _ in found]).reshape(-1, 3)
        assert torch.equal(labels @ torch.tensor([100, 10, 1]), stacked.y[rows])
        used[split] = {n for _, n in found}
    assert min(used["test"]) >= 60_000 > max(used["train"] | used["validation"])
    assert not used["train"] & used["validation"] and len(used["validation"]) <= 5_000
