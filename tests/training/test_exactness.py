"""A run that was killed at any moment ends with the weights and the metrics of one that was not."""

import errno
import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from jamjae.core import Damaged, DiskFull, files
from jamjae.core.files import TEMPORARY
from jamjae.training import Settings, checkpoint, fit
from jamjae.training.display import Display
from jamjae.training.journal import Journal, read_rows
from jamjae.training.stepper import Stepper

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
RECIPES = ("ae", "vae", "iwae")


def digest(module: torch.nn.Module) -> str:
    return sha256(save({k: v.contiguous().clone() for k, v in module.state_dict().items()})).hexdigest()


def metrics(folder: Path) -> list[str]:
    rows = read_rows(folder / "metrics.jsonl")
    return [json.dumps({k: v for k, v in r.items() if k != "seconds"}) for r in rows if r["event"] != "end"]


class StopAt(Display):
    """Asks to stop, as Ctrl-C would, after a row."""

    def __init__(self, step: int) -> None:
        self.at = step

    def row(self, row: dict) -> None:
        if row["step"] == self.at:
            signal.raise_signal(signal.SIGTERM)


# "sigma" keeps state outside the optimiser; "warm-up" and "linear" depend on the step; "ema" and "patience" keep
# copies.
CASES = {
    "plain": ({}, {}),
    "sigma": ({"likelihood": "gaussian"}, {}),
    "warm-up": ({"objective.schedule": "linear", "objective.schedule.steps": 30}, {"lr_schedule": "linear"}),
    "ema": ({}, {"ema": 0.9, "clip": 1.0}),
    "patience": ({}, {"patience": 50}),
    "sgd": ({}, {"optimiser": "SGD", "optimiser_options": {"momentum": 0.9}}),
    "rows across checkpoints": ({}, {"log_every": 7.5}),
}
STOPS = {"rows across checkpoints": (19, 38)}


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("case", CASES)
def test_a_stopped_and_resumed_run_is_exact(make, folder: Path, recipe: str, case: str) -> None:
    options, changes = CASES[case]
    if recipe != "vae":
        options = {k: v for k, v in options.items() if not k.startswith("objective")}
    settings = Settings(epochs=20, batch_size=16, checkpoint_every=9, **changes)
    ended, found, reasons = [], [], []
    for name, stops in (("whole", ()), ("stopped", STOPS.get(case, (20, 38)))):
        (folder / name).mkdir()
        for stop in (*stops, 10**6):
            torch.manual_seed(stop)  # whatever happened before must not matter
            model, objective, dataset = make(recipe, **options)
            outcome = fit(model, objective, dataset, settings, folder / name, StopAt(stop))
            reasons.append(outcome.reason)
        ended.append(digest(model))
        found.append(metrics(folder / name))
    assert reasons == ["done", "interrupted", "interrupted", "done"]
    assert ended[0] == ended[1]
    assert found[0] == found[1]


def test_dropping_one_optimiser_slot_is_noticed(make, folder: Path, monkeypatch) -> None:
    """The negative control: were the second moment not restored, the digests would differ."""
    settings = Settings(epochs=20, batch_size=16, checkpoint_every=9)
    honest = Stepper.restore

    def forgetful(self, found):
        honest(self, {k: torch.zeros_like(v) if k.endswith("exp_avg_sq") else v for k, v in found.items()})

    ended = []
    for name, stop in (("whole", 10**6), ("stopped", 20)):
        (folder / name).mkdir()
        monkeypatch.setattr(Stepper, "restore", forgetful if name == "stopped" else honest)
        for at in (stop, 10**6):
            model, objective, dataset = make()
            fit(model, objective, dataset, settings, folder / name, StopAt(at))
        ended.append(digest(model))
    assert ended[0] != ended[1]


def in_a_process(work: Callable[[], None], delay: float | None = None) -> bool:
    """Run `work` in a forked process; kill it after `delay` seconds. Whether it came to its end."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if delay is not None:
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the process failed by itself"
    return not os.WIFSIGNALED(status)


def train(make, recipe: str, folder: Path, epochs: float) -> None:
    model, objective, dataset = make(recipe)
    fit(model, objective, dataset, Settings(epochs=epochs, batch_size=16, checkpoint_every=7), folder)
    (folder / "digest").write_text(digest(model))


def check_equal(whole: Path, killed: Path) -> None:
    assert (whole / "digest").read_text() == (killed / "digest").read_text()
    assert metrics(whole) == metrics(killed)
    steps = [r["step"] for r in read_rows(killed / "metrics.jsonl") if r["event"] == "row"]
    assert steps == sorted(set(steps))
    assert not list(killed.rglob(f"{TEMPORARY}*"))


@pytest.fixture
def pair(folder: Path) -> tuple[Path, Path]:
    for name in ("whole", "killed"):
        (folder / name).mkdir()
    return folder / "whole", folder / "killed"


@forks
@pytest.mark.parametrize("recipe", [pytest.param(r, marks=() if r == "vae" else pytest.mark.slow) for r in RECIPES])
def test_thirty_kills_at_random_moments(make, pair: tuple[Path, Path], recipe: str) -> None:
    whole, killed = pair
    epochs = 100.0  # 250 steps, 36 checkpoints
    begun = time.perf_counter()
    assert in_a_process(lambda: train(make, recipe, whole, epochs))
    longest = (time.perf_counter() - begun) / 8
    moments = random.Random(recipe)
    kills = 0
    while True:
        delay = moments.uniform(0, longest) if kills < 30 else None
        if not in_a_process(lambda: train(make, recipe, killed, epochs), delay):
            kills += 1
            continue
        check_equal(whole, killed)
        if kills >= 30:
            return
        shutil.rmtree(killed)  # it came to its end between kills: once more from the start
        killed.mkdir()


# Every place where a write can be cut: (module, attribute), killed before or after the call.
BOUNDARIES = {
    "make the folder": (Path, "mkdir"),
    "write": (files, "_write"),
    "flush to disk": (os, "fsync"),
    "rename": (Path, "rename"),
    "replace": (Path, "replace"),
    "flush the folder": (files, "sync"),
    "remove an old one": (shutil, "rmtree"),
    "log": (Journal, "add"),
    "cut the log": (Journal, "cut"),
}


def deadly(owner: object, name: str, call: int, after: bool) -> None:
    """From now on, the `call`-th call of `owner.name` kills the process."""
    honest, seen = getattr(owner, name), [0]

    def dies(*args, **kwargs):
        seen[0] += 1
        mine = seen[0] == call
        if mine and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = honest(*args, **kwargs)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dies)


@forks
@pytest.mark.parametrize("place", BOUNDARIES)
def test_kills_at_every_boundary_of_a_write(make, pair: tuple[Path, Path], place: str) -> None:
    whole, killed = pair
    assert in_a_process(lambda: train(make, "vae", whole, 8.0))

    def dying(call: int, after: bool) -> None:
        deadly(*BOUNDARIES[place], call, after)
        train(make, "vae", killed, 8.0)

    kills = 0
    for call in (1, 2, 3, 5):
        for after in (False, True):
            kills += not in_a_process(lambda c=call, a=after: dying(c, a))
    assert kills >= 2
    in_a_process(lambda: train(make, "vae", killed, 8.0))
    check_equal(whole, killed)


def damaged(content: bytes, how: str) -> bytes:
    half = len(content) // 2
    if how == "truncated":
        return content[:half]
    if how == "empty":
        return b""
    flipped = bytearray(content)
    flipped[half] ^= 1
    return bytes(flipped)


@pytest.mark.parametrize("name", [checkpoint.TENSORS, checkpoint.MANIFEST])
@pytest.mark.parametrize("how", ["truncated", "empty", "one bit"])
def test_a_damaged_checkpoint_is_refused_loudly_and_the_older_one_used(make, pair, name: str, how: str) -> None:
    whole, folder = pair
    train(make, "vae", whole, 8.0)
    model, objective, dataset = make("vae")
    settings = Settings(epochs=8.0, batch_size=16, checkpoint_every=7)
    fit(model, objective, dataset, settings, folder, StopAt(18))
    newest = checkpoint.steps(folder / "checkpoints")[-1]
    (newest / name).write_bytes(damaged((newest / name).read_bytes(), how))
    heard: list[str] = []
    model, objective, dataset = make("vae")
    display = Display()
    display.warn = heard.append  # type: ignore[method-assign]
    fit(model, objective, dataset, settings, folder, display)
    assert len(heard) == 1 and "set aside" in heard[0]
    assert (folder / "checkpoints" / f"damaged-{newest.name}").is_dir()
    assert digest(model) == (whole / "digest").read_text()
    assert metrics(folder) == metrics(whole)


def test_reading_a_run_does_not_sweep_under_its_writer(make, folder: Path) -> None:
    train(make, "vae", folder, 4.0)
    being_written = folder / "checkpoints" / f"{TEMPORARY}1-000000099"
    being_written.mkdir()
    assert checkpoint.newest(folder / "checkpoints", print) is not None
    assert being_written.is_dir()
    train(make, "vae", folder, 8.0)  # the next writer does
    assert not being_written.exists()


def test_a_reader_passes_over_a_damaged_checkpoint_and_leaves_it_where_it_is(make, folder: Path) -> None:
    train(make, "vae", folder, 4.0)
    older, newest = checkpoint.steps(folder / "checkpoints")[-2:]
    (newest / checkpoint.TENSORS).write_bytes(b"")
    heard: list[str] = []
    found = checkpoint.newest(folder / "checkpoints", heard.append)
    assert found is not None and found[0]["step"] == int(older.name)
    assert newest.is_dir() and "left as it is" in heard[0]


def test_when_every_checkpoint_is_damaged_nothing_is_trained_over_it(make, folder: Path) -> None:
    train(make, "vae", folder, 4.0)
    for path in checkpoint.steps(folder / "checkpoints"):
        (path / checkpoint.TENSORS).write_bytes(b"")
    with pytest.raises(Damaged, match="every checkpoint"):
        train(make, "vae", folder, 8.0)


def test_a_full_disk_leaves_the_last_checkpoint_and_resumes_exactly(make, pair, monkeypatch) -> None:
    whole, folder = pair
    train(make, "vae", whole, 8.0)
    honest, calls = files._write, [0]

    def full(path: Path, content: bytes) -> None:
        calls[0] += 1
        if calls[0] > 6:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        honest(path, content)

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(DiskFull, match=r"[\d,]+ bytes are needed, [\d,]+ are free") as error:
        train(make, "vae", folder, 8.0)
    assert error.value.exit_code == 3
    assert checkpoint.verified(checkpoint.steps(folder / "checkpoints")[-1])["step"] > 0
    monkeypatch.setattr(files, "_write", honest)
    train(make, "vae", folder, 8.0)
    check_equal(whole, folder)
