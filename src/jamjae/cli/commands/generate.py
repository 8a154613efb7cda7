"""jamjae generate."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    n: int = 1000,
    /,
    *,
    target: str | None = None,
    label: Annotated[list[str] | None, Parameter(consume_multiple=False)] = None,
    measure: bool = True,
    seed: int = 0,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """Synthetic rows of a table, and how far they can stand in for real ones. Prints what was measured and the file.

    Parameters:
        run: A folder, a name, or `last`.
        n: How many rows.
        target: A column that is predicted from the others, to see whether what is learned from synthetic rows holds for
            real ones; the label of a conditional run if left out.
        label: Of a conditional run: a class or a number. May be repeated, for equal shares in that order; left out,
            labels are drawn as often as training saw them.
        measure: Whether to measure how good such rows are.
        seed: Which rows.
        out: A .csv or .parquet file; synthetic.csv in the run folder if left out.
        data: The training data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from ...data.forms.table import Table, content
    from .. import measured, opened
    from .. import out as files

    found = opened.opened(run, runs, data)
    made = found.generate(n, label=label, target=target, seed=seed, measure=measure)
    measured.show(list(made.measured.values()))
    kinds = {ending: lambda e=ending: content(made.table(), e) for ending in Table.endings}
    files.save(opened.default(found, out, "synthetic.csv"), kinds)
