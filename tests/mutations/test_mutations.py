"""Mutation control: every planted fault must turn some test red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from planted import PLANTED

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "jamjae"
SHARES = 6  # so that workers can divide them among themselves
FAILED = 1  # pytest's exit code where tests ran and some failed; a source that does not import gives 2


def mutated(mutation) -> str:
    return (SOURCE / mutation.file).read_text().replace(mutation.old, mutation.new)


@pytest.mark.parametrize("mutation", PLANTED, ids=lambda m: m.name)
def test_planted_faults_still_fit_the_source(mutation):
    assert (SOURCE / mutation.file).read_text().count(mutation.old) == 1
    compile(mutated(mutation), mutation.file, "exec")
    assert (ROOT / mutation.tests).is_file()


def verdict(folder: Path, tests: list[str]) -> subprocess.CompletedProcess:
    """Run test files against the copy of the package in `folder`."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutants")
    shutil.copytree(SOURCE, folder / "jamjae", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_every_planted_fault_is_found(share, copy, capsys):
    probe = [sys.executable, "-c", "import jamjae; print(jamjae.__file__)"]
    where = subprocess.run(probe, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True, text=True)
    assert where.stdout.startswith(str(copy)), "the copy must be the package under test"
    survivors, planted = [], PLANTED[share::SHARES]
    for mutation in planted:
        target = copy / "jamjae" / mutation.file
        sound = target.read_text()
        target.write_text(mutated(mutation))
        code = verdict(copy, [mutation.tests]).returncode
        target.write_text(sound)
        if code != FAILED:
            survivors.append(f"{mutation.name} (exit code {code})")
    with capsys.disabled():
        print(f"\nkilled {len(planted) - len(survivors)} of {len(planted)}")
    assert not survivors


@pytest.mark.slow
def test_without_a_fault_nothing_fails(copy):
    found = verdict(copy, sorted({mutation.tests for mutation in PLANTED}))
    assert found.returncode == 0, found.stdout[-3000:]
