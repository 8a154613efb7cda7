"""The importance-weighted bound with many draws, on one saved model."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.methods.ours import model_of
from benchmarks.worker import Gate


def save(source: str, path: Path, steps: int) -> None:
    """Train a little and save the weights: all methods judge the same model."""
    torch.save(model_of(steps=steps, source=source).state_dict(), path)


def loaded(weights: str) -> Any:
    """The saved model."""
    model = model_of()
    model.load_state_dict(torch.load(weights, weights_only=True))
    return model


def examples(source: str, images: int) -> Tensor:
    """The first pictures, black and white."""
    import numpy as np

    return torch.from_numpy((np.load(source)[:images] > 127).astype("float32"))


@torch.no_grad()
def ours(gate: Gate, source: str, weights: str, samples: int, images: int, dtype: str = "float32") -> None:
    """`jamjae evaluate`'s own function, in the chunks that it chooses."""
    from jamjae.cli import tune
    from jamjae.evaluation.iwae import PER_CALL, bounds

    tune.apply()
    model, x = loaded(weights), examples(source, images)
    rows = max(1, 1000 // min(PER_CALL, samples))
    for _ in gate:
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16"):
            found = torch.cat([bounds(model, part, samples) for part in x.split(rows)])
        gate.facts["bound"] = found[:, 0].mean().item()


@torch.no_grad()
def decoder(gate: Gate, samples: int, images: int, dtype: str = "float32") -> None:
    """The floor: the decoder's two matrix products for every draw, 1,000 rows at a time."""
    from benchmarks.methods.products import tuned

    tuned()
    kind, rows = getattr(torch, dtype), 1000
    z, w, h, v = (torch.randn(*s).to(kind) for s in ((rows, 20), (20, 400), (rows, 400), (400, 784)))
    for _ in gate:
        for _ in range(max(1, images * samples // rows)):
            z @ w
            h @ v
