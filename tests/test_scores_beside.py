"""Scores that compare with training examples, with another model or with a replaced column: against closed forms."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae import strangeness, surroundings
from jamjae.anomalies import Scores, p_values
from jamjae.core.errors import Undefined, UsageError
from jamjae.core.event import Column, Event
from jamjae.judge import Judge
from jamjae.likelihoods import Gaussian
from jamjae.replacement import EXPLAINED, replaceable, replaced, usual
from jamjae.strangeness import KINDS
from jamjae.surroundings import away
from oracles.exact import assembled, evidence, linear_gaussian

pytestmark = pytest.mark.usefixtures("untuned")
TINY = {"latent": 2, "encoder__widths": "16", "decoder__widths": "16"}


def drawn(model, n, seed=3):
    torch.manual_seed(seed)
    return evidence(model).sample((n,))


def judge(model, known, **options):
    return Judge(model, lambda: (known, None), **options)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    x = np.random.default_rng(0).normal(size=(400, 3)).astype("float32")
    return jj.fit("vae", x, runs=tmp_path_factory.mktemp("runs"), validation=100, test=0, epochs=5, **TINY)


# -- neighbours -------------------------------------------------------------------------------------------------------


def nearest(codes, known, count):
    """Mean distance to the nearest of the known, which are others."""
    away = np.linalg.norm(codes[:, None] - known[None], axis=2)
    return np.sort(away, axis=1)[:, :count].mean(1)


def test_new_examples_are_compared_with_the_nearest_training_codes():
    model = linear_gaussian()
    known, new = drawn(model, 200), drawn(model, 30, seed=4)
    found, cells = KINDS["neighbours"](judge(model, known), new, None)
    with torch.no_grad():
        codes, points = model.encode(new).mean.numpy(), model.encode(known).mean.numpy()
    np.testing.assert_allclose(found.numpy(), nearest(codes, points, 20), rtol=1e-9)
    assert cells is None


def test_an_example_that_was_trained_on_is_not_its_own_neighbour():
    model = linear_gaussian()
    known = drawn(model, 60)
    twice = torch.cat([known, known[:1]])  # the first has a twin, which is its neighbour
    with torch.no_grad():
        points = model.encode(twice).mean.numpy()
    others = [np.delete(points, row, axis=0) for row in range(61)]
    expected = [nearest(points[row : row + 1], others[row], 20)[0] for row in range(61)]
    found, _ = KINDS["neighbours"](judge(model, twice), twice, None)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9)


def test_of_fewer_training_examples_all_are_neighbours():
    model = linear_gaussian()
    known, new = drawn(model, 5), drawn(model, 3, seed=4)
    with torch.no_grad():
        codes, points = model.encode(new).mean.numpy(), model.encode(known).mean.numpy()
    found, _ = KINDS["neighbours"](judge(model, known), new, None)
    np.testing.assert_allclose(found.numpy(), nearest(codes, points, 4), rtol=1e-9)


# -- distance ---------------------------------------------------------------------------------------------------------


def expected_nearest(distances, size):
    """Mean of the smallest distance over all parts of that size."""
    return np.mean([min(part) for part in combinations(distances, size)])


def over_sizes(points, known, sizes):
    """Of every point, the mean over those sizes of the expected distance to the nearest of a random part."""
    away = np.linalg.norm(points[:, None] - known[None], axis=2)
    return [np.mean([expected_nearest(row, size) for size in sizes]) for row in away]


@pytest.mark.parametrize(("m", "scales"), [(2, [1]), (3, [1, 2]), (8, [1, 2, 4]), (9, [1, 2, 4, 8])])
def test_the_expected_distance_is_that_over_all_parts(m, scales):
    random = np.random.default_rng(m)
    points, known = random.normal(size=(5, 2)), random.normal(size=(m, 2))
    found = away(torch.from_numpy(points), torch.from_numpy(known))
    np.testing.assert_allclose(found.numpy(), over_sizes(points, known, scales), rtol=1e-9)


def test_blocks_of_rows_do_not_matter(monkeypatch):
    points, known = torch.randn(7, 3), torch.randn(20, 3)
    whole = away(points, known)
    monkeypatch.setattr(surroundings, "BLOCK", 2)
    torch.testing.assert_close(away(points, known), whole, rtol=1e-12, atol=0)


def test_anomalies_that_lie_together_do_not_hide_each_other():
    """Forty points in one place far off: their 20 nearest are each other, and still they are the strangest."""
    torch.manual_seed(0)
    x = torch.cat([torch.randn(1000, 2), 6 + 0.01 * torch.randn(40, 2)])
    assert away(x, x).topk(40).indices.min() >= 1000


def test_an_example_is_not_compared_with_itself():
    """Nine known points, of which two are the same: a point of them has eight others, one of those its twin."""
    known = np.random.default_rng(1).normal(size=(8, 2))
    twice = np.concatenate([known, known[:1]])
    expected = [over_sizes(twice[[row]], np.delete(twice, row, axis=0), [1, 2, 4, 8])[0] for row in range(9)]
    found = away(torch.from_numpy(twice), torch.from_numpy(twice))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9)


def test_one_training_example_has_no_surroundings():
    model = linear_gaussian()
    with pytest.raises(Undefined, match="at least two"):
        KINDS["distance"](judge(model, drawn(model, 1)), drawn(model, 3), None)


def test_the_distance_is_that_of_columns_in_their_deviations():
    model = linear_gaussian()
    known, new = drawn(model, 9), drawn(model, 5, seed=4)
    unit = known.double().std(0, correction=0).numpy()
    found, cells = KINDS["distance"](judge(model, known), new, None)
    expected = over_sizes(new.double().numpy() / unit, known.double().numpy() / unit, [1, 2, 4, 8])
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5)
    assert cells is None


def test_pictures_have_no_such_distance():
    model = linear_gaussian()
    picture = replace(model.event, shape=(*model.event.shape, 1, 1), kind="image")
    with pytest.raises(Undefined, match="of kind image"):
        KINDS["distance"](judge(SimpleNamespace(event=picture), None), None, None)


# -- combined ---------------------------------------------------------------------------------------------------------


def test_the_combination_is_fishers():
    """Minus the sum of the logs of the shares of training examples, and the example itself, that are as strange."""
    model = linear_gaussian()
    known, new = drawn(model, 150), 2 * drawn(model, 20, seed=4)
    expected = 0
    for name in ("likelihood", "latent", "neighbours", "distance"):
        usual, scores = (KINDS[name](judge(model, known), x, None)[0].numpy() for x in (known, new))
        as_strange = (usual[None] >= scores[:, None]).sum(1)
        expected = expected - np.log((1 + as_strange) / 151)
    found, _ = KINDS["combined"](judge(model, known), new, None)
    np.testing.assert_allclose(found.numpy(), expected)
    assert found.max() <= 4 * np.log(151) + 1e-9


def test_where_the_distance_says_little_three_are_combined(monkeypatch):
    model = linear_gaussian()
    x, many = drawn(model, 40), judge(model, drawn(model, 150))
    monkeypatch.setattr(strangeness, "COMPARED", ())  # pictures, as it were
    expected = sum(many.surprise(name, KINDS[name], x, None) for name in ("likelihood", "latent", "neighbours"))
    np.testing.assert_allclose(KINDS["combined"](many, x, None)[0].numpy(), expected)


def test_an_autoencoder_combines_with_the_reconstruction(tmp_path):
    x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
    ae = jj.fit("ae", x, runs=tmp_path, validation=20, test=0, epochs=1, **TINY)
    train, new = x[ae.dataset.rows("train")], x[:10] + 1
    expected = 0
    for by in ("reconstruction", "latent", "neighbours", "distance"):
        usual = ae.score(train, by=by, quantile=0.5).scores
        expected = expected - np.log(p_values(ae.score(new, by=by, quantile=0.5).scores, usual))
    np.testing.assert_allclose(ae.score(new, by="combined", quantile=0.5).scores, expected, rtol=1e-6)


def test_a_combination_promises_what_the_others_promise(run):
    """Of new data like the training data a share of 0.1 is flagged: Beta(11, 90) of 1,000 rows."""
    new = np.random.default_rng(1).normal(size=(1000, 3)).astype("float32")
    found = run.score(new, by="combined", quantile=0.9, samples=5)
    assert abs(found.flagged.mean() - 0.1) < 4 * np.hypot(0.03, 0.0095)


# -- ratio ------------------------------------------------------------------------------------------------------------


def test_with_exact_posteriors_the_ratio_is_exact():
    model, background = linear_gaussian(), linear_gaussian(sigma=1.3)
    x = drawn(model, 40)
    found, cells = KINDS["ratio"](judge(model, x, samples=3, background=background), x, None)
    torch.testing.assert_close(found, evidence(background).log_prob(x) - evidence(model).log_prob(x))
    assert cells is None


def test_the_ratio_finds_what_the_likelihood_holds_for_usual():
    """Two cells carry the signal and 38 a wide background. An example at the background's mean with a wrong signal is
    likelier than the others, and the ratio, which is a function of the signal alone, finds it."""
    scale = torch.tensor([0.3] * 2 + [3.0] * 38, dtype=torch.float64)
    mean = torch.tensor([1.0] * 2 + [0.0] * 38, dtype=torch.float64)
    model, background = independent(mean, scale), independent(0 * mean, scale)
    x = torch.zeros(51, 40, dtype=torch.float64)
    x[:50] = mean + scale * torch.randn(50, 40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    both = judge(model, x, samples=1, background=background)
    plain, beside = (KINDS[by](both, x, None)[0] for by in ("likelihood", "ratio"))
    exact = (x[:, :2] - 1).square().sum(1) / 0.18 - x[:, :2].square().sum(1) / 0.18
    torch.testing.assert_close(beside, exact)
    assert beside.argmax() == 50 and (plain[50] < plain[:50]).double().mean() > 0.9


@torch.no_grad()
def independent(mean, scale):
    """A model that holds the cells for independent, whatever the code."""
    event = Event((len(mean),))
    model = assembled(event, Gaussian(event, "dimension"), 1)
    model.decoder.layers[0].weight.zero_(), model.decoder.layers[0].bias.copy_(mean)
    model.likelihood.log_variance.copy_((scale.square() - model.likelihood.floor**2).log())
    for p in model.encoder.parameters():
        p.zero_()  # q(z | x) = p(z), so that the bound is tight
    return model


def test_a_run_beside_itself_says_nothing(run):
    found = run.score(np.ones((4, 3), "float32"), by="ratio", background=run, quantile=0.9, samples=3)
    assert found.unit == "nats" and (found.scores == 0).all() and not found.flagged.any()


def test_backgrounds_that_do_not_fit_are_refused(run, tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    other = jj.fit("vae", x, runs=tmp_path, validation=20, epochs=1, **TINY)
    new = np.zeros((3, 3), "float32")
    with pytest.raises(Undefined, match="pass --background RUN"):
        run.score(new, by="ratio", quantile=0.9)
    with pytest.raises(UsageError, match=r"examples of the same kind as .*'shape': \(2,\)"):
        run.score(new, by="ratio", background=other, quantile=0.9)
    with pytest.raises(UsageError, match="`background` is for by='ratio' alone; got 'latent'"):
        run.score(new, by="latent", background=run, quantile=0.9)


def test_a_background_is_told_the_classes_that_it_knows(tmp_path):
    options = {"runs": tmp_path, "epochs": 0.5, **TINY}
    plain = jj.fit("vae", "digits", **options)
    told = jj.fit("vae", "digits", condition="label", **options)
    x = np.zeros((2, 8, 8, 1), "float32")
    ratio = told.score(x, labels=["3", "7"], by="ratio", background=plain, samples=5).scores
    apart = [
        r.score(x, by="likelihood", samples=5, **o).scores for r, o in ((told, {"labels": ["3", "7"]}), (plain, {}))
    ]
    np.testing.assert_allclose(ratio, apart[0] - apart[1], rtol=1e-6)
    with pytest.raises(UsageError, match="`background` must know the classes"):
        plain.score(x, by="ratio", background=told)


# -- replaced columns -------------------------------------------------------------------------------------------------


def test_a_replaced_column_changes_the_score_by_its_contribution():
    """Of a Mahalanobis distance: s(x) - s(x') by hand, with the median of the training examples in its place."""
    model = linear_gaussian()
    known, new = drawn(model, 101), drawn(model, 6, seed=4)
    one = judge(model, known)
    scores, _ = KINDS["latent"](one, new, None)
    asked = np.array([True, False, True, True, False, True])
    found = replaced(one, KINDS["latent"], new, None, scores, asked)
    assert np.isnan(found[~asked]).all()
    layer, g = model.encoder.layers[0], one.gaussian
    w, b = layer.weight.detach().view(2, 2, 5)[:, 0].numpy(), layer.bias.detach().view(2, 2)[:, 0].numpy()
    middle = np.sort(known.numpy(), axis=0)[50]

    def distance(x):
        away = w @ x + b - g.location_
        return away @ np.linalg.inv(g.covariance_) @ away

    for row in np.flatnonzero(asked):
        for column in range(5):
            changed = new[row].numpy().copy()
            changed[column] = middle[column]
            assert found[row, column] == pytest.approx(distance(new[row].numpy()) - distance(changed), rel=1e-6)


@pytest.mark.parametrize("by", ["likelihood", "latent", "neighbours"])
def test_the_column_that_is_off_is_named(run, by):
    x = np.random.default_rng(1).normal(size=(20, 3)).astype("float32")
    x[:8, 1] += 12
    found = run.score(x, by=by, quantile=0.98, samples=5)
    assert found.flagged[:8].all() and np.isnan(found.contributions[~found.flagged]).all()
    assert [found.features(row)[0][0] for row in range(8)].count("1") >= 6
    assert found.features(int(np.flatnonzero(~found.flagged)[0])) == []


def test_only_the_strangest_are_explained(run):
    x = np.random.default_rng(1).normal(size=(130, 3)).astype("float32") + 9
    found = run.score(x, by="latent", quantile=0.9)
    explained = ~np.isnan(found.contributions).any(1)
    assert found.flagged.all() and explained.sum() == EXPLAINED
    assert found.scores[explained].min() >= found.scores[~explained].max()


def test_rows_that_come_in_slices_are_explained_as_those_in_memory():
    class Slices:
        def __len__(self):
            return len(new)

        def __getitem__(self, part):
            assert isinstance(part, slice)
            return new[part]

    model = linear_gaussian()
    known, new = drawn(model, 60), drawn(model, 6, seed=4)
    one = judge(model, known)
    scores, _ = KINDS["latent"](one, new, None)
    found = [replaced(one, KINDS["latent"], x, None, scores, np.arange(6) % 2 == 1) for x in (new, Slices())]
    np.testing.assert_array_equal(found[0], found[1])
    assert np.isfinite(found[0][1::2]).all()


def test_a_missing_column_contributes_nothing():
    event = Event((5,), missing=True)
    model = assembled(event, Gaussian(event, "fixed", sigma=0.7), 2)
    known = torch.randn(40, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x = known[:4].clone()
    x[0, 2] = torch.nan
    one = judge(model, known)
    scores, _ = KINDS["latent"](one, x, None)
    found = replaced(one, KINDS["latent"], x, None, scores, np.ones(4, bool))
    assert np.isfinite(found).all() and found[0, 2] == 0 and (found[1:, 2] != 0).all()


def test_categories_are_replaced_by_the_most_frequent_and_pixels_not_at_all():
    columns = (Column("size"), Column("colour", "categorical", "categorical", 3), Column("gone"))
    event = Event((3,), "table", columns=columns, missing=True)
    x = torch.tensor([[1.0, 2, 0], [5, 2, 0], [9, 0, 0], [torch.nan, 0, 0], [7, 2, 0]])
    x[:, 2] = torch.nan
    middle = usual(event, x)
    assert middle[:2].tolist() == [5, 2] and middle[2].isnan()
    assert usual(Event((2,), levels=4), torch.tensor([[3, 0], [3, 2], [1, 2], [0, 2], [-1, -1]])).tolist() == [3, 2]
    assert replaceable(event) and replaceable(Event((4,), levels=5)) and not replaceable(Event((4, 4, 1), "image"))
    blank = Scores("latent", "", np.zeros(2), np.arange(9.0), 0.9, np.full((2, 3), np.nan))
    assert blank.features(0) == [] and blank.rows()[0]["features"] == []
