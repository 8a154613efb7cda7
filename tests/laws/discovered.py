"""What the laws run over: every family, member and example of the catalogue. Nothing here is typed by hand."""

import importlib
import json
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
import torch
from safetensors.torch import load, save

import jamjae
from jamjae.core import Component, build, families, members
from jamjae.core.shapes import Shape

LAYERS_WITH_A_SCREEN = ("cli", "plots", "report")  # they hold no components and are slow to import

for module in pkgutil.iter_modules(jamjae.__path__):
    if module.ispkg and module.name not in LAYERS_WITH_A_SCREEN:
        importlib.import_module(f"jamjae.{module.name}")


def own(family: type[Component]) -> list[type[Component]]:
    """Members that the package defines; classes that a test defines are left out."""
    return [cls for cls in members(family).values() if cls.__module__.startswith("jamjae.")]


def classes(name: str | None = None) -> list[Any]:
    """Every member of a family (default: of all families) as a pytest parameter."""
    chosen = families() if name is None else {name: families()[name]}
    return [pytest.param(cls, id=f"{f}-{cls.name()}") for f, base in chosen.items() for cls in own(base)]


def examples(name: str | None = None, where: Callable[[Any], bool] = lambda one: True) -> list[Any]:
    """Every example of every member, or those `where` something holds, as a pytest parameter: (class, number).

    The example is made inside the test, so that no test sees another one's changes.
    """
    found = []
    for parameter in classes(name):
        (cls,) = parameter.values
        chosen = (n for n, one in enumerate(cls.examples()) if where(one))
        found += [pytest.param((cls, n), id=f"{parameter.id}-{n}") for n in chosen]
    return found


def make(which: tuple[type[Component], int]) -> Any:
    """The example, with the same weights every time."""
    cls, n = which
    torch.manual_seed(0)
    return list(cls.examples())[n]


def family_of(cls: type[Component]) -> type[Component]:
    """The base class of a member's family."""
    return next(base for base in families().values() if issubclass(cls, base))


def rebuilt(component: Component) -> Any:
    """The component from its JSON spec and its safetensors weights, and from nothing else."""
    text = json.dumps(component.spec(), allow_nan=False)
    again = build(family_of(type(component)), json.loads(text))
    again.load_state_dict(load(save(component.state_dict())), strict=True)
    return again.train(component.training)


def scrambled(component: Any, amount: float = 0.3) -> Any:
    """The component with every floating-point parameter moved, so that no law holds only at the start."""
    random = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for p in component.parameters():
            p += amount * torch.randn(p.shape, generator=random).to(p)
    return component


def normal(shape: Shape, seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Standard normal numbers."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def gradients_are_finite(module: torch.nn.Module, may_cancel: bool = False) -> None:
    """Every parameter has a gradient, and it is finite and not all zero; that of a single number may cancel."""
    for name, p in module.named_parameters():
        assert p.grad is not None, f"{name} has no gradient"
        assert p.grad.isfinite().all(), f"{name} has a non-finite gradient"
        cancels = may_cancel and p.numel() == 1
        assert cancels or p.grad.abs().sum() > 0, f"the gradient of {name} is zero everywhere"


LEADS: list[Shape] = [(), (1,), (3,), (2, 3)]
DTYPES = [torch.float32, torch.float64]
