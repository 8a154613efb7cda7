"""Recipes: named models."""

from .aae import aae
from .ae import ae
from .base import GREY, PARTS, RECIPES, Choice, assemble, default_latent, find, override
from .bernoulli_vae import bernoulli_vae
from .beta_tc_vae import beta_tc_vae
from .beta_vae import beta_vae
from .capacity_vae import capacity_vae
from .contractive_ae import contractive_ae
from .dcgan import dcgan
from .denoising_ae import denoising_ae
from .dreg_iwae import dreg_iwae
from .factor_vae import factor_vae
from .flow_vae import flow_vae
from .gan import gan
from .gm_vae import gm_vae
from .hinge_gan import hinge_gan
from .hvae import hvae
from .iaf_vae import iaf_vae
from .info_vae import info_vae
from .iwae import iwae
from .linear_ae import linear_ae
from .ls_gan import ls_gan
from .m2 import m2
from .miwae import miwae
from .pac_gan import pac_gan
from .r1_gan import r1_gan
from .sigma_vae import sigma_vae
from .sparse_ae import sparse_ae
from .text_vae import text_vae
from .vae import vae
from .vae_gan import vae_gan
from .vamp_vae import vamp_vae
from .vq_vae import vq_vae
from .wae import wae
from .wgan import wgan
from .wgan_gp import wgan_gp

__all__ = [
    "GREY",
    "PARTS",
    "RECIPES",
    "Choice",
    "aae",
    "ae",
    "assemble",
    "bernoulli_vae",
    "beta_tc_vae",
    "beta_vae",
    "capacity_vae",
    "contractive_ae",
    "dcgan",
    "default_latent",
    "denoising_ae",
    "dreg_iwae",
    "factor_vae",
    "find",
    "flow_vae",
    "gan",
    "gm_vae",
    "hinge_gan",
    "hvae",
    "iaf_vae",
    "info_vae",
    "iwae",
    "linear_ae",
    "ls_gan",
    "m2",
    "miwae",
    "override",
    "pac_gan",
    "r1_gan",
    "sigma_vae",
    "sparse_ae",
    "text_vae",
    "vae",
    "vae_gan",
    "vamp_vae",
    "vq_vae",
    "wae",
    "wgan",
    "wgan_gp",
]
