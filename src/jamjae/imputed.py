"""Examples whose gaps are filled in, and how sure that is."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Imputed:
    r"""Observed cells as they are, missing ones filled in.

    A number is filled in with the mean of its posterior predictive distribution p(x_mis | x_obs), a class with the most
    probable one. An interval is the distribution's own, from quantile (1 - interval) / 2 to (1 + interval) / 2; where
    it is `calibrated`, both sides are stretched by the column's `factors` (see `conformal`), so that it covers a share
    `interval` of cells like those of the validation split.

    Arguments:
        values: Examples (n, *event), in the precision in which they came.
        missing: Which cells were missing, (n, *event).
        low: Lower ends, (n, *event); NaN where a cell was observed, or has classes.
        high: Upper ends.
        draws: Completed examples, (draws, n, *event): gaps filled in at random, for multiple imputation.
        classes: Probability of every class, (n, *event, K); NaN where a cell was observed or has no such class. None
            where no cell has classes.
        trust: Of every example, (n,): of `importance` the effective share of the draws, of `gibbs` the share of
            accepted proposals; NaN without gaps.
        interval: Share of cells that the intervals are for.
        factors: How much the intervals of each cell were stretched, (*event); None where they were not.
        method: "importance" or "gibbs".

    Reference:
        Rubin (1987), Multiple imputation for nonresponse in surveys. https://doi.org/10.1002/9780470316696
    """

    values: np.ndarray
    missing: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    draws: np.ndarray = field(repr=False)
    classes: np.ndarray | None = field(repr=False)
    trust: np.ndarray = field(repr=False)
    interval: float
    factors: np.ndarray | None
    method: str

    @property
    def calibrated(self) -> bool:
        """Whether the intervals were held against the validation split."""
        return self.factors is not None

    def summary(self) -> dict[str, Any]:
        """What was done, as plain JSON."""
        rows = self.missing.reshape(len(self.missing), -1).any(1)
        return {
            "n": len(self.values),
            "rows_with_gaps": int(rows.sum()),
            "missing": int(self.missing.sum()),
            "cells": int(self.missing.size),
            "method": self.method,
            "interval": self.interval,
            "calibrated": self.calibrated,
            "draws": len(self.draws),
            "trust": float(np.median(self.trust[rows])) if rows.any() else None,
        }
