"""`jj.check`: what it says about data, and whether its prediction of surviving axes is right."""

import numpy as np
import pytest

import jamjae as jj
from jamjae.checks import about, describe, pace, survivors
from jamjae.core.errors import UsageError
from jamjae.plan import prepare

FIXED = {"binarise": "none", "likelihood": "gaussian", "likelihood__variance": "fixed"}


def spheroid(variances, n=2000):
    """Vectors whose covariance has these eigenvalues."""
    random = np.random.default_rng(0)
    rotation, _ = np.linalg.qr(random.normal(size=(len(variances), len(variances))))
    return (random.normal(size=(n, len(variances))) * np.sqrt(variances)) @ rotation


@pytest.mark.parametrize(("beta", "sigma", "alive"), [(0.5, 1.0, 3), (2.0, 1.0, 2), (1.0, 2.5, 1), (5.0, 2.0, 0)])
def test_the_axes_of_a_fixed_sigma_are_counted(beta, sigma, alive):
    found = jj.check(spheroid([9.0, 4.0, 1.0, 0.01]), latent=4, objective__beta=beta, **FIXED, likelihood__sigma=sigma)
    assert found.axes == alive
    assert f"{alive} of 4 will survive" in found.axes_why and f"{beta * sigma**2:.4g}" in found.axes_why


def test_training_keeps_as_many_axes_as_predicted(tmp_path):
    x = spheroid([9.0, 4.0, 0.3, 0.3])
    options = {**FIXED, "likelihood__sigma": 1.0, "encoder__widths": (), "decoder__widths": (), "lr": 1e-2}
    predicted = jj.check(x, latent=4, **options).axes
    run = jj.fit("vae", x, latent=4, epochs=40, runs=tmp_path, **options)
    assert run.evaluate(["active_units"])["active_units"].value == predicted == 2


def test_no_more_axes_than_there_are():
    assert jj.check("digits", latent=3, **FIXED, likelihood__sigma=0.1).axes == 3


def test_a_mean_over_pixels_is_predicted_to_collapse():
    """Mean squared error over 64 cells stands for beta sigma^2 = 32, larger than every eigenvalue of the digits."""
    found = jj.check("digits", objective__beta=32.0, **FIXED, likelihood__sigma=1.0)
    assert found.axes == 0 and "Lower --objective.beta" in str(found)


@pytest.mark.parametrize(("beta", "axes"), [(1.0, None), (1000.0, 0)])
def test_of_a_bernoulli_only_total_collapse_is_predicted(beta, axes):
    assert jj.check("digits", objective__beta=beta).axes == axes


@pytest.mark.parametrize(
    ("recipe", "options", "why"),
    [
        ("ae", {}, "objective reconstruction"),
        ("iwae", {}, "objective iwae"),
        ("gm-vae", {}, "gaussian prior"),
        ("vae", {"objective__free_bits": 0.1}, "free bits"),
        ("vae", {"binarise": "none"}, "learned one"),
    ],
)
def test_elsewhere_it_predicts_nothing_and_says_why(recipe, options, why):
    axes, reason = survivors(prepare(recipe, "digits", **options))
    assert axes is None and why in reason


def test_what_the_data_is():
    text = str(jj.check("digits", epochs=2))
    for part in ("1,797 examples", "8 x 8 x 1", "stochastic", "10 classes", "115,008 bytes", "20 steps", "about"):
        assert part in text


def test_what_is_wrong_with_the_data():
    x = np.random.default_rng(0).normal(size=(100, 3))
    x[:, 1] = 7.0
    found = jj.check(x)
    assert any("never change" in f.what for f in found.findings) and "warning: " in str(found)


def test_a_likelihood_without_density_is_a_finding():
    found = jj.check("digits", binarise="none", likelihood="bernoulli")
    assert any("nothing it prints is a likelihood" in f.what for f in found.findings)


def test_the_plan_is_that_of_fit():
    found = jj.check("digits", "gm-vae", latent=3, epochs=5, prior__components=4)
    plan = prepare("gm-vae", "digits", latent=3, epochs=5, prior__components=4)
    assert found.plan == describe(plan) and found.steps == plan.steps
    assert f"{plan.parameters:,} parameters" in found.plan["model"]


def test_check_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = prepare("vae", "digits", epochs=1)
    before = {k: v.clone() for k, v in plan.model.state_dict().items()}
    assert pace(plan) > 0
    assert all((before[k] == v).all() for k, v in plan.model.state_dict().items())
    assert not list(tmp_path.iterdir())


def test_wrong_options_are_refused():
    with pytest.raises(UsageError, match="did you mean 'epochs'"):
        jj.check("digits", epoch=3)


def test_durations_in_words():
    assert [about(s) for s in (0, 1.2, 59, 61, 3600, 9000)] == [
        "about 1 second",
        "about 1 second",
        "about 59 seconds",
        "about 1 minute",
        "about 1 hour",
        "about 2 hours",
    ]
