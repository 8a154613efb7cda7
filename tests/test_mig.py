"""The mutual information gap where it is known: by construction, and by exact tables of two bits."""

import math

import pytest
import torch

from jamjae import recipes
from jamjae.core import isolated
from jamjae.data import read
from jamjae.evaluation import Subject, evaluate
from jamjae.evaluation.base.information import entropy, information, shares, widths
from jamjae.evaluation.base.jackknife import jackknife
from jamjae.evaluation.mig import gap

D = torch.float64
N = 10_000


def uniform(n=N, count=3, seed=0):
    return torch.rand(n, count, generator=torch.Generator().manual_seed(seed), dtype=D)


def score(codes, factors, dead=0.0):
    return gap(*information(codes, factors, dead))[-1].mean().item()


def rotation(angle):
    return torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=D)


def test_a_code_that_is_the_factors_has_nearly_the_whole_gap():
    v = uniform()
    assert 0.9 < score(v, v) <= 1
    assert score(v[:, [2, 0, 1]] * -7 + 3, v) == pytest.approx(score(v, v), abs=0.02)  # order, sign and scale are free


@pytest.mark.parametrize("n", [500, N])
def test_a_code_that_knows_nothing_has_no_gap_however_few_examples(n):
    v, z = uniform(n), uniform(n, seed=1)
    assert score(z, v) < (0.06 if n == 500 else 0.004)
    assert score(torch.zeros(n, 3, dtype=D), v) == 0


def test_the_correction_takes_the_bias_away():
    """Plug-in information of independent tables is (B - 1)(F - 1) / 2n too large."""
    n, plain, corrected = 2000, [], []
    for seed in range(20):
        v, z = uniform(n, 1, seed), uniform(n, 1, seed + 100)
        corrected.append(information(z, v, 0.0)[0][-1].item())
        table = torch.bincount(widths(z[:, 0]) * 20 + shares(v[:, 0]), minlength=400).reshape(20, 20)
        p = table.double() / n
        plain.append(torch.xlogy(p, p / (p.sum(0) * p.sum(1)[:, None])).sum().item())
    assert torch.tensor(plain).mean().item() == pytest.approx(19 * 19 / (2 * n), rel=0.1)
    assert torch.tensor(corrected).mean().item() < 0.1 * 19 * 19 / (2 * n)


def test_a_factor_told_twice_has_no_gap():
    v = uniform()
    assert score(torch.cat([v, v], 1), v) < 0.01


def test_turned_axes_lose_the_gap():
    v = uniform(count=2) - 0.5
    scores = [score(v @ rotation(a), v) for a in (0.0, math.pi / 12, math.pi / 6, math.pi / 4)]
    assert scores == sorted(scores, reverse=True) and scores[-1] < 0.05


def test_two_bits_are_exact():
    """A factor of one fair bit, an axis that has it but for one in ten, another for three in ten."""
    rows = torch.arange(200_000)
    bit = rows % 2
    right, half = ((rows // 2) % 10 != 0).long(), ((rows // 20) % 10 > 2).long()
    z = torch.stack([bit * right + (1 - bit) * (1 - right), bit * half + (1 - bit) * (1 - half)], 1).double()
    told = [1 - (-p * math.log2(p) - (1 - p) * math.log2(1 - p)) for p in (0.9, 0.7)]
    informed, whole = information(z, bit[:, None].double(), 0.0)
    assert whole[-1].item() == pytest.approx(math.log(2), abs=1e-5)
    assert (informed[-1, :, 0] / math.log(2)).tolist() == pytest.approx(told, abs=1e-4)
    assert score(z, bit[:, None].double()) == pytest.approx(told[0] - told[1], abs=1e-4)


def test_bins():
    assert widths(torch.tensor([0.0, 0.049, 0.051, 1.0])).tolist() == [0, 0, 1, 19]
    assert widths(torch.ones(3)).tolist() == [0, 0, 0]
    assert shares(torch.tensor([2.0, 0.0, 1.0, 0.0])).tolist() == [2, 0, 1, 0]
    assert torch.bincount(shares(torch.rand(1000))).tolist() == [50] * 20


def test_entropy_of_equal_counts_is_the_logarithm_and_its_correction():
    assert entropy(torch.full((20,), 50)).item() == pytest.approx(math.log(20) + 19 / 2000)


def test_the_jackknife_of_a_mean_is_its_standard_error():
    x = uniform(2000, 1)[:, 0]
    parts = torch.stack(torch.tensor_split(x, 20))
    without = torch.stack([(x.sum() - part.sum()) / 1900 for part in parts])
    low, high = jackknife(torch.cat([without, x.mean()[None]]))
    assert (high - low) / 2 == pytest.approx(1.96 * parts.mean(1).std().item() / math.sqrt(20))


def truth():
    """The factors of the test examples, each in units of its own deviation."""
    data = read("shapes")
    found = data.factors[data.rows("test")]
    return found / found.std(0)


def knowing(codes):
    """A subject of `shapes` whose codes are these."""
    data = read("shapes")
    with isolated(0):
        model, objective = recipes.assemble(recipes.find("vae")(data.event), data.event, (codes.shape[1],))
    made = Subject(model, objective.name(), data, limit=len(codes))
    made.__dict__["_test_codes"] = codes
    return made


def test_on_shapes_the_factors_are_found_and_principal_components_are_beside():
    m = evaluate(knowing(truth()), ["mig"])["mig"]
    assert m.value > 0.85 and m.interval[0] < m.value < m.interval[1] and m.n == 1200
    assert m.baseline_name == "PCA(5)" and m.baseline < 0.3
    assert m.details["best_axis"] == {"shape": 0, "scale": 1, "angle": 2, "x": 3, "y": 4}
    assert len(m.details["bits"]) == 5 and set(m.details["gaps"]) == set(read("shapes").factor_names)


def test_axes_that_only_carry_noise_do_not_count():
    v = truth()
    still = 0.09 * v[:, 3:4]  # x once more, told by an axis that hardly moves: variance 0.0081
    gaps = {c: evaluate(knowing(torch.cat([v, c * still], 1)), ["mig"])["mig"].details["gaps"]["x"] for c in (1.0, 2.0)}
    alone = evaluate(knowing(v), ["mig"])["mig"].details["gaps"]["x"]
    assert gaps[1.0] == pytest.approx(alone) and gaps[2.0] < 0.02


def test_it_needs_factors_and_enough_examples():
    data = read("digits")
    with isolated(0):
        model, objective = recipes.assemble(recipes.find("vae")(data.event), data.event, (2,))
    assert "factors" in evaluate(Subject(model, objective.name(), data), ["mig"])["mig"].reason
    assert "too few" in evaluate(knowing(torch.rand(300, 2)), ["mig"])["mig"].reason
