"""What is said about other projects was measured: the page, the results that are kept, and the functions agree."""

import json
import re
from pathlib import Path

import pytest
from benchmarks.kept import kept
from benchmarks.peers import __main__ as peers
from benchmarks.peers import sources
from benchmarks.peers.base import Found, Peer, claim, row
from benchmarks.peers.page import page

ROOT = Path(__file__).parents[1]
RESULTS = kept(peers.KEPT)
NAMES = re.compile(r"pythae|scvi|\bPyOD|torch.fidelity|\bKeras\b|PyTorch-VAE|torchgan|lightning.bolts", re.IGNORECASE)
SPEAK = {  # where which projects may be named; each page says by which command its figures come, or links to one
    "README.md": {"pythae", "scvi", "pyod", "torch-fidelity", "keras"},
    "README.ko.md": {"pythae", "scvi", "pyod", "torch-fidelity", "keras"},
    "CHANGELOG.md": {"pythae", "pyod"},
    "docs/peers.md": {"pythae", "scvi", "pyod", "torch-fidelity", "keras", "pytorch-vae"},
    "docs/pythae.md": {"pythae"},
    "docs/speed.md": {"pythae", "keras"},
    "docs/anomalies.md": {"pyod"},
    "docs/anomaly-benchmark.md": {"pyod"},
    "docs/index.md": {"pythae"},
    "src/jamjae/data/builtin/fashion_mnist.py": {"keras"},  # the address of a mirror
}


def anchor(title):
    """What a heading is called in an address."""
    return title.lower()


def test_the_page_is_that_of_the_results_that_are_kept():
    assert page(peers.PEERS, RESULTS) == peers.PAGE.read_text(encoding="utf-8")


def test_every_claim_was_checked_and_holds():
    assert [(r["peer"], r["check"]) for r in RESULTS] == peers.ORDER, "run `make bench-peers`"
    assert [f"{r['peer']}.{r['check']}" for r in RESULTS if not r["holds"]] == []
    for found in RESULTS:
        assert found["claim"] == claim(peers.PEERS[found["peer"]].checks[found["check"]]), "run `make bench-peers`"
        assert found["measured"] and found["how"] in ("run", "read") and found["machine"]
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", found["date"])
        assert found["command"] == f'make bench-peers ARGS="--only {found["peer"]}.{found["check"]}"'


def test_the_versions_are_those_that_are_installed_for_it():
    pinned = dict(
        line.split("==") for line in (ROOT / "benchmarks/requirements-no-deps.txt").read_text().split() if "==" in line
    )
    assert {(r["peer"], r["version"]) for r in RESULTS} == {(n, pinned[p.package]) for n, p in peers.PEERS.items()}


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_every_row_of_the_readme_leads_to_its_claims(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    section = text.partition("docs/peers.md")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| [")]
    written = peers.PAGE.read_text(encoding="utf-8")
    said = []
    for line in rows:
        title, _, rest = line.removeprefix("| [").partition("]")
        version, day, target = re.search(r"\[([\d.]+), ([\d-]+)\]\(docs/peers\.md#([\w-]+)\) \|$", rest).groups()
        found = [r for r in RESULTS if peers.PEERS[r["peer"]].title == title]
        assert found and {r["version"] for r in found} == {version} and max(r["date"] for r in found) == day
        assert target == anchor(title) and f"\n## {title}\n" in written
        said.append(title)
    assert said == [peer.title for peer in peers.PEERS.values()]


def test_counts_in_the_readme_are_those_that_were_measured():
    measured = {f"{r['peer']}.{r['check']}": r["measured"] for r in RESULTS}
    for name, words in {
        "pythae.models": ("25 autoencoders", "25가지"),
        "pythae.samplers": ("10 samplers", "10가지"),
        "pyod.detectors": ("61 detectors", "61가지"),
    }.items():
        number = words[0].split()[0]
        assert measured[name].startswith(f"{number} classes")
        assert words[0] in (ROOT / "README.md").read_text() and words[1] in (ROOT / "README.ko.md").read_text()


def test_no_other_page_and_no_source_speaks_of_other_projects():
    places = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.py")]
    for path in (path for path in places if "_build" not in path.parts):
        named = {name.lower().replace("_", "-") for name in NAMES.findall(path.read_text(encoding="utf-8"))}
        name = path.relative_to(ROOT).as_posix()
        assert named <= SPEAK.get(name, set()), f"{name}: check it in benchmarks/peers, and say it in docs/peers.md"


# -- the runner -------------------------------------------------------------------------------------------------------


def true() -> Found:
    """It is so,
    on two lines."""
    return Found(True, "3 and 4")


def false() -> Found:
    """It was so."""
    return Found(False, "0")


def broken() -> Found:
    """It changed its names."""
    raise AttributeError("no such name")


FAKE = Peer("Fake", "numpy", "https://example.org", "tests.", "nothing.", (true, broken), (false,))
ABSENT = Peer("Absent", "no-such-package", "https://example.org", "tests.", "nothing.", (true,), ())


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command with two peers that are not there; its status, its results and its page."""
    monkeypatch.setattr(peers, "PEERS", {"fake": FAKE, "absent": ABSENT})
    monkeypatch.setattr(peers, "ORDER", [("fake", c) for c in FAKE.checks] + [("absent", "true")])

    def call(*options):
        where = tmp_path / "peers.json", tmp_path / "peers.md"
        status = peers.main([*options, "--kept", str(where[0]), "--page", str(where[1])])
        return status, kept(where[0]), where[1].read_text(encoding="utf-8")

    return call


def test_what_does_not_hold_is_said_and_ends_with_1(run, capsys):
    status, results, text = run()
    assert status == 1
    assert [(r["check"], r["holds"]) for r in results] == [("true", True), ("broken", False), ("false", False)]
    assert results[1]["measured"] == "AttributeError: no such name"
    assert f"- It is so, on two lines.\n\n  Measured (run, {FAKE.version}, {results[0]['date']}): 3 and 4.\n" in text
    assert '  `make bench-peers ARGS="--only fake.true"`\n' in text
    assert "**Does not hold:** It changed its names." in text and "**Does not hold:** It was so." in text
    assert "absent.true: no-such-package is not installed" in capsys.readouterr().out


def test_one_claim_is_checked_alone_and_the_others_are_kept(run):
    run()
    assert run("--only", "fake.true")[0] == 0
    status, results, _ = run("--only", "fake.true")
    assert status == 0 and len(results) == 3
    with pytest.raises(SystemExit, match=r"unknown fake\.truth"):
        run("--only", "fake.truth")


def test_a_row_is_json(run):
    found = row("fake", FAKE, true, "a processor")
    assert json.loads(json.dumps(found)) == found
    assert found["machine"].startswith("a processor, Python 3.")


# -- reading sources --------------------------------------------------------------------------------------------------


def test_sources_are_read_without_being_imported():
    below = sources.heirs("jamjae.likelihoods", "Likelihood")
    assert {"Gaussian", "LocationScale", "Bernoulli"} <= below and "Variance" not in below
    given = sources.parameters("jamjae.likelihoods.gaussian", "Gaussian", "__init__")
    assert given["sigma"] == "float | None" and next(iter(given)) == "self"
    assert "torch" in sources.imports("jamjae.likelihoods") and "core" not in sources.imports("jamjae.likelihoods")
    assert sources.calls("jamjae.likelihoods.gaussian", "self.located") == ["self.located(h)"]
    assert "forward" in sources.names("jamjae.likelihoods.gaussian")
    with pytest.raises(AssertionError, match="no_such_package is not installed"):
        sources.nodes("no_such_package.part")
