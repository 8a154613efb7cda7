"""Component: a module whose constructor arguments are its whole description.

Arguments are stored unchanged under their own names; the spec, the repr, the command line, the checkpoint and the
documentation follow from the signature. There are no configuration classes.
"""

import inspect
import math
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, ClassVar, Self

from torch import Tensor, nn

from .event import Event

# Filled by `build`, saved, hidden from the command line.
SIZES = ("event", "latent", "entries", "inputs", "outputs", "context", "labels")


def kebab(name: str) -> str:
    """Class name to catalogue name.

    Example:
        >>> kebab("ContinuousBernoulli"), kebab("ELBO"), kebab("StudentT")
        ('continuous-bernoulli', 'elbo', 'student-t')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


class Component(nn.Module):
    """A part with a name, a spec and a docstring. Subclass a family (`Likelihood`, `Prior`, ...), not this class.

    Class attributes: `parts`, specs of the parts inside that `build` makes where none is given; `compiles`, whether
    `torch.compile` can trace it.
    """

    parts: ClassVar[dict[str, Any]] = {}
    compiles: ClassVar[bool] = True

    def spec(self) -> dict[str, Any]:
        """The description from which `build` makes an equal component; plain JSON."""
        return {"name": self.name(), **{n: flat(getattr(self, n)) for n in self.arguments()}}

    @classmethod
    def name(cls) -> str:
        """Name in the catalogue and on the command line."""
        return kebab(cls.__name__)

    @classmethod
    def arguments(cls) -> dict[str, inspect.Parameter]:
        """The constructor's arguments by name."""
        named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        found = inspect.signature(cls.__init__).parameters
        return {n: p for n, p in found.items() if n != "self" and p.kind in named}

    @classmethod
    def options(cls) -> dict[str, inspect.Parameter]:
        """The arguments that a user may choose: all but the sizes."""
        return {n: p for n, p in cls.arguments().items() if n not in SIZES}

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        """Sizes of the parts inside this one, from its own arguments and all known sizes; default: the same sizes."""
        return {name: value for name, value in known.items() if name in SIZES}

    def initialise(self, x: Tensor) -> None:
        """Data-dependent start from training examples x `(N, *event)`, once, before step 0."""

    @classmethod
    def examples(cls) -> Iterator[Self]:
        """Instances for the laws, corner cases included."""
        yield cls()

    def extra_repr(self) -> str:
        plain = {n: getattr(self, n) for n in self.arguments()}
        return ", ".join(f"{n}={v!r}" for n, v in plain.items() if not isinstance(v, nn.Module))


def flat(value: Any) -> Any:
    """A constructor argument as plain JSON; infinities become strings, because JSON has none."""
    if isinstance(value, Component):
        return value.spec()
    if isinstance(value, Event):
        return {k: flat(v) for k, v in asdict(value).items()}
    if isinstance(value, (tuple, list, nn.ModuleList)):
        return [flat(v) for v in value]
    if isinstance(value, nn.Module):
        raise TypeError(f"{type(value).__name__} is not a Component: it trains, but it cannot be saved as a spec")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
