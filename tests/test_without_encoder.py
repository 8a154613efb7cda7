"""Models without an encoder, without a density, and runs without a test split: what has no meaning says why."""

import re

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.core.errors import DataError, UsageError
from jamjae.core.seeds import isolated
from jamjae.evaluation import usual
from jamjae.report import page
from jamjae.report.curves import grouped, named, panels

TINY = {"epochs": 0.5, "batch_size": 64, "latent": 3, "decoder": "mlp", "decoder__widths": "8"}


@pytest.fixture(scope="module")
def gan(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("gan", "digits", log_every=0.25, runs=runs, **TINY)


@pytest.fixture(scope="module")
def untested(tmp_path_factory):
    """A VAE fitted without a test split."""
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("vae", "digits", test=0, epochs=0.2, latent=2, encoder__widths="8", decoder__widths="8", runs=runs)


def words(path):
    """What a report says, without its markup."""
    text = path.read_text(encoding="utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)).split())


# -- no encoder --------------------------------------------------------------------------------------------------------


def test_what_needs_a_code_is_undefined_and_says_why(gan):
    found = gan.evaluate(samples=5, limit=40)
    assert set(found) == set(usual())
    found |= gan.evaluate(["distortion", "kl_per_axis"], samples=5, limit=40)
    for name in ("elbo", "iwae", "rate", "distortion", "kl_per_axis", "active_units", "reconstruction", "knn"):
        assert found[name].value is None and "only generates" in found[name].reason


def test_the_report_leaves_out_what_has_no_meaning_and_says_why(gan, tmp_path):
    text = gan.report(tmp_path / "r.html", samples=5, limit=40).read_text(encoding="utf-8")
    said = words(tmp_path / "r.html")
    assert "This model only generates" in said and "no reconstructions" in said
    assert {"samples", "strips", "traversals", "training"} <= set(re.findall(r'<section id="(\w+)"', text))
    assert not {"reconstruction", "map", "kl"} & set(re.findall(r'<section id="(\w+)"', text))
    assert "two draws from the prior" in said and "One draw from the prior" in said
    assert "critic: loss, real, fake" in said and "generator: loss = fooling" in said


def test_interpolation_is_between_draws_from_the_prior(gan):
    codes, labels = gan.between(3, 8, steps=5)
    assert labels is None and codes.shape == (5, 3)
    for number, end in ((3, codes[0]), (8, codes[-1])):
        with isolated("interpolate", number), torch.no_grad():
            assert np.allclose(gan.model.draw(1)[0][0].numpy(), end, atol=1e-6)
    assert np.array_equal(gan.interpolate(3, 8, steps=5), gan.decode(codes))
    assert not np.array_equal(gan.interpolate(3, 8), gan.interpolate(3, 9))
    with pytest.raises(UsageError, match="`b` must be a draw from the prior"):
        gan.interpolate(3, -1)


def test_the_folder_and_the_plan_promise_no_reconstructions(gan):
    readme = (gan.folder / "README.md").read_text()
    assert "jamjae sample" in readme and "reconstruct" not in readme
    plan = jj.check("digits", "gan", **TINY).plan["model"]
    assert "no encoder, 3 latent" in plan and "encoder encoder" not in plan


def test_early_stopping_is_refused_where_a_critic_learns_too(gan, tmp_path):
    for recipe in ("gan", "aae", "factor-vae"):
        with pytest.raises(UsageError, match="`patience` must be 0"):
            jj.fit(recipe, "digits", patience=3, runs=tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="`patience` must be 0"):
        gan.resume(patience=3, epochs=1)
    assert jj.load(gan.folder).spec["settings"]["patience"] == 0, "a refused change leaves no trace"


def test_an_autoencoder_with_a_learned_prior_may_stop_early(tmp_path):
    run = jj.fit("ae", "digits", patience=1, epochs=0.2, encoder__widths="8", decoder__widths="8", runs=tmp_path)
    assert run.settings.patience == 1


# -- curves of several players -----------------------------------------------------------------------------------------


def test_an_opponent_has_one_panel_for_what_it_pays_and_one_for_what_is_beside_it():
    train = {
        "critic.loss": 1.3,
        "critic.real": 0.6,
        "critic.fake": 0.7,
        "critic.accuracy": 0.8,
        "loss": 9.0,
        "rate": 1.0,
    }
    players = {"critic": {"parts": ["real", "fake"], "logged": ["accuracy"]}, "model": {"parts": [], "logged": []}}
    found = panels(named([{"train": train}]), grouped(players))
    shown = ["critic.loss", "critic.real", "critic.fake"]
    assert [list(keys) for keys in found] == [shown, ["critic.accuracy"], ["loss"], ["rate"]]


def test_two_kinds_of_models_share_a_report(gan, untested):
    text = page([run._facts(5, 40, run.folder.name) for run in (gan, untested)])
    assert "Not defined for this model" in text


# -- no test split ----------------------------------------------------------------------------------------------------


def test_without_a_test_split_nothing_is_measured_and_that_is_said(untested, tmp_path):
    with pytest.raises(UsageError, match=r"at least 2 test examples.*got 0.*leave `test` out"):
        untested.evaluate()
    for use in (untested.pairs, untested.interpolate):
        with pytest.raises(DataError, match="without a test split"):
            use()
    said = words(untested.report(tmp_path / "r.html"))
    assert (
        "There is no test split, so nothing was measured" in said and "the pictures show the validation split" in said
    )
    assert untested.reconstruct(np.zeros((2, 8, 8))).shape == (2, 8, 8, 1)


# -- batches --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipe", "options", "who"),
    [("gan", {}, "the objective adversarial"), ("vae", {"objective__free_bits": 0.1}, "elbo")],
)
def test_a_single_example_a_step_is_refused_where_examples_are_compared(recipe, options, who, tmp_path):
    with pytest.raises(UsageError, match=rf"`batch_size` must be at least 2 for .*{who}"):
        jj.fit(recipe, "digits", batch_size=1, runs=tmp_path, **options)
    jj.check("digits", "vae", batch_size=1, epochs=0.001)


@pytest.mark.parametrize(
    ("recipe", "options", "why"),
    [
        ("vae", {"posterior": "delta"}, r"elbo does not go with these parts: a point has no density.*list objectives"),
        ("gan", {"objective": "elbo"}, r"elbo does not go with these parts: this model only generates"),
        ("vae", {"objective": "vae-gan", "objective.critic": "discriminator"}, r"no features\. Use"),
    ],
)
def test_parts_without_a_common_loss_are_refused_before_there_is_a_run(recipe, options, why, tmp_path):
    with pytest.raises(jj.core.UsageError, match=why):
        jj.fit(recipe, "digits", epochs=1, runs=tmp_path, **options)
    assert not list(tmp_path.iterdir())
