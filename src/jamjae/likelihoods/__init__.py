"""Likelihoods: what the data is, so what the loss is."""

from .base import Likelihood, LocationScale
from .bernoulli import Bernoulli
from .categorical import Categorical
from .continuous_bernoulli import ContinuousBernoulli
from .gaussian import Gaussian
from .laplace import Laplace

__all__ = ["Bernoulli", "Categorical", "ContinuousBernoulli", "Gaussian", "Laplace", "Likelihood", "LocationScale"]
