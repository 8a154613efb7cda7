"""The ground floor: components and their specs, the catalogue, divergences, seeds, errors, shapes."""

from .bits import Bits
from .catalogue import build, families, members
from .chain import Chain
from .component import Component
from .delta import Delta
from .divergence import closed_form, draw, draw_and_rate, rate, register_draw, register_kl
from .errors import Damaged, DataError, DiskFull, Diverged, JamjaeError, Undefined, UsageError, require
from .event import Event
from .flow import Flow
from .product import Product
from .quantised import Lifted, Quantised
from .seeds import isolated, reseed, seed_for
from .sequence import Sequence

__all__ = [
    "Bits",
    "Chain",
    "Component",
    "Damaged",
    "DataError",
    "Delta",
    "DiskFull",
    "Diverged",
    "Event",
    "Flow",
    "JamjaeError",
    "Lifted",
    "Product",
    "Quantised",
    "Sequence",
    "Undefined",
    "UsageError",
    "build",
    "closed_form",
    "draw",
    "draw_and_rate",
    "families",
    "isolated",
    "members",
    "rate",
    "register_draw",
    "register_kl",
    "require",
    "reseed",
    "seed_for",
]
