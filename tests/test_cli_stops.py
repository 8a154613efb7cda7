"""Being stopped: Ctrl-C, SIGTERM, a full disk. What was trained is kept, and the message says how to go on."""

import errno
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import jamjae as jj
from jamjae.cli import main, tune
from jamjae.core import files

SMALL = ("--latent", "2", "--encoder.widths", "8", "--decoder.widths", "8", "--log-every", "0.1")
PATIENCE = 120  # seconds: the machine may be busy


def started(runs, *arguments):
    """`jamjae fit` in a process of its own, after its first row of metrics."""
    command = [sys.executable, "-m", "jamjae.cli", "fit", *arguments, *SMALL, "--epochs", "100000", "--runs", str(runs)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + PATIENCE
    while not any(p.stat().st_size > 500 for p in runs.glob("*/metrics.jsonl")):
        assert time.monotonic() < end and process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_signal_saves_and_says_how_to_go_on(number, tmp_path, monkeypatch, capsys):
    runs = tmp_path / "내 runs"
    monkeypatch.setattr(tune, "apply", lambda recorded=None: None)
    process = started(runs, "vae", "digits")
    assert main(["resume", "last", "--runs", str(runs)]) == 2
    assert "another process is training" in capsys.readouterr().err
    process.send_signal(number)
    _, warned = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, warned
    assert "saved" in warned and "Traceback" not in warned
    command = shlex.split(warned.splitlines()[-1].partition("Go on: ")[2])
    assert command[:2] == ["jamjae", "resume"]
    run = jj.load("last", runs=runs)
    step = run.rows[-1]["step"]
    assert run.rows[-1] == {"event": "end", "reason": "interrupted", "step": step}

    epochs = str(step // 9.8 + 1)
    assert main([*command[1:], "--epochs", epochs, "--quiet"]) == 0, capsys.readouterr().err
    whole = jj.fit(like=run, epochs=float(epochs), runs=tmp_path / "whole")
    assert run.result["reason"] == "done"
    if run.spec["routing"] == whole.spec["routing"]:
        assert run.result["step"] == whole.result["step"]


def test_the_second_ctrl_c_stops_at_once_and_resume_still_works(tmp_path):
    process = started(tmp_path, "vae", "digits")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, warned = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "jamjae" in warned and "Traceback" not in warned
    assert jj.load("last", runs=tmp_path).resume(epochs=0.1).result["reason"] == "done"


class Full:
    """An fsync that finds the disk full from the n-th call on."""

    def __init__(self, after):
        self.left = after

    def __call__(self, handle):
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("after", [0, 1, 4, 7, 10, 13])
def test_a_full_disk_exits_3_and_loses_nothing(after, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tune, "apply", lambda recorded=None: None)
    options = [*SMALL, "--epochs", "2", "--checkpoint-every", "3", "--quiet"]
    assert main(["fit", *options, "--runs", str(tmp_path / "whole")]) == 0
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", Full(after))
        code = main(["fit", *options, "--runs", str(tmp_path / "full")])
    said = capsys.readouterr().err
    assert code == 3 and "bytes are needed" in said and "are free" in said and "Traceback" not in said
    folders = list((tmp_path / "full").iterdir())
    if not (folders[0] / "spec.json").is_file():
        return  # not even the spec found room: there is no run yet
    assert main(["resume", str(folders[0]), "--quiet"]) == 0
    whole, again = jj.load(tmp_path / "whole" / "digits-vae-001"), jj.load(folders[0])
    assert again.result["weights_sha256"] == whole.result["weights_sha256"]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 500 kB, where the system lets us have one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(place)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_really_full_disk(small_disk, monkeypatch, capsys):
    monkeypatch.setattr(tune, "apply", lambda recorded=None: None)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 400_000)
    options = ["--latent", "2", "--epochs", "2", "--encoder.widths", "150", "--checkpoint-every", "5", "--quiet"]
    assert main(["fit", *options, "--decoder.widths", "8", "--runs", str(small_disk)]) == 3
    said = capsys.readouterr()
    assert "bytes are needed" in said.err
    needed, free = (int(w.replace(",", "")) for w in said.err.split() if w.replace(",", "").isdigit() and "," in w)
    assert needed > free
    ballast.unlink()
    (folder,) = (p.parent for p in Path(small_disk).glob("*/spec.json"))
    assert main(["resume", str(folder), "--quiet"]) == 0, capsys.readouterr().err
