"""jamjae info."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def command(*, json_: Annotated[bool, Parameter(name="--json")] = False, runs: Path = Path("runs")) -> None:
    """Versions, devices, installed extras and folders, to be pasted into a report of a fault.

    Parameters:
        json_: Print JSON.
        runs: Where runs lie.
    """
    import json

    from ...environment import info

    found = info(runs)
    print(json.dumps(found.to_json(), indent=2, ensure_ascii=False) if json_ else found)
