"""The floors: the matrix products or convolutions of the networks, forward and backward, and nothing else."""

import torch
from torch import Tensor

from benchmarks.worker import Gate

SIZES = ((784, 400), (400, 40), (20, 400), (400, 784))


def tuned() -> None:
    """The process switches of jamjae's command line."""
    from jamjae.cli import tune

    tune.apply()


@torch.no_grad()
def dense(gate: Gate, examples: int, batch: int = 128, dtype: str = "float32") -> None:
    """An epoch of 784-400-20: h W, h' g and (not for the first layer) g W'."""
    tuned()
    kind = getattr(torch, dtype)
    weights = [torch.randn(a, b).to(kind) for a, b in SIZES]
    inputs = [torch.randn(batch, a).to(kind) for a, _ in SIZES]
    gradients = [torch.randn(batch, b).to(kind) for _, b in SIZES]
    for _ in gate:
        for _ in range(max(1, examples // batch)):
            for first, (w, h, g) in enumerate(zip(weights, inputs, gradients, strict=True)):
                h @ w
                h.T @ g
                if first:
                    g @ w.T


def conv(gate: Gate, examples: int, batch: int = 128, dtype: str = "float32") -> None:
    """An epoch of the convolutional VAE: every layer alone, channels last."""
    tuned()
    calls = [*convolutions(batch, getattr(torch, dtype)), *joints(batch, getattr(torch, dtype))]
    for _ in gate:
        for _ in range(max(1, examples // batch)):
            for module, x, g in calls:
                torch.autograd.grad(module(x), [*([x] if x.requires_grad else []), *module.parameters()], g)


def convolutions(batch: int, kind: torch.dtype) -> list[tuple[torch.nn.Module, Tensor, Tensor]]:
    """Down 28-14-7 with 32 and 64 channels, up again, the last one as a sub-pixel convolution."""
    shapes = (
        (torch.nn.Conv2d(1, 32, 3, 2, 1), 28),
        (torch.nn.Conv2d(32, 64, 3, 2, 1), 14),
        (torch.nn.ConvTranspose2d(64, 32, 4, 2, 1), 7),
        (torch.nn.Conv2d(32, 4, 2, padding=1), 14),
    )
    found = []
    for number, (module, size) in enumerate(shapes):
        module = module.to(kind, memory_format=torch.channels_last)
        x = torch.randn(batch, module.in_channels, size, size).to(kind, memory_format=torch.channels_last)
        found.append((module, x.requires_grad_(number > 0), torch.randn_like(module(x))))
    return found


def joints(batch: int, kind: torch.dtype) -> list[tuple[torch.nn.Module, Tensor, Tensor]]:
    """The dense layers between the smallest image and the code."""
    modules = [torch.nn.Linear(3136, 40).to(kind), torch.nn.Linear(20, 3136).to(kind)]
    inputs = [torch.randn(batch, m.in_features).to(kind).requires_grad_() for m in modules]
    return [(m, x, torch.randn_like(m(x))) for m, x in zip(modules, inputs, strict=True)]
