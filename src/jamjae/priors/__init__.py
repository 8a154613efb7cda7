"""Priors: what shape the latent space should have."""

from .base import Prior
from .bernoulli import Bernoulli
from .codes import Codes
from .conditional_gaussian import ConditionalGaussian
from .flow import Flow
from .gaussian import Gaussian
from .layered import Layered
from .mixture import Mixture
from .vamp import Vamp

__all__ = ["Bernoulli", "Codes", "ConditionalGaussian", "Flow", "Gaussian", "Layered", "Mixture", "Prior", "Vamp"]
