"""Encoding many pictures."""

import torch

from benchmarks.methods.ours import model_of
from benchmarks.worker import Gate


@torch.no_grad()
def ours(gate: Gate, batch: int, batches: int) -> None:
    """The posterior's mean of every picture."""
    from jamjae.cli import tune

    tune.apply()
    model, x = model_of(), torch.rand(batch, 28, 28, 1)
    for _ in gate:
        for _ in range(batches):
            model.posterior.point(model.encode(x))


@torch.no_grad()
def products(gate: Gate, batch: int, batches: int) -> None:
    """The floor: the encoder's two matrix products."""
    from benchmarks.methods.products import tuned

    tuned()
    x, w, h, v = (torch.randn(*s) for s in ((batch, 784), (784, 400), (batch, 400), (400, 40)))
    for _ in gate:
        for _ in range(batches):
            x @ w
            h @ v
