"""Distances and tests between samples and examples, where the answer is known."""

import math

import pytest
import torch

from jamjae.core import Event, isolated
from jamjae.data import Dataset, read
from jamjae.evaluation import evaluate
from jamjae.evaluation.base.views import View
from jamjae.evaluation.c2st import crossed, logistic
from jamjae.evaluation.c2st import score as told
from jamjae.evaluation.coverage import reached
from jamjae.evaluation.density import score as dense
from jamjae.evaluation.frechet import distance, gaussian
from jamjae.evaluation.kid import discrepancies
from jamjae.evaluation.kid import score as kernel_score
from jamjae.evaluation.ndb import counts, differ, divergence
from jamjae.evaluation.ndb import score as places
from sampled import subject
from test_modes import drawn

D = torch.float64


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=D)


def view(made, real, known=None):
    return View("columns", made, real, normal(*real.shape, seed=99) if known is None else known)


# -- Fréchet ----------------------------------------------------------------------------------------------------------


def test_frechet_of_two_gaussians_is_its_closed_form():
    zero, one = torch.zeros(3, dtype=D), torch.tensor([1.0, -2.0, 0.5], dtype=D)
    a, b = torch.tensor([4.0, 1.0, 0.25], dtype=D), torch.tensor([1.0, 9.0, 0.25], dtype=D)
    turn = torch.linalg.qr(normal(3, 3)).Q  # of both: the distance stays
    expected = (one.square() + (a.sqrt() - b.sqrt()).square()).sum().item()
    found = gaussian(zero, turn @ a.diag() @ turn.T, turn @ one, turn @ b.diag() @ turn.T)
    assert found == pytest.approx(expected, abs=1e-8)


def test_frechet_of_gaussians_that_do_not_commute():
    """In the plane, tr (A B)^(1/2) = sqrt(tr A B + 2 sqrt(det A B))."""
    roots = [normal(2, 2, seed=s) for s in (1, 2)]
    a, b = (r @ r.T for r in roots)
    both = (a @ b).trace() + 2 * (a.det() * b.det()).sqrt()
    expected = (a.trace() + b.trace() - 2 * both.sqrt()).item()
    zero = torch.zeros(2, dtype=D)
    assert gaussian(zero, a, zero, b) == pytest.approx(expected, abs=1e-8)


def test_frechet_of_a_set_and_itself_is_nothing_and_of_two_sets_it_has_a_floor():
    x = normal(300, 8)
    assert distance(x, x) < 1e-6
    floors = [distance(normal(n, 8), normal(n, 8, seed=1)) for n in (250, 1000, 4000)]
    assert floors[0] > 2.5 * floors[1] > 6 * floors[2] > 0


# -- kernel distance ------------------------------------------------------------------------------------------------


def plain_mmd(a, b):
    k = [[(x @ y / len(x) + 1) ** 3 for y in torch.cat([a, b])] for x in torch.cat([a, b])]
    k, n = torch.tensor(k, dtype=D), len(a)
    within = sum((part.sum() - part.diagonal().sum()) / (n * (n - 1)) for part in (k[:n, :n], k[n:, n:]))
    return (within - 2 * k[:n, n:].mean()).item()


def test_the_kernel_distance_is_that_of_plain_loops_and_so_are_the_left_out_blocks():
    a, b = normal(60, 3), normal(60, 3, seed=1) + 0.5
    found = discrepancies(a, b)
    assert found[-1].item() == pytest.approx(plain_mmd(a, b), abs=1e-5)
    assert found[2].item() == pytest.approx(plain_mmd(*(torch.cat([x[:6], x[9:]]) for x in (a, b))), abs=1e-5)


def test_the_kernel_distance_has_no_bias_and_its_interval_holds_the_truth():
    null = torch.tensor([discrepancies(normal(60, 4, seed=s), normal(60, 4, seed=s + 500))[-1] for s in range(200)])
    assert abs(null.mean() / (null.std() / math.sqrt(200))) < 4
    # x and x + m of one axis: E (x y + 1)^3 over both = 1 + 3 s^2 with s = E x^2, and so on
    m = 0.5
    second, third = 1 + m**2, m**3 + 3 * m
    truth = (3 * m**2 + 3 * second**2 + third**2) + 3 - 2 * (3 * second) + 0.0
    held = 0
    for s in range(60):
        found = kernel_score(view(normal(400, 1, seed=s) + m, normal(400, 1, seed=s + 500), normal(400, 1, seed=s)))
        held += found.low < truth < found.high
    assert held >= 50


# -- classifier two-sample test -------------------------------------------------------------------------------------


@pytest.mark.parametrize("m", [0.0, 0.5, 1.0, 2.0])
def test_a_classifier_tells_two_gaussians_apart_as_well_as_one_can(m):
    n = 4000
    found = told(view(normal(n, 1), normal(n, 1, seed=1) + m))
    best = 0.5 * (1 + math.erf(m / 2 / math.sqrt(2)))
    assert abs(found.more["accuracy"] - best) < 4 * math.sqrt(best * (1 - best) / (2 * n)) + 0.002
    assert found.value == pytest.approx(0.5 * (1 + math.erf(m / 2)), abs=0.02)  # AUC = Phi(m / sqrt(2))
    assert (found.more["p"] < 1e-4) == (m > 0)


def test_the_interval_of_the_auc_holds_one_half_as_often_as_it_should():
    held = 0
    for s in range(40):
        found = told(view(normal(100, 2, seed=s), normal(100, 2, seed=s + 500), normal(100, 2, seed=s)))
        held += found.low < 0.5 < found.high
    assert held >= 33


def test_a_row_is_never_scored_by_a_classifier_that_saw_it():
    made, real = normal(100, 60), normal(100, 60, seed=1)  # as many axes as rows: a fit is perfect on what it saw
    right = torch.cat([((s > 0) == (y > 0)).double() for s, y in crossed(made, real, logistic())])
    assert right.mean() < 0.65 and len(right) == 200


# -- coverage, density, bins ----------------------------------------------------------------------------------------


def test_coverage_of_equal_distributions_is_the_published_expectation():
    n, m, k = 150, 200, 5
    expected = 1 - math.prod((n - 1 - i) / (n - 1 + m - i) for i in range(k))
    found = torch.tensor(
        [reached(normal(n, 3, seed=s), normal(m, 3, seed=s + 900), clip=False).mean() for s in range(300)]
    )
    assert abs((found.mean() - expected) / (found.std() / math.sqrt(300))) < 4


def test_density_is_blind_to_variety_and_coverage_is_not():
    real, known = normal(500, 4), normal(500, 4, seed=1)
    still = view(torch.zeros(500, 4, dtype=D), real, known)
    assert dense(still).value > 1 and (reached(real, still.made).mean() < 0.2)
    far = view(known + 20, real, known)
    assert dense(far).value == 0 and dense(view(known, real, known)).value == 1


def test_an_outlier_does_not_own_a_large_ball():
    real = normal(300, 2)
    real[0] = 1000.0
    made = normal(300, 2, seed=1) + torch.tensor([30.0, 0.0])
    assert reached(real, made, clip=False)[0] == 1 and reached(real, made)[0] == 0


@pytest.mark.parametrize("dropped", [0, 2, 4])
def test_dropped_modes_lower_coverage_in_proportion_and_fill_no_bins(dropped):
    data = read("ring")
    counted = [0] * dropped + [2520 // (8 - dropped)] * (8 - dropped)
    found = evaluate(subject(data, drawn(data.modes, counted)), ["coverage", "ndb", "c2st", "frechet"])
    assert found["coverage"].value == pytest.approx((8 - dropped) / 8, abs=0.06)
    starved = found["ndb"].details["by_extractor"]["columns"]
    assert starved["starved_bins"] / starved["bins"] == pytest.approx(dropped / 8, abs=0.04)
    assert ("mode collapse" in found["ndb"].flag) == (dropped > 0)
    assert (found["frechet"].interval[0] > found["frechet"].baseline) == (dropped > 0)
    assert found["c2st"].details["boosted"]["auc"] > 0.55 or dropped == 0


def test_bins_differ_by_chance_in_one_of_twenty():
    with isolated(0):
        p = torch.full((100,), 0.01).double()
        rows = [torch.multinomial(p, 2500, replacement=True).bincount(minlength=100).double() for _ in range(400)]
    shares = torch.stack([differ(a, b).double().mean() for a, b in zip(rows[::2], rows[1::2], strict=True)])
    assert shares.mean().item() == pytest.approx(0.05, abs=0.006)
    x = normal(500, 2)
    assert abs(places(view(normal(500, 2, seed=1), x)).value - 0.05) < 0.1


def test_counts_and_their_divergence():
    centres = torch.tensor([[0.0], [10.0]], dtype=D)
    assert counts(torch.tensor([[1.0], [2.0], [9.0]], dtype=D), centres).tolist() == [2, 1]
    p, q = (torch.tensor(v, dtype=D) for v in ([1.0, 0.0], [0.0, 1.0]))
    assert divergence(p, q) == pytest.approx(math.log(2)) and divergence(p, p) == 0
    assert differ(100 * p + 50, 100 * q + 50).tolist() == [True, True]


def test_a_perfect_model_is_at_every_floor():
    x = normal(1800, 3).float()
    rows = torch.arange(1800)
    splits = {"train": rows[:600], "validation": rows[:0], "test": rows[600:1200]}
    data = Dataset("normal", Event((3,)), x[:1200], None, splits)
    found = evaluate(subject(data, x[1200:]), ["kid", "frechet", "coverage", "density", "c2st", "ndb"])
    assert not any(m.flag for m in found.values())
    for name in ("kid", "frechet", "coverage", "density", "ndb"):
        m = found[name]
        assert m.interval[0] <= m.baseline <= m.interval[1] and m.n == 600, str(m)
    assert found["c2st"].details["by_extractor"]["columns"]["p"] > 1e-3
