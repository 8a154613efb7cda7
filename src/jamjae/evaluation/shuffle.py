"""What a reconstruction loses with the code of another example."""

from collections.abc import Iterator

import torch
from torch import Tensor

from .base import Measurement, Subject, metric, normal


@metric(title="What a wrong code costs", unit="nats")
def shuffle(subject: Subject) -> Measurement:
    r"""How much worse an example is described by the code of another one, in nats per example; 0 is collapse.

        Delta = E log p(x | z_x) - E log p(x | z_other),   z_x ~ q(z | x), z_other ~ q(z | another test example)

    Examples are taken in pairs that exchange their codes, so that the pairs are independent of each other. Interval:
    over pairs, of the difference within each. Flagged as collapse where the interval holds 0: then the decoder has
    not been shown to use the code.

    Cost: one encoding and two decodings per test example.

    Failure modes: any use of the code counts, be it of one pixel. Under a condition both codes are decoded with the
    label of the example, so what the label already says is no part of the difference.

    Reference:
        Alemi et al. (2018), Fixing a broken ELBO (a decoder that ignores its code). https://arxiv.org/abs/1711.00464;
        Bowman et al. (2016), Generating sentences from a continuous space. https://arxiv.org/abs/1511.06349
    """
    subject.needs_likelihood()
    found = torch.cat([gains(subject, x, y) for x, y in paired(subject)]).cpu().double()
    low, high = normal(found)
    return Measurement(
        value=found.mean().item(),
        interval=(low, high),
        n=2 * len(found),
        flag="collapsed: the code of another example does as well" if low <= 0 else "",
    )


def paired(subject: Subject) -> Iterator[tuple[Tensor, Tensor | None]]:
    """The test examples in random order, an even number at a time; of an odd number one is left out."""
    order = torch.randperm(len(subject.x))[: len(subject.x) // 2 * 2]
    y = None if subject.y is None else subject.y[order]
    return subject.batches(subject.x[order], y, subject.rows // 2 * 2)


def gains(subject: Subject, x: Tensor, y: Tensor | None) -> Tensor:
    """log p(x | z_x) - log p(x | z_other), averaged over both of each pair: first with second, and so on, (n / 2,)."""
    z = subject.model.encode(x, y).sample()
    other = z.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)
    own, wrong = (subject.model.decode(code, y).log_prob(x) for code in (z, other))
    return (own - wrong).reshape(-1, 2).mean(1)
