"""Games: what critic and generator minimise."""

from .base import Game
from .density_ratio import DensityRatio
from .hinge import Hinge
from .least_squares import LeastSquares
from .minimax import Minimax
from .non_saturating import NonSaturating
from .wasserstein import Wasserstein

__all__ = ["DensityRatio", "Game", "Hinge", "LeastSquares", "Minimax", "NonSaturating", "Wasserstein"]
