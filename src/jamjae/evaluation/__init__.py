# ruff: noqa: I001  (the metrics are printed in the order of their imports)
"""Evaluation: one metric per file, each a number with its interval, its baseline and what could be wrong with it."""

from .base import FEWEST, METRICS, Measurement, Metric, Subject, evaluate, metric

from .elbo import elbo
from .iwae import iwae
from .rate import rate
from .distortion import distortion
from .kl_per_axis import kl_per_axis
from .active_units import active_units
from .reconstruction import reconstruction
from .knn import knn
from .mig import mig
from .modes import modes
from .high_quality import high_quality
from .classes import classes
from .confidence import confidence
from .diversity import diversity

__all__ = [
    "FEWEST",
    "METRICS",
    "Measurement",
    "Metric",
    "Subject",
    "active_units",
    "classes",
    "confidence",
    "distortion",
    "diversity",
    "elbo",
    "evaluate",
    "high_quality",
    "iwae",
    "kl_per_axis",
    "knn",
    "metric",
    "mig",
    "modes",
    "rate",
    "reconstruction",
]
