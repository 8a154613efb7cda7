"""The parts that CONTRIBUTING.md shows are complete: one file and one line each, through the laws and through a fit."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n# (in )?src/(\S+)\n(.*?)```", PAGE, re.DOTALL)
NEW = [Path(path).stem for existing, path, _ in BLOCKS if not existing]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the package with the parts of the page."""
    copy = tmp_path_factory.mktemp("contributing")
    shutil.copytree(ROOT / "src/jamjae", copy / "jamjae", ignore=shutil.ignore_patterns("__pycache__"))
    for existing, path, code in BLOCKS:
        file = copy / path
        assert file.exists() == bool(existing), f"{path}: a new file must be new, a line goes into an existing file"
        file.write_text((file.read_text(encoding="utf-8") if existing else "") + code, encoding="utf-8")
    return copy


def run(package, *arguments):
    """Python with the copied package in front."""
    env = os.environ | {"PYTHONPATH": str(package), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_shows_three_parts_with_one_line_elsewhere_each():
    assert NEW == ["cauchy", "laplace", "renyi"]
    lines = [code.strip() for existing, _, code in BLOCKS if existing]
    assert len(lines) == len(NEW) and all("\n" not in line for line in lines)
    assert all(len(code.splitlines()) <= 65 for existing, _, code in BLOCKS if not existing)


def test_the_parts_fit_and_are_saved(package, tmp_path):
    code = f"""
import jamjae as jj
assert jj.__file__.startswith({str(package)!r}), jj.__file__
options = dict(binarise="none", likelihood="cauchy", prior="laplace", objective="renyi", epochs=0.2, latent=2)
run = jj.fit("vae", "digits", runs={str(tmp_path)!r}, **options)
again = jj.load(run.folder)
assert again.spec["model"]["likelihood"]["name"] == "cauchy" and again.spec["objective"]["alpha"] == 0.5
assert again.sample(4).shape == (4, 8, 8, 1) and again.evaluate(["elbo"], limit=50)["elbo"].value is not None
print("Li and Turner" in jj.cite(again) and "Geadah" in jj.cite(again) and "Barron" in jj.cite(again))
"""
    assert run(package, "-c", code).split()[-1] == "True"


@pytest.fixture(scope="module")
def laws(package):
    """What the laws say about the new parts, one line a law."""
    names = [f"{Path(path).parent.name}-{Path(path).stem}" for existing, path, _ in BLOCKS if not existing]
    common = ("-m", "pytest", "-v", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"))
    return run(package, *common, "tests/laws", "-k", " or ".join(names)).splitlines()


@pytest.mark.parametrize("part", ["likelihoods-cauchy", "priors-laplace", "objectives-renyi"])
def test_the_parts_keep_the_laws(laws, part):
    passed = [line for line in laws if part in line and "PASSED" in line]
    assert len(passed) >= 15, laws
    assert any("test_docstring_has_an_example_that_runs" in line for line in passed)
