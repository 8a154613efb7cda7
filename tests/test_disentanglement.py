"""SAP, modularity, DCI and FactorVAE's score where they are known: by construction, and by their formulas."""

import math

import pytest
import torch

from factored import knowing, uniform
from jamjae.data import read
from jamjae.evaluation import evaluate
from jamjae.evaluation.base.jackknife import BLOCKS, jackknife, left_out
from jamjae.evaluation.dci import disentanglement
from jamjae.evaluation.factor_score import grouped, score
from jamjae.evaluation.modularity import one_factor
from jamjae.evaluation.sap import gap, nearest, predicted

D = torch.float64
NAMES = ["sap", "modularity", "dci", "factor_score"]


def of(codes, factors, names=NAMES, **more):
    return evaluate(knowing(codes, factors, **more), names)


def mixed():
    """Three factors, the first of three values."""
    v = uniform(4000)
    v[:, 0] = (v[:, 0] * 3).floor()
    return v


def test_a_code_that_is_the_factors_scores_high_and_principal_components_are_beside():
    v = mixed()
    found = of(v[:, [2, 0, 1]] * -7 + 3, v)  # order, sign and scale are free
    for m in found.values():
        assert 0.9 < m.value <= 1 and m.n == 2000, str(m)
        assert m.baseline_name == "PCA(3)" and m.baseline <= m.value
        assert m.interval is None or m.interval[0] <= m.value <= m.interval[1]
    assert all(found[name].baseline < found[name].value for name in NAMES[:3])
    assert found["sap"].interval is not None and found["modularity"].interval is not None
    assert found["dci"].details["completeness"] > 0.9
    assert min(found["dci"].details["informativeness"].values()) > 0.98
    assert found["factor_score"].value == 1.0


def test_codes_that_know_nothing_score_low():
    v, z = uniform(4000), uniform(4000, 5, seed=1)
    noise, constant = of(z, v), of(torch.zeros(4000, 2, dtype=D), v)
    assert noise["sap"].value < 0.02 and noise["modularity"].value == 0 and noise["dci"].value < 0.2
    assert max(noise["dci"].details["informativeness"].values()) < 0.05
    guess = noise["factor_score"]
    assert guess.details["guessing"] == pytest.approx(1 / 3)
    assert abs(guess.value - 1 / 3) < 4 * math.sqrt(2 / 9 / 600) + 0.03  # of 600 votes, which share examples
    assert [constant[name].value for name in NAMES] == pytest.approx([0, 0, 0, 1 / 3])


def test_turned_axes_lose():
    v = uniform(4000, 2) - 0.5
    turn = torch.tensor([[1.0, -1.0], [1.0, 1.0]], dtype=D) / math.sqrt(2)
    found = of(v @ turn, v)
    assert found["sap"].value < 0.05 and found["modularity"].value < 0.2 and found["dci"].value < 0.1


def test_a_factor_told_twice_is_modular_and_has_no_gap():
    v = uniform(4000)
    found = of(torch.cat([v, v], 1), v, ["mig", "sap", "modularity"])
    assert found["mig"].value < 0.1 and found["sap"].value < 0.01 and found["modularity"].value > 0.98


def test_axes_that_do_not_move_are_left_out():
    """A VAE's axis of a variance of 0.0081 carries noise, even where it tells a factor."""
    v = uniform(4000) * math.sqrt(12)
    still = torch.cat([v, 0.09 * v[:, :1]], 1)
    for name in NAMES:
        a, b = (of(z, v, [name], recipe="vae")[name] for z in (v, still))
        assert a.value == pytest.approx(b.value, abs=0.01), name
    counted = of(still, v, ["sap"], recipe="ae")["sap"]
    assert counted.details["gaps"]["f0"] < 0.01  # a code without a spread has no such axis
    assert of(still, v, ["modularity"], recipe="vae")["modularity"].details["axes"][3] is None


# -- formulas ---------------------------------------------------------------------------------------------------------


def test_importances_whose_disentanglement_is_known():
    eye = torch.eye(5, dtype=D)
    assert disentanglement(3 * eye) == 1.0 and disentanglement(torch.ones(4, 4)) == pytest.approx(0, abs=1e-12)
    two = torch.cat([eye, eye], 1)  # 5 axes, 10 factors: each axis has two
    assert disentanglement(two) == pytest.approx(1 - math.log(2) / math.log(10), abs=1e-12)
    assert disentanglement(two.T) == pytest.approx(1.0)  # every factor has one axis
    assert disentanglement(torch.zeros(3, 2)) == 0.0
    weighed = torch.tensor([[3.0, 0.0], [0.5, 0.5]])  # the pure axis has three quarters of the weight
    assert disentanglement(weighed) == pytest.approx(0.75)


def test_modularity_of_an_axis_by_hand():
    informed = torch.tensor([[2.0, 0.0, 0.0], [1.0, 1.0, 1.0], [2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    assert one_factor(informed)[:3].tolist() == pytest.approx([1.0, 0.0, 1 - 1 / 8])


def test_prediction_is_the_squared_correlation():
    torch.manual_seed(0)
    v = torch.randn(50_000, 1, dtype=D)
    z = torch.cat([0.8 * v + 0.6 * torch.randn(50_000, 1, dtype=D), v.square()], 1)
    assert predicted(z, v, 0.0)[:, 0].tolist() == pytest.approx([0.64, 0.0], abs=0.01)
    assert gap(predicted(z, v, 0.0)).item() == pytest.approx(0.64, abs=0.01)
    assert gap(predicted(z[:, :1], v, 0.0)).item() == pytest.approx(0.64, abs=0.01)


def test_classes_on_an_axis_are_told_by_their_means():
    """Two normal classes two deviations apart: Phi(1) of both are on their side, whatever their sizes."""
    torch.manual_seed(0)
    y = (torch.rand(100_000) < 0.1).long()
    z = torch.randn(100_000, 1, dtype=D) + 2.0 * y[:, None]
    hits = 0.5 * (1 + math.erf(1 / math.sqrt(2)))
    assert nearest(z, y).item() == pytest.approx(2 * hits - 1, abs=0.01)
    assert nearest(z, torch.zeros(100_000).long()).tolist() == [0.0]


def test_groups_have_a_factor_in_common():
    torch.manual_seed(0)
    v = mixed()[:1000]
    groups = grouped(v)
    assert groups.shape == (3, 200, 20)
    assert all(len(rows.unique()) == 20 for rows in groups.flatten(0, 1))
    assert (v[groups[0], 0].var(1) == 0).all()
    assert (v[groups[1], 1].amax(1) - v[groups[1], 1].amin(1)).max() < 0.2  # a tenth, as wide as it falls
    assert (v[groups[1], 2].amax(1) - v[groups[1], 2].amin(1)).min() > 0.4


def test_votes_are_counted_in_one_half_and_asked_in_the_other():
    """Rows whose halves disagree on which axis keeps still: every vote is wrong."""
    torch.manual_seed(0)
    v = uniform(2000, 2)
    z = v.clone()
    z[1::2] = v[1::2].flip(1)
    groups = [grouped(v[0::2]), grouped(v[1::2])]
    assert score(v, groups, 0.0).tolist() == [1.0, 1.0] and score(z, groups, 0.0).tolist() == [0.0, 0.0]


def test_blocks_are_left_out_one_by_one():
    x = uniform(103, 1)[:, 0]
    means = left_out(lambda rows: x[rows].mean(), 103)
    assert len(means) == BLOCKS + 1 and means[-1] == x.mean()
    assert means[0] == x[6:].mean() and means[-2] == x[:-5].mean()
    low, high = jackknife(means)
    assert (high - low) / 2 == pytest.approx(1.96 * x.std().item() / math.sqrt(103), rel=0.5)
    assert jackknife(means - x.mean(), -1.0)[0] < 0 == jackknife(means - x.mean())[0]


# -- without a meaning ------------------------------------------------------------------------------------------------


def test_what_they_need():
    v = uniform(4000)
    for name, m in of(v, None).items():
        assert m.value is None and "factors" in m.reason, name
    for name, m in of(v[:700], v[:700]).items():
        assert "too few" in m.reason, name
    single = of(v[:, :1], v[:, :1])
    assert all("single factor" in single[name].reason for name in ("modularity", "dci")) and single["sap"].value > 0.9
    assert all("not finite" in m.reason for m in of(v / 0, v).values())
    lone = of(v[:, :1], v, ["dci"])["dci"]
    assert lone.details["completeness"] is None and lone.value < 0.01  # of three factors it tells one


def test_on_shapes_every_metric_has_a_value():
    data = read("shapes")
    made = knowing(data.factors[:4000], data.factors[:4000])
    for name, m in evaluate(made, NAMES).items():
        assert m.value > 0.85 and m.baseline is not None, name
