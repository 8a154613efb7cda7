"""jamjae check."""

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import Parameter

from ..names import AnyData, AnyRecipe
from ..options import FitOptions


def command(
    data: AnyData = None,
    *,
    recipe: AnyRecipe = None,
    options: FitOptions = FitOptions(),
    parts: Annotated[Mapping[str, Any], Parameter(parse=False)],
) -> None:
    """What data is, what is wrong with it, what `fit` would do with the same options, which latent axes can survive.

    Parameters:
        data: A name from `jamjae list data`, a .npy, .npz, idx, CSV, Parquet or .txt file, or a folder of pictures,
            recordings or .txt files; digits if left out.
        recipe: A name from `jamjae list recipes`; vae if left out.
    """
    from ...checks import check
    from ..config import joined

    given = joined(options, parts, recipe=recipe, data=data)
    given.pop("name", None)
    print(check(given.pop("data", None), given.pop("recipe", None), **given))
