"""jamjae sweep."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from ..names import AnyData, AnyRecipe
from ..options import FitOptions


def command(
    recipe: AnyRecipe = None,
    data: AnyData = None,
    *,
    points: int = 8,
    metric: Annotated[list[str] | None, Parameter(consume_multiple=False)] = None,
    samples: int = 100,
    limit: int = 1000,
    report: Path | None = None,
    language: str = "en",
    json_: Annotated[bool, Parameter(name="--json")] = False,
    options: FitOptions = FitOptions(),
    quiet: bool = False,
    parts: Annotated[Mapping[str, Any], Parameter(parse=False)],
    values: Annotated[Mapping[str, str], Parameter(parse=False)],
) -> None:
    """One run a value of an option: `jamjae sweep vae mnist --objective.beta 0.1..16 --points 8`; a table and a page.

    Any option of `fit` with a range a..b, or with a list 0.5,1,4, is swept. A range whose ends are positive and a
    factor of 10 or more apart is even in the logarithm. Of the weight beta, three more runs show each term of the loss
    on its own. Runs that are there already are not fitted again.

    Parameters:
        recipe: A name from `jamjae list recipes`.
        data: A name from `jamjae list data`, a .npy, .npz, idx, CSV or Parquet file, or a folder of pictures.
        points: How many values a range stands for.
        metric: This one in place of rate, distortion, elbo and coverage; may be repeated.
        samples: K of the importance-weighted bound.
        limit: At most so many test examples.
        report: Path of the page; sweep.html beside the runs if left out.
        language: Of the page: en, or ko for Korean.
        json_: Print JSON instead of a table.
        quiet: No progress.
    """
    from ..config import joined
    from ..side import swept

    given = joined(options, {**parts, **values}, recipe=recipe, data=data)
    found = swept(given, points, metric, samples, limit, report, language, quiet or json_)
    print(json.dumps(found.to_json(), indent=2, ensure_ascii=False) if json_ else f"\n{found}\n\n{found.report}")
