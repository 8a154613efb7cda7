"""The demonstration: the same digits, the same networks, a code of two numbers; once plain, once variational."""

from pathlib import Path
from typing import Any

import torch

from ..run import fit
from . import tune
from .failures import INTERRUPTED
from .progress import watcher

EPOCHS = 120
PLAN = (("ae", "an autoencoder: nothing shapes its codes"), ("vae", "a VAE: its codes are pulled towards N(0, I)"))


def demonstrate(runs: Path, epochs: float | None = None, quiet: bool = False) -> int:
    """Fit both, write one report about them, say where it is and what to look at."""
    tune.apply()
    torch.set_num_threads(1)  # for networks so small a second thread gains nothing, and beside another program it waits
    display = watcher(quiet, lines=6)
    found = []
    common: dict[str, Any] = {"latent": 2, "epochs": epochs or EPOCHS, "lr": 2e-3, "threads": 1}
    common |= {"lr_schedule": "cosine", "binarise": "none"}
    for recipe, what in PLAN:
        display.note(f"{what} ({recipe})")
        run = fit(recipe, "digits", name=f"demo-{recipe}", runs=runs, display=display, **common)
        if run.outcome is not None and run.outcome.reason == "interrupted":
            return INTERRUPTED
        found.append(run)
    first, second = found
    path = first.report(first.folder.parent / "demo.html", second, samples=500)
    display.note("Look at the map of the codes: the same digits, one cloud without and one with a shape.")
    display.note("Then at the samples, and at what the numbers say about each.")
    print(path)
    return 0
