"""What a report says to readers of study notes: first words, the walk, the nearest pairs, what is not shown."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from jamjae import recipes, report
from jamjae.core import Event
from jamjae.evaluation import Subject, evaluate
from jamjae.evaluation.base import Measurement
from jamjae.report import extremes, gradients, lessons, looks, plain
from jamjae.report.limits import limits
from jamjae.report.translation import translate
from test_report import EVENTS, MEASURED, dataset, facts, said, usual, written

STEPS = ("walk_x", "walk_mu", "walk_sigma", "walk_epsilon", "walk_z", "walk_decoded", "walk_terms", "walk_step")


def measured(name, value=0.8, reason="", flag="", **held):
    details = {"extractor": "raw", "by_extractor": {"raw": held, "other": {}}}
    return Measurement(name, None if reason else value, n=9, reason=reason, flag=flag, details=details)


# -- the first words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("samples", "real", "count"), [(0.6, 0.75, 80), (0.9, 0.75, 100), (0.0, 0.75, 0)])
def test_random_codes_are_counted_beside_what_real_examples_reach(samples, real, count):
    found = plain.random_codes(measured("completeness", samples=samples, real=real, excess=max(0.0, samples - real)))
    assert found[0] == f"Of 100 random z, {count} decode to something like the data."
    assert f"real training examples, of which {real:.0%}".replace("%", " %") in found[1]
    assert any("vary less" in sentence for sentence in found) == (samples > real)


def test_the_middle_is_said_in_percent_of_the_way():
    found = plain.middle(measured("continuity", halfway=0.481))
    assert found == ["Half-way between A and B the picture has gone 48 % of the way from A; 50 % would be even."]


def test_what_is_undefined_has_its_reason_and_what_was_not_measured_is_not_said():
    one = usual("point")
    assert plain.first(one) == []
    undefined = (measured("completeness", reason="no luck"), measured("continuity", reason="no way"))
    text = " ".join(plain.first(replace(one, measurements=undefined)))
    assert "not defined: no luck." in text and "not defined: no way." in text
    old = (Measurement("completeness", 0.8), Measurement("continuity", 0.8))  # measured before there were details
    assert plain.first(replace(one, measurements=old)) == []


def test_the_first_words_stand_before_the_recipe():
    found = (measured("completeness", samples=0.6, real=0.75),)
    text = report.page([replace(usual("point"), measurements=found)])
    assert text.index("Of 100 random z, 80 decode") < text.index("A variational autoencoder")


# -- one example, and why the trick -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVENTS)
def test_every_kind_of_example_is_walked(kind):
    arrays = usual(kind).arrays
    assert set(STEPS) <= set(arrays)
    z = arrays["walk_mu"] + arrays["walk_sigma"] * arrays["walk_epsilon"]
    np.testing.assert_allclose(arrays["walk_z"], z, rtol=1e-5, atol=1e-6)
    distortion, rate, loss = arrays["walk_terms"]
    assert loss == pytest.approx(distortion + rate, abs=1e-4)
    norm, learning_rate, before, after = arrays["walk_step"]
    assert before == pytest.approx(loss, abs=1e-4) and after < before and norm > 0 and learning_rate > 0
    np.testing.assert_array_equal(arrays["walk_x"], arrays["originals"][0])


def test_at_most_ten_axes_are_drawn_the_most_informative_first():
    arrays = facts(EVENTS["vector"], latent=12).arrays
    assert arrays["walk_axes"].tolist() == np.argsort(-arrays["kl"], kind="stable")[:10].tolist()
    assert "Of 12 axes the 10 most informative ones are drawn" in report.page([facts(EVENTS["vector"], latent=12)])


@pytest.mark.parametrize(("recipe", "there"), [("vae", True), ("gm-vae", True), ("ae", False), ("iaf-vae", False)])
def test_only_gaussian_posteriors_are_walked(recipe, there):
    text = written(("vector", recipe))
    assert all((f'id="{key}"' in text) is there for key in ("walk", "trick", "variance"))


def test_a_rate_without_a_closed_form_is_called_an_estimate():
    assert "of this example, estimated at this z." in said(("vector", "gm-vae"))
    assert "of this example." in said(("vector", "vae"))


def test_a_decoder_that_ignores_its_code_has_no_gradient_to_compare():
    event = EVENTS["vector"]
    data = dataset(event)
    model, _ = recipes.assemble(recipes.find("vae")(event), event, (2,))
    model.initialise(data.take(torch.arange(40)))
    with torch.no_grad():
        for weight in model.decoder.parameters():
            weight.zero_()
    looked = looks.look(model, data, "test", 0)
    assert "trick" not in looked and "walk_z" in looked


def test_the_trick_says_how_many_times_noisier_the_score_function_is():
    one = usual("vector")
    mild, wild = one.arrays["trick_noise"]
    assert one.arrays["trick"].shape == (3, gradients.DRAWS) and wild > mild
    assert not one.arrays["trick"][0].any()  # nothing without the trick
    assert f"{float(f'{wild / mild:.2g}'):g} times noisier" in said(("vector", "vae"))


def test_the_table_of_variances_is_in_the_report():
    text = said(("vector", "vae"))
    assert "infinite" in text and "−4 (no deviation)" in text
    assert len(lessons.HEADINGS) == len(lessons.cells(extremes.row(0.0)))
    assert text.count("samples differ") == 1
    assert all(f"ln σ² = {row.start:.0f}".replace("-", "−") in text for row in extremes.table())


@pytest.mark.parametrize("page", ["book/slips.md", "ko/slips.md"])
def test_the_table_of_variances_in_the_documentation_is_the_computed_one(page):
    written = (Path(__file__).parents[1] / "docs" / page).read_text(encoding="utf-8")
    in_korean = page.endswith("ko.md")
    for row in extremes.table():
        found = lessons.cells(row)
        assert "| " + " | ".join(translate(text, "ko") if in_korean else text for text in found) + " |" in written


# -- the nearest pairs ------------------------------------------------------------------------------------------------


def test_the_nearest_pairs_are_the_samples_and_examples_of_the_measurement():
    event = Event((3,))
    data = dataset(event, n=200)
    model, _ = recipes.assemble(recipes.find("vae")(event), event, (2,))
    model.initialise(data.take(torch.arange(200)))
    subject = Subject(model.eval(), "elbo", data, seed=7)
    found = evaluate(subject, ["memorisation"])
    looked = report.gather(model, data, [], found, {}, seed=7).arrays
    rows = found["memorisation"].details["by_extractor"]["columns"]["nearest"]
    see = next(e for e in subject.extractors if e.name == found["memorisation"].details["extractor"])
    made, known = (see(torch.from_numpy(looked[name])) for name in ("near_samples", "near_examples"))
    apart = (made - known).norm(dim=1).numpy()
    np.testing.assert_allclose(apart, [row["distance"] for row in rows], rtol=1e-4)
    np.testing.assert_allclose(looked["near_distances"][:, 0], apart, rtol=1e-4)


def test_the_pairs_are_drawn_with_what_they_do_not_prove():
    event = Event((4, 4, 1), "image", 0.0, 1.0)
    data = dataset(event, n=200)
    one = facts(event, data=data, measured=[])
    model, _ = recipes.assemble(recipes.find("vae")(event), event, (2,))
    model.initialise(data.take(torch.arange(200)))
    found = evaluate(Subject(model.eval(), "elbo", data), ["memorisation"])
    gathered = report.gather(model, data, [], found, one.spec)
    text = report.page([gathered])
    assert 'id="nearest"' in text and "no proof of copying" in text and "(95 % interval: " in text
    assert 'id="nearest"' not in report.page([one])


# -- what is not shown ------------------------------------------------------------------------------------------------


def test_only_what_concerns_a_run_is_said():
    vae, ae = usual("vector"), replace(usual("vector", "ae"), measurements=(Measurement("elbo", reason="no density"),))
    assert any("A bound is not the likelihood" in text for text in limits([vae]))
    assert not any("has no likelihood" in text for text in limits([vae]))
    assert any("has no likelihood" in text for text in limits([ae]))
    assert not any("A bound is not" in text for text in limits([ae]))
    assert not any("equilibrium" in text for text in limits([vae]))
    game = replace(ae, rows=({"event": "start", "equilibrium": {"critic.loss": 1.0}},))
    assert any("equilibrium" in text for text in limits([game]))
    assert any("has stored" in text for text in limits([vae]))
    judged = replace(vae, measurements=(*MEASURED, Measurement("memorisation", 0.5)))
    assert any("do not prove that nothing was copied" in text for text in limits([judged]))
    assert not any("has stored" in text for text in limits([judged]))
    assert set(limits([vae])) <= set(limits([vae, ae]))


def test_the_simplest_fit_is_named_beside_the_bound():
    text = said(("vector", "vae"))
    assert "every cell on its own −200.4" in text and "Beside it stands the simplest fit: every cell on its own" in text
