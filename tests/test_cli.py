"""The command line itself: help without torch, errors in one message, exit codes, what wins over what."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import numpy as np
import pytest

from jamjae import recipes
from jamjae.cli import failures, main, tune
from jamjae.cli.options import FitOptions
from jamjae.cli.verbs import VERBS
from jamjae.core.errors import Diverged
from jamjae.plan import DATA_OPTIONS
from jamjae.training import Settings

TINY = ["--latent", "2", "--epochs", "0.2", "--encoder.widths", "8", "--decoder.widths", "8", "--quiet"]


@pytest.fixture(autouse=True)
def untuned(monkeypatch):
    """The process of the tests stays as it is."""
    monkeypatch.setattr(tune, "apply", lambda recorded=None: None)


def fit(runs, *arguments):
    assert main(["fit", *arguments, *TINY, "--runs", str(runs)]) == 0


def spec(folder):
    return json.loads((folder / "spec.json").read_text())


def modules_of(*arguments):
    """Modules that a process of its own has imported after `main(arguments)`."""
    code = "import sys; from jamjae.cli import main; main(sys.argv[1:]); print('\\n' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], [], ["--version"], ["nonsense"], ["fit", "--help"], ["check", "-h"]])
def test_help_imports_no_torch(arguments):
    assert not {"torch", "numpy", "sklearn", "matplotlib"} & modules_of(*arguments)


def test_the_overview_does_not_even_import_the_parser():
    assert not {"cyclopts", "rich"} & modules_of("--help")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb, capsys):
    assert main([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"jamjae {verb}" in shown and ("--runs" in shown or verb == "completion")


def test_the_overview_names_every_verb(capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(verb in shown for verb in VERBS)


def test_help_of_fit_says_where_the_options_of_parts_are(capsys):
    main(["fit", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "jamjae list priors" in shown and "--prior.components 10" in shown


def test_the_options_are_those_of_python():
    """The list stands twice so that --help needs no torch; this is what keeps both equal."""
    own = {f.name for f in fields(FitOptions)}
    assert own - {"latent", "config", "like", "runs", "encoder_from", "freeze"} == (
        {f.name for f in fields(Settings)} - {"optimiser_options", "player_lr"} | set(recipes.PARTS) | set(DATA_OPTIONS)
    )
    assert all(f.default is None for f in fields(FitOptions))
    assert all(f.default is not MISSING or f.default_factory is not MISSING for f in fields(Settings))


WRONG = {
    "verb": (["fti"], "did you mean 'fit'"),
    "option": (["fit", "--epoch", "3"], "Did you mean --epochs"),
    "recipe": (["fit", "vea"], "did you mean 'vae'"),
    "data": (["fit", "vae", "digts"], "did you mean 'digits'"),
    "part": (["fit", "--prior", "gausian"], "did you mean 'gaussian'"),
    "part's option": (["fit", "--prior", "mixture", "--prior.component", "3"], "did you mean 'components'"),
    "part without value": (["fit", "--prior.components"], "--prior.components needs a value"),
    "optimiser": (["fit", "--optimiser", "Adm"], "did you mean 'Adam'"),
    "optimiser's option": (["fit", "--optimiser.epss", "1"], "did you mean 'eps'"),
    "device": (["fit", "--device", "nope"], "`device` 'nope' is not there"),
    "number": (["fit", "--epochs", "many"], "--epochs"),
    "range": (["fit", "--epochs", "0"], "`epochs` must be positive"),
    "choice": (["fit", "--lr-schedule", "cosin"], 'Did you mean "cosine"'),
    "latent": (["fit", "--latent", "0"], "at least one axis"),
    "name": (["fit", "--name", "a/b"], "plain name"),
    "dash": (["fit", "--name=-x"], "must not begin with a dash"),
    "run": (["evaluate", "nope"], "no run 'nope'"),
    "like": (["fit", "--like", "nope"], "no run 'nope'"),
    "kind": (["list", "prior"], "did you mean 'priors'"),
    "parts of a run": (["sample", "last", "--prior.components", "3"], "unknown option --prior.components of sample"),
    "config": (["fit", "--config", "nope.yaml"], "nope.yaml"),
    "argument": (["encode"], "RUN"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_one_message_and_exit_code_2(case, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, hint = WRONG[case]
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert hint in said.err and said.err.startswith("jamjae: ") and "Traceback" not in said.err
    assert not list(tmp_path.iterdir()), "nothing may be left behind"


def test_a_file_that_looks_like_an_option_gets_a_hint(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.save("-x.npy", np.random.default_rng(0).normal(size=(40, 3)))
    assert main(["fit", "vae", "-x.npy"]) == 2
    assert "./-x.npy" in capsys.readouterr().err
    fit(tmp_path / "runs", "vae", "./-x.npy")
    assert (tmp_path / "runs" / "x-vae-001" / "weights.safetensors").is_file()


@pytest.mark.parametrize("name", ["숫자 들", "a b; c", "emoji 🙂", "'quotes'"])
def test_names_of_files_and_folders_may_hold_anything(name, tmp_path, capsys):
    source, runs = tmp_path / f"{name}.npy", tmp_path / f"{name} runs"
    np.save(source, np.random.default_rng(0).normal(size=(40, 3)))
    fit(runs, "ae", str(source), "--name", name)
    folder = Path(capsys.readouterr().out.strip())
    assert folder == runs / f"{name}-001"
    assert main(["encode", f"{name}-001", "--runs", str(runs), "--out", str(tmp_path / f"{name}.csv")]) == 0
    assert main(["evaluate", str(folder), "--metric", "reconstruction"]) == 0


def test_a_folder_that_cannot_be_made(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["fit", *TINY, "--runs", str(tmp_path / "file" / "runs")]) == 1
    assert "--runs DIR" in capsys.readouterr().err


def test_options_of_parts_reach_the_spec(tmp_path):
    fit(
        tmp_path,
        "vae",
        "--prior",
        "mixture",
        "--prior.components=3",
        "--objective.free-bits",
        "0.1",
        "--compile",
        "false",
    )
    found = spec(tmp_path / "digits-vae-001")
    assert found["model"]["prior"]["components"] == 3
    assert found["objective"]["free_bits"] == 0.1
    assert found["model"]["encoder"]["widths"] == [8]
    fit(tmp_path, "--objective.schedule", "linear", "--objective.schedule.steps", "7", "--optimiser.eps", "1e-4")
    found = spec(tmp_path / "digits-vae-002")
    assert found["objective"]["schedule"] == {"name": "linear", "steps": 7}
    assert found["settings"]["optimiser_options"] == {"eps": "1e-4"}


def test_command_line_beats_config_beats_like(tmp_path):
    file = tmp_path / "설정.yaml"
    file.write_text(
        "lr: 1e-2\nseed: 5\nprior: {name: mixture, components: 4}\nobjective:\n  beta: 2\n", encoding="utf-8"
    )
    fit(tmp_path, "beta-vae", "--lr", "0.5", "--seed", "3", "--batch-size", "64", "--clip", "1")
    fit(tmp_path, "--like", "digits-beta-vae-001", "--config", str(file), "--seed", "9", "--prior.components", "2")
    first, second = (spec(tmp_path / f"digits-beta-vae-00{i}") for i in (1, 2))
    assert second["recipe"] == "beta-vae", "like's recipe"
    assert second["settings"]["batch_size"] == 64 and second["settings"]["clip"] == 1, "like"
    assert second["settings"]["lr"] == 0.01 and second["objective"]["beta"] == 2, "the file over like"
    assert second["settings"]["seed"] == 9 and second["model"]["prior"]["components"] == 2, "the command line over both"
    assert first["settings"]["lr"] == 0.5 and first["objective"]["beta"] == 4


def test_a_renamed_part_drops_the_options_of_the_old_one(tmp_path):
    fit(tmp_path, "--prior", "mixture", "--prior.components", "3", "--optimiser.eps", "1e-4")
    fit(tmp_path, "--like", "last", "--prior", "gaussian", "--optimiser", "SGD")
    found = spec(tmp_path / "digits-vae-002")
    assert found["model"]["prior"]["name"] == "gaussian"
    assert found["settings"]["optimiser"] == "SGD" and found["settings"]["optimiser_options"] == {}
    fit(tmp_path, "ae", "--like", "digits-vae-001")
    assert spec(tmp_path / "digits-ae-001")["model"]["prior"]["components"] != 3


def test_naming_the_recipe_keeps_the_parts_of_a_config_without_one(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("prior: {name: mixture, components: 4}")
    fit(tmp_path, "beta-vae", "digits", "--config", str(file))
    assert spec(tmp_path / "digits-beta-vae-001")["model"]["prior"]["components"] == 4


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("epoch: 3", "did you mean 'epochs'"),
        ("- 1", "names and values"),
        ("a: [", "not YAML"),
        ("lr: {c: 1}", "player"),
    ],
)
def test_config_files_are_checked(text, hint, tmp_path, capsys):
    file = tmp_path / "c.yaml"
    file.write_text(text)
    assert main(["fit", "--config", str(file), "--runs", str(tmp_path / "runs")]) == 2
    assert hint in capsys.readouterr().err


def test_config_runs_no_code(tmp_path, capsys):
    file = tmp_path / "c.yaml"
    file.write_text(f"epochs: !!python/object/apply:os.mkdir ['{tmp_path}/canary']")
    assert main(["fit", "--config", str(file)]) == 2
    assert not (tmp_path / "canary").exists()


EXITS = [
    (Diverged("x"), 4),
    (OSError(errno.ENOSPC, "No space left on device", "f"), 3),
    (PermissionError(errno.EACCES, "Permission denied", "f"), 1),
    (ModuleNotFoundError("No module named 'sklearn'", name="sklearn.datasets"), 1),
    (KeyboardInterrupt(), 130),
    (ZeroDivisionError("division by zero"), 1),
]


@pytest.mark.parametrize(("error", "code"), EXITS, ids=lambda v: type(v).__name__)
def test_exit_codes(error, code, capsys):
    def fail():
        raise error

    assert failures.guarded(fail) == code
    said = capsys.readouterr().err
    assert said.startswith("jamjae: ") and "Traceback" not in said


def test_a_missing_package_is_named_as_pip_knows_it(capsys):
    failures.explain(ModuleNotFoundError("No module named 'sklearn'", name="sklearn.datasets"))
    assert "pip install scikit-learn" in capsys.readouterr().err


def test_unexpected_errors_say_how_to_see_the_traceback(monkeypatch, capsys):
    def fail():
        raise ZeroDivisionError

    failures.guarded(fail)
    assert "JAMJAE_DEBUG=1" in capsys.readouterr().err
    monkeypatch.setenv("JAMJAE_DEBUG", "1")
    failures.guarded(fail)
    assert "Traceback" in capsys.readouterr().err


def test_every_family_is_listed_by_a_process_that_has_imported_nothing():
    code = "from jamjae.cli import main; import sys; sys.exit(sum(main(['list', k, '--names']) for k in sys.argv[1:]))"
    kinds = ["schedules", "priors", "posteriors", "likelihoods", "networks", "objectives"]
    done = subprocess.run([sys.executable, "-c", code, *kinds], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {"linear", "mixture", "delta", "laplace", "mlp", "elbo"} <= set(done.stdout.split())


def test_a_reader_that_leaves_is_no_error():
    code = "import sys; from jamjae.cli import main; sys.exit(main(['list', 'optimisers']))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
