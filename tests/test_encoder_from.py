"""A trained encoder gets a new decoder: its weights are the start, and frozen ones stay to the bit."""

import json
import shutil
import signal

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.core.errors import Damaged, UsageError
from jamjae.plan import prepare
from jamjae.report.command import command
from jamjae.training.display import Display

SMALL = {"epochs": 1, "decoder__widths": "8", "batch_size": 256}
VQ = {"encoder": {"name": "grid", "channels": [4, 4], "blocks": 1}, "posterior": {"name": "vq", "codes": 8}}
VQ |= {"decoder": {"name": "grid", "channels": [4, 4], "blocks": 1}, "prior.network.width": 8}
VQ |= {"epochs": 2, "batch_size": 256}
OWN = ("encoder.", "posterior.")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def trained(runs):
    return jj.fit("ae", "digits", latent=3, encoder__widths="8", runs=runs, **SMALL)


@pytest.fixture(scope="module")
def book(runs):
    return jj.fit("vq-vae", "digits", latent=(2, 2, 3), runs=runs, **VQ)


def own(run):
    return {k: v for k, v in run.model.state_dict().items() if k.startswith(OWN)}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


class Stopper(Display):
    """Presses Ctrl-C after the first row."""

    def row(self, row):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("freeze", [True, False])
def test_frozen_weights_stay_to_the_bit_and_others_learn(trained, runs, freeze):
    run = jj.fit("ae", "digits", encoder_from=trained.folder, freeze=freeze, seed=5, runs=runs, **SMALL)
    assert run.spec["latent"] == [3] and same(own(run), own(trained)) == freeze
    assert not torch.equal(run.model.decoder.layers[0].weight, trained.model.decoder.layers[0].weight)
    saved = json.loads((run.folder / "spec.json").read_text())["encoder_from"]
    assert saved["weights_sha256"] == trained.result["weights_sha256"] and saved["freeze"] == freeze
    x = np.zeros((2, 8, 8, 1))
    assert np.array_equal(run.encode(x), trained.encode(x)) == freeze


def test_the_first_step_starts_from_the_earlier_weights(trained, runs):
    run = jj.fit("ae", "digits", encoder_from=trained.folder.name, lr=1e-12, runs=runs, **SMALL)
    for name, value in own(run).items():
        torch.testing.assert_close(value, own(trained)[name], rtol=1e-6, atol=1e-6)


def test_a_frozen_book_does_not_learn_either(book, runs):
    options = {**VQ, "encoder_from": book.folder, "seed": 3, "runs": runs}
    del options["encoder"], options["posterior"]
    frozen = jj.fit("vq-vae", "digits", freeze=True, **options)
    assert same(own(frozen), own(book)) and {"posterior.book", "posterior.usage"} <= own(book).keys()
    free = jj.fit("vq-vae", "digits", **options)
    assert not torch.equal(free.model.posterior.book, book.model.posterior.book)
    gone = {row["train"]["prior.codes"] for row in frozen.rows if row["event"] == "row"}
    assert len(gone) == 2, "the prior learns"


@pytest.mark.parametrize(
    "options", [{"ema": 0.9}, {"optimiser": "AdamW", "optimiser.weight_decay": 0.5}, {"patience": 9}]
)
def test_nothing_moves_frozen_weights(trained, runs, options):
    run = jj.fit("ae", "digits", encoder_from=trained.folder, freeze=True, runs=runs, **SMALL, **options)
    assert same(own(run), own(trained))


def test_a_stopped_run_goes_on_to_the_bit_when_the_earlier_one_is_gone(trained, runs, tmp_path):
    source = tmp_path / "source-001"
    shutil.copytree(trained.folder, source)
    options = {**SMALL, "epochs": 2, "encoder_from": source, "freeze": True, "runs": runs}
    whole = jj.fit("ae", "digits", **options)
    stopped = jj.fit("ae", "digits", display=Stopper(), **options)
    assert stopped.outcome.reason == "interrupted"
    shutil.rmtree(source)
    run = jj.load(stopped.folder).resume()
    assert run.result["weights_sha256"] == whole.result["weights_sha256"]
    assert same(own(run.resume(epochs=3)), own(trained)), "still frozen"


def test_before_the_first_checkpoint_the_earlier_run_must_be_there_and_the_same(trained, runs, tmp_path):
    source = tmp_path / "source-001"
    shutil.copytree(trained.folder, source)
    plan = prepare("ae", "digits", encoder_from=source, freeze=True, **SMALL)
    begun = [jj.run.begin(plan, runs=runs) for _ in range(3)]
    assert same(own(begun[0].resume()), own(trained))
    result = json.loads((source / "result.json").read_text())
    (source / "result.json").write_text(json.dumps({**result, "weights_sha256": "0" * 64}))
    with pytest.raises(Damaged):
        begun[1].resume()
    shutil.rmtree(source)
    with pytest.raises(UsageError, match="no run"):
        begun[2].resume()


def test_like_and_the_report_repeat_it(trained, runs):
    run = jj.fit("ae", "digits", encoder_from=trained.folder, freeze=True, runs=runs, **SMALL)
    again = jj.fit(like=run, runs=runs)
    assert again.result["weights_sha256"] == run.result["weights_sha256"]
    assert f"--encoder-from {trained.folder} --freeze true" in command(run.spec)
    assert "--encoder-from" not in command(trained.spec)
    widened = prepare(like=trained.spec, encoder_from=trained.folder)
    assert widened.model.encoder.widths == (8,), "the earlier run decides, not what `like` had chosen"


def test_a_vae_goes_on_from_an_earlier_one_under_another_objective(runs):
    first = jj.fit("vae", "digits", latent=2, encoder__widths="8", runs=runs, **SMALL)
    second = jj.fit("iwae", "digits", encoder_from=first.folder, freeze=True, runs=runs, **SMALL)
    assert same(own(second), own(first)) and second.model.posterior.name() == "gaussian"
    assert second.spec["objective"]["name"] == "iwae"


def test_what_does_not_fit_is_refused_before_anything_is_written(trained, runs, tmp_path):
    gan = jj.fit("gan", "digits", epochs=0.1, batch_size=256, runs=tmp_path)
    unfinished = jj.run.begin(prepare("ae", "digits", **SMALL), "unfinished", runs=tmp_path)
    told = jj.fit("ae", "digits", condition="label", latent=3, runs=tmp_path, **SMALL)
    before = sorted(tmp_path.iterdir())
    for recipe, data, options, hint in (
        ("ae", "ring", {}, r"shape \(8, 8, 1\)"),
        ("ae", "digits", {"latent": 2}, "Leave --latent out"),
        ("ae", "digits", {"condition": "label"}, "Leave --condition out"),
        ("ae", "digits", {"encoder_from": told.folder}, "Pass --condition label"),
        ("ae", "digits", {"encoder__widths": "9"}, "encoder.widths"),
        ("ae", "digits", {"posterior": "gaussian"}, "posterior"),
        ("ae", "digits", {"encoder_from": gan.folder}, "must have an encoder"),
        ("ae", "digits", {"encoder_from": unfinished.folder}, "must have ended"),
        ("ae", "digits", {"encoder_from": "nothing-001"}, "no run|unknown run"),
        ("ae", "digits", {"encoder_from": None, "freeze": True}, "`freeze` needs"),
        ("gan", "digits", {}, "a recipe that has an encoder"),
        ("vae-gan", "digits", {"freeze": True, "prior": "gaussian"}, "nothing to learn|same kind"),
        ("vq-vae", "digits", {}, "`grid` needs an image"),
    ):
        with pytest.raises(UsageError, match=hint):
            jj.fit(recipe, data, **{"encoder_from": trained.folder, "runs": tmp_path, **options})
    assert sorted(tmp_path.iterdir()) == before


def test_freezing_all_that_a_player_may_change_is_refused(runs):
    first = jj.fit("vae", "digits", latent=2, encoder__widths="8", runs=runs, **SMALL)
    with pytest.raises(UsageError, match="player encoder of the objective vae-gan has nothing to learn"):
        jj.fit("vae-gan", "digits", encoder_from=first.folder, freeze=True, runs=runs)


def test_the_command_line_takes_it(trained, runs, capsys):
    from jamjae.cli import main

    words = ["fit", "ae", "digits", "--encoder-from", str(trained.folder), "--freeze", "--runs", str(runs), "--quiet"]
    assert main(["fit", *words[1:], "--epochs", "0.2", "--decoder.widths", "8"]) == 0
    assert same(own(jj.load(capsys.readouterr().out.strip())), own(trained))
