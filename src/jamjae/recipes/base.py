"""Recipes: a named model is a choice of parts. From the event to a `Choice`; from that to a model and an objective."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..core.catalogue import build
from ..core.component import kebab
from ..core.errors import UsageError, require, unknown
from ..core.event import Event
from ..core.shapes import Shape
from ..likelihoods.base import Likelihood
from ..models.latent import LatentModel
from ..networks.base import Network
from ..objectives.base import Objective
from ..posteriors.base import Posterior
from ..priors.base import Prior

Spec = dict[str, Any]
PARTS: dict[str, type] = {
    "prior": Prior,
    "decoder": Network,
    "likelihood": Likelihood,
    "encoder": Network,
    "posterior": Posterior,
    "objective": Objective,
}


@dataclass(frozen=True)
class Choice:
    """Which parts a model has, as specs, and the fit defaults that differ from the general ones."""

    prior: Spec
    decoder: Spec
    likelihood: Spec
    encoder: Spec
    posterior: Spec
    objective: Spec
    fit: dict[str, Any] = field(default_factory=dict)


Recipe = Callable[[Event], Choice]
RECIPES: dict[str, Recipe] = {}


def recipe(f: Recipe) -> Recipe:
    """Register a recipe under its function's name: `beta_vae` becomes `beta-vae`."""
    RECIPES[kebab(f.__name__).replace("_", "-")] = f
    return f


def find(name: str) -> Recipe:
    """The recipe of that name, or an error with the nearest spelling."""
    if name not in RECIPES:
        raise unknown("recipe", name, RECIPES)
    return RECIPES[name]


def spec(name: str, **options: Any) -> Spec:
    """A part by name and options."""
    return {"name": name, **options}


def natural(event: Event) -> Spec:
    """The likelihood that the event asks for: binary, categories or real numbers."""
    if event.levels == 2:
        return spec("bernoulli")
    return spec("categorical", classes=event.levels) if event.levels else spec("gaussian")


def variational(event: Event, **changes: Any) -> Choice:
    """The parts of a plain VAE, with changes."""
    parts = Choice(
        prior=spec("gaussian"),
        decoder=spec("mlp"),
        likelihood=natural(event),
        encoder=spec("mlp"),
        posterior=spec("gaussian"),
        objective=spec("elbo"),
    )
    return replace(parts, **changes)


def default_latent(event: Event) -> Shape:
    """A quarter of the cells, at least 2 and at most 20 axes."""
    return (min(20, max(2, event.cells // 4)),)


def override(choice: Choice, options: Mapping[str, Any]) -> Choice:
    """Apply options such as `{"prior": "mixture", "prior.components": 10}`: a new name drops the old part's options."""
    parts = {f.name: dict(getattr(choice, f.name)) for f in fields(choice)}
    for key, value in sorted(options.items(), key=lambda item: item[0].count(".")):
        part, *path = key.split(".")
        if part not in PARTS:
            raise unknown("part", part, PARTS)
        if path:
            _put(parts[part], path, value, key)
        else:
            parts[part] = dict(value) if isinstance(value, Mapping) else _renamed(parts[part], value)
    return Choice(**parts)


def _renamed(old: Spec, name: str) -> Spec:
    return old if old["name"] == name else {"name": name}


def _put(target: Spec, path: list[str], value: Any, key: str) -> None:
    for name in path[:-1]:
        inner = target.get(name)
        if isinstance(inner, str):
            inner = target[name] = {"name": inner}
        if not isinstance(inner, dict):
            raise UsageError(f"`--{key}`: choose the part first, for example --{key.rpartition('.')[0]} NAME.")
        target = inner
    target[path[-1]] = value


def assemble(choice: Choice, event: Event, latent: Shape) -> tuple[LatentModel, Objective]:
    """Build the parts, each with the sizes it needs."""
    require(all(n >= 1 for n in latent), "`latent` must be positive", latent, "Pass latent=2 for a map.")
    likelihood = build(Likelihood, choice.likelihood, event=event)
    posterior = build(Posterior, choice.posterior, latent=latent)
    model = LatentModel(
        prior=build(Prior, choice.prior, latent=latent, event=event),
        decoder=build(Network, choice.decoder, inputs=latent, outputs=likelihood.features),
        likelihood=likelihood,
        encoder=build(Network, choice.encoder, inputs=event.shape, outputs=posterior.features),
        posterior=posterior,
    )
    return model, build(Objective, choice.objective)
