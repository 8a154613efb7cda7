"""Copies of training examples are found, honest models are not accused, and repeated samples are counted."""

import math

import pytest
import torch

from jamjae.core import Event, isolated
from jamjae.data import Dataset
from jamjae.evaluation import evaluate
from jamjae.evaluation.base.views import View
from jamjae.evaluation.birthday import duplicates, poisson, smallest
from jamjae.evaluation.birthday import score as support
from jamjae.evaluation.memorisation import exceed, spread
from jamjae.evaluation.memorisation import score as vote
from sampled import subject

D = torch.float64


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=D)


def voted(made, seed=0, m=800, compared=1.0):
    with isolated(seed):
        return vote(made, normal(2 * m, 8, seed=1000 + seed), compared)


def copies(share, seed=0, n=2500, m=800):
    """Samples of which some are training examples with a little noise."""
    train = normal(2 * m, 8, seed=1000 + seed)[:m]
    few = round(share * n)
    rows = torch.randint(m, (few,), generator=torch.Generator().manual_seed(seed))
    return torch.cat([train[rows] + 0.01 * normal(few, 8, seed=2), normal(n - few, 8, seed=seed + 3)])


def test_fresh_samples_vote_one_half_and_their_error_is_known():
    found = [voted(normal(400, 8, seed=s + 50), s, m=200) for s in range(100)]
    z = torch.tensor([f.more["z"] for f in found])
    assert abs(z.mean()) * 10 < 4 and 0.75 < z.std() < 1.25
    assert all(f.low <= f.value <= f.high and f.baseline == 0.5 for f in found)
    p = torch.tensor([f.more["p"] for f in found])
    assert 0.35 < p.mean() < 0.65


def test_copies_vote_for_themselves_and_one_in_ten_is_found():
    assert voted(copies(1.0)).value == 1.0
    tenth = voted(copies(0.1))
    assert tenth.value == pytest.approx(0.55, abs=0.03) and tenth.more["z"] > 3
    assert 0.1 < tenth.more["detectable_share"] < 0.2


def test_the_power_is_what_it_says():
    """At the detectable share, about 95 of 100 would be flagged."""
    share = voted(copies(0.0)).more["detectable_share"]
    flagged = sum(voted(copies(share, s), s).more["z"] > 4 for s in range(20))
    assert flagged >= 16
    assert voted(copies(0.0), compared=0.05).more["detectable_share"] is None


def test_the_error_is_that_of_all_halves():
    """Three pairs of examples: every one of the 20 halves."""
    from itertools import combinations

    wins = torch.tensor([0.5, 0.2, 0.1, 0.1, 0.1, 0.0], dtype=D)
    votes = torch.tensor([wins[list(c)].sum() for c in combinations(range(6), 3)])
    assert spread(wins) == pytest.approx(votes.std(correction=0).item(), abs=1e-12)
    with isolated(0):
        assert exceed(wins, 0.8) == pytest.approx((votes >= 0.8 - 1e-9).double().mean().item(), abs=0.05)


def made_of(n=1200, cells=6, seed=0, levels=0):
    x = normal(n, cells, seed=seed).float()
    x = (x > 0).float() if levels else x
    rows = torch.arange(n)
    splits = {"train": rows[: n // 2], "validation": rows[:0], "test": rows[n // 2 :]}
    return Dataset("made", Event((cells,), levels=levels), x, None, splits)


def test_memorisation_of_a_model():
    data = made_of()
    train = data.x[:600]
    honest = evaluate(subject(data, normal(2500, 6, seed=7).float()), ["memorisation"])["memorisation"]
    assert not honest.flag and honest.interval[0] < 0.5 < honest.interval[1] and honest.n == 2500
    assert honest.details["exact_duplicates"] == 0 and honest.details["held_out"] == "test"
    noisy = train[torch.arange(2500) % 600] + 0.01 * normal(2500, 6, seed=8).float()
    caught = evaluate(subject(data, noisy), ["memorisation"])["memorisation"]
    assert caught.value > 0.98 and "nearer" in caught.flag
    table = caught.details["by_extractor"]["columns"]
    assert table["p"] == 0.001 and len(table["nearest"]) == 10
    assert all(row["sample"] % 600 == row["training_example"] for row in table["nearest"])
    exact = evaluate(subject(data, train[:1]), ["memorisation"])["memorisation"]  # one example, over and over
    assert exact.details["exact_duplicates"] == 1 and "equal" in exact.flag


def test_where_all_data_repeat_equal_samples_are_no_copies():
    data = made_of(cells=3, levels=2)
    m = evaluate(subject(data, made_of(2500, 3, 5, levels=2).x), ["memorisation", "birthday"])
    assert m["memorisation"].details["exact_duplicates"] == 1 and not m["memorisation"].flag
    assert abs(m["memorisation"].details["by_extractor"]["columns"]["z"]) < 4
    assert m["birthday"].value is None and "duplicates" in m["birthday"].reason


# -- birthday -------------------------------------------------------------------------------------------------------


def test_a_thousand_different_samples_are_counted():
    points, real, known = (normal(n, 6, seed=s) for n, s in ((1000, 0), (2500, 1), (2500, 2)))
    rows = torch.randint(1000, (2500,), generator=torch.Generator().manual_seed(3))
    found = support(View("columns", points[rows], real, known))
    assert found.more["estimate"] == pytest.approx(1000, rel=0.08)
    assert found.value < found.more["estimate"] and found.value > 900
    assert found.more["as_likely_as_not_at"] == pytest.approx(37, abs=1.5)  # P(two of 37 are equal) = .49
    assert found.interval is None


def test_fresh_samples_have_no_duplicates_and_the_bound_of_the_number_of_pairs():
    found = support(View("columns", normal(500, 6), normal(500, 6, seed=1), normal(500, 6, seed=2)))
    assert found.more["duplicates"] == 0 and "estimate" not in found.more
    assert found.value == pytest.approx(math.comb(500, 2) / 2.996, rel=1e-3)


def test_no_false_alarm_in_the_plane():
    """Where distances are often small: three pairs under the threshold are rare."""
    alarms = 0
    for s in range(100):
        x = normal(450, 2, seed=s)
        alarms += duplicates(x[:150], 0.25 * smallest(x[150:])) >= 3
    assert alarms <= 1


def test_pairs_and_the_smallest_distance_are_those_of_a_loop():
    x = torch.cat([normal(700, 3), normal(3, 3) + 1e-4])
    distance = (x[:, None] - x).square().sum(-1)[*torch.triu_indices(703, 703, 1)]
    assert smallest(x) == pytest.approx(distance.min().item(), rel=1e-6)
    assert duplicates(x, 0.01) == int((distance < 0.01).sum()) > 3


@pytest.mark.parametrize("count", [1, 3, 10, 100])
def test_the_interval_of_a_count_is_close_to_the_exact_one(count):
    from scipy.stats import chi2

    low, high = poisson(count)
    assert low == pytest.approx(chi2.ppf(0.025, 2 * count) / 2, rel=0.35, abs=0.1)
    assert high == pytest.approx(chi2.ppf(0.975, 2 * count + 2) / 2, rel=0.1)


def test_repeats_are_flagged():
    data = made_of()
    m = evaluate(subject(data, normal(300, 6, seed=9).float()), ["birthday"])["birthday"]
    assert m.flag == "samples repeat: about 599 different ones"  # 600 are compared, so each comes twice


def test_where_training_and_held_out_examples_are_the_same_lots_decide():
    random = torch.Generator().manual_seed(0)
    x = torch.randn(300, 3, generator=random).double()
    made = torch.randn(900, 3, generator=random).double()
    with isolated("lots"):
        found = vote(made, torch.cat([x, x]), 1.0)
    assert found.low < 0.5 < found.high and 0.4 < found.value < 0.6
