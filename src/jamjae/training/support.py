"""Do data, model, objective and settings go together? Asked before the first step."""

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..core.catalogue import families
from ..core.component import Component
from ..core.errors import DataError, Undefined, UsageError, require, unknown
from ..core.mode import evaluating
from ..core.seeds import isolated
from ..core.shapes import missing
from ..data.dataset import Dataset
from ..likelihoods.base import Likelihood
from ..objectives.base import Batch, Objective
from .settings import Settings

LARGE = 1e18
CHUNK = 1000  # keeps the float copies small


def check_support(dataset: Dataset, likelihood: Likelihood) -> str:
    """Refuse values that the likelihood cannot take; return a warning for values that train but have no density.

    Raises:
        DataError: With the row, the cell and the value of the first bad one.
    """
    accepted = likelihood.accepts or likelihood.support
    strict = True
    for split in ("train", "validation"):
        for rows in dataset.inorder(split).split(CHUNK):
            x = dataset.take(rows, torch.Generator().manual_seed(0))
            gaps = missing(x) if dataset.event.missing else x.isnan()
            _squares(dataset, rows, x)
            bad = ~accepted.check(x) & ~gaps
            if bad.any():
                where = bad.nonzero()[0].tolist()
                value = x[tuple(where)].item()
                raise DataError(
                    f"row {int(rows[where[0]])}, cell {tuple(where[1:])} of {dataset.name} is {value:g}, which the "
                    f"likelihood `{likelihood.name()}` cannot take. {likelihood.remedy}"
                )
            strict = strict and bool((likelihood.support.check(x) | gaps).all())
    if strict:
        return ""
    return (
        f"{dataset.name} has values between those that `{likelihood.name()}` can generate: it trains, but nothing it "
        "prints is a likelihood. Use --binarise stochastic, or --likelihood continuous-bernoulli."
    )


def _squares(dataset: Dataset, rows: Tensor, x: Tensor) -> None:
    """Refuse numbers whose squares are beyond 32-bit floats: no variance of them can be computed."""
    if x.is_floating_point() and (large := x.abs() > LARGE).any():
        row, *cell = large.nonzero()[0].tolist()
        value = x[(row, *cell)].item()
        raise DataError(
            f"row {int(rows[row])}, cell {tuple(cell)} of {dataset.name} is {value:g}; beyond {LARGE:g} the square of "
            "a number does not fit into 32 bits. Divide the data by a power of ten."
        )


def check_batch(settings: Settings, model: nn.Module, objective: Objective, rows: int) -> None:
    """Refuse a single example a step where examples are compared with each other, and groups that are not full.

    Raises:
        UsageError: With who compares.
    """
    layers = [m for part in (model, objective) for m in part.modules() if isinstance(m, _BatchNorm)]
    who = f"the objective {objective.name()}" if not objective.separable else "batch normalisation" if layers else ""
    size = min(settings.batch_size, rows)
    require(not who or size >= 2, f"`batch_size` must be at least 2 for {who}", size, "Pass batch_size=128.")
    group = objective.group
    full = f"Pass batch_size={max(1, size // group) * group}."
    require(size % group == 0, f"`batch_size` must be a multiple of {group}, which are judged together", size, full)


def check_terms(dataset: Dataset, model: nn.Module, objective: Objective) -> None:
    """Refuse parts whose loss has no meaning together, by asking every player for it once.

    Raises:
        UsageError: With what is missing.
    """
    rows = dataset.rows("train")[: 2 * objective.group]
    x = dataset.take(rows, torch.Generator().manual_seed(0))
    batch = Batch(x, dataset.labels(rows), len(rows))
    with isolated("terms"), torch.no_grad(), evaluating(model, objective):
        for player in objective.players(model):
            try:
                objective.terms(player, model, batch, torch.tensor(0))
            except Undefined as why:
                missing = str(why).rstrip(".")
                raise UsageError(
                    f"the objective {objective.name()} does not go with these parts: {missing}. The others are named "
                    "by `jamjae list objectives`."
                ) from why


def check_players(settings: Settings, objective: Objective, players: dict[str, nn.Module]) -> None:
    """Refuse a learning rate for nobody, and a player who has nothing to learn.

    Raises:
        UsageError: With who plays, or who cannot.
    """
    for name in settings.player_lr:
        if name not in players:
            raise unknown("player of `lr.`", name, players)
    for name, player in players.items():
        if not any(p.requires_grad for p in player.parameters()):
            raise UsageError(
                f"the player {name} of the objective {objective.name()} has nothing to learn. Leave --freeze out, or "
                "choose other parts."
            )


def check_compile(settings: Settings, model: nn.Module, objective: Objective) -> None:
    """Refuse to compile parts that cannot be traced: falling back to plain PyTorch would look like success.

    Raises:
        UsageError: With their names.
    """
    parts = [m for part in (model, objective) for m in part.modules() if isinstance(m, Component) and not m.compiles]
    if settings.compile and parts:
        names = {f"the {kind} {part.name()}" for part in parts for kind in _kinds(part)}
        raise UsageError(f"`compile` must be off: {' and '.join(sorted(names))} cannot be traced. Leave --compile out.")


def _kinds(part: Component) -> list[str]:
    return [base.__name__.lower() for base in families().values() if isinstance(part, base)]


def check_patience(settings: Settings, objective: Objective, rows: int) -> None:
    """Refuse early stopping where no validation loss says how good the model is.

    Raises:
        UsageError: Without `rows` to validate on, or if the objective has a critic of its own that learns, too.
    """
    none = settings.patience and not rows
    require(not none, "`patience` must be 0 without a validation split", settings.patience, "Pass validation=0.1.")
    if settings.patience and any(True for _ in objective.parameters()):
        raise UsageError(
            f"`patience` must be 0: the objective {objective.name()} measures by a critic that learns, too, so a lower "
            "loss is no better model. Choose the length with --epochs."
        )
