"""The estimators under scikit-learn's own checks, in its tools, and against models whose density is known."""

import copy
import os
import pickle
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import jamjae as jj
from jamjae import sklearn as ours
from jamjae.likelihoods import StudentT
from jamjae.sklearn import AnomalyDetector, AutoencoderTransformer, GANSampler, VAETransformer
from jamjae.training.stepper import Stepper

SMALL = {"epochs": 2, "widths": (8,)}
QUICK = VAETransformer(2, samples=5, **SMALL)
OTHERS = [
    GANSampler(2, **SMALL),
    AutoencoderTransformer(2, **SMALL),
    AnomalyDetector(latent=2, samples=5, **SMALL),
    AnomalyDetector(contamination=0.1, latent=2, samples=5, **SMALL),
    AnomalyDetector(by="latent", recipe="ae", latent=2, **SMALL),
]
ALL = [QUICK, *OTHERS]


def seeded(estimator, **changes):
    return clone(estimator).set_params(random_state=0, **changes)


def ids(estimator) -> str:
    return f"{type(estimator).__name__}-{getattr(estimator, 'by', None)}"


def table(n=60, d=5, seed=0):
    """Rows on a bent plane, with noise."""
    random = np.random.default_rng(seed)
    z = random.normal(size=(n, 2))
    x = np.concatenate([z, z[:, :1] ** 2, z[:, 1:] * z[:, :1], np.sin(z)], 1)[:, :d]
    return x + 0.1 * random.normal(size=x.shape)


def answers(estimator, x):
    """Everything that a fitted estimator says about rows."""
    names = ("transform", "score_samples", "decision_function", "predict")
    said = {name: getattr(estimator, name)(x) for name in names if hasattr(estimator, name)}
    return said | ({"sample": estimator.sample(5)} if hasattr(estimator, "sample") else {})


def same(one, other):
    assert one.keys() == other.keys() and one
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


# -- what scikit-learn demands ----------------------------------------------------------------------------------------


@parametrize_with_checks([QUICK])
def test_what_scikit_learn_demands(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(OTHERS)
def test_what_scikit_learn_demands_of_the_others(estimator, check):
    check(estimator)


def test_every_estimator_is_checked():
    assert {type(e).__name__ for e in ALL} | {"VAEImputer"} == set(ours.__all__)  # it has a file of its own


def test_they_cost_nothing_until_they_are_used():
    code = "import sys, jamjae; print({'sklearn', 'torch', 'jamjae.sklearn'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
    assert jj.sklearn is ours


@pytest.mark.parametrize("estimator", ALL, ids=ids)
def test_a_fitted_one_can_be_pickled_and_copied(estimator):
    x = table()
    fitted = seeded(estimator).fit(x)
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        same(answers(fitted, x), answers(other, x))
        assert other.get_params() == fitted.get_params() and other.n_iter_ == fitted.n_iter_ == 2
    assert b"torch" not in pickle.dumps(fitted), "its state is plain arrays"


@pytest.mark.parametrize("recipe", ["flow-vae", "vamp-vae", "iaf-vae", "hvae", "bernoulli-vae"])
def test_other_densities_survive_a_pickle_and_a_round_trip(recipe):
    x, options = table(), {"prior.components": 5} if recipe == "vamp-vae" else None
    fitted = VAETransformer(4, recipe=recipe, epochs=1, samples=5, options=options, random_state=0).fit(x)
    same(answers(fitted, x), answers(pickle.loads(pickle.dumps(fitted)), x))
    codes = fitted.transform(x)
    assert codes.shape == (60, len(fitted.get_feature_names_out())) and fitted.inverse_transform(codes).shape == x.shape


@pytest.mark.parametrize("estimator", ALL, ids=ids)
def test_one_feature_and_two_rows_are_enough_and_one_row_is_not(estimator):
    held = getattr(estimator, "contamination", None) == "auto"
    for x in (table(40, 1), table(2 + held, 3)):
        assert all(np.isfinite(v).all() for v in answers(seeded(estimator).fit(x), x).values())
    if held:
        with pytest.raises(ValueError, match="`X` must have at least 3 rows for contamination='auto'; got 2"):
            seeded(estimator).fit(table(2))
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        seeded(estimator).fit(table(1))


@pytest.mark.parametrize("estimator", ALL, ids=ids)
def test_the_seed_is_scikit_learns(estimator):
    x = table()

    def drawn(state):
        return next(clone(estimator).set_params(random_state=state).fit(x).model_.parameters()).detach().numpy()

    np.random.seed(1), torch.manual_seed(1)
    expected, random = torch.rand(2), np.random.get_state()[1].copy()
    torch.manual_seed(1)
    first = drawn(3)
    assert (torch.rand(2) == expected).all() and (np.random.get_state()[1] == random).all(), "nothing is left behind"
    assert (drawn(3) == first).all() and (drawn(np.int64(3)) == first).all() and (drawn(4) != first).any()
    state = np.random.RandomState(0)
    assert (drawn(state) != drawn(state)).any(), "an instance goes on"
    np.random.seed(1)
    one, two = drawn(None), drawn(None)
    np.random.seed(1)
    assert (drawn(None) == one).all() and (one != two).any(), "None is numpy's own state"


def test_samples_follow_their_own_seed_if_they_are_given_one():
    fitted = seeded(QUICK).fit(table())
    assert (fitted.sample(5) == fitted.sample(5)).all()
    assert (fitted.sample(5, random_state=1) != fitted.sample(5)).any()
    with pytest.raises(NotFittedError):
        clone(fitted).sample(5)
    with pytest.raises(ValueError, match="`n` must be at least 1; got 0"):
        fitted.sample(0)


@pytest.mark.parametrize("estimator", [e for e in ALL if hasattr(e, "transform")], ids=ids)
def test_numbers_keep_their_type(estimator):
    x = table()
    fitted = seeded(estimator).fit(x)
    for dtype in (np.float32, np.float64):
        codes = fitted.transform(x.astype(dtype))
        assert codes.dtype == dtype and fitted.inverse_transform(codes).dtype == dtype
    assert fitted.transform((10 * x).astype(int)).dtype == np.float64


def test_codes_are_named_columns():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(table(), columns=list("abcde"), index=range(100, 160))
    fitted = seeded(QUICK).set_output(transform="pandas").fit(frame)
    codes = fitted.transform(frame)
    assert list(codes) == list(fitted.get_feature_names_out()) == ["vaetransformer0", "vaetransformer1"]
    assert list(codes.index) == list(frame.index) and list(fitted.feature_names_in_) == list("abcde")
    with pytest.raises(ValueError, match="feature names"):
        fitted.transform(frame.rename(columns={"a": "z"}))


# -- in its tools -----------------------------------------------------------------------------------------------------


def test_a_grid_search_over_a_pipeline():
    x, y = load_wine(return_X_y=True)
    vae = VAETransformer(epochs=40, widths=(16,), lr=0.01, random_state=0)
    pipeline = make_pipeline(StandardScaler(), vae, LogisticRegression(max_iter=1000))
    grid = {"vaetransformer__beta": np.logspace(-1, 0, 2), "vaetransformer__latent": np.array([1, 4])}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(x, y)
    best = search.best_estimator_["vaetransformer"]
    assert search.best_score_ > 0.9
    assert len(best.get_feature_names_out()) == search.best_params_["vaetransformer__latent"] == 4
    assert search.predict(x).shape == (178,)
    means = search.cv_results_["mean_test_score"].reshape(2, 2)
    assert (means[:, 1] > means[:, 0]).all() and len(set(means.ravel())) == 4, "both options reach the fit"


def test_a_grid_search_without_a_scorer_takes_the_better_density():
    estimator = VAETransformer(2, widths=(16,), lr=0.01, samples=20, random_state=0)
    search = GridSearchCV(estimator, {"epochs": [1, 40]}, cv=2, error_score="raise").fit(table(300))
    assert search.best_params_ == {"epochs": 40}
    assert search.best_score_ > search.cv_results_["mean_test_score"][0] + 0.2, "nats"


@pytest.fixture(scope="module")
def digits():
    """Pixels in [0, 1], and the classes."""
    x, y = load_digits(return_X_y=True)
    return (x / 16)[:1000], y[:1000]


@pytest.fixture(scope="module")
def fitted(digits):
    """One of each, fitted to the first 700."""
    options = {"latent": 8, "epochs": 30, "widths": (64,), "lr": 0.003, "batch_size": 64, "random_state": 0}
    return {cls: cls(**options).fit(digits[0][:700]) for cls in (AutoencoderTransformer, VAETransformer)}


@pytest.mark.parametrize("cls", [AutoencoderTransformer, VAETransformer])
def test_eight_numbers_tell_which_digit_it_is(digits, fitted, cls):
    x, y = digits
    codes = fitted[cls].transform(x)
    right = LogisticRegression(max_iter=2000).fit(codes[:700], y[:700]).score(codes[700:], y[700:])
    assert right > 0.8, "chance is 0.1"


@pytest.mark.parametrize("cls", [AutoencoderTransformer, VAETransformer])
def test_what_comes_back_is_nearer_than_the_mean(digits, fitted, cls):
    x = digits[0]
    off = np.mean((fitted[cls].inverse_transform(fitted[cls].transform(x[700:])) - x[700:]) ** 2)
    assert off < 0.6 * x[700:].var(0).mean()


def test_a_row_has_the_same_code_in_any_company(digits, fitted):
    x = digits[0][700:740]
    for cls in fitted:
        alone = np.concatenate([fitted[cls].transform(row[None]) for row in x])
        np.testing.assert_allclose(fitted[cls].transform(x), alone, rtol=1e-10)


# -- the density ------------------------------------------------------------------------------------------------------


def test_a_linear_one_comes_near_the_best_density_of_probabilistic_pca():
    """PCA's `score` is the largest mean log-likelihood of a linear model with Gaussian noise; ours is a bound on it."""
    random = np.random.default_rng(0)
    x = random.normal(size=(500, 2)) @ random.normal(size=(2, 6)) + 0.5 * random.normal(size=(500, 6))
    best = PCA(2).fit(x).score(x)
    found = VAETransformer(2, widths=(), epochs=60, lr=0.03, samples=100, random_state=0).fit(x).score(x)
    assert best - 0.1 < found < best + 0.02


def test_the_score_rises_with_training_and_with_draws(digits, fitted):
    x, best = digits[0], fitted[VAETransformer]
    shorter = [clone(best).set_params(epochs=epochs).fit(x[:700]) for epochs in (1, 5)]
    scores = [vae.score(x[700:]) for vae in (*shorter, best)]
    assert scores[0] < scores[1] < scores[2]
    each = best.score_samples(x[700:])
    assert each.shape == (300,) and each.mean() == pytest.approx(scores[2])
    np.testing.assert_allclose(best.score_samples(x[700:][::-1])[::-1], each, rtol=1e-10)
    once = copy.copy(best).set_params(samples=1)
    assert once.score(x[700:]) < scores[2], "a single draw is the ELBO"


def test_samples_are_as_the_density_says():
    random = np.random.default_rng(0)
    x = random.multivariate_normal([5, -5], [[1, 0.8], [0.8, 1]], 1000)
    fitted = VAETransformer(2, epochs=20, widths=(16,), lr=0.01, random_state=0).fit(x)
    drawn = fitted.sample(4000)
    np.testing.assert_allclose(drawn.mean(0), x.mean(0), atol=0.15)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(x.T), atol=0.2)
    assert fitted.sample(4000, noise=False).var(0).sum() < drawn.var(0).sum()


def test_ones_and_zeros_have_a_bernoulli_likelihood():
    x = (table(200) > 0).astype(float)
    fitted = VAETransformer(2, epochs=30, widths=(16,), random_state=0).fit(x)
    back = fitted.inverse_transform(fitted.transform(x))
    assert fitted.model_.likelihood.name() == "bernoulli" and ((back > 0) & (back < 1)).all()
    assert set(np.unique(fitted.sample(50))) == {0.0, 1.0} and fitted.score(x) < 0
    for other, message in ((x + 1, r"outside the range \[0, 1\]"), (x / 2, "every value was 0 or 1 in training")):
        with pytest.raises(ValueError, match=message):
            fitted.transform(other)


# -- strange rows -----------------------------------------------------------------------------------------------------


BY = [{"by": name} for name in ("reconstruction", "latent", "neighbours", "combined")]


@pytest.mark.parametrize("options", [{}, *BY, {"recipe": "ae", "latent": 1}])
def test_planted_outliers_are_found(options):
    """Rows of a bent plane, and rows whose columns do not belong together; for the code, rows far out."""
    usual, planted = table(400, seed=1), np.random.default_rng(0).permuted(table(40, seed=2) * 2, axis=0)
    planted = usual[:40] + 8 if options.get("by") in ("latent", "neighbours") else planted
    short = {"epochs": 30, "lr": 0.01, "widths": (16,), "samples": 20}
    detector = AnomalyDetector(contamination=0.05, random_state=0, **short, **options).fit(usual)
    scores = detector.score_samples(np.concatenate([usual, planted]))
    assert roc_auc_score(np.repeat([1, 0], [400, 40]), scores) > 0.8
    assert (detector.predict(usual) == -1).sum() == 20
    decided = detector.decision_function(planted)
    np.testing.assert_allclose(decided, scores[400:] - detector.offset_)
    assert ((decided < 0) == (detector.predict(planted) == -1)).all()
    assert detector.by_ == options.get("by", "reconstruction" if options else "likelihood")


def test_the_threshold_for_new_rows_is_that_of_the_command_line(tmp_path):
    x, options = table(1000), {"latent": 2, "epochs": 5}
    detector = AnomalyDetector(recipe="ae", random_state=0, **options).fit(x)  # without draws, which float64 changes
    found = jj.fit("ae", x, test=0, seed=0, runs=tmp_path, **options).score(x[:50])
    assert detector.offset_ == pytest.approx(-found.threshold, rel=1e-3)
    np.testing.assert_allclose(detector.score_samples(x[:50]), -found.scores, rtol=1e-3)
    assert ((detector.predict(x[:50]) == -1) == found.flagged).all()


def test_of_new_rows_few_are_flagged_however_well_the_model_knows_the_old_ones(digits):
    """The largest of 30 held-out scores is exceeded by more than 0.2 of new ones with probability 0.8^30 = 0.001."""
    x, new = digits[0][:300], digits[0][300:600]
    short = {"latent": 8, "epochs": 100, "widths": (64,), "lr": 0.003, "samples": 10, "random_state": 0}
    share = {c: (AnomalyDetector(contamination=c, **short).fit(x).predict(new) == -1).mean() for c in ("auto", 0.05)}
    assert share["auto"] < 0.2 < share[0.05]


def test_tumours_are_strange_to_a_model_of_healthy_tissue():
    x, benign = load_breast_cancer(return_X_y=True)
    scaler = StandardScaler().fit(x[benign == 1][:250])
    known, new = scaler.transform(x[benign == 1][:250]), scaler.transform(np.r_[x[benign == 1][250:], x[benign == 0]])
    detector = AnomalyDetector(epochs=30, lr=0.01, widths=(16,), samples=20, random_state=0).fit(known)
    truth = np.repeat([1, 0], [len(x[benign == 1]) - 250, (benign == 0).sum()])
    assert roc_auc_score(truth, detector.score_samples(new)) > 0.9


@pytest.mark.slow
def test_a_generator_searches_for_the_code():
    x = table(60, 2)
    detector = AnomalyDetector(recipe="gan", epochs=30, contamination=0.1, random_state=0).fit(x)
    assert detector.by_ == "inversion" and detector.score_samples(np.full((1, 2), 50.0)) < detector.offset_
    same(answers(detector, x[:3]), answers(pickle.loads(pickle.dumps(detector)), x[:3]))


# -- the fit ----------------------------------------------------------------------------------------------------------


def test_it_is_the_fit_of_jamjae_in_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, options = table(), {"latent": 2, "epochs": 3, "beta": 0.5}
    fitted = VAETransformer(**options, random_state=7).fit(x)
    assert list(tmp_path.iterdir()) == []
    run = jj.fit("vae", x, latent=2, epochs=3, objective__beta=0.5, seed=7, validation=0, test=0, runs="own")
    np.testing.assert_allclose(fitted.transform(x), run.encode(x), rtol=1e-4, atol=1e-5)


def test_a_run_is_left_where_it_is_asked_for(tmp_path):
    x = table()
    kept, fitted = (seeded(QUICK, runs=runs).fit(x) for runs in (tmp_path / "runs", None))
    same(answers(kept, x), answers(fitted, x))
    (folder,) = (tmp_path / "runs").iterdir()
    run = jj.load(folder, x)
    assert [len(run.dataset.rows(s)) for s in ("train", "validation", "test")] == [60, 0, 0]
    np.testing.assert_allclose(run.encode(x), kept.transform(x), rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="test"):
        run.evaluate()


def test_patience_holds_rows_out():
    x = table(100)
    estimator = VAETransformer(2, epochs=2000, widths=(64, 64), lr=0.01, random_state=0)
    assert clone(estimator).set_params(options={"patience": 3}).fit(x).n_iter_ < 2000
    with pytest.raises(ValueError, match="`patience` must be 0 without a validation split"):
        clone(estimator).set_params(options={"patience": 3, "validation": 0}).fit(x)


def test_options_reach_the_parts():
    options = {"encoder.dropout": 0.2, "prior": "mixture", "prior__components": 3, "optimiser": "AdamW"}
    vae = VAETransformer(2, epochs=1, widths=(16, 8), likelihood=StudentT(df=3.0), options=options).fit(table()).model_
    assert (vae.encoder.widths, vae.decoder.widths, vae.encoder.dropout) == ((16, 8), (8, 16), 0.2)
    assert (vae.prior.components, vae.likelihood.name(), vae.likelihood.df) == (3, "student-t", 3.0)
    assert GANSampler(epochs=1, widths=(9, 7)).fit(table()).model_.decoder.widths == (9, 7)


REFUSED = [
    (AutoencoderTransformer(recipe="gan"), "gan only generates. Pass GANSampler"),
    (AutoencoderTransformer(recipe="vq-vae"), "numbers of a book's entries"),
    (VAETransformer(recipe="ae"), "`recipe` ae has no such score: .*density"),
    (VAETransformer(recipe="vea"), "did you mean 'vae'"),
    (VAETransformer(latent=0), "`latent` must have at least one axis"),
    (VAETransformer(beta=-1.0), "`beta` must be at least 0"),
    (VAETransformer(epochs=0), "`epochs` must be positive"),
    (VAETransformer(samples=0), "`samples` must be at least 1"),
    (VAETransformer(random_state="one"), "cannot be used to seed"),
    (VAETransformer(likelihood="poisson"), "cannot take"),
    (VAETransformer(options={"lr": 1}), "must not hold 'lr': it is the argument `lr`"),
    (VAETransformer(options={"seed": 1}), "it is the argument `random_state`"),
    (VAETransformer(options={"recipe": "ae"}), "it is the argument `recipe`"),
    (VAETransformer(options={"objective__beta": 2}), "'objective.beta': it is the argument `beta`"),
    (VAETransformer(widths=(8,), options={"encoder.widths": (9,)}), "it is the argument `widths`"),
    (VAETransformer(options={"labels": [1]}), "'labels': the data are X alone, without labels"),
    (VAETransformer(options={"condition": "label"}), "'condition': the data are X alone"),
    (VAETransformer(options={"patiance": 1}), "did you mean 'patience'"),
    (GANSampler(options={"patience": 3}), "`patience` must be 0"),
    *((AnomalyDetector(contamination=c), "`contamination` must be 'auto', or in") for c in (0.0, 0.6, "much", None)),
    (AnomalyDetector(options={"validation": 0}), "`validation` must hold rows for contamination='auto'"),
    (AnomalyDetector(by="likelyhood"), "did you mean 'likelihood'"),
    (AnomalyDetector(by="likelihood", recipe="ae"), "has no such score"),
    (AnomalyDetector(by="inversion"), "has an encoder"),
]


@pytest.mark.parametrize(("estimator", "message"), REFUSED, ids=[f"{e} {m}" for e, m in REFUSED])
def test_what_makes_no_sense_is_refused_before_it_is_trained(estimator, message, monkeypatch):
    monkeypatch.setattr(ours.base, "trained", None)
    with pytest.raises(ValueError, match=message):
        estimator.fit(table())


def test_codes_of_another_width_are_refused():
    fitted = seeded(QUICK).fit(table())
    with pytest.raises(ValueError, match="`X` must have 2 columns, one for each axis of the code; got 3"):
        fitted.inverse_transform(np.zeros((4, 3)))


def test_an_interrupted_fit_is_no_fit(monkeypatch):
    honest, estimator = Stepper.move, VAETransformer(epochs=100)

    def move(self, player, batch, step, lr):
        if step == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return honest(self, player, batch, step, lr)

    monkeypatch.setattr(Stepper, "move", move)
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(table())
    assert not hasattr(estimator, "model_")


def test_steps_that_fail_are_told(monkeypatch):
    honest, seen = Stepper.move, []

    def move(self, player, batch, step, lr):
        if step == 1 and not seen:
            seen.append(step)
            batch.x = batch.x * np.nan
        return honest(self, player, batch, step, lr)

    monkeypatch.setattr(Stepper, "move", move)
    with pytest.warns(ConvergenceWarning, match="back to step 0 with the learning rate times 0.5"):
        seeded(QUICK).fit(table())


@pytest.mark.slow
def test_a_generator_makes_rows_like_those_it_saw():
    x = np.random.default_rng(0).multivariate_normal([3, -3], [[1, 0.8], [0.8, 1]], 500)
    sampler = GANSampler(2, recipe="r1-gan", widths=(32, 32), epochs=300, lr=1e-3, random_state=0).fit(x)
    drawn = sampler.sample(2000)
    np.testing.assert_allclose(drawn.mean(0), x.mean(0), atol=0.3)
    assert np.corrcoef(drawn.T)[0, 1] > 0.5 and not hasattr(sampler, "score")
