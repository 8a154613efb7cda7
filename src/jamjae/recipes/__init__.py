"""Recipes: named models."""

from .ae import ae
from .base import PARTS, RECIPES, Choice, assemble, default_latent, find, override
from .beta_vae import beta_vae
from .gm_vae import gm_vae
from .iwae import iwae
from .vae import vae

__all__ = [
    "PARTS",
    "RECIPES",
    "Choice",
    "ae",
    "assemble",
    "beta_vae",
    "default_latent",
    "find",
    "gm_vae",
    "iwae",
    "override",
    "vae",
]
