"""Examples whose gaps are filled in, and how sure that is."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .data.forms.table import Table
from .data.tables.completed import completed
from .data.tables.extra import library


@dataclass(frozen=True)
class Imputed:
    r"""Observed cells as they came, missing ones filled in.

    A number is filled in with the mean of its posterior predictive distribution p(x_mis | x_obs), a class with the most
    probable one. An interval goes from quantile (1 - interval) / 2 to (1 + interval) / 2 of that distribution; where it
    is `calibrated`, both sides are stretched by its column's factor, so that it covers a share `interval` of cells that
    were hidden in the validation split (see `conformal`).

    Arguments:
        values: Examples (n, *event), in the precision in which they came.
        missing: Which cells were missing, (n, *event).
        low: Lower ends, (n, *event); NaN where a cell was observed, or has classes.
        high: Upper ends.
        draws: Completed examples, (draws, n, *event): gaps filled in at random, for multiple imputation.
        classes: Probability of every class, (n, *event, K); NaN where a cell was observed or has no such class. None
            where no cell has classes.
        trust: Of every example, (n,): of `importance` the effective number of draws, of `gibbs` the share of proposals
            that were accepted; NaN without gaps.
        interval: Share of cells that the intervals are for.
        factors: How much each cell's intervals were stretched, (*event); None where they were not.
        method: "importance" or "gibbs".
        frame: The table that came, as a pandas data frame; None where examples are plain numbers.
        form: Its form.

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
    frame: Any = field(default=None, repr=False)
    form: Any = field(default=None, repr=False)

    @property
    def calibrated(self) -> bool:
        """Whether the intervals were held against the validation split."""
        return self.factors is not None

    def table(self, intervals: bool = False, draw: int | None = None) -> Any:
        """The examples as a pandas data frame: the table that came with its gaps filled in, or one column a cell.

        Arguments:
            intervals: Add NAME_low and NAME_high (of classes NAME_probability) for every column that had gaps.
            draw: Number of one of the `draws`; None: `values`.
        """
        x = self.values if draw is None else self.draws[draw]
        if isinstance(self.form, Table) and self.frame is not None:
            found, names = completed(self.frame, self.form.fields, x, self.missing), [f.name for f in self.form.fields]
        else:
            flat = x.reshape(len(x), -1)
            names = [str(k + 1) for k in range(flat.shape[1])]
            found = library("pandas").DataFrame(dict(zip(names, flat.T, strict=True)))
        return found.assign(**self._ends(names)) if intervals else found

    def _ends(self, names: list[str]) -> dict[str, Any]:
        """The intervals, and the probability of what classes were filled in, by the names of their columns."""
        found = {}
        gaps, (low, high) = self._flat(self.missing), self._readable()
        for k, name in enumerate(names):
            if gaps[:, k].any() and self._numbered(k):
                found[f"{name}_probability"] = self._probability(k)
            elif gaps[:, k].any():
                found |= {f"{name}_low": low[k], f"{name}_high": high[k]}
        return found

    def _readable(self) -> tuple[list[Any], list[Any]]:
        """Ends of the intervals by column: of whole numbers outwards, of dates as dates."""
        low, high = self._flat(self.low).T, self._flat(self.high).T
        if not isinstance(self.form, Table):
            return list(low), list(high)
        fields = self.form.fields
        lower = [f.readable(np.floor(v) if f.whole else v) for f, v in zip(fields, low, strict=True)]
        upper = [f.readable(np.ceil(v) if f.whole else v) for f, v in zip(fields, high, strict=True)]
        return lower, upper

    def _numbered(self, k: int) -> bool:
        """Whether a column has classes."""
        return self.classes is not None and not np.isnan(self._flat(self.classes, 1)[:, k]).all()

    def _probability(self, k: int) -> np.ndarray:
        """Of the class that was filled in, (n,); NaN where the cell was observed."""
        assert self.classes is not None
        most = np.nan_to_num(self._flat(self.classes, 1)[:, k], nan=-1.0).max(1)
        return np.where(most < 0, np.nan, most)

    def _flat(self, v: np.ndarray, rest: int = 0) -> np.ndarray:
        return v.reshape(len(v), -1, *v.shape[v.ndim - rest :])

    def summary(self) -> dict[str, Any]:
        """What was done, as plain JSON."""
        rows = self.missing.reshape(len(self.missing), -1).any(1)
        return {
            "n": len(self.values),
            "rows": int(rows.sum()),
            "missing": int(self.missing.sum()),
            "cells": int(self.missing.size),
            "method": self.method,
            "interval": self.interval,
            "calibrated": self.calibrated,
            "draws": len(self.draws),
            "trust": float(np.median(self.trust[rows])) if rows.any() else None,
        }
