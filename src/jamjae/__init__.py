"""jamjae (잠재, "latent"): models with a latent space. Fit them, judge them, look inside."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_MODULES = (
    "comparison",
    "conditions",
    "core",
    "corruptions",
    "critics",
    "data",
    "evaluation",
    "explorer",
    "games",
    "kernels",
)
_MODULES += (
    "likelihoods",
    "models",
    "networks",
    "objectives",
    "penalties",
    "posteriors",
    "priors",
    "recipes",
    "regularisers",
)
_MODULES += ("schedules", "sklearn", "training")
_NAMES = {"Check": "checks", "Run": "run", "check": "checks", "cite": "core.reference", "fit": "run", "load": "run"}
_NAMES |= {"compare": "comparing", "sweep": "sweeping", "explore": "explorer", "widget": "explorer"}
_NAMES |= {"info": "environment"}

__all__ = ["__version__", *_MODULES, *_NAMES]


def __getattr__(name: str) -> Any:
    # Lazy: the command line must answer --help without importing torch.
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _NAMES:
        return getattr(import_module(f".{_NAMES[name]}", __name__), name)
    raise AttributeError(f"module 'jamjae' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
