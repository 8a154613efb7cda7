"""Train, validation and test: which row belongs to which."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ..core.errors import DataError, UsageError, require
from ..core.seeds import generator

SHARES = {"validation": 0.1, "test": 0.2}  # of all rows
MOST = {"validation": 5_000, "test": 10_000}  # more would tell little and cost training examples


def split(
    n: int,
    seed: int = 0,
    validation: float | None = None,
    test: float | None = None,
    official: Mapping[str, np.ndarray] | None = None,
) -> dict[str, Tensor]:
    """Row numbers of the three splits, int64, disjoint, together every row; a function of the arguments only.

    Rows come in random order inside every split, so that its first rows are a fair sample. Splits that the source sets
    apart are kept, and the other two share the remaining rows.

    Arguments:
        n: Number of rows.
        seed: Chooses the rows.
        validation: Count (int >= 0) or share of all rows (float in [0, 1)); 0 means no such split, and then no step can
            be the best (see `patience`). If None, 10 % of all rows, at most 5,000.
        test: The same; if None, 20 %, at most 10,000.
        official: Rows of "test" or "validation" that the source sets apart.

    Raises:
        DataError: With fewer rows than splits.
        UsageError: When no training row would be left, or an official split would be overridden.

    Example:
        >>> {name: len(rows) for name, rows in split(1797).items()}
        {'train': 1258, 'validation': 180, 'test': 359}
    """
    official = official or {}
    _enough(n, validation, test)
    order = torch.randperm(n, generator=generator(seed, "split"))
    free = torch.ones(n, dtype=torch.bool)
    found = {name: _only(order, rows) for name, rows in official.items()}
    for rows in found.values():
        free[rows] = False
    for name, asked in (("test", test), ("validation", validation)):
        if name in official:
            rule = f"`{name}` cannot be chosen: the data come with a {name} split of {len(found[name])}"
            require(asked is None, rule, asked, f"Leave `{name}` out.")
        else:
            candidates = order[free[order]]
            found[name] = candidates[: _count(name, asked, n, len(candidates))]
            free[found[name]] = False
    if not free.any():
        taken = ", ".join(f"{name} {len(rows)}" for name, rows in found.items())
        raise UsageError(f"`validation` and `test` leave no training example of {n}: {taken}. Ask for fewer.")
    return {"train": order[free[order]], "validation": found["validation"], "test": found["test"]}


def in_time(
    n: int, overlap: int = 0, seed: int = 0, validation: float | None = None, test: float | None = None
) -> dict[str, Tensor]:
    """Row numbers of the three splits of rows in the order of time: training first, then validation, then test.

    The `overlap` rows before validation and before test, which share values with both sides, are in none. Rows come in
    random order inside every split, so that its first rows are a fair sample.

    Arguments:
        n: Number of rows.
        overlap: How many rows after a row share values with it.
        seed: Chooses the order inside the splits.
        validation: As in `split`.
        test: As in `split`.

    Raises:
        DataError: With fewer rows than splits.
        UsageError: When no training row would be left.

    Example:
        >>> {name: sorted(rows.tolist()) for name, rows in in_time(10, overlap=1, validation=2, test=3).items()}
        {'train': [0, 1, 2], 'validation': [4, 5], 'test': [7, 8, 9]}
    """
    _enough(n, validation, test)
    tested = _count("test", test, n, n)
    watched = _count("validation", validation, n, n - tested)
    watching = n - tested - overlap * (tested > 0) - watched
    trained = watching - overlap * (watched > 0)
    ends = {"train": (0, trained), "validation": (watching, watching + watched), "test": (n - tested, n)}
    rule = f"`validation` and `test` leave no training window of {n}, {overlap} beside each left out"
    require(trained > 0, rule, (watched, tested), "Ask for fewer, or pass a longer `stride`.")
    return {
        name: torch.arange(*rows)[torch.randperm(rows[1] - rows[0], generator=generator(seed, "split", name))]
        for name, rows in ends.items()
    }


def _enough(n: int, *asked: float | None) -> None:
    least = 1 + len(asked) - asked.count(0)
    if n < least:
        raise DataError(
            f"{n} example{'s' * (n != 1)}: at least {least} are needed, one each to train, and to validate and to test "
            "where that is asked for."
        )


def _only(order: Tensor, rows: np.ndarray) -> Tensor:
    chosen = torch.zeros(len(order), dtype=torch.bool)
    chosen[torch.from_numpy(np.asarray(rows, np.int64))] = True
    return order[chosen[order]]


def _count(name: str, asked: float | None, n: int, left: int) -> int:
    if asked is None:
        return max(1, min(round(SHARES[name] * n), MOST[name], left // 2))
    return _asked(name, asked, n)


def _asked(name: str, asked: float, n: int) -> int:
    number = isinstance(asked, (int, float)) and not isinstance(asked, bool)
    valid = number and asked >= 0 and (isinstance(asked, int) or asked < 1)
    require(valid, f"`{name}` must be a count, or a share in [0, 1)", asked, f"Pass {name}={SHARES[name]}.")
    count = asked if isinstance(asked, int) else max(round(asked * n), int(asked > 0))
    require(count < n, f"`{name}` must leave training examples of {n}", asked, "Ask for fewer.")
    return count
