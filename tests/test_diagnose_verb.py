"""`diagnose` in Python and on the command line: what it prints, writes and leaves alone; healthy models are let be."""

import json

import pytest
import torch
from sklearn.datasets import load_digits

import jamjae as jj
from jamjae import diagnosis, examination
from jamjae.cli import main
from jamjae.diagnosis import RULES, Finding
from jamjae.evaluation import Measurement
from jamjae.report import Facts, page
from jamjae.report.gather import described
from jamjae.report.looks import look
from jamjae.training.display import Display

SMALL = {"latent": 2, "encoder__widths": "16", "decoder__widths": "16", "batch_size": 64}
WORDS = ("--latent", "2", "--encoder.widths", "16", "--decoder.widths", "16", "--batch-size", "64")


pytestmark = pytest.mark.usefixtures("untuned")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def heavy(runs):
    return jj.fit("beta-vae", "digits", runs=runs, epochs=8, name="heavy", objective__beta=200, **SMALL)


@pytest.fixture(scope="module")
def healthy(runs):
    return jj.fit("vae", "digits", runs=runs, epochs=8, name="healthy", lr=5e-3, **SMALL)


def test_a_fault_comes_first_with_its_remedy(heavy):
    found = heavy.diagnose(200)
    assert all(isinstance(f, Finding) for f in found)
    assert (
        [f.rule for f in found if f.level == "fault"]
        == ["collapse", "predicted_collapse"]
        == [f.rule for f in found[:2]]
    )
    assert all(f.change[0] == "--objective.beta 1" and f.source and f.effect for f in found[:2])
    kept = json.loads((heavy.folder / "diagnosis.json").read_text(encoding="utf-8"))
    assert [diagnosis.revived(f) for f in kept["findings"]] == found
    assert set(kept["skipped"]) | {f.rule for f in found} == set(RULES)


def test_nothing_else_changes(healthy):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    before = {p.name: p.read_bytes() for p in healthy.folder.iterdir() if p.is_file() and p.name != "diagnosis.json"}
    first = healthy.diagnose(100)
    assert torch.equal(torch.rand(4), expected) and not healthy.model.training
    assert {
        p.name: p.read_bytes() for p in healthy.folder.iterdir() if p.is_file() and p.name != "diagnosis.json"
    } == before
    assert healthy.diagnose(100) == first
    assert {f.level for f in first} == {"fine"}


def test_what_was_evaluated_is_not_measured_again(healthy, monkeypatch):
    kept = {"rate": Measurement(name="rate", value=0.001, n=5).to_json()}
    (healthy.folder / "evaluation.json").write_text(json.dumps(kept))
    try:
        assert next(f for f in healthy.diagnose(50) if f.rule == "collapse").value == 0.001
    finally:
        (healthy.folder / "evaluation.json").unlink()


def test_the_command_line_says_it_in_words(heavy, runs, capsys):
    assert main(["diagnose", "heavy-001", "--limit", "100", "--runs", str(runs)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("fault ") and f"jamjae fit --like {heavy.folder} --objective.beta 1" in said
    assert "looked for, and not there:" in said and "does not apply:" in said
    assert "unverified" not in said.split("looked for")[0]
    assert all(len(line) <= 100 for line in said.splitlines() if "jamjae fit" not in line)
    assert main(["diagnose", "heavy-001", "--json", "--limit", "100", "--runs", str(runs)]) == 0
    assert json.loads(capsys.readouterr().out)["findings"][0]["level"] == "fault"


def test_nothing_found_says_what_was_looked_for(healthy, runs, capsys):
    assert main(["diagnose", "healthy-001", "--limit", "100", "--runs", str(runs)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Nothing wrong was found. That is no proof") and "looked for" in said


def test_what_is_not_calibrated_says_so(heavy, runs, capsys, monkeypatch):
    from dataclasses import replace

    monkeypatch.setitem(RULES, "collapse", replace(RULES["collapse"], verified=False))
    main(["diagnose", "heavy-001", "--limit", "100", "--runs", str(runs)])
    assert "a decoder that ignores the code (unverified: not calibrated" in capsys.readouterr().out


@pytest.mark.parametrize(("beta", "told"), [("200", "fault: "), ("1", "no fault seen at a glance")])
def test_fit_ends_with_a_look(beta, told, tmp_path, capsys):
    options = ["--epochs", "8", "--lr", "5e-3", "--objective.beta", beta, "--runs", str(tmp_path)]
    assert main(["fit", "vae", "digits", *WORDS, *options]) == 0
    said = capsys.readouterr()
    assert told in said.out + said.err and "jamjae diagnose" in said.out + said.err
    assert said.out.splitlines()[-1].endswith("digits-vae-001")
    assert (tmp_path / "digits-vae-001" / "diagnosis.json").is_file()


def test_python_without_a_display_does_not_look(healthy, tmp_path):
    run = jj.fit("vae", "digits", runs=tmp_path, epochs=0.1, display=Display(), **SMALL)
    assert not (run.folder / "diagnosis.json").exists()


def test_looking_changes_no_weights(tmp_path):
    assert main(["fit", "vae", "digits", *WORDS, "--epochs", "1", "--quiet", "--runs", str(tmp_path)]) == 0
    plain = jj.fit("vae", "digits", runs=tmp_path, epochs=1, **SMALL)
    looked = jj.load("digits-vae-001", runs=tmp_path)
    assert looked.result["weights_sha256"] == plain.result["weights_sha256"]


def test_new_weights_need_a_new_diagnosis(tmp_path):
    run = jj.fit("vae", "digits", runs=tmp_path, epochs=0.2, **SMALL)
    run.diagnose(20)
    run.resume(epochs=0.4)
    assert not (run.folder / "diagnosis.json").exists()


def test_slow_models_are_not_looked_at():
    assert examination.affordable(1.0, 100_000) == examination.MANY
    assert examination.affordable(100.0, 1000) == 0
    assert examination.FEW <= examination.affordable(1.0, 300) < examination.MANY


def test_without_a_test_split_the_log_and_the_data_speak(tmp_path):
    run = jj.fit("vae", "digits", runs=tmp_path, epochs=0.2, test=0, **SMALL)
    found = run.examine(50)
    assert "no test split" in found.skipped["overfit"] and {f.rule for f in found.findings} >= {"leak", "divergence"}


def test_the_report_begins_with_it(heavy, healthy):
    text = page([facts(run) for run in (heavy, healthy)])
    assert text.index('id="about"') < text.index('id="diagnosis"') < text.index('id="limits"')
    assert "Fault: a decoder that ignores the code" in text and "Nothing wrong was found" in text
    assert f"jamjae fit --like {heavy.folder.name} --objective.beta 1" in text


def facts(run):
    about, arrays, name = described(run.dataset, "test"), look(run.model, run.dataset, "test", 0), run.folder.name
    return Facts(name, "vae", run.spec, arrays=arrays, data=about, folder=name, diagnosis=run.examine(50))


def test_a_report_asks_by_itself(heavy, monkeypatch):
    monkeypatch.setattr(type(heavy), "evaluate", lambda *a, **k: {})
    monkeypatch.setattr("jamjae.report.gather", lambda *given: given[-1])
    assert heavy._facts(5, 50, "").troubles[0].rule == "collapse"


SMALLER = {"encoder.widths": "32", "decoder.widths": "32"}
GAME = {"decoder": "mlp", "decoder.widths": "32", "objective.critic.network": "mlp"}
LATER = pytest.mark.slow
FAMILIES = [
    pytest.param("ae", SMALLER),
    pytest.param("vae", SMALLER),
    pytest.param("iwae", {**SMALLER, "objective.samples": 3}),
    pytest.param("gm-vae", SMALLER),
    pytest.param("beta-tc-vae", {**SMALLER, "objective.beta": 2}),
    pytest.param("info-vae", SMALLER, marks=LATER),
    pytest.param("flow-vae", SMALLER, marks=LATER),
    pytest.param("hvae", {}, marks=LATER),
    pytest.param("vq-vae", {}, marks=LATER),
    pytest.param("aae", SMALLER, marks=LATER),
    pytest.param("gan", GAME),
    pytest.param("wgan-gp", GAME, marks=LATER),
]


@pytest.mark.parametrize(("recipe", "options"), FAMILIES)
def test_healthy_families_are_left_in_peace(recipe, options, tmp_path):
    """Small networks and a few seconds: nothing here is at fault, and the doctor must not say so."""
    x = (load_digits().images[:900] / 16).astype("float32")
    run = jj.fit(recipe, x, runs=tmp_path, epochs=8, lr=3e-3, batch_size=64, **options)
    assert [f for f in run.diagnose(150) if f.level == "fault"] == []
