"""References: which papers stand behind the parts of a model, read from the parts' own docstrings."""

import inspect
import textwrap
from collections.abc import Iterator
from itertools import chain
from typing import Any, Protocol, runtime_checkable

from torch import nn

from .catalogue import build, families
from .component import Component
from .errors import UsageError


@runtime_checkable
class Fitted(Protocol):
    """A run: a model, and the spec that names its objective."""

    @property
    def model(self) -> nn.Module:
        """The model."""

    @property
    def spec(self) -> dict[str, Any]:
        """The spec."""


def section(doc: str | None, title: str) -> str:
    """The text under a title such as `Reference:` in a docstring; empty where there is none.

    Example:
        >>> section("A part.\\n\\nReference:\\n    Kingma (2014).\\n\\nExample:\\n    >>> 1", "Reference")
        'Kingma (2014).'
    """
    lines = inspect.cleandoc(doc or "").splitlines()
    if f"{title}:" not in lines:
        return ""
    found = []
    for line in lines[lines.index(f"{title}:") + 1 :]:
        if line and not line.startswith(" "):
            break
        found.append(line)
    return textwrap.dedent("\n".join(found)).strip()


def references(of: object) -> list[str]:
    """The references of a class or a function, one string each; in the docstring a semicolon ends each but the last.

    Example:
        >>> from jamjae.priors import Gaussian
        >>> references(Gaussian)
        ['Kingma and Welling (2014), Auto-encoding variational Bayes. https://arxiv.org/abs/1312.6114']
    """
    text = section(of.__doc__, "Reference")
    return [" ".join(one.split()) for one in text.split(";\n") if one]


def cite(*of: nn.Module | Fitted) -> str:
    """The references of every part that models, objectives or runs use: one line each, with the parts that rest on it.

    Raises:
        UsageError: For something that neither is a module nor holds a model.

    Example:
        >>> from jamjae.objectives import TotalCorrelation
        >>> print(cite(TotalCorrelation()).partition(",")[0])
        total-correlation: Chen et al. (2018)
    """
    users: dict[str, list[str]] = {}
    for part in (part for one in of for part in _parts(one)):
        for reference in references(type(part)):
            names = users.setdefault(reference, [])
            names += [part.name()] * (part.name() not in names)
    return "\n".join(f"{', '.join(names)}: {reference}" for reference, names in users.items())


def _parts(of: nn.Module | Fitted) -> Iterator[Component]:
    if isinstance(of, nn.Module):
        return (part for part in of.modules() if isinstance(part, Component))
    if not isinstance(of, Fitted):
        raise UsageError(f"`cite` needs a run, a model or a part; got {of!r}. Pass jj.load('last').")
    objective = build(families()["objectives"], of.spec["objective"])
    return chain(_parts(of.model), _parts(objective))
