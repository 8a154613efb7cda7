"""`.npz` files: examples, labels and official splits by the names of the arrays.

Examples are called x, X, data or images, labels y, labels or label; a split is added as in `x_train` or `test_labels`.
"""

from pathlib import Path

import numpy as np

from ..core.errors import DataError
from . import npy
from .labels import column
from .pages import MEMORY
from .raw import Raw

EXAMPLES = ("x", "data", "images")
LABELS = ("y", "labels", "label")
SPLITS = {"train": "train", "validation": "validation", "valid": "validation", "val": "validation", "test": "test"}
ORDER = ("train", "validation", "test")
_HOW = "Save with np.savez(path, x=examples, y=labels), or x_train, y_train, x_test, y_test."

Roles = dict[tuple[str, str], str]  # ("x" or "y", split or "") -> key


def read(path: Path, memory: int = MEMORY) -> Raw:
    """Examples, labels and official splits of the file.

    Raises:
        DataError: If the keys are not as above, the arrays do not fit each other or take more than `memory` bytes, or
            the archive is refused (see `archives`).
    """
    with npy.opened(path, memory) as file:
        keys = list(file.files)
        roles = _roles(keys, path.name)
        found = {role: npy.member(file, key, path.name) for role, key in roles.items()}
    splits = [s for s in ("", *ORDER) if ("x", s) in found]
    _check(splits, found, keys, path.name)
    x = _joined([found["x", s] for s in splits], path.name)
    rows = np.split(np.arange(len(x)), np.cumsum([len(found["x", s]) for s in splits])[:-1])
    official = {s: r for s, r in zip(splits, rows, strict=True) if s in ("validation", "test")}
    return Raw(path.stem, x, y=_labels(splits, found), official=official)


def role(key: str) -> tuple[str, str] | None:
    """What an array is for, by its name; None if the name says nothing.

    Example:
        >>> role("X"), role("x_train"), role("test_labels"), role("weights")
        (('x', ''), ('x', 'train'), ('y', 'test'), None)
    """
    words = key.lower().split("_")
    kinds = [("x" if w in EXAMPLES else "y") for w in words if w in EXAMPLES + LABELS]
    splits = [SPLITS[w] for w in words if w in SPLITS]
    if len(kinds) == 1 and len(splits) <= 1 and len(words) == 1 + len(splits):
        return kinds[0], splits[0] if splits else ""
    return None


def _roles(keys: list[str], name: str) -> Roles:
    roles: Roles = {}
    for key in keys:
        found = role(key)
        if found in roles:
            raise DataError(f"{name}: {roles[found]!r} and {key!r} mean the same; keep one of them. {_HOW}")
        if found:
            roles[found] = key
    return roles


def _check(splits: list[str], found: dict[tuple[str, str], np.ndarray], keys: list[str], name: str) -> None:
    listed = ", ".join(keys) or "none"
    if not splits:
        raise DataError(f"{name} has no examples; its keys are: {listed}. {_HOW}")
    if ("" in splits) == ("train" in splits) or ("" in splits and len(splits) > 1):
        raise DataError(f"{name}: pass either x, or x_train with the other splits; its keys are: {listed}. {_HOW}")
    for kind, split in found:
        if kind == "y" and split not in splits:
            raise DataError(f"{name} has labels without examples; its keys are: {listed}. {_HOW}")
    for split in splits:
        x, y = found["x", split], found.get(("y", split))
        if x.ndim == 0 or (y is not None and (y.ndim == 0 or len(y) != len(x))):
            shape = None if y is None else y.shape
            raise DataError(f"{name}: examples {x.shape} and labels {shape} do not go together. {_HOW}")


def _joined(parts: list[np.ndarray], name: str) -> np.ndarray:
    if len({p.shape[1:] for p in parts}) > 1:
        raise DataError(f"{name}: the splits differ in shape: {', '.join(str(p.shape) for p in parts)}.")
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _labels(splits: list[str], found: dict[tuple[str, str], np.ndarray]) -> np.ndarray | None:
    if not any(("y", s) in found for s in splits):
        return None
    unknown = {s: np.full(len(found["x", s]), None, object) for s in splits}
    return np.concatenate([column(found.get(("y", s), unknown[s])) for s in splits])
