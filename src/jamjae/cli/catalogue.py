"""What `jamjae list` knows, taken from the code itself."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

from ..core import Component, families, members
from ..core.errors import unknown

PARTS = {
    "likelihoods": "What the data is, and so what the loss is: --likelihood",
    "priors": "What shape the latent space should have: --prior",
    "posteriors": "What the encoder outputs: --posterior",
    "networks": "How features are computed: --encoder, --decoder",
    "objectives": "What training minimises: --objective",
    "conditions": "What the model is told about an example: --condition",
    "corruptions": "What a denoising autoencoder has to undo: --objective.corruption",
    "regularisers": "What an autoencoder pays for its codes: --objective.regulariser",
    "critics": "Who tells real examples from made ones: --objective.critic",
    "games": "What critic and generator minimise: --objective.game",
    "kernels": "How alike two codes are: --objective.kernel",
    "penalties": "What keeps a critic from becoming too sure: --objective.penalty",
    "schedules": "How a weight changes over the steps: --objective.schedule",
}
OTHERS = {
    "recipes": "Named models: jamjae fit RECIPE",
    "data": "Built-in data sets: jamjae fit RECIPE DATA",
    "metrics": "What evaluate measures: --metric",
    "optimisers": "How the weights move: --optimiser",
    "runs": "What has been fitted",
}


@dataclass(frozen=True)
class Entry:
    """One thing: its name, what it is, its options as (name, type, default), and whatever else is known."""

    name: str
    about: str
    options: tuple[tuple[str, str, str], ...] = ()
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        extra = "".join(f" [{k}: {v}]" for k, v in self.more.items() if v)
        lines = [f"{self.name:<20} {self.about}{extra}"]
        lines += [f"  {'.' + name:<18} {kind}, default {value}" for name, kind, value in self.options]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        options = [{"name": n, "type": t, "default": d} for n, t, d in self.options]
        return {"name": self.name, "about": self.about, **self.more, "options": options}


def entries(kind: str | None, runs: Path) -> list[Entry]:
    """Everything of a kind; without one, the kinds.

    Raises:
        UsageError: For an unknown kind.
    """
    kinds: dict[str, Callable[[], list[Entry]]] = {
        "recipes": recipes,
        **{name: partial(parts, name) for name in PARTS},
        "data": datasets,
        "metrics": metrics,
        "optimisers": optimisers,
        "runs": lambda: kept(runs),
    }
    if kind is None:
        return [Entry(name, about) for name, about in {**OTHERS, **PARTS}.items()]
    if kind not in kinds:
        raise unknown("kind", kind, kinds)
    return kinds[kind]()


def first_sentence(of: object) -> str:
    """The first sentence of a docstring.

    Example:
        >>> first_sentence(first_sentence)
        'The first sentence of a docstring'
    """
    text = " ".join((inspect.getdoc(of) or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.;]) ", text)[0].rstrip(".;")


def recipes() -> list[Entry]:
    """The recipes."""
    from ..recipes import RECIPES

    return [Entry(name, first_sentence(f)) for name, f in sorted(RECIPES.items())]


def parts(family: str) -> list[Entry]:
    """The members of a family with their options."""
    import_module(f"jamjae.{family}")  # what is not imported is not in the catalogue
    found = members(families()[family])
    return [
        Entry(name, first_sentence(cls), options(cls), {"loss": cls.loss} if hasattr(cls, "loss") else {})
        for name, cls in found.items()
    ]


def options(cls: type[Component]) -> tuple[tuple[str, str, str], ...]:
    """What a user may choose: name, type, default."""
    hints = get_type_hints(cls.__init__)
    found = {n: value(cls.parts.get(n, p.default)) for n, p in cls.options().items()}
    return tuple((n.replace("_", "-"), spoken(hints.get(n, Any)), default) for n, default in found.items())


def spoken(hint: Any) -> str:
    """A type in words.

    Example:
        >>> spoken(tuple[int, ...]), spoken(float | None), spoken(bool)
        ('int,int,...', 'float or none', 'bool')
    """
    if hint is type(None):
        return "none"
    arguments = getattr(hint, "__args__", ())
    if inspect.isclass(hint) and not arguments:
        return hint.__name__.lower()
    if getattr(hint, "__origin__", None) is tuple:
        inner = "x".join(spoken(a) for a in arguments if a is not Ellipsis)
        return f"{inner},{inner},..."
    texts = (spoken(a) if a is type(None) or not isinstance(a, str) else a for a in arguments)
    return " or ".join(texts) or str(hint)


def value(default: Any) -> str:
    """A default as the command line takes it."""
    if isinstance(default, Component):
        return default.name()
    if isinstance(default, dict):  # the spec of a part
        return str(default["name"])
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default).lower()


def datasets() -> list[Entry]:
    """The built-in data sets."""
    from ..data.builtin import NAMES

    return [Entry(name, about) for name, about in NAMES.items()]


def metrics() -> list[Entry]:
    """The metrics, in the order of the report."""
    from ..evaluation import METRICS

    return [
        Entry(name, m.title, (), {"unit": m.unit, **({"with": "--full"} if m.full else {})})
        for name, m in METRICS.items()
    ]


def optimisers() -> list[Entry]:
    """The optimisers of torch with their options."""
    import torch

    from ..training.optimisers import names

    found = []
    for name in names():
        accepted = inspect.signature(getattr(torch.optim, name).__init__).parameters
        given = [p for p in accepted.values() if p.name not in ("self", "params", "lr") and p.default is not p.empty]
        shown = tuple((p.name, type(p.default).__name__, value(p.default)) for p in given if p.default is not None)
        found.append(Entry(name, "torch.optim." + name, shown))
    return found


def kept(runs: Path) -> list[Entry]:
    """The runs, oldest first."""
    from ..run import Run
    from ..training.folder import found

    return [_run(Run(folder)) for folder in found(runs)]


def _run(run: Any) -> Entry:
    spec = run.spec
    ended = run.result.get("reason", "unfinished")
    return Entry(run.folder.name, f"{spec['recipe']} on {spec['data']['name']}, latent {spec['latent']}, {ended}")
