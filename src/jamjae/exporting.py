"""From a run folder to what the formats of `export` take, and to a folder of theirs."""

from pathlib import Path
from typing import Any

from torch import Tensor

from . import examination, export
from .core.errors import UsageError
from .core.files import read_json
from .kept import Kept
from .report.card import card
from .report.gather import shown_split


def exported(run: Kept, format: str, out: str | Path | None) -> export.Exported:
    """See `Run.export`.

    Example:
        >>> import tempfile
        >>> from jamjae import fit
        >>> run = fit("ae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> sorted(path.name for path in exported(run, "weights", None).folder.iterdir())
        ['spec.json', 'weights.safetensors']
    """
    return export.write(material(run), format, run.folder / format if out is None else Path(out))


def material(run: Kept) -> export.Material:
    """A run as the formats take it."""

    def examples() -> tuple[Tensor, Tensor | None]:
        return run.dataset.examples(shown_split(run.dataset), 1000, run.settings.seed)

    name = run.folder.resolve().name
    return export.Material(name, run.spec, run.result, run.model, examples, lambda: described(run))


def described(run: Kept) -> tuple[str, dict[str, Any]]:
    """The model card of a run, and what was measured.

    Raises:
        UsageError: If it was not evaluated and diagnosed.
    """
    paths = [run.folder / "evaluation.json", run.folder / examination.DIAGNOSIS]
    if not all(path.is_file() for path in paths):
        raise UsageError(f"a model card needs what was measured and diagnosed; type: jamjae report {run.folder.name}")
    measured, diagnosed = map(read_json, paths)
    return card(run.model, run.spec, run.rows, measured, diagnosed), measured
