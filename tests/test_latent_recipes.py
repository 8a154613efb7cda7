"""Recipes whose prior or posterior is not Gaussian: fitted for a few steps, on pictures and on points."""

import numpy as np
import pytest

import jamjae
from jamjae.core import Undefined, UsageError
from jamjae.evaluation import METRICS

RECIPES = ["vamp-vae", "flow-vae", "iaf-vae", "bernoulli-vae", "hvae"]
SHORT = {"epochs": 0.1, "batch_size": 64}
NO_DEVIATION = ("iaf-vae", "hvae")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module", params=RECIPES)
def run(request, runs):
    return jamjae.fit(request.param, "digits", runs=runs, **SHORT)


def test_fits_pictures_and_does_everything(run):
    assert run.sample(3).shape == (3, 8, 8, 1)
    codes = run.encode("digits")
    assert codes.shape == (1797, *run.spec["latent"]) and np.isfinite(codes).all()
    assert np.array_equal(codes, run.encode("digits"))
    assert run.reconstruct("digits").shape == (1797, 8, 8, 1)
    measured = run.evaluate(["elbo", "iwae", "rate", "knn", "active_units"], samples=4, limit=20)
    assert measured["elbo"].value <= measured["iwae"].value + 3
    assert measured["active_units"].value is not None or "closed form" in measured["active_units"].reason


def test_encodes_with_deviation_or_says_why_not(run):
    if run.spec["recipe"] in NO_DEVIATION:
        with pytest.raises(Undefined, match=r"variance .* has no closed form"):
            run.encode("digits", deviation=True)
    else:
        codes, deviations = run.encode("digits", deviation=True)
        assert codes.shape == deviations.shape and (deviations > 0).all()


@pytest.mark.parametrize("recipe", RECIPES)
def test_fits_points(recipe, runs):
    run = jamjae.fit(recipe, "moons", runs=runs, epochs=0.02)
    assert run.sample(3, noise=True).shape == (3, 2) and run.rows[-1]["event"] == "end"


@pytest.mark.parametrize(
    "options",
    [
        {"prior": "conditional-gaussian"},
        {"prior": "conditional-gaussian", "prior.network.widths": "16"},
        {"prior": "mixture", "prior.by_label": True},
        {"prior": "flow", "prior.widths": "16", "prior.bins": 4},
        {"prior": "vamp", "prior.components": 20},
        {"prior": "layered", "posterior": "layered", "decoder": "partial"},
        {"prior": "vamp", "prior.components": 20, "posterior": "flow"},
        {"prior": "flow", "prior.widths": "16", "posterior": "full-gaussian"},
    ],
    ids=lambda o: "-".join(str(v) for v in o.values()),
)
def test_fits_under_a_condition(options, runs):
    run = jamjae.fit("vae", "digits", latent=4, condition="label", runs=runs, **SHORT, **options)
    assert run.sample(4, label="7").shape == (4, 8, 8, 1) and run.sample(3).shape == (3, 8, 8, 1)
    assert run.evaluate(["iwae"], samples=4, limit=20)["iwae"].value < 0


def test_a_prior_of_regions_needs_classes(runs):
    with pytest.raises(UsageError, match=r"`by_label` needs a condition on classes.*--condition label"):
        jamjae.fit("gm-vae", "digits", runs=runs, **SHORT, **{"prior.by_label": True})
    with pytest.raises(UsageError, match="must be the number of classes, 10"):
        options = {"prior.by_label": True, "prior.components": 8, "condition": "label"}
        jamjae.fit("gm-vae", "digits", runs=runs, **SHORT, **options)


def test_by_label_an_autoencoder_learns_its_regions_step_by_step(runs):
    options = {"prior": "mixture", "prior.by_label": True}
    run = jamjae.fit("ae", "digits", latent=2, condition="label", runs=runs, **SHORT, **options)
    assert "prior.codes" in run.rows[-2]["train"]


@pytest.mark.parametrize(("recipe", "part"), [("flow-vae", "prior"), ("iaf-vae", "posterior")], ids=lambda v: v)
def test_what_cannot_be_compiled_is_refused_before_anything_is_written(recipe, part, tmp_path):
    with pytest.raises(UsageError, match=f"`compile` must be off: the {part} flow cannot be traced"):
        jamjae.fit(recipe, "digits", runs=tmp_path / "runs", compile=True, **SHORT)
    assert not (tmp_path / "runs").exists()


def test_more_pseudo_inputs_than_examples(runs):
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    with pytest.raises(UsageError, match=r"`components` must be at most the number of training examples, \d+; got 500"):
        jamjae.fit("vamp-vae", x, runs=runs, **SHORT)


@pytest.mark.parametrize("recipe", RECIPES)
def test_resumes_to_the_bit(recipe, runs):
    whole = jamjae.fit(recipe, "digits", latent=4, runs=runs, epochs=0.2, batch_size=128)
    half = jamjae.fit(recipe, "digits", latent=4, runs=runs, epochs=0.1, batch_size=128).resume(epochs=0.2)
    for name, value in whole.model.state_dict().items():
        assert np.array_equal(value.numpy(), half.model.state_dict()[name].numpy()), name


def test_metrics_say_why_they_are_undefined(run):
    measured = run.evaluate(list(METRICS), samples=2, limit=20)
    assert all(m.value is not None or m.reason for m in measured.values())
