"""docs/peers.md, from the results that are kept."""

from collections.abc import Iterable

from benchmarks.kept import Result
from benchmarks.peers.base import Check, Peer

TEXT = """# Beside other projects

<!-- not run: takes minutes, and needs the environment of the peers -->
```console
$ make bench-peers
$ make bench-peers ARGS="--only pythae"
$ make bench-peers ARGS="--only pythae.iwae_value"
```

Every claim about another project in this repository is a function in `benchmarks/peers`, which runs the project (`run`)
or reads its installed source (`read`), and says whether the claim holds. This page is written from what they found
(`benchmarks/peers.json`); a claim that does not hold any more is marked. The environment of the peers has the versions
in `benchmarks/requirements.txt` and `benchmarks/requirements-no-deps.txt`. Corrections are welcome: a claim is wrong
when its function can be shown to be.

Comparisons of figures have pages of their own, with their commands: [training and log p(x) beside pythae and
Keras](speed.md), [anomalies beside PyOD](anomaly-benchmark.md), [missing cells beside scikit-learn](imputation.md),
[codes beside principal components](sklearn.md).

[PyTorch-VAE](https://github.com/AntixK/PyTorch-VAE) and the [examples of
PyTorch](https://github.com/pytorch/examples/tree/main/vae) are linked as code to read; nothing is claimed about them.
"""


def item(found: Result) -> str:
    """The claim, its figures, where they come from, and the command."""
    said = found["claim"] if found["holds"] else f"**Does not hold:** {found['claim']}"
    where = f"{found['how']}, {found['version']}, {found['date']}"
    return f"- {said}\n\n  Measured ({where}): {found['measured']}.\n\n  `{found['command']}`\n"


def items(found: dict[str, Result], checks: Iterable[Check]) -> str:
    """The claims of which there is a result."""
    return "".join(item(found[c.__name__]) for c in checks if c.__name__ in found)


def section(peer: Peer, found: dict[str, Result]) -> str:
    """What is said of a peer."""
    text = f"## {peer.title}\n\n[{peer.title}]({peer.url}). **Choose it for** {peer.choose}\n\n**Here:** {peer.here}\n"
    text += f"\n### What differs from {peer.title}\n\n{items(found, peer.differs)}"
    return text + f"\n### Where {peer.title} is ahead\n\n{items(found, peer.ahead)}"


def page(peers: dict[str, Peer], results: Iterable[Result]) -> str:
    """All of it."""
    results, text = list(results), TEXT
    for name, peer in peers.items():
        found = {r["check"]: r for r in results if r["peer"] == name}
        text += f"\n{section(peer, found)}" if found else ""
    machines = sorted({r["machine"] for r in results})
    return f"{text}\n## Machine\n\n" + "".join(f"- {machine}\n" for machine in machines)
