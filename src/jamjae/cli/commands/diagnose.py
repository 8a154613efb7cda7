"""jamjae diagnose."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..names import AnyData, RunName


def command(
    run: RunName = "last",
    /,
    *,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    limit: int = 1000,
    data: AnyData = None,
    runs: Path = Path("runs"),
) -> None:
    """What is wrong with a run, in plain words: what was measured, what it means, what to type, what to expect of it.

    Parameters:
        run: A folder, a name, or `last`.
        json_: Print JSON instead.
        limit: At most so many test examples, where something was not measured yet.
        data: The data again, where it was moved or was an array.
        runs: Where runs lie.
    """
    from .. import diagnosed, measured, opened

    found = opened.opened(run, runs, data)
    with measured.progress() as progress:
        diagnosis = found.examine(limit, progress=progress)
    if json_:
        print(json.dumps(diagnosis.to_json(), indent=2, ensure_ascii=False))
    else:
        print(diagnosed.told(diagnosis, found))
