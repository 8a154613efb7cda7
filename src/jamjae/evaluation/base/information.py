"""Bins, and the mutual information of latent axes with known factors: tables of 20 x 20 cells, corrected for bias."""

import torch
from torch import Tensor

from .jackknife import BLOCKS

BINS = 20


def information(codes: Tensor, factors: Tensor, dead: float) -> tuple[Tensor, Tensor]:
    """I(z_j; v_k) (21, axes, factors) and H(v_k) (21, factors) in nats: without each of 20 blocks, and of all."""
    z, v = torch.stack([widths(c) for c in codes.T], 1), torch.stack([shares(f) for f in factors.T], 1)
    cell = (z[:, :, None] * BINS + v[:, None, :]).flatten(1)  # (n, axes * factors)
    blocks = [counted(part) for part in torch.tensor_split(cell, BLOCKS)]
    table = torch.stack([*blocks, torch.zeros_like(blocks[0])])
    table = (table.sum(0) - table).reshape(BLOCKS + 1, codes.shape[1], factors.shape[1], BINS, BINS)
    found = (entropy(table.sum(-1)) + entropy(table.sum(-2)) - entropy(table.flatten(-2))).clamp(min=0)
    found[:, still(codes, dead)] = 0
    return found, entropy(table[:, 0].sum(-2))


def still(codes: Tensor, dead: float) -> Tensor:
    """Which axes of codes (n, axes) do not move: a variance of at most `dead`, (axes,)."""
    return codes.double().var(0) <= dead


def widths(values: Tensor) -> Tensor:
    """The bin of every value (n,), of 20 that are equally wide."""
    low, high = values.min(), values.max()
    return ((values - low) / (high - low).clamp(min=1e-30) * BINS).long().clamp(0, BINS - 1)


def shares(values: Tensor, bins: int = BINS) -> Tensor:
    """The bin of every value (n,): its own where there are at most `bins` values, otherwise of equally full ones."""
    distinct, own = values.unique(return_inverse=True)
    return own if len(distinct) <= bins else values.argsort().argsort() * bins // len(values)


def counted(cells: Tensor) -> Tensor:
    """How often each of the 400 cells occurs in every column of (n, columns), (columns, 400)."""
    places = cells + BINS**2 * torch.arange(cells.shape[1])
    return torch.bincount(places.flatten(), minlength=BINS**2 * cells.shape[1]).reshape(-1, BINS**2)


def entropy(counts: Tensor) -> Tensor:
    """Entropy in nats of counts (..., cells), corrected: (number of cells that occur - 1) / 2n is added.

    Reference:
        Miller (1955), Note on the bias of information estimates. In: Information theory in psychology
    """
    n = counts.sum(-1, keepdim=True)
    p = counts.double() / n
    found: Tensor = -torch.xlogy(p, p).sum(-1) + ((counts > 0).sum(-1) - 1) / (2 * n[..., 0])
    return found
