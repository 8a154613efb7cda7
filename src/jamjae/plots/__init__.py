"""Plots: numpy arrays in, a matplotlib `Figure` out. Nothing here knows a model, and nothing touches pyplot."""

from . import kl, losses, manifold, mosaic, pictures, points, scatter, strip, style, traversals

__all__ = [
    "kl",
    "losses",
    "manifold",
    "mosaic",
    "pictures",
    "points",
    "scatter",
    "strip",
    "style",
    "traversals",
]
