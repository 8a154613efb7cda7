"""Objectives: what training minimises."""

from .adversarial import Adversarial
from .adversarial_autoencoder import AAE
from .base import Batch, Contest, Objective, Terms
from .controlled_capacity import ControlledCapacity
from .dreg import DREG
from .elbo import ELBO
from .factor import Factor
from .iwae import IWAE
from .m2 import M2
from .mmd import MMD
from .reconstruction import Reconstruction
from .total_correlation import TotalCorrelation
from .vae_gan import VaeGan

__all__ = [
    "AAE",
    "DREG",
    "ELBO",
    "IWAE",
    "M2",
    "MMD",
    "Adversarial",
    "Batch",
    "Contest",
    "ControlledCapacity",
    "Factor",
    "Objective",
    "Reconstruction",
    "Terms",
    "TotalCorrelation",
    "VaeGan",
]
