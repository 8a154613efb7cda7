"""What is seen while a model trains."""

import io
import re

from rich.console import Console

from jamjae.cli.progress import Bar, Lines, Quiet, watcher


def row(step, total=1000):
    train = {"loss": 20.0 - step / total, "distortion": 18.0, "rate": 2.0, "gradient_norm": 5.0}
    return {"step": step, "epoch": step / 10, "train": train, "validation": {"loss": 21.0}, "seconds": 1.5}


def test_long_runs_are_thinned_and_the_last_row_is_shown(capsys):
    lines = Lines()
    lines.start(0, 1000, 10.0)
    for step in range(10, 1001, 10):
        lines.row(row(step))
    lines.stop()
    printed = capsys.readouterr().out.splitlines()
    assert 15 <= len(printed) <= 31
    assert "step 10/1,000" in printed[0] and "step 1,000/1,000" in printed[-1]
    assert "distortion 18" in printed[0] and "validation loss 21" in printed[0] and "gradient" not in printed[0]


def test_an_early_stop_shows_the_last_row(capsys):
    lines = Lines()
    lines.start(0, 1000, 10.0)
    for step in (10, 20):
        lines.row(row(step))
    lines.stop()
    assert "step 20/1,000" in capsys.readouterr().out.splitlines()[-1]


def test_a_terminal_gets_a_bar():
    out = io.StringIO()
    bar = Bar(Console(file=out, force_terminal=True, width=120))
    bar.note("the [plan]")
    bar.start(0, 1000, 10.0)
    bar.tick(400, row(400)["train"])
    bar.row(row(500))
    bar.warn("careful [x]")
    bar.stop()
    bar.stop()
    seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())
    assert "the [plan]" in seen and "careful [x]" in seen
    assert re.search(r"500/1,000 steps +[\d,]+/s +epoch 50\.0", seen)
    assert "distortion 18" in seen and "validation  loss 21" in seen and "gradient" not in seen


def test_quiet_only_warns(capsys):
    quiet = watcher(quiet=True)
    assert isinstance(quiet, Quiet)
    quiet.start(0, 1, 1.0)
    quiet.row(row(1))
    quiet.note("hello")
    quiet.warn("careful")
    quiet.stop()
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "jamjae: careful\n")
