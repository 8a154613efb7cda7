"""Likelihoods: what the data is, so what the loss is."""

from .autoregressive import Autoregressive
from .base import Likelihood, LocationScale
from .bernoulli import Bernoulli
from .categorical import Categorical
from .columns import Columns
from .continuous_bernoulli import ContinuousBernoulli
from .discretised_logistic import DiscretisedLogistic
from .gamma import Gamma
from .gaussian import Gaussian
from .laplace import Laplace
from .log_normal import LogNormal
from .negative_binomial import NegativeBinomial
from .ordinal import Ordinal
from .point import Point
from .poisson import Poisson
from .student_t import StudentT

__all__ = [
    "Autoregressive",
    "Bernoulli",
    "Categorical",
    "Columns",
    "ContinuousBernoulli",
    "DiscretisedLogistic",
    "Gamma",
    "Gaussian",
    "Laplace",
    "Likelihood",
    "LocationScale",
    "LogNormal",
    "NegativeBinomial",
    "Ordinal",
    "Point",
    "Poisson",
    "StudentT",
]
