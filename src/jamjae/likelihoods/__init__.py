"""Likelihoods: what the data is, so what the loss is."""

from .autoregressive import Autoregressive
from .base import Likelihood, LocationScale
from .bernoulli import Bernoulli
from .categorical import Categorical
from .columns import Columns
from .continuous_bernoulli import ContinuousBernoulli
from .discretised_logistic import DiscretisedLogistic
from .gaussian import Gaussian
from .laplace import Laplace
from .log_normal import LogNormal
from .negative_binomial import NegativeBinomial
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
    "Gaussian",
    "Laplace",
    "Likelihood",
    "LocationScale",
    "LogNormal",
    "NegativeBinomial",
    "Point",
    "Poisson",
    "StudentT",
]
