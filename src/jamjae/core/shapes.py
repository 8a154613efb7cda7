"""Dimension order, once and for all: `(*samples, batch, *event)`, sample axes first, channel axis last."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

Shape = tuple[int, ...]
TINY = 1e-30  # what a positive number is at least, before its logarithm is taken


def over_leading(f: Callable[..., Tensor], x: Tensor, inner: Shape, context: Tensor | None) -> Tensor:
    """Apply `f: (N, *inner), (N, C) -> (N, *outputs)` to x `(*s, B, *inner)` by flattening the leading axes."""
    lead = x.shape[: x.ndim - len(inner)]
    if context is not None:
        context = context.expand(*lead, context.shape[-1]).reshape(-1, context.shape[-1])
    out = f(x.reshape(math.prod(lead), *inner), context)
    return out.reshape(*lead, *out.shape[1:])


def full(h: Tensor) -> Tensor:
    """Low precision to float32; float32 and float64 as they are. Densities are evaluated in full precision."""
    return h.float() if h.dtype in (torch.bfloat16, torch.float16) else h


def missing(x: Tensor) -> Tensor:
    """Which cells are missing: NaN in floats, negative in integers."""
    return x.isnan() if x.is_floating_point() else x < 0


def even(x: Tensor, positive: Tensor | bool, count: Tensor | bool) -> Tensor:
    """Columns without a long tail: logarithms of positive ones, ln(1 + x) of counts, the others as they are.

    Example:
        >>> even(torch.tensor([1.0, 5.0]), torch.tensor([True, False]), False).tolist()
        [0.0, 5.0]
    """
    x = torch.where(torch.as_tensor(positive), x.clamp(min=TINY).log(), x)
    return torch.where(torch.as_tensor(count), x.clamp(min=0.0).log1p(), x)
