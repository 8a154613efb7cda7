"""Likelihoods: what the data is, so what the loss is."""

from .base import Likelihood
from .bernoulli import Bernoulli
from .gaussian import Gaussian

__all__ = ["Bernoulli", "Gaussian", "Likelihood"]
