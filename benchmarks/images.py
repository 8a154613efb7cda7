"""The pictures that all methods see: MNIST where JAMJAE_DATA has it, otherwise noise of the same shape."""

import gzip
import os
from pathlib import Path

import numpy as np

SHAPE = (28, 28, 1)


def write(path: Path, count: int) -> str:
    """Write `count` training pictures and one more, which jamjae sets apart for validation; say what they are.

    Beyond the 60,000 of MNIST they repeat.
    """
    folder = Path(os.environ.get("JAMJAE_DATA", "")) / "mnist"
    source = folder / "train-images-idx3-ubyte.gz"
    if "JAMJAE_DATA" in os.environ and source.is_file():
        raw = np.frombuffer(gzip.decompress(source.read_bytes()), np.uint8, offset=16).reshape(-1, *SHAPE)
        np.save(path, raw[np.arange(count + 1) % len(raw)])
        return "Data: MNIST."
    random = np.random.default_rng(0)
    np.save(path, random.integers(0, 256, (count + 1, *SHAPE), dtype=np.uint8))
    return "Data: random pictures of MNIST's shape (JAMJAE_DATA is not set, or holds no mnist/)."


def grey(source: str) -> np.ndarray:
    """The training pictures as flat float32 rows in [0, 1]."""
    x = np.load(source)[:-1]
    return x.reshape(len(x), -1).astype(np.float32) / 255
