"""What is handed out: the wheel and the sdist, what is in them, and that the wheel works where nothing else is.

They are built once, without the network; `make release-check` has the files of `make build` looked at instead.
"""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import urllib.request
import venv
import zipfile
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from packaging.metadata import Metadata

import jamjae

ROOT = Path(__file__).parents[1]
PAGE = "jamjae/explorer/page"
LARGEST = 8_000_000  # bytes of the wheel; the explorer's WebAssembly is 3.7 million of them
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


def run(*command, cwd, **env):
    """What a command prints; the tests' own copy of jamjae is out of its reach."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"OMP_NUM_THREADS": "1", **env}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The wheel and the sdist: those in JAMJAE_DIST, or new ones."""
    folder = Path(os.environ.get("JAMJAE_DIST") or tmp_path_factory.mktemp("dist"))
    if not os.environ.get("JAMJAE_DIST"):
        run(sys.executable, "-m", "hatchling", "build", "--directory", folder, cwd=ROOT)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="session")
def wheel(built):
    """The names in the wheel, and its metadata."""
    with zipfile.ZipFile(built[0]) as archive:
        names = set(archive.namelist())
        (about,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        return names, archive.read(about)


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    files = (path for path in (ROOT / "src").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    package = {name for name in wheel[0] if ".dist-info/" not in name}
    assert package == {path.relative_to(ROOT / "src").as_posix() for path in files}
    vendored = json.loads((ROOT / "src" / PAGE / "vendor/manifest.json").read_text(encoding="utf-8"))
    assert {f"{PAGE}/index.html", f"{PAGE}/vendor/LICENCE.txt", "jamjae/py.typed", "jamjae/recipes/vae.py"} <= package
    assert vendored and any(name.endswith(".wasm.gz") for name in package) and "jamjae/report/ko.json" in package
    assert not any(part in name for name in package for part in ("/tests/", ".pyc", ".ipynb"))


def test_the_wheel_is_small(built):
    assert built[0].stat().st_size < LARGEST


def test_the_metadata_is_what_an_index_takes(wheel):
    about = Metadata.from_email(wheel[1], validate=True)
    assert (about.name, str(about.version)) == ("jamjae", jamjae.__version__)
    assert about.license_expression == "Apache-2.0" and about.description_content_type == "text/markdown"
    assert set(about.provides_extra or []) == set(EXTRAS)
    assert any(name.endswith("licenses/LICENSE") for name in wheel[0])
    assert about.project_urls and all(url.startswith("https://") for url in about.project_urls.values())


def test_the_extra_all_is_all_the_others():
    (everything,) = EXTRAS["all"]
    assert re.fullmatch(r"jamjae\[(.*)\]", everything)[1].split(",") == sorted(set(EXTRAS) - {"all"})


def test_the_sdist_holds_the_repository_and_nothing_else(built):
    if not (ROOT / ".git").exists():
        pytest.skip("no git repository to compare with")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True
    )
    there = {name for name in listed.stdout.decode().split("\0") if (ROOT / name).is_file()}
    with tarfile.open(built[1]) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert held - there == {"PKG-INFO"}
    folders = ("src", "tests", "docs", "examples", "benchmarks", "scripts", ".github")
    assert {name for name in there if name.startswith(tuple(f"{folder}/" for folder in folders))} <= held
    assert {"Makefile", "pyproject.toml", "constraints.txt", "CITATION.cff", "README.ko.md", "LICENSE"} <= held


@pytest.mark.slow
def test_the_tests_run_from_the_sdist(built, tmp_path):
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    tests = [f"tests/test_{name}.py" for name in ("repository", "package", "layers", "copies")]
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    said = run(*command, cwd=folder, PYTHONPATH=str(folder / "src"), JAMJAE_DIST="")
    assert re.search(r"\d{3,} passed", said), said


@pytest.fixture
def elsewhere(built, tmp_path):
    """An environment with the wheel and, behind it, the dependencies of this one; and its files before the wheel.

    The dependencies' folder is on the path as a plain folder: a .pth file in it (an editable jamjae) is not read.
    """
    folder = tmp_path / "venv"
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(Path(pytest.__file__).parents[1])}
    shared |= {str(Path(module.__file__).parents[1]) for module in (sys.modules["torch"], sys.modules["numpy"])}
    (site / "dependencies.pth").write_text("\n".join(sorted(shared)) + "\n", encoding="utf-8")
    before = files(folder)
    pip(python, "install", "--quiet", "--no-deps", "--no-index", built[0], cwd=tmp_path)
    return python, before


def pip(python, *arguments, cwd):
    """This environment's pip, at work on another."""
    return run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, *arguments, cwd=cwd)


def files(folder):
    """Everything in a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.slow
def test_the_wheel_works_alone_and_goes_without_a_trace(elsewhere, tmp_path):
    python, before = elsewhere
    command, folder = python.parent / "jamjae", python.parents[1]
    where = run(python, "-c", "import jamjae; print(jamjae.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(folder) and not Path(where).is_relative_to(ROOT)
    assert run(command, "--version", cwd=tmp_path).strip() == jamjae.__version__

    about = json.loads(run(command, "info", "--json", cwd=tmp_path))
    assert about["system"]["jamjae"].startswith(f"{jamjae.__version__} in ")
    assert about["packages"]["torch"].startswith(
        run(python, "-c", "import torch; print(torch.__version__)", cwd=tmp_path)[:3]
    )
    assert set(about["extras"]) == {f"[{name}]" for name in EXTRAS if name != "all"}

    report = tmp_path / run(command, "demo", "--epochs", "1", "--quiet", cwd=tmp_path).splitlines()[-1]
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
    run(command, "explore", "last", "--save", "page.html", cwd=tmp_path)
    assert (tmp_path / "page.html").stat().st_size > 3_000_000, "with the runtime inside"
    assert "<title>" in served(command, tmp_path)

    pip(python, "uninstall", "--yes", "jamjae", cwd=tmp_path)
    assert files(folder) == before


def served(command, folder):
    """The page of `jamjae explore`, fetched as a browser does; the server ends by Ctrl-C with exit code 0."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [command, "explore", "last", "--no-open"], cwd=folder, env=env, stdout=subprocess.PIPE
    ) as server:
        try:
            address = server.stdout.readline().decode().strip()
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            page = browser.open(address, timeout=30).read().decode()
            script = re.search(r'src="([^"]+\.js)"', page)[1]
            base = address.partition("?")[0]
            assert (
                browser.open(base + script.removeprefix("/"), timeout=30)
                .headers["content-type"]
                .startswith("text/javascript")
            )
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) in (0, 130)
    return page


@pytest.mark.slow
def test_all_extras_resolve_together():
    pip_here = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip_here, "check", cwd=ROOT)
    asked = ("install", "--dry-run", "--no-build-isolation", ".[all]", "-c", "constraints.txt")
    done = subprocess.run([*pip_here, *asked], cwd=ROOT, capture_output=True, text=True)
    if done.returncode and re.search("NewConnectionError|NameResolutionError|ConnectTimeoutError", done.stderr):
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stderr
    assert "Would install jamjae" in done.stdout
