"""jamjae report."""

from pathlib import Path

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    /,
    *others: RunName,
    out: Path | None = None,
    samples: int = 100,
    limit: int = 1000,
    data: AnyData = None,
    language: str = "en",
    runs: Path = Path("runs"),
) -> None:
    """Pictures, numbers and plain words about a run, or several side by side, in one HTML file. Prints the file.

    Parameters:
        run: A folder, a name, or `last`.
        others: More runs of the same data.
        out: The file; report.html in the (first) run folder if left out.
        samples: K of the importance-weighted bound, where the run has not been evaluated yet.
        limit: At most so many test examples, where the run has not been evaluated yet.
        data: The data again, where it was moved or was an array.
        language: en, or ko for Korean.
        runs: Where runs lie.
    """
    from ...run import load
    from .. import opened

    first = opened.opened(run, runs, data)
    rest = (load(name, data, runs=runs) for name in others)
    print(first.report(out, *rest, samples=samples, limit=limit, language=language))
