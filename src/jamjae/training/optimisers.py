"""Optimisers of torch by name, and learning rates as a function of the step."""

import inspect
import math
from typing import Any

import torch
from torch import nn

from ..core.errors import UsageError, unknown
from .settings import Settings


def names() -> list[str]:
    """The optimisers of torch.

    Example:
        >>> "Adam" in names() and "SGD" in names()
        True
    """
    found = vars(torch.optim).items()
    closures = ("Optimizer", "LBFGS", "SparseAdam")  # the last two need a closure or sparse gradients
    return [n for n, c in found if inspect.isclass(c) and issubclass(c, torch.optim.Optimizer) and n not in closures]


def make(settings: Settings, player: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of one player; fused where the class has a fused kernel.

    Raises:
        UsageError: For an unknown optimiser or option.
    """
    if settings.optimiser not in names():
        raise unknown("optimiser", settings.optimiser, names())
    cls = getattr(torch.optim, settings.optimiser)
    accepted = inspect.signature(cls.__init__).parameters
    options = {k: _value(k, v) for k, v in settings.optimiser_options.items()}
    for name in options:
        if name not in accepted:
            raise unknown(f"option of {settings.optimiser}", name, [n for n in accepted if n not in ("self", "params")])
    if "fused" in accepted and not {"fused", "foreach", "differentiable"} & set(options):
        options["fused"] = True
    try:
        return cls(list(player.parameters()), lr=settings.lr, **options)
    except (ValueError, TypeError, RuntimeError) as error:
        raise UsageError(f"`optimiser` {settings.optimiser} refuses {options}: {error}") from None


def _value(name: str, value: Any) -> Any:
    """A command-line string as a number, a truth value or a tuple of numbers."""
    if not isinstance(value, str):
        return tuple(value) if isinstance(value, list) else value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        numbers = tuple(float(v) for v in value.split(","))
    except ValueError:
        raise UsageError(f"`optimiser.{name}` must be a number, true or false; got {value!r}.") from None
    return numbers if len(numbers) > 1 else numbers[0]


def factor(settings: Settings, step: int, total: int) -> float:
    """Share of the learning rate at a step: 1, a straight line to 0, or half a cosine to 0.

    Example:
        >>> [round(factor(Settings(lr_schedule="cosine"), t, 100), 2) for t in (0, 50, 99)]
        [1.0, 0.5, 0.0]
    """
    along = min(step / max(total, 1), 1.0)
    if settings.lr_schedule == "linear":
        return 1.0 - along
    return 0.5 * (1 + math.cos(math.pi * along)) if settings.lr_schedule == "cosine" else 1.0
