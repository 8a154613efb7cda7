"""The decoded plane: what every point of a 2-D latent space decodes to."""

import numpy as np
from matplotlib.figure import Figure

from .pictures import sheet


def plane(decoded: np.ndarray, low: float = 0.0, high: float = 1.0) -> Figure:
    """Decoded examples (K, K, *E), first axis upwards (as on a map), second axis to the right."""
    return sheet(decoded[::-1], low, high)
