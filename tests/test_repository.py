"""The repository's furniture fits together: pins, targets, the slow tests' ring, the package's own facts."""

import importlib.metadata
import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import jamjae

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([\w.-]+)==([\w.]+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
TARGETS = [
    "setup",
    "build",
    "release-check",
    "demo",
    "test",
    "test-all",
    "test-security",
    "check",
    "format",
    "bench",
    "bench-modes",
    "bench-anomaly",
    "bench-explorer",
    "browser-tools",
    "docs",
    "examples",
    "clean",
]


def plain(requirement):
    """The name of a requirement, as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def needed(names):
    """The names and everything that they need here, without optional extras and torch's own CUDA libraries."""
    found, left = set(), [plain(n) for n in names]
    while left:
        name = left.pop()
        if name in found or name.startswith(("nvidia-", "cuda-", "triton")):
            continue
        found.add(name)
        for requirement in importlib.metadata.requires(name) or []:
            rule, _, marker = requirement.partition(";")
            if "extra" not in marker and applies(marker):
                left.append(plain(rule))
    return found


def applies(marker):
    """Whether an environment marker holds here."""
    from packaging.markers import Marker

    return not marker.strip() or Marker(marker).evaluate()


def test_every_dependency_is_pinned_direct_or_not():
    groups = PROJECT["dependency-groups"]
    extras = [r for name, rs in PROJECT["project"]["optional-dependencies"].items() if name != "all" for r in rs]
    asked = [*PROJECT["project"]["dependencies"], *extras, *groups["test"], *groups["check"]]
    pinned = {plain(name) for name in PINS}
    assert needed(asked) - pinned == set()
    assert {plain(r) for r in groups["docs"]} <= pinned


def test_torch_is_pinned_without_a_build():
    assert re.fullmatch(r"\d+\.\d+\.\d+", PINS["torch"]), "a local build such as +cpu cannot be installed elsewhere"


def test_both_lints_are_the_same_ruff():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert f"rev: v{PINS['ruff']}" in hooks


@pytest.mark.parametrize("target", TARGETS)
def test_targets_exist_and_are_understood(target):
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_an_old_python_is_refused_with_what_to_type(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    done = subprocess.run(
        ["make", f"PYTHON={fake}", f"VENV={tmp_path / 'venv'}", "setup"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode != 0 and "Python 3.11 or newer" in done.stdout and "PYTHON=" in done.stdout


def test_continuous_integration_calls_only_targets():
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    steps = re.findall(r"- run: (.*)", workflow)
    assert steps and all(re.fullmatch(rf"make ({'|'.join(TARGETS)})", step) for step in steps), steps


def test_versions_and_licences_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {jamjae.__version__}\n" in citation
    assert f"license: {PROJECT['project']['license']}\n" in citation
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence and "END OF TERMS AND CONDITIONS" in licence
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def slow_tests():
    """The script that spends a time on the slow tests."""
    spec = importlib.util.spec_from_file_location("slow_tests", ROOT / "scripts/slow_tests.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_successive_commits_start_everywhere(slow_tests):
    tests = [f"tests/a.py::test_{n}" for n in range(23)]
    orders = [slow_tests.rotated(tests, commits) for commits in range(23)]
    assert {order[0] for order in orders} == set(tests)
    assert all(sorted(order) == sorted(tests) for order in orders)
    assert slow_tests.rotated([], 5) == []


def test_chunks_hold_neighbours_of_one_file_and_lose_nothing(slow_tests):
    tests = [f"tests/{file}.py::test_{n}" for file in "ab" for n in range(11)]
    chunks = list(slow_tests.chunks(tests))
    assert [test for chunk in chunks for test in chunk] == tests
    assert all(len(chunk) <= slow_tests.CHUNK and len({t.partition("::")[0] for t in chunk}) == 1 for chunk in chunks)


def test_a_failing_chunk_is_red_and_a_spent_time_leaves_the_rest(slow_tests, monkeypatch):
    tests = ["a.py::good", "b.py::bad", "c.py::good"]

    def pytest_run(*arguments, **options):
        return subprocess.CompletedProcess(arguments, int("b.py::bad" in arguments))

    monkeypatch.setattr(slow_tests, "pytest", pytest_run)
    assert slow_tests.spend(tests, 1, 1) == (tests, ["b.py::bad"])
    assert slow_tests.spend(tests, -1, 1) == ([], [])
