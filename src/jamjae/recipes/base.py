"""Recipes: a named model is a choice of parts. From the event to a `Choice`; from that to a model and an objective."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch.distributions import constraints

from ..conditions.base import Condition
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
    "condition": Condition,
}


@dataclass(frozen=True)
class Choice:
    """Which parts a model has, as specs (None for no such part), and the defaults that differ from the general ones.

    `latent` is the shape of the latent space unless the user chooses one; None: `default_latent`. `fit` are options of
    the fit. `steps` is how long it takes at least: without `epochs`, small data gets as many passes.
    """

    prior: Spec
    decoder: Spec
    likelihood: Spec
    encoder: Spec | None
    posterior: Spec | None
    objective: Spec
    condition: Spec | None = None
    latent: Shape | None = None
    fit: dict[str, Any] = field(default_factory=dict)
    steps: int = 3000


Recipe = Callable[[Event], Choice]
RECIPES: dict[str, Recipe] = {}
TIMED = ("sequence", "audio")  # kinds of events whose first axis is time
GREY: set[str] = set()  # recipes that want grey values where others binarise


def recipe(f: Recipe) -> Recipe:
    """Register a recipe under its function's name: `beta_vae` becomes `beta-vae`."""
    RECIPES[kebab(f.__name__).replace("_", "-")] = f
    return f


def grey(f: Recipe) -> Recipe:
    """Register a recipe that sees pictures as they are: what it compares has no likelihood that asks for bits."""
    GREY.add(kebab(f.__name__).replace("_", "-"))
    return recipe(f)


def find(name: str) -> Recipe:
    """The recipe of that name, or an error with the nearest spelling."""
    if name not in RECIPES:
        raise unknown("recipe", name, RECIPES)
    return RECIPES[name]


def spec(name: str, **options: Any) -> Spec:
    """A part by name and options."""
    return {"name": name, **options}


def natural(event: Event) -> Spec:
    """The likelihood that the event asks for: text, binary, categories, real numbers, or one for each column."""
    if event.kind == "text":
        return spec("autoregressive")
    if event.kind == "table":
        return spec("columns")
    if event.levels == 2:
        return spec("bernoulli")
    if event.levels:
        return spec("categorical", classes=event.levels)
    if event.kind == "sequence" and event.shape[-1] > 1:
        return spec("gaussian", variance="dimension")  # one sigma for all would see only the channel of large numbers
    return spec("gaussian")


def reading(event: Event, **options: Any) -> Spec:
    """A dense encoder: of a table one that knows its columns, of a vector that may have gaps one that sees them, of
    text one that reads tokens."""
    if event.kind == "vector" and event.missing and event.levels <= 2:
        return spec("tabular", **options)
    return spec({"table": "tabular", "text": "embedding"}.get(event.kind, "mlp"), **options)


def variational(event: Event, **changes: Any) -> Choice:
    """The parts of a plain VAE, with changes."""
    timed = event.kind in TIMED
    parts = Choice(
        prior=spec("gaussian"),
        decoder=spec("temporal" if timed else "mlp"),
        likelihood=natural(event),
        encoder=spec("temporal") if timed else reading(event),
        posterior=spec("gaussian"),
        objective=spec("elbo"),
    )
    return replace(parts, **changes)


def generative(event: Event, network: Spec | None = None, **objective: Any) -> Choice:
    """The parts of a plain GAN: Gaussian noise, a generator, and a critic with the same kind of network.

    Arguments:
        event: What one example is.
        network: Of generator and critic, with rectified units in the generator and leaky ones in the critic; None:
            what suits the event.
        objective: Options of the objective; those in `critic` are of the discriminator.
    """
    maker = dict(network or suited(event))
    judge = {**maker, "activation": "leaky-relu"}
    critic = spec("discriminator", network=judge, **objective.pop("critic", {}))
    return Choice(
        prior=spec("gaussian"),
        decoder=maker,
        likelihood=spec("point"),
        encoder=None,
        posterior=None,
        objective=spec("adversarial", critic=critic, **objective),
        latent=(min(64, max(2, event.cells)),),
        fit={"lr": 2e-4, "optimiser.betas": "0.5,0.999"},
        steps=10_000,
    )


def suited(event: Event) -> Spec:
    """Convolutions for pictures, over time for sequences and recordings; dense layers elsewhere."""
    if event.kind in TIMED:
        return spec("temporal")
    return spec("conv") if event.kind == "image" else dense(event)


def dense(event: Event) -> Spec:
    """Two hidden layers of a size that suits points in the plane, or pictures."""
    width = 128 if event.cells <= 16 else 400
    return spec("mlp", widths=(width, width))


def default_latent(event: Event) -> Shape:
    """A quarter of the cells, at least 2 and at most 20 axes."""
    return (min(20, max(2, event.cells // 4)),)


def override(choice: Choice, options: Mapping[str, Any]) -> Choice:
    """Apply options such as `{"prior": "mixture", "prior.components": 10}`: a new name drops the old part's options."""
    parts = {name: dict(getattr(choice, name) or {}) for name in PARTS}
    for key, value in sorted(options.items(), key=lambda item: item[0].count(".")):
        part, *path = key.split(".")
        if part not in PARTS:
            raise unknown("part", part, PARTS)
        if path:
            _put(parts[part], path, value, key)
        else:
            parts[part] = dict(value) if isinstance(value, Mapping) else _renamed(parts[part], value)
    chosen: dict[str, Any] = {name: found or None for name, found in parts.items()}
    return replace(choice, **chosen)


def _renamed(old: Spec, name: str) -> Spec:
    return old if old.get("name") == name else {} if name == "none" else {"name": name}


def _put(target: Spec, path: list[str], value: Any, key: str) -> None:
    for name in path[:-1]:
        inner = target.setdefault(name, {})  # without a name: options of the part that is there by default
        if isinstance(inner, str):
            inner = target[name] = {"name": inner}
        if not isinstance(inner, dict):
            raise UsageError(f"`--{key}`: choose the part first, for example --{key.rpartition('.')[0]} NAME.")
        target = inner
    target[path[-1]] = value


def assemble(choice: Choice, event: Event, latent: Shape, labels: int = 0) -> tuple[LatentModel, Objective]:
    """Build the parts, each with the sizes it needs; `labels` counts the classes, 0 for labels that are numbers."""
    require(all(n >= 1 for n in latent), "`latent` must be positive", latent, "Pass latent=2 for a map.")
    condition = None if choice.condition is None else build(Condition, choice.condition, event=event, labels=labels)
    context = 0 if condition is None else condition.width
    sizes = {"event": event, "latent": latent, "context": context, "labels": labels if context else 0}
    likelihood = build(Likelihood, choice.likelihood, **sizes)
    encoder, posterior = _encoding(choice, sizes)
    _reads(event, likelihood, encoder)
    sizes["entries"] = 0 if posterior is None else posterior.entries
    decoder = build(Network, choice.decoder, **sizes, inputs=latent, outputs=likelihood.features)
    prior = build(Prior, choice.prior, **sizes)  # last, so that the weights of the others are the same with any prior
    model = LatentModel(prior, decoder, likelihood, encoder, posterior, condition)
    return model, build(Objective, choice.objective, **sizes)


def _reads(event: Event, likelihood: Likelihood, encoder: Network | None) -> None:
    """Refuse parts that would take the numbers of tokens for sizes."""
    if event.kind != "text":
        return
    tokens = isinstance(likelihood.support, type(constraints.integer_interval(0, 1)))  # type: ignore[no-untyped-call]
    rule = "`likelihood` must be of categories for text: the numbers of tokens are no sizes"
    require(tokens, rule, likelihood.name(), "Use --likelihood autoregressive, or another recipe, as `fit text-vae`.")
    rule = "`encoder` must read the numbers of tokens for text"
    reads = encoder is None or encoder.numbers
    require(reads, rule, encoder and encoder.name(), "Use --encoder embedding, or another recipe, as `fit text-vae`.")


def _encoding(choice: Choice, sizes: dict[str, Any]) -> tuple[Network | None, Posterior | None]:
    if choice.encoder is None or choice.posterior is None:
        other = "posterior" if choice.posterior is None else "encoder"
        require(choice.encoder is choice.posterior, f"encoder and posterior go together; `{other}` is missing", None)
        return None, None
    posterior = build(Posterior, choice.posterior, **sizes)
    inputs, outputs = sizes["event"].shape, posterior.features
    return build(Network, choice.encoder, **sizes, inputs=inputs, outputs=outputs), posterior
