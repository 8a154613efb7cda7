"""A model for other programs: one format a file, checked before it is kept."""

from .base import Decoder, Encoder
from .formats import FORMATS, write
from .material import Exported, Made, Material

__all__ = ["FORMATS", "Decoder", "Encoder", "Exported", "Made", "Material", "write"]
