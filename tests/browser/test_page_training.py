"""The loss while another process trains."""

import os
import re
import subprocess
import sys

import pytest

from browser.pages import Site, until
from jamjae.explorer.shown import Shown
from jamjae.run import load


@pytest.fixture
def live(tmp_path):
    """A run that is being trained by another process, once it can be shown."""
    options = ["--epochs", "5000", "--checkpoint-every", "200", "--name", "live", "--runs", str(tmp_path)]
    command = [sys.executable, "-m", "jamjae.cli", "fit", "vae", "digits", *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, **quiet)
    try:
        until(lambda: process.poll() is None and any(tmp_path.glob("live-001/checkpoints/*")), patience=60)
        yield process, tmp_path / "live-001"
    finally:
        process.kill()
        process.wait()


def step(page):
    """The step that the tool says."""
    found = re.search(r"[Ss]tep ([\d,]+)", page.text("#tools p.sub[aria-live]"))
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.slow
def test_the_curve_grows_while_another_process_trains(live, opened):
    process, folder = live
    site = Site([Shown(load(folder))])
    page = opened().visit(site)
    page.tool("training")
    first = page.until(lambda: step(page))
    before = page.made("#tools .chart")
    page.until(lambda: step(page) > first)
    assert page.made("#tools .chart") != before
    assert process.poll() is None
    site.stop()


def test_a_finished_run_has_its_last_loss(vae, fitted):
    vae.tool("training")
    vae.until(lambda: "Training has ended" in vae.text("#tools p.sub[aria-live]"))
    rows = [row for row in fitted("vae").rows if row["event"] == "row"]
    said = vae.text("#tools p.sub[aria-live]")
    assert step(vae) == rows[-1]["step"]
    loss = float(said.split("loss ")[1].rstrip(".").replace(",", ""))
    assert loss == pytest.approx(rows[-1]["train"]["loss"], rel=1e-3)
