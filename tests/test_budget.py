"""Evaluation within a time: sizes that fit, said, and durations as people write them."""

import time

import pytest

import jamjae as jj
from jamjae.core import UsageError
from jamjae.core.duration import duration
from jamjae.evaluation.base.budget import ENOUGH, Size, expected, largest


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return jj.fit("vae", "digits", latent=2, epochs=1, runs=tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("2m", 120), ("1h30m", 5400), ("1h 30m", 5400), ("1.5m", 90), ("7", 7), (7, 7)]
)
def test_durations(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "2 weeks", "-3s", "0", "1e3m", "nan", -1])
def test_what_is_no_duration(text):
    with pytest.raises(UsageError, match="2m"):
        duration(text)


COSTS = {"elbo": 0.01, "iwae": 0.5, "kid": 0.4}


def test_the_largest_size_that_fits_and_examples_before_draws():
    pilot, everything = Size(200, 20), Size(10_000, 1000)
    sizes = [largest(COSTS, pilot, everything, seconds) for seconds in (0.1, 2, 20, 50, 200, 800, 1e9)]
    assert sizes[0] == pilot and sizes[-1] == everything
    for seconds, size in zip((2, 20, 50, 200, 800), sizes[1:], strict=False):
        assert size == pilot or expected(COSTS, pilot, size) <= seconds
    grown = [(min(s.draws, ENOUGH), s.examples, s.draws) for s in sizes]
    assert grown == sorted(grown)
    assert expected(COSTS, pilot, everything) == pytest.approx(0.5 * 50 * 50 + 0.41 * 12.5)


def test_a_budget_is_kept_about_and_is_said(run):
    start = time.monotonic()
    found = run.evaluate(["elbo", "iwae", "rate"], budget="2s")
    assert time.monotonic() - start < 6
    about = found["iwae"].details["budget"]
    assert about["seconds"] == 2 and about["examples"] == found["iwae"].n <= about["of"] == 359
    assert about["draws"] == found["iwae"].details["samples"] <= 1000
    short = run.evaluate(["elbo", "iwae"], budget=0.001)
    assert short["iwae"].n == 200 and short["iwae"].details["samples"] == 20
    alone = run.evaluate(["iwae"], limit=200, samples=20)["iwae"]
    assert alone.value == short["iwae"].value  # the number is that of its size, however it was chosen


def test_progress_names_metrics_and_their_parts(run):
    told = []
    run.evaluate(["elbo", "iwae"], samples=10, limit=50, progress=lambda *told_of: told.append(told_of))
    assert told[0] == ("elbo", 0, 2, False) and ("iwae", 1, 2, False) in told and ("iwae", 50, 50, True) in told
