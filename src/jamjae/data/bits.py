"""Random bits with given probabilities, for stochastic binarisation at every step."""

import torch
from torch import Tensor


def flips(p: Tensor, random: torch.Generator | None = None) -> Tensor:
    r"""A 1 with probability p in every cell, otherwise a 0; in the shape and type of p, a float tensor in [0, 1].

    A cell is compared with 16 random bits, four cells to a 64-bit draw: half the time of one float per cell. P(1)
    exceeds p by less than 2^-16; 0 and 1 are exact.

    Arguments:
        p: Probabilities.
        random: Where the bits come from; None: torch's default generator of p's device. A generator draws on its own
            device, so that the same seed gives the same bits wherever p lies.

    Example:
        >>> flips(torch.tensor([0.0, 1.0, 1.0])).tolist()
        [0.0, 1.0, 1.0]
    """
    device = p.device if random is None else random.device
    words = torch.empty(-(-p.numel() // 4), dtype=torch.int64, device=device)
    u = words.random_(-(2**63), None, generator=random).view(torch.int16)[: p.numel()].view(p.shape)
    threshold = p * 65536.0 - 32768.0  # u is uniform on -32768 .. 32767
    return (u.to(device=p.device, dtype=p.dtype) < threshold).to(p.dtype)
