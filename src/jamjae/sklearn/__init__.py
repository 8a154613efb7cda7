"""Estimators for scikit-learn over the same recipes, training and scores."""

from .imputer import VAEImputer

__all__ = ["VAEImputer"]
