"""Plots: numpy arrays in, a matplotlib `Figure` out. Nothing here knows a model, and nothing touches pyplot."""

from . import estimates, gaussian, kl, losses, manifold, mosaic, pictures, points, scatter, strip, style, traversals

__all__ = [
    "estimates",
    "gaussian",
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
