"""jamjae resume."""

from pathlib import Path
from typing import Any, Literal

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    /,
    *,
    runs: Path = Path("runs"),
    epochs: float | None = None,
    patience: int | None = None,
    lr: float | None = None,
    lr_schedule: Literal["constant", "linear", "cosine"] | None = None,
    clip: float | None = None,
    device: str | None = None,
    threads: int | None = None,
    checkpoint_every: int | None = None,
    log_every: float | None = None,
    data: AnyData = None,
    quiet: bool = False,
) -> int:
    """Go on with a run that was stopped, bit for bit as if it never had been; --epochs trains a finished run further.

    Parameters:
        run: A folder, a name, or `last`.
        runs: Where runs lie.
        epochs: Passes over the training split, in all.
        patience: Stop after so many epochs without a better validation loss.
        lr: Learning rate from here on.
        lr_schedule: How it falls.
        clip: Largest norm of the gradient.
        device: cpu, cuda, ...
        threads: CPU threads.
        checkpoint_every: Steps between checkpoints.
        log_every: Epochs between rows of metrics.
        data: The data again, where it was moved or was an array.
        quiet: Print only the run folder.
    """
    from ..training import resume

    changes: dict[str, Any] = {
        "epochs": epochs,
        "patience": patience,
        "lr": lr,
        "lr_schedule": lr_schedule,
        "clip": clip,
    }
    changes |= {"device": device, "threads": threads, "checkpoint_every": checkpoint_every, "log_every": log_every}
    return resume(run, runs, changes, data, quiet)
