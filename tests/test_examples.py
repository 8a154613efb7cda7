"""Every example runs, and is short."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda p: p.stem)
def test_it_runs(script, tmp_path):
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, str(script), "--smoke"], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "nats" in done.stdout
    assert list(tmp_path.iterdir()) == [], "a smoke run leaves nothing behind"


def test_they_are_short():
    assert len(EXAMPLES) >= 3
    assert all(len(p.read_text(encoding="utf-8").splitlines()) <= 60 for p in EXAMPLES)
