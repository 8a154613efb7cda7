"""Estimators for scikit-learn over the same recipes, training and scores: pipelines, searches, outliers, gaps."""

from .anomaly import AnomalyDetector
from .autoencoder import AutoencoderTransformer
from .gan import GANSampler
from .imputer import VAEImputer
from .vae import VAETransformer

__all__ = ["AnomalyDetector", "AutoencoderTransformer", "GANSampler", "VAEImputer", "VAETransformer"]
