"""jamjae fit."""

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import Parameter

from ..names import AnyData, AnyRecipe
from ..options import FitOptions


def command(
    recipe: AnyRecipe = None,
    data: AnyData = None,
    *,
    options: FitOptions = FitOptions(),
    name: str | None = None,
    quiet: bool = False,
    parts: Annotated[Mapping[str, Any], Parameter(parse=False)],
) -> int:
    """Fit a recipe to data, in a new run folder: `jamjae fit vae mnist --latent 2`; alone, a VAE on bundled digits.

    Options of parts are written with a dot: --prior mixture --prior.components 10, --encoder.widths 200,200,
    --objective.schedule linear --objective.schedule.steps 500. `jamjae list priors` (likelihoods, networks, ...) prints
    every part with its options, types and defaults. Ctrl-C saves and prints the command that goes on.

    Parameters:
        recipe: A name from `jamjae list recipes`.
        data: A name from `jamjae list data`, a .npy, .npz, idx, CSV or Parquet file, or a folder of pictures or
            recordings.
        name: Name of the run folder, without its number.
        quiet: Print only the run folder.
    """
    from ..config import joined
    from ..training import fit

    return fit(joined(options, parts, recipe=recipe, data=data, name=name), quiet)
