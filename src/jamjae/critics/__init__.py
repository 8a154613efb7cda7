"""Critics: who tells real examples from made ones."""

from .base import Critic
from .discriminator import Discriminator
from .similarity import Similarity

__all__ = ["Critic", "Discriminator", "Similarity"]
