"""Stacked MNIST: three digits as the channels of one picture, so that the modes can be counted: there are 1,000."""

import numpy as np
import torch

from ...core.event import Event
from ...core.seeds import generator
from ..raw import Raw
from .mnist import MNIST

ABOUT = "143,000 pictures of three MNIST digits, one a colour channel: 1,000 classes, official test digits for the test"
SIZES = {"train": 128_000, "validation": 5_000, "test": 10_000}  # the papers train on 128,000
KEPT = 5_000  # training digits that only validation pictures show


def load(seed: int) -> Raw:
    """Pictures (28, 28, 3) whose channels show three digits, each drawn by itself; the label is their number, 0 to 999.

    Pictures of different splits share no digit. 336 MB, in 8 bits.

    Reference:
        Metz et al. (2017), Unrolled generative adversarial networks. https://arxiv.org/abs/1611.02163;
        Srivastava et al. (2017), VEEGAN: reducing mode collapse in GANs using implicit variational learning.
        https://arxiv.org/abs/1705.07761
    """
    digits = MNIST.load()
    official = digits.official["test"]
    random = generator(seed, "stacked-mnist")
    others = np.setdiff1d(np.arange(len(digits.x)), official)
    others = others[torch.randperm(len(others), generator=random).numpy()]
    pools = {"train": others[KEPT:], "validation": others[:KEPT], "test": official}
    draws = {name: torch.randint(len(pool), (SIZES[name], 3), generator=random) for name, pool in pools.items()}
    rows = np.concatenate([pools[name][drawn.numpy()] for name, drawn in draws.items()])
    return Raw(
        "stacked-mnist",
        stacked(digits.x, rows),
        y=digits.y[rows].astype(np.int64) @ [100, 10, 1],
        official=apart(),
        event=Event((28, 28, 3), "image", 0.0, 1.0, grid=256),
        unit=255.0,
        recommended=digits.recommended,
        classes=tuple(f"{k:03d}" for k in range(1000)),
        channel_classes=10,
    )


def stacked(x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The pictures x (n, 28, 28, 1) of the rows (m, 3) as channels, (m, 28, 28, 3); one channel at a time, so that
    nothing is held twice.
    """
    found = np.empty((len(rows), *x.shape[1:3], rows.shape[1]), x.dtype)
    for channel in range(rows.shape[1]):
        found[..., channel] = x[rows[:, channel], ..., 0]
    return found


def apart() -> dict[str, np.ndarray]:
    """The rows of validation and test, which follow those of training."""
    ends = np.cumsum(list(SIZES.values()))
    return {"validation": np.arange(ends[0], ends[1]), "test": np.arange(ends[1], ends[2])}
