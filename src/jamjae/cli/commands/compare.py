"""jamjae compare."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from ..names import Compared
from ..options import FitOptions


def command(
    *what: Compared,
    report: Annotated[list[Path] | None, Parameter(consume_multiple=True)] = None,
    language: str = "en",
    metric: Annotated[list[str] | None, Parameter(consume_multiple=False)] = None,
    full: bool = False,
    samples: int = 100,
    limit: int = 1000,
    seeds: int = 5,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    options: FitOptions = FitOptions(),
    quiet: bool = False,
    parts: Annotated[Mapping[str, Any], Parameter(parse=False)],
) -> None:
    """Runs side by side: `jamjae compare RUN RUN`; or recipes, fitted first: `jamjae compare ae,vae mnist --seeds 5`.

    Every number with its spread over seeds, every difference to the first with its 95 % interval. Nothing is called
    better without five seeds on each side. Runs that are there already are not fitted again.

    Parameters:
        what: Runs, two or more; or names of recipes with commas, and the data.
        report: Write a page, too; without a path compare.html beside the runs.
        language: Of the page: en, or ko for Korean.
        metric: Only this one; may be repeated. `jamjae list metrics` names them.
        full: Every metric, also those that take longer or say more than most people ask.
        samples: K of the importance-weighted bound.
        limit: At most so many test examples.
        seeds: Fit every recipe with seeds 0, 1, ..., so many.
        json_: Print JSON instead of a table.
        quiet: No progress.
    """
    from ..config import joined
    from ..side import compared

    asked = metric, full, samples, limit, quiet or json_
    found = compared(what, seeds, joined(options, parts), report, language, *asked)
    print(json.dumps(found.to_json(), indent=2, ensure_ascii=False) if json_ else found)
    if found.report is not None and not json_:
        print(f"\n{found.report}")
