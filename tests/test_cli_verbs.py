"""Every verb on one small run, through the command line."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import jamjae as jj
from jamjae.cli import main
from jamjae.cli.catalogue import OTHERS, PARTS

pytestmark = pytest.mark.usefixtures("untuned")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    jj.fit("vae", "digits", latent=2, epochs=1, encoder__widths="8", decoder__widths="8", runs=runs)
    return runs


@pytest.fixture
def call(runs, capsys):
    def call(*arguments):
        assert main([*arguments, "--runs", str(runs)]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return call


@pytest.fixture
def fresh(tmp_path, capsys):
    """A call in a folder of its own."""

    def call(*arguments, code=0):
        assert main([*arguments, "--runs", str(tmp_path)]) == code
        return capsys.readouterr()

    return call


def size(path):
    with Image.open(path) as picture:
        return picture.size


SMALL = ("--latent", "2", "--encoder.widths", "8", "--decoder.widths", "8")


def test_fit_tells_the_plan_the_progress_and_what_comes_next(fresh):
    said = fresh("fit", "vae", "digits", *SMALL, "--epochs", "60", "--batch-size", "1000").out
    assert "1,258 train, 180 validation, 359 test" in said
    assert re.search(r"[\d,]+ parameters", said) and "76 steps" in said and "cpu, float32" in said
    assert 5 < said.count("| validation loss") <= 32, "rows are thinned out"
    assert "step 76/76" in said, "the last row is there"
    assert "digits-vae-001" in said.splitlines()[-1]
    assert re.search(r"jamjae evaluate \S*digits-vae-001", said) and "jamjae report" in said


def test_quiet_prints_the_folder_and_nothing_else(fresh, tmp_path):
    assert fresh("fit", *SMALL, "--epochs", "0.2", "--quiet").out == f"{tmp_path / 'digits-vae-001'}\n"


def test_a_bernoulli_on_grey_values_is_warned_about(fresh):
    said = fresh("fit", *SMALL, "--epochs", "0.2", "--quiet", "--binarise", "none", "--likelihood", "bernoulli")
    assert "nothing it prints is a likelihood" in said.err


def test_resume_trains_further(fresh, tmp_path):
    fresh("fit", *SMALL, "--epochs", "0.2", "--quiet")
    fresh("resume", "--epochs", "0.5", "--quiet")
    assert jj.load("last", runs=tmp_path).result["step"] == 5
    assert "more epochs train it further" in fresh("resume", "last").out


def test_evaluate_prints_a_table(call, runs):
    said = call("evaluate", "last", "--samples", "5", "--limit", "50")
    lines = {line.split()[0]: line for line in said.splitlines()}
    assert set(jj.evaluation.usual()) <= set(re.findall(r"\w+", said)) and {"elbo", "knn", "classes"} <= set(lines)
    assert "undefined: modes, high_quality: nobody knows" in said
    assert re.search(r"-\d+\.\d+ nats !? +-\d+\.?\d* to -\d+", lines["elbo"])
    assert "PCA(2)" in lines["reconstruction"] and "How well it predicts" in lines["elbo"]
    assert (runs / "digits-vae-001" / "evaluation.json").is_file()


def test_evaluate_says_why_a_number_is_undefined(fresh):
    fresh("fit", "ae", "digits", *SMALL, "--epochs", "0.2", "--quiet")
    said = fresh("evaluate", "--limit", "50", "--samples", "5").out
    (line,) = (line for line in said.splitlines() if line.startswith("undefined: elbo, iwae"))
    assert "density" in line and "\nelbo" not in said


def test_evaluate_some_metrics_as_json(call):
    said = json.loads(call("evaluate", "--metric", "rate", "--metric", "knn", "--limit", "50", "--json"))
    assert set(said) == {"rate", "knn"} and said["rate"]["unit"] == "nats" and said["rate"]["n"] == 50


def test_evaluate_an_unknown_metric(runs, capsys):
    assert main(["evaluate", "--metric", "elbow", "--runs", str(runs)]) == 2
    assert "did you mean 'elbo'" in capsys.readouterr().err


def test_sample(call, runs, tmp_path):
    path = call("sample", "last", "12").strip()
    assert path == str(runs / "digits-vae-001" / "samples.png")
    assert size(path)[0] >= 80
    call("sample", "last", "3", "--noise", "--out", str(tmp_path / "a.npy"))
    drawn = np.load(tmp_path / "a.npy")
    assert drawn.shape == (3, 8, 8, 1) and set(np.unique(drawn)) == {0.0, 1.0}
    call("sample", "last", "3", "--seed", "1", "--out", str(tmp_path / "b.npy"))
    assert not np.array_equal(np.load(tmp_path / "b.npy"), drawn)


def test_encode_then_decode(call, runs, tmp_path):
    call("encode", "last", "--out", str(tmp_path / "z.csv"))
    with (tmp_path / "z.csv").open(encoding="utf-8-sig") as file:
        head, *rows = csv.reader(file)
    assert head == ["label", "z0", "z1"] and len(rows) == 1797 and rows[0][0] == "0"
    call("encode", "last", "digits", "--out", str(tmp_path / "z.npy"))
    codes = np.load(tmp_path / "z.npy")
    assert codes.shape == (1797, 2)
    call("decode", "last", str(tmp_path / "z.csv"), "--out", str(tmp_path / "x.npy"))
    assert np.load(tmp_path / "x.npy").shape == (1797, 8, 8, 1)
    np.save(tmp_path / "few.npy", codes[:4])
    path = call("decode", "last", str(tmp_path / "few.npy")).strip()
    assert path.endswith("decoded.png") and size(path)


def test_decode_refuses_what_holds_no_codes(runs, tmp_path, capsys):
    (tmp_path / "z.csv").write_text("z0,z1\n1,apple\n")
    np.save(tmp_path / "wide.npy", np.zeros((3, 7)))
    np.save(tmp_path / "object.npy", np.array([{"a": 1}]), allow_pickle=True)
    for name, code, hint in (("z.csv", 1, "apple"), ("wide.npy", 2, "(n, 2)"), ("object.npy", 1, "holds no codes")):
        assert main(["decode", "last", str(tmp_path / name), "--runs", str(runs)]) == code
        assert hint in capsys.readouterr().err


def test_reconstruct_and_interpolate(call, tmp_path):
    call("reconstruct", "last", "--limit", "7", "--out", str(tmp_path / "r.npy"))
    assert np.load(tmp_path / "r.npy").shape == (7, 8, 8, 1)
    assert call("reconstruct", "last", "digits").strip().endswith("reconstructions.png")
    call("interpolate", "last", "2", "3", "--steps", "5", "--out", str(tmp_path / "i.npy"))
    assert np.load(tmp_path / "i.npy").shape == (5, 8, 8, 1)
    assert size(call("interpolate").strip())[0] >= 80


def test_vectors_are_drawn_as_curves_or_kept_as_numbers(fresh, tmp_path):
    fresh("fit", "vae", "ring", *SMALL, "--epochs", "0.05", "--quiet")
    assert fresh("sample", "last", "4").out.strip().endswith("samples.npy")
    fresh("sample", "last", "4", "--out", str(tmp_path / "s.png"))
    assert size(tmp_path / "s.png")


def test_out_must_be_a_known_kind_of_file(runs, tmp_path, capsys):
    assert main(["sample", "last", "--out", str(tmp_path / "a.jpg"), "--runs", str(runs)]) == 2
    assert ".npy or .png" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["sample", "last", "--out", str(tmp_path / "file" / "a.png"), "--runs", str(runs)]) == 1


def test_report(call, runs, tmp_path):
    path = Path(call("report", "last", "--samples", "5", "--limit", "50").strip())
    assert "<html" in path.read_text(encoding="utf-8")[:500]
    both = call("report", "last", "digits-vae-001", "--out", str(tmp_path / "both.html")).strip()
    assert both == str(tmp_path / "both.html")


KINDS = [*OTHERS, *PARTS]


def test_list_names_the_kinds(call):
    assert set(PARTS) == set(jj.core.families()) - {"models"}
    assert sorted(call("list", "--names").split()) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_list(kind, call):
    names = call("list", kind, "--names").split()
    entries = json.loads(call("list", kind, "--json"))
    assert names and [e["name"] for e in entries] == names
    shown = call("list", kind)
    assert all(e["about"] and e["name"] in shown for e in entries)


def test_list_states_options_types_defaults_and_losses(call):
    shown = call("list", "likelihoods")
    assert "loss: binary cross-entropy" in shown and "loss: squared error" in shown
    assert re.search(r"\.components +int or none, default none", call("list", "priors"))


def test_list_runs_of_an_empty_folder(fresh):
    assert "begin with jamjae fit" in fresh("list", "runs").out


def test_check(fresh, tmp_path):
    said = fresh("check", "digits", "--latent", "3", "--prior", "mixture", "--epochs", "2").out
    assert "1,797 examples" in said and "mixture prior" in said and "latent axes" in said
    assert not list(tmp_path.iterdir()), "check writes nothing"


def test_demo(fresh, tmp_path):
    said = fresh("demo", "--epochs", "1").out
    assert said.splitlines()[-1] == str(tmp_path / "demo.html")
    page = (tmp_path / "demo.html").read_text(encoding="utf-8")
    assert "demo-ae-001" in page and "demo-vae-001" in page


# -- damage ------------------------------------------------------------------------------------------------------------


def test_a_run_of_another_version(fresh, tmp_path):
    fresh("fit", *SMALL, "--epochs", "0.2", "--quiet")
    path = tmp_path / "digits-vae-001" / "spec.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2, "jamjae": "9.9"}))
    for verb in ("evaluate", "sample", "resume", "report"):
        said = fresh(verb, "digits-vae-001", code=1).err
        assert "format 2" in said and "jamjae 9.9" in said


@pytest.mark.parametrize("damage", [b"", b"cut"])
def test_damaged_weights_are_refused_and_resume_writes_them_again(damage, fresh, tmp_path):
    fresh("fit", *SMALL, "--epochs", "0.2", "--quiet")
    path = tmp_path / "digits-vae-001" / "weights.safetensors"
    whole = path.read_bytes()
    path.write_bytes(damage and whole[:-1] + bytes([whole[-1] ^ 1]))
    said = fresh("sample", "last", code=1).err
    assert "SHA-256" in said and "jamjae resume" in said
    fresh("resume", "last", "--quiet")
    assert path.read_bytes() == whole


def test_data_that_has_changed_or_gone(fresh, tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 3))
    source = tmp_path / "x.npy"
    np.save(source, x)
    fresh("fit", "vae", str(source), *SMALL, "--epochs", "0.2", "--quiet")
    np.save(source, x + 1)
    assert "has changed" in fresh("evaluate", code=1).err
    source.unlink()
    assert "--data FILE" in fresh("evaluate", code=1).err
    np.save(tmp_path / "again.npy", x)
    fresh("evaluate", "--data", str(tmp_path / "again.npy"), "--samples", "5")
