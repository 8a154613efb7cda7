"""The verb `compare`: what is there is used, what is missing is fitted, what was stopped goes on; table, JSON, page."""

import json
import signal

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae import again, report
from jamjae.cli import main
from jamjae.comparing import are_recipes
from jamjae.core import UsageError
from jamjae.measuring import arms, kept, titles
from jamjae.training.display import Display

SMALL = {"encoder.widths": "8", "decoder.widths": "8", "latent": 2, "epochs": 0.3}
QUICK = {"metrics": ["distortion", "reconstruction"], "limit": 40, "samples": 2}
OPTIONS = [word for name, value in SMALL.items() for word in (f"--{name}", str(value))]
FEW = ["--metric", "distortion", "--metric", "reconstruction", "--limit", "40", "--samples", "2"]


pytestmark = pytest.mark.usefixtures("untuned")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """An autoencoder and a VAE with seeds 0 and 1."""
    folder = tmp_path_factory.mktemp("runs")
    jj.compare("ae,vae", "digits", seeds=2, runs=folder, **SMALL, **QUICK)
    return folder


@pytest.fixture
def nothing_fits(monkeypatch):
    def refuse(*arguments, **options):
        pytest.fail("something was fitted")

    monkeypatch.setattr(again, "begin", refuse)
    monkeypatch.setattr(jj.Run, "train", refuse)


def test_runs_become_arms_with_their_seeds_as_repeats(runs):
    found = jj.compare("ae,vae", "digits", seeds=2, runs=runs, **SMALL, **QUICK)
    assert [(arm.title, dict(arm.runs)) for arm in found.arms] == [
        ("ae", {0: "digits-ae-001", 1: "digits-ae-002"}),
        ("vae", {0: "digits-vae-001", 1: "digits-vae-002"}),
    ]
    row = next(row for row in found.rows if row.name == "reconstruction")
    values = [
        [
            jj.load(name, runs=runs).evaluate(["reconstruction"], limit=40)["reconstruction"].value
            for name in arm.runs.values()
        ]
        for arm in found.arms
    ]
    assert row.cells[1].value == pytest.approx(np.mean(values[1])) and row.cells[0].spread == pytest.approx(
        np.std(values[0], ddof=1)
    )
    assert row.against[0].difference.value == pytest.approx(np.mean(values[1]) - np.mean(values[0]))
    assert row.against[0].difference.pairs == 2 and row.against[0].verdict == "not shown"


def test_a_second_call_fits_nothing(runs, nothing_fits):
    again_ = jj.compare(["ae", "vae"], "digits", seeds=2, runs=runs, **SMALL, **QUICK)
    assert len(list(runs.glob("digits-*"))) == 4 and len(again_.arms) == 2


def test_only_what_is_missing_is_fitted(runs, tmp_path):
    jj.compare("vae", "digits", seeds=1, runs=tmp_path, **SMALL, **QUICK)
    written = (tmp_path / "digits-vae-001" / "weights.safetensors").stat().st_mtime_ns
    found = jj.compare("vae", "digits", seeds=2, runs=tmp_path, **SMALL, **QUICK)
    assert dict(found.arms[0].runs) == {0: "digits-vae-001", 1: "digits-vae-002"}
    assert (tmp_path / "digits-vae-001" / "weights.safetensors").stat().st_mtime_ns == written
    jj.compare("vae", "digits", seeds=1, runs=tmp_path, **{**SMALL, "latent": 3}, **QUICK)
    assert (tmp_path / "digits-vae-003").is_dir(), "another plan is another run"


class Stop(Display):
    """Interrupts the second fit at its first row."""

    def __init__(self):
        self.fits = 0

    def start(self, step, total, per_epoch):
        self.fits += 1

    def row(self, row):
        if self.fits == 2:
            signal.raise_signal(signal.SIGINT)


def test_what_was_stopped_goes_on(tmp_path):
    longer = {**SMALL, "epochs": 2, "log_every": 0.1}
    with pytest.raises(KeyboardInterrupt):
        jj.compare("ae,vae", "digits", seeds=1, runs=tmp_path, display=Stop(), **longer, **QUICK)
    stopped = jj.load("digits-vae-001", runs=tmp_path)
    assert not stopped.result and stopped.rows[-1]["reason"] == "interrupted"
    with pytest.raises(UsageError, match=r"digits-vae-001 has not ended"):
        jj.compare(["digits-ae-001", "digits-vae-001"], runs=tmp_path)
    jj.compare("ae,vae", "digits", seeds=1, runs=tmp_path, **longer, **QUICK)
    assert stopped.result["reason"] == "done" and len(list(tmp_path.glob("digits-*"))) == 2


def test_measurements_are_used_again_only_if_they_were_made_alike(runs, monkeypatch):
    run = jj.load("digits-vae-001", runs=runs)
    [arm] = arms([run, jj.load("digits-vae-002", runs=runs)], ["knn", "reconstruction"], 2, 40)
    assert set(kept(run, 2, 40, False)) >= {"knn", "reconstruction"} and kept(run, 2, 41, False) == {}
    assert "reconstruction" not in kept(run, 2, 40, True), "its examples were not kept"
    assert kept(run, 2, 40, True)["knn"].value == arm.first["knn"].value
    monkeypatch.setattr(jj.Run, "evaluate", lambda *a, **k: pytest.fail("measured again"))
    arms([run, jj.load("digits-vae-002", runs=runs)], ["knn", "reconstruction"], 2, 40)


def test_one_run_each_is_paired_by_example(runs):
    found = jj.compare(["digits-ae-001", "digits-vae-001"], runs=runs, **QUICK)
    row = next(row for row in found.rows if row.name == "reconstruction")
    difference = row.against[0].difference
    each = [
        jj.load(name, runs=runs).evaluate(["reconstruction"], limit=40)["reconstruction"].each
        for name in ("digits-vae-001", "digits-ae-001")
    ]
    assert (difference.over, difference.pairs) == ("test examples", 40)
    assert difference.value == pytest.approx((each[0] - each[1]).mean().item())
    assert difference.interval[0] < difference.value < difference.interval[1]


def test_what_is_measured_on_samples_has_no_value_per_test_example(runs):
    found = jj.load("digits-vae-001", runs=runs).evaluate(["confidence", "coverage"], limit=60)
    assert all(m.value is not None and m.each is None for m in found.values()), "samples of two models form no pairs"


def test_other_seeds_other_data_and_copies_are_refused(runs, tmp_path):
    with pytest.raises(UsageError, match="digits-ae-001 and digits-vae-002 have no seed in common"):
        jj.compare(["digits-ae-001", "digits-vae-002"], runs=runs, **QUICK)
    x = np.random.default_rng(0).random((60, 4)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    other = jj.fit("vae", str(tmp_path / "x.npy"), runs=runs, name="other", **SMALL)
    with pytest.raises(UsageError, match="digits-ae-001 and other-001 were fitted to different data"):
        jj.compare(["digits-ae-001", other], runs=runs, **QUICK)
    copy = jj.fit("vae", "digits", runs=tmp_path, **SMALL)
    with pytest.raises(UsageError, match="same plan and the same seed"):
        jj.compare([runs / "digits-vae-001", copy], **QUICK)
    with pytest.raises(UsageError, match="at least two runs"):
        jj.compare("digits-vae-001", runs=runs)


def test_an_option_that_a_recipe_does_not_know_names_the_recipe(runs, nothing_fits):
    with pytest.raises(UsageError, match=r"^ae: .*beta"):
        jj.compare("vae,ae", "digits", runs=runs, **SMALL, **{"objective.beta": 4})
    with pytest.raises(UsageError, match="did you mean 'vae'"):
        jj.compare("ae,vea", "digits", runs=runs, **SMALL)
    with pytest.raises(UsageError, match="did you mean 'elbo'"):
        jj.compare("ae,vae", "digits", runs=runs, metrics=["elbow"])
    with pytest.raises(UsageError, match="`seed` is chosen"):
        jj.compare("ae,vae", "digits", runs=runs, seed=3)


def test_arrays_have_no_name_and_are_compared_all_the_same(tmp_path):
    x = np.random.default_rng(0).random((80, 5)).astype(np.float32)
    found = jj.compare("ae,vae", x, seeds=2, runs=tmp_path, **SMALL, **QUICK)
    assert found.rows[-1].against[0].difference.pairs == 2
    assert len(jj.compare("ae,vae", x, seeds=2, runs=tmp_path, **SMALL, **QUICK).arms) == 2
    assert len(list(tmp_path.glob("*-00*"))) == 4


def test_the_callers_random_state_stays(runs, tmp_path):
    torch.manual_seed(3)
    np.random.seed(3)
    before, numbers = torch.get_rng_state(), np.random.get_state()[1].copy()
    jj.compare("ae,vae", "digits", seeds=1, runs=tmp_path, report=True, **SMALL, **QUICK)
    assert torch.equal(torch.get_rng_state(), before) and (np.random.get_state()[1] == numbers).all()


def test_arms_of_one_recipe_are_told_apart_by_their_options():
    plan = {"recipe": "vae", "latent": [2], "settings": {"epochs": 5.0, "seed": 0}, "data": {}, "options": {}}
    wide = {**plan, "latent": [10], "options": {"objective.beta": 4}}
    assert titles([plan, wide]) == ["vae, latent 2", "vae, latent 10, objective.beta 4"]
    assert titles([plan, {**plan, "recipe": "ae"}]) == ["vae", "ae"]
    assert titles([plan, plan]) == ["vae (1)", "vae (2)"]


# -- the command line --------------------------------------------------------------------------------------------------


def test_recipes_and_runs_are_told_apart():
    assert [are_recipes(word) for word in ("ae,vae", "gan", "digits-vae-001", "last")] == [True, True, False, False]


def test_the_table_fits_and_the_page_comes_with_it(runs, capsys, nothing_fits):
    arguments = ["compare", "ae,vae", "digits", "--seeds", "2", *OPTIONS, *FEW, "--runs", str(runs), "--report"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "ae, seed 0" in said and "difference to ae" in said and said.splitlines()[-1] == str(runs / "compare.html")
    assert max(map(len, said.splitlines()[:-1])) <= 100 + len(str(runs))
    page = (runs / "compare.html").read_text(encoding="utf-8")
    assert page.index("Side by side") < page.index('id="about"') and page.index('id="compared"') < page.index(
        'id="samples"'
    )
    assert "No winner is named" in page and page.count('class="dot seed"') == 8 and page.count("<h1") == 1
    assert "<script" not in page and "http" not in page.partition("<style>")[0].replace("http-equiv", "")


def test_json_prints_everything_and_nothing_else(runs, capsys):
    names = ["digits-ae-001", "digits-vae-001"]
    assert main(["compare", *names, *FEW, "--runs", str(runs), "--json", "--report", str(runs / "own.html")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [a["recipe"] for a in found["arms"]] == ["ae", "vae"] and found["measured"] == {"samples": 2, "limit": 40}
    assert found["metrics"][0]["against"][0]["difference"]["over"] == "test examples"
    assert found["report"] == str(runs / "own.html") and (runs / "own.html").is_file()


def test_wrong_use_is_said(runs, capsys):
    for words, hint in (
        ([], "name what to compare"),
        (["ae,vae", "digits", "mnist"], "one data set"),
        (["digits-ae-001"], "at least two runs"),
        (["digits-ae-001", "digits-vae-001", "--epochs", "3"], "belong to recipes"),
        (["ae,vae", "digits", "--epochs", "x"], "epochs"),
    ):
        assert main(["compare", *words, "--runs", str(runs)]) == 2, words
        assert hint in capsys.readouterr().err


def test_what_a_user_called_it_is_no_markup(runs):
    naughty = '<script>alert("x")</script>'
    found = jj.compare(["digits-ae-001", "digits-vae-001"], runs=runs, **QUICK)
    one = found.arms[0]
    named = type(found)(**{**vars(found), "arms": (type(one)(**{**vars(one), "title": naughty}), found.arms[1])})
    run = jj.load("digits-ae-001", runs=runs)
    facts = report.gather(run.model, run.dataset, run.rows, one.first, run.spec, title=naughty)
    assert "<script" not in report.comparison.comparison_page(named, [facts, facts])
