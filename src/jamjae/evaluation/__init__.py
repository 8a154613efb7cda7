# ruff: noqa: I001  (the metrics are printed in the order of their imports)
"""Evaluation: one metric per file, each a number with its interval, its baseline and what could be wrong with it."""

from .base import METRICS, Measurement, Metric, Subject, evaluate, metric

from .elbo import elbo
from .iwae import iwae
from .rate import rate
from .distortion import distortion
from .kl_per_axis import kl_per_axis
from .active_units import active_units
from .reconstruction import reconstruction
from .knn import knn

__all__ = [
    "METRICS",
    "Measurement",
    "Metric",
    "Subject",
    "active_units",
    "distortion",
    "elbo",
    "evaluate",
    "iwae",
    "kl_per_axis",
    "knn",
    "metric",
    "rate",
    "reconstruction",
]
