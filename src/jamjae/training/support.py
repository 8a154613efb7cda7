"""Does the likelihood describe this data at all? Asked before the first step."""

import torch

from ..core.errors import DataError
from ..data.dataset import Dataset
from ..likelihoods.base import Likelihood

CHUNK = 1000  # keeps the float copies small


def check_support(dataset: Dataset, likelihood: Likelihood) -> str:
    """Refuse values that the likelihood cannot take; return a warning for values that train but have no density.

    Raises:
        DataError: With the row, the cell and the value of the first bad one.
    """
    accepted = likelihood.accepts or likelihood.support
    strict = True
    for split in ("train", "validation"):
        for rows in dataset.rows(split).split(CHUNK):
            x = dataset.take(rows, torch.Generator().manual_seed(0))
            bad = ~accepted.check(x) & ~x.isnan()
            if bad.any():
                where = bad.nonzero()[0].tolist()
                value = x[tuple(where)].item()
                raise DataError(
                    f"row {int(rows[where[0]])}, cell {tuple(where[1:])} of {dataset.name} is {value:g}, which the "
                    f"likelihood `{likelihood.name()}` cannot take. Use --likelihood gaussian, or scale the data."
                )
            strict = strict and bool((likelihood.support.check(x) | x.isnan()).all())
    if strict:
        return ""
    return (
        f"{dataset.name} has values between those that `{likelihood.name()}` can generate: it trains, but nothing it "
        "prints is a likelihood. Use --binarise stochastic, or --likelihood continuous-bernoulli."
    )
