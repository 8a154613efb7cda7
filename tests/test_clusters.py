"""Clusters, the linear probe and the map of neighbourhoods where they are known."""

import math
from dataclasses import replace

import pytest
import torch
from sklearn.manifold import trustworthiness as reference

from factored import knowing
from jamjae.conditions import Label
from jamjae.evaluation import evaluate
from jamjae.evaluation.base.jackknife import jackknife, left_out
from jamjae.evaluation.clusters import agreement, compared, mixture, rand, silhouette
from jamjae.evaluation.probe import hits
from jamjae.evaluation.trustworthiness import distances, faithful, overall

D = torch.float64


def heaps(n=800, apart=8.0, seed=0):
    """Codes in four heaps on a square, and which heap; the first half as likely to be any as the second."""
    random = torch.Generator().manual_seed(seed)
    y = torch.randint(4, (n,), generator=random)
    centres = apart * torch.stack([y // 2, y % 2], 1)
    return centres + torch.randn(n, 2, generator=random, dtype=D), y


def blurred(codes, by, seed=1):
    return codes + by * torch.randn(codes.shape, generator=torch.Generator().manual_seed(seed), dtype=D)


def beside(codes, factors, y, name):
    """The metric of these codes; principal components see the factors."""
    return evaluate(knowing(codes, factors, y), [name])[name]


# -- clusters ---------------------------------------------------------------------------------------------------------


def test_heaps_that_are_the_classes_are_found():
    z, y = heaps()
    m = beside(z, blurred(z, 3.0), y, "clusters")
    assert m.value > 0.99 and m.interval[0] <= m.value <= m.interval[1] and m.n == 400
    assert m.baseline < 0.9 and m.baseline_name == "PCA(2)" and m.flag == ""
    assert m.details["beside_baseline"] == "stronger" and m.details["difference_interval"][0] > 0
    assert m.details["rand_of_mixture"] > 0.99 and m.details["silhouette"] > 0.7
    assert abs(m.details["permuted"]["mean"]) < 0.01 < 0.05 > m.details["permuted"]["highest"]


def test_clusters_are_called_stronger_only_where_they_beat_those_of_principal_components():
    z, y = heaps()
    same, worse = beside(z, z, y, "clusters"), beside(blurred(z, 3.0), z, y, "clusters")
    assert same.details["beside_baseline"] == "no different" and same.flag == ""
    assert worse.details["beside_baseline"] == "weaker" and "clusters are weak" in worse.flag
    assert worse.details["difference_interval"][1] < 0


def test_heaps_that_are_no_classes_and_codes_that_collapsed_are_chance():
    z, y = heaps()
    other = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(1))]
    m = beside(z, z, other, "clusters")
    assert abs(m.value) < 0.02 and "permuted" in m.flag and m.details["silhouette"] < 0.05
    still = beside(torch.zeros_like(z), z, y, "clusters")
    assert still.value == 0 and still.details["rand_of_mixture"] == 0 and still.details["beside_baseline"] == "weaker"


def test_the_interval_of_the_agreement_holds_its_long_run_value():
    """Labels that are wrong for one in five: the jackknife's half width is the spread over samples of 400."""
    found = []
    for seed in range(8):
        z, y = heaps(seed=seed)
        wrong = torch.rand(800, generator=torch.Generator().manual_seed(seed + 50)) < 0.2
        found.append(beside(z, z, torch.where(wrong, (y + 1) % 4, y), "clusters"))
    values = torch.tensor([m.value for m in found])
    half = sum((m.interval[1] - m.interval[0]) / 2 for m in found) / 8
    assert 0.4 < half / (1.96 * values.std().item()) < 2.5  # of 8 samples
    assert abs(values.mean().item() - values[0].item()) < 2 * half


def test_agreement_of_two_tables_is_its_formula():
    """Of three examples and two pairs of clusters, all permutations counted."""
    a, b = torch.tensor([0, 0, 1]), torch.tensor([0, 0, 1])
    assert agreement(a, b).item() == 1.0
    h = math.log(3) - 2 / 3 * math.log(2)
    worst = 2 * h - math.log(3)  # the information where the single ones differ: three cells of one
    expected = (h + 2 * worst) / 3
    assert agreement(a, torch.tensor([0, 1, 0])).item() == pytest.approx((worst - expected) / (h - expected))
    assert rand(a, b) == 1.0


def test_a_paired_difference_that_never_changes_says_how_it_is():
    assert compared(torch.full((21,), 0.1))["beside_baseline"] == "stronger"
    assert compared(torch.full((21,), -0.1))["beside_baseline"] == "weaker"
    assert compared(torch.zeros(21))["beside_baseline"] == "no different"


def test_silhouettes_by_hand():
    z = torch.tensor([[0.0], [1.0], [4.0], [5.0]])
    inner, outer = 1 - 1 / 3.5, 1 - 1 / 4.5
    assert silhouette(z, torch.tensor([0, 0, 1, 1])) == pytest.approx((inner + outer) / 2)
    assert silhouette(z, torch.zeros(4).long()) is None and silhouette(z, torch.arange(4)) is None


def test_a_mixture_finds_heaps_of_unequal_shape_where_one_axis_does_not_move():
    torch.manual_seed(0)
    y = torch.arange(1000) % 2
    z = torch.randn(1000, 3, dtype=D) * torch.tensor([10.0, 0.1, 0.0]) + torch.tensor([0.0, 1.0, 0.0]) * y[:, None]
    assert rand(mixture(z, 2), y) > 0.95


# -- probe ------------------------------------------------------------------------------------------------------------


def test_the_probe_names_what_a_line_tells_apart_and_no_more():
    z, _ = heaps()
    line, check = (z[:, 0] > z[:, 1] / 3).long(), ((z[:, 0] > 4) ^ (z[:, 1] > 4)).long()
    told, not_told = beside(z, z, line, "probe"), beside(z, z, check, "probe")
    assert told.value > 0.97 and told.interval[0] < told.value <= told.interval[1] and told.n == 400
    assert abs(told.baseline - told.value) < 0.02 and told.flag == ""
    assert not_told.value < 0.65 and told.details["largest_class"] > 0.4


def test_the_probe_of_two_normal_classes_is_right_as_often_as_anything_can_be():
    random = torch.Generator().manual_seed(0)
    y = torch.randint(2, (20_000,), generator=random)
    z = torch.randn(20_000, 2, generator=random, dtype=D) * torch.tensor([1.0, 50.0])
    z[:, 0] += 2 * y
    found = hits(z[:10_000], y[:10_000], z[10_000:], y[10_000:])
    exact = 0.5 * (1 + math.erf(1 / math.sqrt(2)))
    assert abs(found.mean().item() - exact) / math.sqrt(exact * (1 - exact) / 10_000) < 4


def test_a_worse_probe_is_flagged_and_classes_that_it_never_saw_are_misses():
    z, y = heaps()
    m = beside(blurred(z, 8.0), z, y, "probe")
    assert "less well" in m.flag and m.details["difference_interval"][1] < 0
    unseen = torch.where(torch.arange(800) < 400, y % 2, y % 2 + 2)
    assert beside(z, z, unseen, "probe").value == 0.0


# -- the map ----------------------------------------------------------------------------------------------------------


def test_trustworthiness_and_its_twin_agree_with_another_implementation():
    torch.manual_seed(0)
    x = torch.randn(200, 5, dtype=D)
    z = x[:, :2] + 0.3 * torch.randn(200, 2, dtype=D)
    for k in (5, 15):
        t = faithful(distances(x), distances(z), k)
        c = faithful(distances(z), distances(x), k)
        assert t.mean().item() == pytest.approx(reference(x.numpy(), z.numpy(), n_neighbors=k), abs=1e-12)
        assert c.mean().item() == pytest.approx(reference(z.numpy(), x.numpy(), n_neighbors=k), abs=1e-12)


def test_trustworthiness_by_hand():
    """Four points on a line, k = 1; the map puts the last beside the first: 2 / (N k (2N - 3k - 1)) = 1 / 8."""
    space, plane = (
        distances(torch.tensor([[0.0], [1.0], [3.0], [7.0]])),
        distances(torch.tensor([[0.0], [2], [5], [0.5]])),
    )
    # nearest on the map: 0 -> 3 (3rd in the space), 1 -> 3 (3rd), 2 -> 1 (1st), 3 -> 0 (3rd)
    assert (1 - faithful(space, plane, 1)).tolist() == [4 * 2 / 8, 4 * 2 / 8, 0.0, 4 * 2 / 8]


def test_a_map_that_is_the_data_is_faithful_and_a_random_one_is_half():
    z, y = heaps()
    m = beside(z, z, y, "trustworthiness")
    assert m.value > 0.97 and m.baseline == pytest.approx(1.0, abs=2e-3) and m.n == 400
    random = torch.rand(800, 2, generator=torch.Generator().manual_seed(3), dtype=D)
    wide = torch.randn(800, 4, generator=torch.Generator().manual_seed(4), dtype=D)
    chance = beside(random, wide, y, "trustworthiness")
    assert abs(chance.value - 0.5) < 0.03 and abs(chance.details["continuity"] - 0.5) < 0.03
    assert "less often near" in chance.flag and chance.interval[0] < chance.value < chance.interval[1]
    same = distances(random[:300])
    assert faithful(same, same).tolist() == [1.0] * 300


def test_the_interval_of_the_trustworthiness_is_as_wide_as_its_spread():
    """Over 12 samples of 200; a spread over examples alone would be half as wide."""
    mix = torch.randn(5, 2, generator=torch.Generator().manual_seed(5), dtype=D)
    values, halves = [], []
    for seed in range(12):
        x = torch.randn(200, 5, generator=torch.Generator().manual_seed(seed), dtype=D)
        space, near = distances(x), distances(blurred(x @ mix, 0.2))
        found = left_out(lambda rows, space=space, near=near: overall(space, [near], rows)[0], 200)
        low, high = jackknife(found)
        values.append(found[-1])
        halves.append((high - low) / 2)
    assert 0.7 < sum(halves) / 12 / (1.96 * torch.stack(values).std().item()) < 1.8


def test_ties_do_no_harm():
    """Points on a grid: which of several equally near ones is taken makes no difference."""
    grid = distances(torch.cartesian_prod(torch.arange(8.0), torch.arange(8.0)))
    assert faithful(grid, grid, 6).tolist() == [1.0] * 64


def test_a_map_that_folds_is_not_trustworthy_but_continuous():
    """A square whose second side the map forgets: what is near in the data stays near, not the other way round."""
    x = torch.rand(600, 2, generator=torch.Generator().manual_seed(0), dtype=D)
    flat = x[:, :1]
    t, c = (faithful(a, b).mean().item() for a, b in ((distances(x), distances(flat)), (distances(flat), distances(x))))
    assert t < 0.9 < 0.93 < c


# -- without a meaning ------------------------------------------------------------------------------------------------


def reason(name, codes, y, **changed):
    made = knowing(codes, codes, y)
    if changed:
        test, train = made._test_codes, made._train_codes
        made.dataset = replace(made.dataset, **changed)
        made.__dict__ |= {"_test_codes": test, "_train_codes": train}
    return evaluate(made, [name])[name].reason


@pytest.mark.parametrize("name", ["clusters", "probe"])
def test_it_takes_classes(name):
    z, y = heaps()
    assert "no labels" in reason(name, z, None)
    assert "numbers" in reason(name, z, torch.rand(800))
    assert "2 classes" in reason(name, z, torch.zeros(800).long())
    assert "not finite" in reason(name, z / 0, y)


def test_it_takes_enough_examples():
    z, y = heaps()
    assert "20 labelled test examples a class" in reason("clusters", z, torch.arange(800) // 2 % 40)
    assert "40 test" in reason("trustworthiness", z[:60], y[:60])
    assert "same point" in reason("trustworthiness", torch.ones(100, 2), y[:100])


def test_examples_without_a_label_are_left_out():
    z, y = heaps()
    some = torch.where(torch.arange(800) % 4 == 0, -1, y)
    assert {beside(z, z, some, name).n for name in ("clusters", "probe")} == {300}


@pytest.mark.parametrize("name", ["clusters", "probe"])
def test_a_conditional_model_found_nothing_by_itself(name):
    made = knowing(*[heaps()[0]] * 2, heaps()[1])
    made.model.condition = Label(labels=4)
    m = evaluate(made, [name])[name]
    assert m.value is None and "told the label" in m.reason
