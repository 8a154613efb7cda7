"""jamjae list."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def command(
    kind: str | None = None,
    /,
    *,
    names: bool = False,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    runs: Path = Path("runs"),
) -> None:
    """What there is: recipes, parts with their options, data sets, metrics, optimisers, runs; alone, the kinds.

    Parameters:
        kind: recipes, data, metrics, optimisers, runs, or a family of parts: likelihoods, priors, posteriors, networks,
            objectives, conditions, critics, games, penalties, kernels, corruptions, regularisers, schedules.
        names: Only the names, one a line.
        json_: Everything, as JSON.
        runs: Where runs lie.
    """
    import json

    from .. import catalogue

    found = catalogue.entries(kind, runs)
    if json_:
        print(json.dumps([e.to_json() for e in found], indent=2, ensure_ascii=False))
    else:
        print("\n".join(e.name if names else str(e) for e in found) or f"no {kind} yet: begin with jamjae fit")
