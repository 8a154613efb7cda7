# ruff: noqa: I001  (the metrics are printed in the order of their imports)
"""Evaluation: one metric per file, each a number with its interval, its baseline and what could be wrong with it."""

from .base import FEWEST, METRICS, Measurement, Metric, Subject, evaluate, metric, usual, within

from .elbo import elbo
from .iwae import iwae
from .rate import rate
from .distortion import distortion
from .kl_per_axis import kl_per_axis
from .active_units import active_units
from .shuffle import shuffle
from .surgery import surgery
from .aggregate import aggregate
from .holes import holes
from .amortisation import amortisation
from .ais import ais
from .reconstruction import reconstruction
from .accuracy import accuracy
from .knn import knn
from .probe import probe
from .clusters import clusters
from .trustworthiness import trustworthiness
from .mig import mig
from .sap import sap
from .modularity import modularity
from .dci import dci
from .factor_score import factor_score
from .modes import modes
from .high_quality import high_quality
from .classes import classes
from .confidence import confidence
from .diversity import diversity
from .coverage import coverage
from .completeness import completeness
from .continuity import continuity
from .kid import kid
from .frechet import frechet
from .density import density
from .c2st import c2st
from .ndb import ndb
from .birthday import birthday
from .memorisation import memorisation
from .generalisation import generalisation
from .support import support
from .marginals import marginals
from .pairs import pairs
from .utility import utility

__all__ = [
    "FEWEST",
    "METRICS",
    "Measurement",
    "Metric",
    "Subject",
    "accuracy",
    "active_units",
    "aggregate",
    "ais",
    "amortisation",
    "birthday",
    "c2st",
    "classes",
    "clusters",
    "completeness",
    "confidence",
    "continuity",
    "coverage",
    "dci",
    "density",
    "distortion",
    "diversity",
    "elbo",
    "evaluate",
    "factor_score",
    "frechet",
    "generalisation",
    "high_quality",
    "holes",
    "iwae",
    "kid",
    "kl_per_axis",
    "knn",
    "marginals",
    "memorisation",
    "metric",
    "mig",
    "modes",
    "modularity",
    "ndb",
    "pairs",
    "probe",
    "rate",
    "reconstruction",
    "sap",
    "shuffle",
    "support",
    "surgery",
    "trustworthiness",
    "usual",
    "utility",
    "within",
]
