"""The ground floor: components and their specs, the catalogue, divergences, seeds, errors, shapes."""

from .catalogue import build, families, members
from .component import Component
from .delta import Delta
from .divergence import closed_form, draw, draw_and_rate, rate, register_draw, register_kl
from .errors import Damaged, DataError, DiskFull, Diverged, JamjaeError, Undefined, UsageError, require
from .event import Event
from .product import Product
from .seeds import isolated, reseed, seed_for

__all__ = [
    "Component",
    "Damaged",
    "DataError",
    "Delta",
    "DiskFull",
    "Diverged",
    "Event",
    "JamjaeError",
    "Product",
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
