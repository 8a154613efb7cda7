"""Check what the pages say about other projects: `make bench-peers`.

python -m benchmarks.peers                              every claim about every peer that is installed
python -m benchmarks.peers --only pythae,pyod.no_kl     those of one peer, and one claim of another

What was found is kept in benchmarks/peers.json and written to docs/peers.md. It ends with status 1 if a claim does not
hold (or could not be checked): then reword it or remove it.
"""

import argparse
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from benchmarks.kept import Result, among, keep, kept
from benchmarks.peers.base import Peer, row
from benchmarks.peers.page import page

ROOT = Path(__file__).parents[2]
KEPT, PAGE = ROOT / "benchmarks/peers.json", ROOT / "docs/peers.md"
PEERS: dict[str, Peer] = {
    name: import_module(f"benchmarks.peers.{name}").PEER for name in ("pythae", "scvi", "pyod", "fidelity", "keras")
}
ORDER = [(name, check) for name, peer in PEERS.items() for check in peer.checks]


def place(result: Result) -> int:
    """Where it stands in the file."""
    return ORDER.index((result["peer"], result["check"]))


def machine() -> str:
    """Its processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    return next((text.partition(": ")[2] for text in lines if text.startswith("model name")), "an unnamed processor")


def asked(text: str) -> list[tuple[str, str]]:
    """The peer and the check of every claim that was asked for."""
    known = [*PEERS, *(f"{name}.{check}" for name, check in ORDER)]
    wanted = set(among(text, known))
    return [(name, check) for name, check in ORDER if {name, f"{name}.{check}"} & wanted]


def checked(claims: Iterable[tuple[str, str]]) -> Iterable[Result]:
    """The results, printed as they come; a peer that is not installed is passed over."""
    about = machine()
    for name, check in claims:
        if not PEERS[name].version:
            print(f"{name}.{check}: {PEERS[name].package} is not installed")
            continue
        found = row(name, PEERS[name], PEERS[name].checks[check], about)
        print(f"{'holds' if found['holds'] else 'DOES NOT HOLD'}  {name}.{check}: {found['measured']}", flush=True)
        yield found


def main(arguments: list[str] | None = None) -> int:
    """Check the claims that were asked for and write the page."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("peers", description=__doc__, formatter_class=form)
    parser.add_argument("--only", default=",".join(PEERS), help="peers, or claims as pyod.no_kl, by comma")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where results are kept")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    given = parser.parse_args(arguments)
    fresh = {(r["peer"], r["check"]): r for r in checked(asked(given.only))}
    known = {(r["peer"], r["check"]): r for r in kept(given.kept)} | fresh
    results = [known[key] for key in ORDER if key in known]
    keep(given.kept, results, place)
    given.page.write_text(page(PEERS, results), encoding="utf-8")
    print(f"{sum(r['holds'] for r in fresh.values())} of {len(fresh)} claims hold; {given.page}")
    return int(not all(r["holds"] for r in fresh.values()))


if __name__ == "__main__":
    raise SystemExit(main())
