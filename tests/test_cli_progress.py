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


def game(step):
    train = {"critic.loss": 1.3, "critic.real": 0.6, "critic.gradient_norm": 5.0, "generator.loss": 0.8}
    return {**row(step), "train": train, "validation": {"critic.loss": 1.4, "critic.real": 0.7, "generator.loss": 0.9}}


def test_every_player_is_named_once_with_its_own_terms(capsys):
    lines = Lines()
    lines.start(0, 1000, 10.0)
    lines.row(game(10))
    said = capsys.readouterr().out
    assert "critic: loss 1.3  real 0.6 | generator: loss 0.8" in said and "gradient" not in said
    assert "validation critic: loss 1.4, generator: loss 0.9" in said


def test_a_bar_gives_every_player_a_line():
    out = io.StringIO()
    bar = Bar(Console(file=out, force_terminal=True, width=120))
    bar.start(0, 1000, 10.0)
    bar.row(game(500))
    bar.stop()
    seen = [line.strip() for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue()).splitlines()]
    assert "training    critic: loss 1.3  real 0.6" in seen and "generator: loss 0.8" in seen


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


def test_what_samples_look_like_is_shown(capsys):
    seen = {**game(10), "samples": {"diversity": 0.93, "modes": 8.0}}
    lines = Lines()
    lines.start(0, 1000, 10.0)
    lines.row(seen)
    assert "| samples: diversity 0.93  modes 8" in capsys.readouterr().out
    out = io.StringIO()
    bar = Bar(Console(file=out, force_terminal=True, width=120))
    bar.start(0, 1000, 10.0)
    bar.row(seen)
    bar.stop()
    assert "samples     diversity 0.93  modes 8" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())
