"""Scores against models whose log p(x) is known, against numpy, and against their own promises."""

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae import anomalies
from jamjae import judge as judges
from jamjae.anomalies import Scores
from jamjae.cli import main
from jamjae.core import Event
from jamjae.core.errors import DataError, Undefined, UsageError
from jamjae.judge import Judge
from jamjae.likelihoods import Gaussian
from jamjae.models import invert
from jamjae.recipes import RECIPES
from jamjae.strangeness import KINDS, suited
from oracles.exact import assembled, evidence, linear_gaussian
from test_every_recipe import plan

pytestmark = pytest.mark.usefixtures("untuned")
TINY = {"latent": 2, "encoder__widths": "16", "decoder__widths": "16"}


def nothing():
    raise AssertionError("no training data is needed")


def judge(model, samples=100, seed=0, known=nothing):
    return Judge(model, known, samples, seed)


def drawn(model, n=40):
    torch.manual_seed(3)
    return evidence(model).sample((n,))


@pytest.fixture(scope="module")
def plane():
    """Examples of a Gaussian in six dimensions, most of whose spread lies in two: n of them, other ones for other n."""
    w = np.random.default_rng(0).normal(size=(2, 6))

    def drawn(n):
        random = np.random.default_rng(n)
        return (random.normal(size=(n, 2)) @ w + 0.3 * random.normal(size=(n, 6))).astype("float32")

    return drawn


@pytest.fixture(scope="module")
def run(plane, tmp_path_factory):
    options = {"validation": 1000, "test": 0, "epochs": 20, **TINY}
    return jj.fit("vae", plane(3000), runs=tmp_path_factory.mktemp("runs"), **options)


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A run on the digits 0 to 8, and all digits."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype("float32").reshape(-1, 8, 8, 1)
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("vae", x[y < 9], epochs=30, latent=8, runs=runs, likelihood="continuous-bernoulli"), x, y


# -- what the numbers are ---------------------------------------------------------------------------------------------


def test_with_the_exact_posterior_the_likelihood_score_is_exact():
    model = linear_gaussian()
    x = drawn(model)
    for samples in (1, 7):
        found, cells = KINDS["likelihood"](judge(model, samples), x, None)
        torch.testing.assert_close(found, -evidence(model).log_prob(x))
        assert cells is None


def test_otherwise_it_lies_above_on_average_and_comes_nearer_with_more_draws():
    model = linear_gaussian(shift=0.3, scale=1.4)
    x = drawn(model)
    exact = -evidence(model).log_prob(x)

    def gaps(samples):
        """The mean gap of three examples, for each of 600 seeds: all examples get the same noise."""
        found = [KINDS["likelihood"](judge(model, samples, seed), x[:3], None)[0] for seed in range(600)]
        return (torch.stack(found) - exact[:3]).mean(1)

    one, many = gaps(1), gaps(20)
    assert many.mean() > -3 * many.std() / math.sqrt(600)
    assert one.mean() - 3 * one.std() / math.sqrt(600) > many.mean()
    closest, _ = KINDS["likelihood"](judge(model, 5000), x, None)
    assert (closest - exact).abs().max() < 0.1


def test_the_reconstruction_score_is_the_expected_distortion():
    """Of a linear g with noise s and q = N(m, S): (|x - g(m)|^2 + tr W S W') / 2 s^2 + D log s sqrt(2 pi)."""
    model = linear_gaussian()
    x = drawn(model)
    q, sigma = model.encode(x), 0.7
    w = model.decoder.layers[0].weight.detach()
    apart = (x - model.decode(q.mean).mean).square().sum(1) + (q.variance @ w.square().T).sum(1)
    exact = (apart / (2 * sigma**2) + 5 * math.log(sigma * math.sqrt(2 * math.pi))).detach()
    found, cells = KINDS["reconstruction"](judge(model, 20_000), x, None)
    assert (found - exact).abs().max() < 0.1
    assert cells.shape == (40, 5)
    torch.testing.assert_close(cells.sum(1), found)


def test_contributions_add_up_and_name_the_feature_that_is_off(run, plane):
    x = plane(20)
    x[:, 4] += 25
    found = run.score(x, by="reconstruction")
    np.testing.assert_allclose(found.contributions.sum(1), found.scores, rtol=1e-10)
    assert found.flagged.all()
    assert sum(found.features(row)[0][0] == "4" for row in range(20)) >= 15
    assert all(len(found.features(row)) == 3 for row in range(20))


def test_missing_cells_contribute_nothing():
    event = Event((5,), missing=True)
    model = assembled(event, Gaussian(event, "fixed", sigma=0.7), 2)
    x = torch.randn(6, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x[::2, 1] = math.nan
    scores, cells = KINDS["reconstruction"](judge(model), x, None)
    assert scores.isfinite().all() and (cells[::2, 1] == 0).all() and (cells[1::2] != 0).all()
    torch.testing.assert_close(cells.sum(1), scores)


def test_the_latent_score_is_the_mahalanobis_distance(run, plane):
    new = plane(50)
    rows = run.dataset.rows("train")
    assert len(rows) < 10_000
    z = run.encode(run.dataset.take(rows).numpy()).astype("float64")
    n, p = z.shape
    centred = z - z.mean(0)
    s = centred.T @ centred / n
    aim = np.trace(s) / p * np.eye(p)
    apart = ((s - aim) ** 2).sum()
    noise = sum(((np.outer(row, row) - s) ** 2).sum() for row in centred) / n**2
    shrinkage = min(noise, apart) / apart
    precision = np.linalg.inv((1 - shrinkage) * s + shrinkage * aim)
    away = run.encode(new).astype("float64") - z.mean(0)
    expected = np.einsum("ni,ij,nj->n", away, precision, away)
    np.testing.assert_allclose(run.score(new, by="latent").scores, expected, rtol=1e-3)


def test_a_generator_is_scored_by_the_error_of_its_best_code(tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    gan = jj.fit("gan", x, latent=2, epochs=2, runs=tmp_path, validation=20)
    found = gan.score(np.concatenate([x[:3], [[30.0, 30.0]]]).astype("float32"), quantile=0.9)
    assert found.by == "inversion" and found.unit == "squared units of the data"
    np.testing.assert_allclose(found.contributions.sum(1), found.scores)
    codes = invert(gan.model, torch.from_numpy(x[:3]), seed=jj.core.seeds.seed_for(0, "score")).codes
    assert found.scores[:3] == pytest.approx(np.square(x[:3] - gan.decode(codes)).sum(1), rel=1e-3, abs=1e-6)
    assert found.flagged[3] and found.scores[3] > 10 * found.threshold
    for by in ("likelihood", "reconstruction", "latent"):
        with pytest.raises(Undefined, match="only generates"):
            gan.score(x, by=by, quantile=0.9)


# -- the threshold ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["likelihood", "reconstruction", "latent"])
def test_new_data_of_the_same_kind_are_flagged_as_often_as_stated(run, plane, by):
    """Given 1,000 validation scores the share is Beta(100, 901): deviation 0.0095, and 0.0067 of the 2,000 examples."""
    found = run.score(plane(2000), by=by, quantile=0.9, samples=10)
    assert abs(found.flagged.mean() - 0.1) < 4 * math.hypot(0.0095, 0.0067)
    assert abs((found.p_values < 0.5).mean() - 0.5) < 4 * math.hypot(0.016, 0.011)


def test_the_alarms_are_exact_over_validation_splits():
    random = np.random.default_rng(0)
    flagged = [Scores("", "", random.normal(size=1), random.normal(size=19), 0.9).flagged[0] for _ in range(4000)]
    assert abs(np.mean(flagged) - 0.1) < 4 * math.sqrt(0.09 / 4000)


@pytest.mark.parametrize(("m", "quantile", "at"), [(99, 0.99, 98), (199, 0.99, 197), (100, 0.99, 99), (9, 0.5, 4)])
def test_the_threshold_is_an_order_statistic(m, quantile, at):
    validation = np.random.default_rng(0).permutation(m).astype(float)
    found = Scores("", "", np.array([at, at + 0.5, np.inf]), validation, quantile)
    assert found.threshold == at and found.flagged.tolist() == [False, True, True]
    assert (found.flagged == (found.p_values <= 1 - quantile + 1e-12)).all()
    assert found.p_values.tolist() == pytest.approx([(1 + m - at) / (m + 1), (m - at) / (m + 1), 1 / (m + 1)])


# -- what is found ----------------------------------------------------------------------------------------------------


def test_inverted_pictures_and_an_unseen_digit_are_stranger(digits, monkeypatch):
    monkeypatch.setattr(anomalies, "RESAMPLES", 100)
    run, x, y = digits
    both = np.concatenate([x[y < 9][:300], 1 - x[y < 9][:100]])
    auc, precision = run.score(both, labels=np.repeat([0, 1], [300, 100]), samples=20).detection
    assert auc.value > 0.95 and precision.value > 0.9 and precision.baseline == 0.25
    keep = np.r_[np.flatnonzero(y < 9)[:400], np.flatnonzero(y == 9)]
    (auc, _) = run.score(x[keep], labels=(y[keep] == 9).astype(int), samples=20).detection
    assert auc.interval[0] > 0.55 and auc.interval[0] <= auc.value <= auc.interval[1]


def test_the_area_is_the_share_of_pairs_in_the_right_order(monkeypatch):
    monkeypatch.setattr(anomalies, "RESAMPLES", 100)
    scores, labels = np.array([0.1, 0.4, 0.35, 0.8, np.inf]), np.array([0, 0, 1, 1, 1])
    found = Scores("", "", scores, np.arange(200.0), 0.99, labels=labels)
    pairs = [(a > n) for a in scores[labels == 1] for n in scores[labels == 0]]
    assert found.detection[0].value == pytest.approx(np.mean(pairs))
    assert "no anomaly" in replace(found, labels=np.zeros(5)).detection[0].reason
    assert replace(found, labels=None).detection == []


# -- same seed, same scores, whatever else is there -------------------------------------------------------------------


def kinds_of_models():
    """The first recipe of every kind of code and data."""
    found = {}
    for name in sorted(RECIPES):
        model = plan(name).model
        parts = (model.posterior, model.prior, model.likelihood)
        found.setdefault(tuple(type(part) for part in parts), name)
    return sorted(found.values())


@pytest.mark.parametrize("name", kinds_of_models())
def test_every_kind_of_model_is_scored_or_says_why_not(name, monkeypatch):
    model = plan(name).model.eval()
    x, _ = plan(name).dataset.examples("test", 3)
    many = Judge(model, lambda: (plan(name).dataset.examples("train", 50)[0], None), 5)
    reasons = {}
    for by, kind in KINDS.items():
        if by == "inversion" and model.encoder is not None:
            continue
        monkeypatch.setattr(judges, "CELLS", 1_000_000)
        try:
            scores, cells = kind(many, x, None)
        except Undefined as reason:
            reasons[by] = str(reason)
            continue
        monkeypatch.setattr(judges, "CELLS", 1)  # an example at a time
        assert scores.dtype == torch.float64 and scores.isfinite().all() and scores.shape == (3,)
        torch.testing.assert_close(kind(many, x.flip(0), None)[0].flip(0), scores, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(kind(many, x[1:2], None)[0], scores[1:2], rtol=1e-4, atol=1e-4)
        assert cells is None or cells.shape == x.shape
    assert all(len(reason) > 30 for reason in reasons.values())
    assert suited(many, x, None) not in reasons


@pytest.mark.parametrize("by", ["likelihood", "reconstruction"])
def test_order_company_and_batches_do_not_matter(tmp_path, by, monkeypatch):
    """Of grey pixels made bits, too: every example gets the same draws."""
    run = jj.fit("vae", "digits", epochs=1, runs=tmp_path, **TINY)
    x = np.random.default_rng(0).uniform(size=(30, 8, 8, 1)).astype("float32")
    torch.manual_seed(7)
    expected = torch.rand(2)
    torch.manual_seed(7)
    found = run.score(x, by=by, samples=5)
    assert torch.equal(torch.rand(2), expected), "the caller's random state is as it was"
    assert np.array_equal(run.score(x, by=by, samples=5).scores, found.scores)
    order = np.random.default_rng(1).permutation(30)
    np.testing.assert_allclose(run.score(x[order], by=by, samples=5).scores, found.scores[order], rtol=1e-5)
    monkeypatch.setattr(judges, "CELLS", 64 * 5 * 2)
    np.testing.assert_allclose(run.score(x[4:11], by=by, samples=5).scores, found.scores[4:11], rtol=1e-5)
    assert not np.allclose(run.score(x, by=by, samples=5, seed=1).scores, found.scores)


def test_a_conditional_model_is_told_the_labels(tmp_path):
    run = jj.fit("vae", "digits", epochs=1, runs=tmp_path, condition="label", **TINY)
    x = np.zeros((2, 8, 8, 1), "float32")
    found = [run.score(x, labels=[k, k], by="reconstruction", samples=5) for k in ("3", "7")]
    assert found[0].detection == [] and not np.allclose(found[0].scores, found[1].scores)
    with pytest.raises(DataError, match="needs the labels"):
        run.score(x)


def test_codes_of_a_prior_that_knows_labels_do_not_depend_on_the_others(tmp_path):
    options = {"condition": "label", "prior": "conditional-gaussian", "latent": 2, "epochs": 0.2}
    model = jj.fit("gan", "digits", runs=tmp_path, **options).model
    x, y = torch.rand(3, 8, 8, 1), torch.tensor([1, 2, 1])
    found, alone = invert(model, x, y, steps=5).codes, invert(model, x[2:], y[2:], steps=5).codes
    torch.testing.assert_close(alone, found[2:])


# -- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"by": "liklihood"}, UsageError, "did you mean 'likelihood'"),
        ({"samples": 0}, UsageError, "`samples` must be at least 1; got 0"),
        ({"quantile": 1.0}, UsageError, "`quantile` must lie between 0 and 1; got 1.0"),
        ({"quantile": 0.9999}, UsageError, r"at most m / \(m \+ 1\) of m = 1000.*Pass quantile=0.999"),
        ({"by": "inversion"}, Undefined, "has an encoder"),
        ({"labels": [0, 1, 2]}, DataError, "1 for an anomaly and 0 for a normal example; got '2'"),
        ({"labels": [0, 1]}, DataError, "2 entries for 3 examples"),
    ],
)
def test_what_cannot_be_scored_is_refused(run, plane, options, error, said):
    with pytest.raises(error, match=said):
        run.score(plane(3), **options)


def test_examples_of_another_shape_are_refused(run, plane):
    with pytest.raises(DataError, match=r"have shape \(5,\); the model was fitted on \(6,\)"):
        run.score(plane(3)[:, :5])


def test_grey_pixels_under_a_bernoulli_have_no_score_in_nats(tmp_path):
    with pytest.warns(UserWarning, match="nothing it prints is a likelihood"):
        run = jj.fit("vae", "digits", epochs=0.2, binarise="none", likelihood="bernoulli", runs=tmp_path, **TINY)
    for by in ("likelihood", "reconstruction"):
        with pytest.raises(Undefined, match="values are grey"):
            run.score("digits", by=by)


# -- the command line -------------------------------------------------------------------------------------------------


def test_the_command_writes_a_row_an_example(run, plane, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(anomalies, "RESAMPLES", 20)
    x = plane(30)
    x[:5] += 20
    np.savez(tmp_path / "new.npz", x=x, y=np.arange(30) < 5)
    np.save(tmp_path / "fitted.npy", run.dataset.x.numpy())
    given = [str(run.folder), str(tmp_path / "new.npz"), "--data", str(tmp_path / "fitted.npy")]
    path = tmp_path / "s.csv"
    assert main(["score", *given, "--by", "ratio", "--background", str(run.folder), "-o", str(path)]) == 0
    with path.open(encoding="utf-8-sig") as file:
        assert [float(row["score"]) for row in csv.DictReader(file)] == [0] * 30, "a model beside itself"
    capsys.readouterr()
    assert main(["score", *given, "--by", "reconstruction", "-o", str(path)]) == 0
    said = capsys.readouterr().out
    assert "flagged: 5 of 30 (16.67%)" in said and "roc_auc 1 share [1, 1], n = 30, chance 0.5" in said
    assert "1,000 validation examples" in said and said.splitlines()[-1] == str(path)
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    found = run.score(x, by="reconstruction")
    assert [int(row["flagged"]) for row in rows] == [1] * 5 + [0] * 25 and [int(r["row"]) for r in rows] == [*range(30)]
    assert [float(row["score"]) for row in rows] == found.scores.tolist()
    assert [(r["feature_1"], float(r["contribution_1"])) for r in rows] == [found.features(k)[0] for k in range(30)]
    assert main(["score", *given, "--json", "-o", str(tmp_path / "s.json")]) == 0
    about, kept = json.loads(capsys.readouterr().out), json.loads((tmp_path / "s.json").read_text())
    assert about["by"] == "likelihood" and about["detection"][0]["value"] == 1
    assert kept["flagged"] == int(run.score(x).flagged.sum()) >= 5
    assert len(kept["rows"]) == 30 and kept["rows"][0]["flagged"] and len(kept["rows"][0]["features"]) == 3
    assert not kept["rows"][29]["flagged"] and kept["rows"][29]["features"] == []
    assert main(["score", *given, "-o", str(tmp_path / "s.txt")]) == 2
    assert not (tmp_path / "s.txt").exists() and "must end in .csv or .json" in capsys.readouterr().err


def test_an_infinite_score_is_kept_as_none():
    found = Scores("reconstruction", "nats", np.array([np.inf]), np.arange(200.0), 0.99, np.array([[np.inf, 1.0]]))
    (row,) = found.rows()
    assert row["score"] is None and row["flagged"] and row["p_value"] == 1 / 201
    assert row["features"] == [{"feature": "0", "contribution": None}, {"feature": "1", "contribution": 1.0}]
