"""Small models, objectives and data for the tests of the adversarial family."""

import torch

from jamjae.conditions import Label
from jamjae.core import Event, build
from jamjae.data import Dataset
from jamjae.likelihoods import Gaussian, Likelihood, Point
from jamjae.models import LatentModel
from jamjae.networks import MLP, Network
from jamjae.objectives import Batch
from jamjae.objectives.base import Objective
from jamjae.posteriors import Gaussian as Posterior
from jamjae.priors import Gaussian as Prior

EVENT = Event((4,))
STEP = torch.tensor(0)


def dense(inputs, outputs, context=0) -> Network:
    return MLP(inputs, outputs, context, widths=(8,), activation="tanh")


def model_of(likelihood: type[Likelihood] = Point, encodes: bool = False, labels: int = 0) -> LatentModel:
    torch.manual_seed(0)
    p, q = likelihood(EVENT), Posterior((2,))
    encoder, posterior = (dense((4,), q.features, labels), q) if encodes else (None, None)
    condition = Label(labels) if labels else None
    return LatentModel(Prior((2,)), dense((2,), p.features, labels), p, encoder, posterior, condition)


def objective_of(name: str = "adversarial", context: int = 0, **options) -> Objective:
    torch.manual_seed(1)
    network = {"name": "mlp", "widths": (8,), "activation": "tanh"}
    critic = {"name": "similarity" if name == "vae-gan" else "discriminator", "network": network}
    critic |= options.pop("critic", {})
    return build(Objective, {"name": name, "critic": critic, **options}, event=EVENT, latent=(2,), context=context)


def examples(n: int = 24, classes: int = 0) -> Batch:
    random = torch.Generator().manual_seed(2)
    y = torch.arange(n) % classes if classes else None
    return Batch(torch.randn(n, 4, generator=random), y, n)


KINDS = ("adversarial", "aae", "factor", "vae-gan")


def pair(name: str, labels: int = 0, **options):
    encodes = name != "adversarial"
    return model_of(Gaussian if name in ("aae", "factor") else Point, encodes, labels), objective_of(
        name, labels, **options
    )


def dataset() -> Dataset:
    random = torch.Generator().manual_seed(3)
    x, rows = 2.0 + torch.randn(83, 4, generator=random), torch.arange(83)
    splits = {"train": rows[:48], "validation": rows[48:71], "test": rows[71:]}
    return Dataset("small", EVENT, x, None, splits, fingerprint="f")
