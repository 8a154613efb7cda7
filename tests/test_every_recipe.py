"""Every recipe, with and without a condition: it fits, stops, resumes to the bit, samples, encodes or says why not, is
loaded, measured and reported. Nothing here knows the name of a recipe.
"""

import json
import math
import re
import signal
from functools import cache

import numpy as np
import pytest

import jamjae as jj
from jamjae.core.errors import Undefined
from jamjae.plan import Plan, prepare, unsized
from jamjae.recipes import PARTS, RECIPES
from jamjae.training.display import Display

CONDITIONS = {"": {}, "label": {"condition": "label"}}
BATCH, STEPS = 32, 6
SMALLER = {"widths": 8, "channels": 4}  # options of networks that say how large they are


@cache
def plan(name: str) -> Plan:
    """What the recipe is, at its full size."""
    return prepare(name, "digits")


LONG = ("flow-vae", "text-vae")  # one number after the other


def shrunk(spec):
    """A spec with as many layers of few units."""
    if isinstance(spec, dict):
        return {k: [SMALLER[k]] * len(v) if k in SMALLER else shrunk(v) for k, v in spec.items()}
    return [shrunk(v) for v in spec] if isinstance(spec, list) else spec


def small(name: str) -> dict:
    """The recipe's own parts with small networks, and a fit of a few steps with a row for every second one."""
    found = plan(name)
    specs = {**found.model.spec(), "objective": found.objective.spec()}
    parts = {part: shrunk(unsized(specs[part])) for part in PARTS if specs[part] is not None}
    pass_ = len(found.dataset.rows("train"))
    return {**parts, "batch_size": BATCH, "epochs": STEPS * BATCH / pass_, "log_every": 2 * BATCH / pass_}


def representatives() -> set[str]:
    """The first recipe of every kind of model: who moves, whether anything encodes, what shape codes have."""
    kinds: dict[tuple, str] = {}
    for name in sorted(RECIPES):
        found = plan(name)
        kind = (*found.objective.players(found.model), found.model.encoder is None, len(found.latent))
        kinds.setdefault(kind, name)
    return set(kinds.values())


class Stopper(Display):
    """Presses Ctrl-C after the first row."""

    def row(self, row):
        signal.raise_signal(signal.SIGINT)


def logged(run):
    """The rows of the log without the time, and without what says how often training was stopped."""
    return [{k: v for k, v in row.items() if k != "seconds"} for row in run.rows if row["event"] != "end"]


def marked(name, told):
    """A recipe told labels or not; those that take longest are slow when told."""
    return pytest.param((name, told), id=f"{name}-{told}", marks=[pytest.mark.slow] * (name in LONG and bool(told)))


@pytest.fixture(scope="module", params=[marked(name, told) for name in sorted(RECIPES) for told in CONDITIONS])
def run(request, tmp_path_factory):
    """A run of every recipe that was stopped in the middle and went on, beside one that never stopped."""
    name, told = request.param
    options = {**small(name), **CONDITIONS[told], "runs": tmp_path_factory.mktemp(name)}
    whole = jj.fit(name, "digits", **options)
    run = jj.fit(name, "digits", display=Stopper(), **options)
    assert run.outcome.reason == "interrupted" and 0 < run.outcome.step < STEPS and not run.result
    run = jj.load(run.folder).resume()
    assert run.result["step"] == STEPS
    run.whole = whole
    return run


def test_a_resumed_run_is_the_uninterrupted_one_to_the_bit(run):
    assert run.result["weights_sha256"] == run.whole.result["weights_sha256"]
    assert logged(run) == logged(run.whole)
    values = [v for row in logged(run) for split in ("train", "validation") for v in row.get(split, {}).values()]
    assert values and all(map(math.isfinite, values))


def test_it_samples_and_a_loaded_run_samples_the_same(run):
    x = run.sample(5)
    assert x.shape == (5, 8, 8, 1) and np.isfinite(x).all()
    assert np.array_equal(jj.load(run.folder).sample(5), x)
    if run.model.condition is not None:
        assert run.sample(4, label=[3, "7"]).shape == (4, 8, 8, 1)
        assert np.array_equal(run.sample(2, label=3), run.sample(2, label="3"))
    assert np.isfinite(run.interpolate(0, 1, steps=3)).all()


def test_it_encodes_or_says_why_not(run):
    """Without an encoder codes are searched for, which says how far off they are; they have no deviation."""
    rows = run.dataset.rows("test")[: 3 if run.model.encoder else 1]
    few = (run.dataset.scaled(rows).numpy(), run.dataset.y[rows].numpy())
    codes = run.encode(few)
    assert codes.shape == (len(rows), *run.spec["latent"]) and np.isfinite(codes).all()
    if run.model.encoder is not None:
        assert run.reconstruct(few).shape == (3, 8, 8, 1)
        return
    assert np.isfinite(run.errors).all()
    with pytest.raises(Undefined, match="only generates"):
        run.encode(few, deviation=True)


def test_every_number_is_finite_or_has_a_reason(run):
    found = run.evaluate(samples=5, limit=20, full=True)
    assert set(found) == set(jj.evaluation.METRICS)
    for m in found.values():
        assert m.reason if m.value is None else math.isfinite(m.value), m
        assert (m.details.get("given") == "label") == (run.model.condition is not None)
    assert found["reconstruction"].value is not None or run.model.encoder is None


def reported(run):
    text = run.report(samples=5, limit=20).read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    assert not re.search(r"\b(nan|inf)\b", words, flags=re.IGNORECASE)
    assert not re.search(r'="[^"]*\bnan\b', text), "coordinates of a drawing"
    assert ("One row per label" in words) == (run.model.condition is not None)
    assert json.loads((run.folder / "evaluation.json").read_text(encoding="utf-8"))


def test_a_report_about_every_kind_of_conditional_model(run):
    if run.model.condition is None or run.spec["recipe"] not in representatives():
        pytest.skip("a conditional recipe of its kind has a report here; all have one among the slow tests")
    reported(run)


@pytest.mark.slow
def test_a_report_about_every_recipe(run):
    reported(run)
