"""Posteriors: what the encoder outputs."""

from .base import Posterior
from .bernoulli import Bernoulli
from .delta import Delta
from .flow import Flow
from .full_gaussian import FullGaussian
from .gaussian import Gaussian
from .layered import Layered
from .vq import VQ

__all__ = ["VQ", "Bernoulli", "Delta", "Flow", "FullGaussian", "Gaussian", "Layered", "Posterior"]
