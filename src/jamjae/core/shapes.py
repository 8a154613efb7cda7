"""Dimension order, once and for all: `(*samples, batch, *event)`, sample axes first, channel axis last."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

Shape = tuple[int, ...]


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
