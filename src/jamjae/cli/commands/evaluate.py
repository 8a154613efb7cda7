"""jamjae evaluate."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    /,
    *,
    metric: Annotated[list[str] | None, Parameter(consume_multiple=False)] = None,
    full: bool = False,
    samples: int = 1000,
    limit: int | None = None,
    budget: str | None = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """Measure a run on its test split: values with 95 % intervals, baselines, and warnings where there is cause.

    Parameters:
        run: A folder, a name, or `last`.
        metric: Only this one; may be repeated. `jamjae list metrics` names them.
        full: Every metric, also those that take longer or say more than most people ask.
        samples: K of the importance-weighted bound; also the most temperatures of `ais` and steps of `amortisation`.
        limit: At most so many test examples.
        budget: About how long it may take: 90s, 2m, 1h. As many test examples and draws are taken as fit into it, at
            most `limit` and `samples`, and it is said how many.
        json_: Print JSON instead of a table.
        data: The data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import measured, opened

    found = opened.opened(run, runs, data)
    with measured.progress() as progress:
        results = found.evaluate(metric, samples=samples, limit=limit, full=full, budget=budget, progress=progress)
    if json_:
        print(json.dumps({name: m.to_json() for name, m in results.items()}, indent=2, ensure_ascii=False))
    else:
        measured.show(list(results.values()))
