"""Parts with weights of their own, and a grid to integrate over."""

import torch

D = torch.float64


def grid(reach=7.0, points=281):
    """Points of the plane, (points^2, 2), and the area of one."""
    axis = torch.linspace(-reach, reach, points, dtype=D)
    return torch.cartesian_prod(axis, axis), (axis[1] - axis[0]).square()


def moved(part, amount=0.2, seed=0):
    """The part in float64 with every parameter moved."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in part.parameters():
            p += amount * torch.randn(p.shape, generator=random)
    return part.double()
