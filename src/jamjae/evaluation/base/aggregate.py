"""The aggregate posterior q(z) = (1/N) sum_m q(z | x_m) of N examples: draws of it, and its density as a mixture."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import torch
from torch import Tensor
from torch.distributions import Distribution, Normal, constraints

from ...core.errors import Undefined
from ...core.product import Product
from ...core.seeds import generator, seed_for
from .subject import Subject

PAIRS = 1_000_000  # densities of one draw under one posterior that lie in memory at a time
MOST, CELLS = 60_000, 500_000_000  # training examples of the mixture, and the values they may hold together


def posteriors(subject: Subject, most: int | None = None) -> Iterator[Distribution]:
    """q(z | x) of the test examples, or of the first `most`, a batch at a time."""
    for x, y in subject.batches(subject.x[:most], None if subject.y is None else subject.y[:most], subject.rows):
        yield exact(subject.model.encode(x, y))


def training_posteriors(subject: Subject) -> Iterator[Distribution]:
    """q(z | x) of the training examples, at most 60,000 (fewer where they are large), a batch at a time."""
    rows = subject.dataset.rows("train")
    rows = rows[torch.randperm(len(rows), generator=generator(subject.seed, "mixture"))]
    rows = rows[: min(MOST, max(500, CELLS // subject.dataset.event.cells))]
    for start in range(0, len(rows), subject.rows):
        part = replace(subject.dataset, splits={"train": rows[start : start + subject.rows]})
        for x, y in subject.batches(*part.examples("train", None, seed_for(subject.seed, start)), subject.rows):
            yield exact(subject.model.encode(x, y))


def exact(q: Distribution) -> Distribution:
    """A diagonal Gaussian in float64 on the CPU, anything else as it is."""
    if not is_diagonal(q):
        return q
    assert isinstance(q, Product)
    mean, scale = (v.detach().cpu().double() for v in (q.base.mean, q.base.stddev))
    return Product(Normal(mean, scale, validate_args=False), q.ndim)


def is_diagonal(q: Distribution) -> bool:
    """Whether q is a product of Gaussians."""
    return isinstance(q, Product) and type(q.base) is Normal


def needs_numbers(subject: Subject) -> None:
    """Raise `Undefined` without an encoder, and where codes are the numbers of a book's entries."""
    if subject.model.posterior is None:
        raise Undefined("this model only generates: it has no codes of examples")
    if subject.model.posterior.support not in (constraints.real, constraints.boolean):
        raise Undefined("the codes are numbers of a book's entries, not points of a space")


def codes_and_prior(subject: Subject, train: bool = False) -> tuple[Tensor, Tensor]:
    """A draw of z ~ q(z | x) for every test (or training) example, and as many z ~ p(z), (n, axes) each."""
    key = "codes of training examples" if train else "codes of test examples"
    codes = subject.sweep(key, lambda x, y: subject.model.encode(x, y).sample().flatten(1), subject.rows, train=train)
    return codes, from_prior(subject, len(codes))


def from_prior(subject: Subject, count: int) -> Tensor:
    """z ~ p(z), (count, axes), in float64; of a conditional model for labels as frequent as in training."""
    parts = [min(subject.rows, count - start) for start in range(0, count, subject.rows)]
    return torch.cat([subject.model.draw(n)[0].flatten(1).cpu().double() for n in parts])


def mixture_density(posteriors: Iterable[Distribution], z: Tensor) -> Tensor:
    r"""log q(z) = log (1/N) sum_m q(z | x_m), (S,), in nats, of draws z (S, *L)."""
    total, count = torch.full((len(z),), -math.inf, dtype=torch.float64), 0
    for q in posteriors:
        step = max(1, PAIRS // q.batch_shape[0])
        found = [pairwise(q, part).logsumexp(1) for part in z.split(step)]
        total, count = torch.logaddexp(total, torch.cat(found)), count + q.batch_shape[0]
    return total - math.log(count)


def pairwise(q: Distribution, z: Tensor) -> Tensor:
    """log q(z_s | x_m), (S, M), of draws z (S, *L) under every posterior of a batch, (M,)."""
    if not is_diagonal(q):
        return q.log_prob(z[:, None].to(like(q))).cpu().double()
    assert isinstance(q, Product)
    mean, precision = q.base.mean.flatten(1), q.base.stddev.flatten(1).square().reciprocal()
    flat = z.flatten(1).to(mean)
    constant = (mean.square() * precision - precision.log() + math.log(2 * math.pi)).sum(1)
    # The square written out: three products of matrices in place of one difference per draw, example and axis.
    return -0.5 * (flat.square() @ precision.T - 2 * flat @ (mean * precision).T + constant)


def like(q: Distribution) -> Tensor:
    """A tensor of the type and on the device of q's draws."""
    return q.sample()
