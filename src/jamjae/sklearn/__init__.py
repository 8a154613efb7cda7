"""Estimators for scikit-learn over the same recipes, training and scores: for pipelines, grid searches, outliers."""

from .anomaly import AnomalyDetector
from .autoencoder import AutoencoderTransformer
from .gan import GANSampler
from .vae import VAETransformer

__all__ = ["AnomalyDetector", "AutoencoderTransformer", "GANSampler", "VAETransformer"]
