"""Walks: what decodes on the ways between pairs of codes, and the examples that these walks are judged by."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ...core.errors import Undefined
from ...core.event import Event
from ...core.mode import evaluating
from ...core.seeds import generator, isolated
from .rivals import faded_at
from .subject import DRAWN, Subject
from .views import FEWEST
from .ways import STEPS, between

PAIRS = 100  # at most; their ends are at most a third of the test examples, and the others are what ways are judged by


@dataclass(frozen=True)
class Walks:
    """What decodes along the ways between pairs of codes.

    Arguments:
        made: Points of the likelihood, (pairs, 2 T + 1, *event).
        faded: The cross-fade of the two ends' examples; without an encoder, of what the ends decode to.
        others: Test examples that are the end of no way: an end lies near itself, which would say nothing.
    """

    made: Tensor
    faded: Tensor
    others: Tensor


def walks(subject: Subject) -> Walks:
    """At most 100 walks between the codes of two test examples, or, without an encoder, between two draws.

    Raises:
        Undefined: For codes that are categories, where cells are missing, and where test examples are too few.
    """
    if subject.dataset.event.missing:
        raise Undefined("cells are missing in the examples, and nothing is missing between two codes")
    with isolated(subject.seed, "evaluate", "ways"), torch.no_grad(), evaluating(subject.model):
        rows = torch.randperm(len(subject.x))
        count = min(PAIRS, len(rows) // 6)
        if len(rows) - 2 * count < FEWEST:
            raise Undefined(f"{len(rows)} test examples are too few: beside the ends of ways it takes {FEWEST}")
        z, y, x = drawn(subject, count) if subject.model.encoder is None else encoded(subject, rows[: 2 * count])
        if not z.is_floating_point():
            raise Undefined("codes that are numbers of entries have no ways between them")
        codes = between(z[:count].flatten(1), z[count:].flatten(1), 2 * STEPS).unflatten(2, z.shape[1:])
        made = torch.stack([decoded(subject, way, None if y is None else y[i]) for i, way in enumerate(codes)])
        left = rows if subject.model.encoder is None else rows[2 * count :]
        ends = torch.cat([made[:, 0], made[:, -1]]) if x is None else x
        return Walks(
            made, faded(subject.dataset.event, ends[:count], ends[count:]), shown(subject, left.sort().values[:DRAWN])
        )


def drawn(subject: Subject, count: int) -> tuple[Tensor, Tensor | None, None]:
    """Draws from the prior, and their labels."""
    return *subject.model.draw(2 * count), None


def encoded(subject: Subject, rows: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
    """Codes of test examples, their labels where the model is told them, and the examples."""
    model, labels = subject.model, None if subject.y is None else subject.y[rows]
    assert model.posterior is not None
    parts = subject.batches(subject.x[rows], labels, subject.rows)
    z = torch.cat([model.posterior.point(model.encode(*part)) for part in parts])
    told = None if labels is None or model.condition is None else labels.to(z.device)
    return z, told, shown(subject, rows)


def shown(subject: Subject, rows: Tensor) -> Tensor:
    """Test examples in the form that samples have, (n, *event), on the CPU."""
    data = subject.dataset
    return data.shown(data.rows("test")[rows], generator(subject.seed, "real", "ways")).cpu()


def decoded(subject: Subject, z: Tensor, y: Tensor | None) -> Tensor:
    """Points of the likelihood at codes (n, *latent), all under one label, on the CPU."""
    p = subject.model.decode(z, None if y is None else y.expand(len(z)))
    return subject.model.likelihood.point(p).cpu()


def faded(event: Event, a: Tensor, b: Tensor) -> Tensor:
    """The straight way from examples a (pairs, *event) to b, value by value, (pairs, 2 T + 1, *event)."""
    t = torch.linspace(0, 1, 2 * STEPS + 1).reshape(-1, *(1 for _ in a.shape[1:]))
    return faded_at(event, a[:, None], b[:, None], t)
