"""jamjae itself."""

import tempfile
import time
from typing import Any

import torch

import jamjae
from benchmarks.worker import Gate
from jamjae.training.display import Display

PARTS = {"latent": 20, "validation": 1, "test": 0}


class Turns(Display):
    """Shows what the command line would show, and waits at the gate before the first epoch and after every one."""

    def __init__(self, gate: Gate) -> None:
        from jamjae.cli.progress import watcher

        self.gate, self.shown = gate, watcher()

    def start(self, step: int, total: int, per_epoch: float) -> None:
        self.shown.start(step, total, per_epoch)
        self.gate.wait()

    def tick(self, step: int, values: dict[str, float]) -> None:
        self.shown.tick(step, values)

    def row(self, row: dict[str, Any]) -> None:
        self.shown.row(row)
        self.gate.facts["loss"] = row["train"]["loss"]
        self.gate.wait()


def fit(gate: Gate, source: str, tuned: bool = True, **options: Any) -> None:
    """`jamjae fit vae SOURCE` without end; `tuned`: with the switches that the command line sets in its process."""
    if tuned:
        from jamjae.cli import tune

        tune.apply()
    with tempfile.TemporaryDirectory() as runs:
        given = {"binarise": "stochastic", **PARTS, **options}
        jamjae.fit("vae", source, epochs=1e6, runs=runs, display=Turns(gate), **given)


def parted(gate: Gate, **options: Any) -> None:
    """`fit`, which also says how much of every round its steps took: what is left is the overhead."""
    from jamjae.training.loop import Fit

    play, facts = Fit.play, gate.facts
    facts |= {"steps_seconds": 0.0, "steps_cpu": 0.0}

    def timed(self: Fit, step: int) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        play(self, step)
        facts["steps_seconds"] += time.perf_counter() - wall
        facts["steps_cpu"] += time.process_time() - cpu

    Fit.play = timed  # type: ignore[method-assign]
    fit(gate, **options)


def model_of(seed: int = 0, steps: int = 0, source: str = "") -> Any:
    """The VAE 784-400-20, after so many steps on the source."""
    from jamjae.recipes import assemble, find

    event = jamjae.core.Event((28, 28, 1), "image", 0.0, 1.0, levels=2)
    torch.manual_seed(seed)
    model, objective = assemble(find("vae")(event), event, (20,))
    if steps:
        train(model, objective, source, steps)
    return model.eval()


def train(model: Any, objective: Any, source: str, steps: int) -> None:
    """A few steps of Adam, so that the model is not that of step 0."""
    from benchmarks.images import grey

    x = torch.from_numpy((grey(source) > 0.5).astype("float32")).reshape(-1, 28, 28, 1)
    model.initialise(x)
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    for step in range(steps):
        rows = torch.randint(len(x), (128,))
        batch = jamjae.objectives.Batch(x[rows], None, len(x))
        optimiser.zero_grad()
        objective.terms("model", model, batch, torch.tensor(step)).loss.backward()
        optimiser.step()
