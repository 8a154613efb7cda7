"""A published set of four idx files: training and test pictures and their labels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import DataError
from ...core.event import Event
from .. import idx
from ..dataset import Binarise
from ..fetch import locate
from ..raw import Raw

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


@dataclass(frozen=True)
class IdxSet:
    """Where the files are and what their labels mean.

    Arguments:
        name: Name of the set, and of its folder.
        mirrors: Addresses of folders with the files, tried in this order.
        sha256: Published SHA-256 of the files, in the order of `FILES`; downloads must match, local files need not.
        classes: Names of the classes.
        recommended: The binarisation that suits the pictures.
    """

    name: str
    mirrors: tuple[str, ...]
    sha256: tuple[str, ...]
    classes: tuple[str, ...]
    recommended: Binarise

    def load(self) -> Raw:
        """The pictures, first the training rows, then the official test rows."""
        hashes = dict(zip(FILES, self.sha256, strict=True))
        train, train_y, test, test_y = (self._read(locate(self.name, f, hashes[f], self.mirrors)) for f in FILES)
        self._check(train, train_y, test, test_y)
        return Raw(
            self.name,
            np.concatenate([train, test])[..., None],
            y=np.concatenate([train_y, test_y]),
            official={"test": np.arange(len(train), len(train) + len(test))},
            event=Event((*train.shape[1:], 1), "image", 0.0, 1.0, grid=256),
            unit=255.0,
            recommended=self.recommended,
            classes=self.classes,
        )

    def _read(self, path: Path) -> np.ndarray:
        array = idx.read(path)
        if array.dtype != np.uint8:
            raise DataError(f"{path} holds {array.dtype}; {self.name} has 8-bit values. Delete it to fetch it again.")
        return array

    def _check(self, train: np.ndarray, train_y: np.ndarray, test: np.ndarray, test_y: np.ndarray) -> None:
        shapes = train.shape, train_y.shape, test.shape, test_y.shape
        fit = train.ndim == test.ndim == 3 and train.shape[1:] == test.shape[1:]
        if not (fit and train_y.shape == train.shape[:1] and test_y.shape == test.shape[:1]):
            raise DataError(f"the files of {self.name} do not go together: {shapes}. Delete them to fetch them again.")
        if max(train_y.max(initial=0), test_y.max(initial=0)) >= len(self.classes):
            raise DataError(f"labels of {self.name} must be below {len(self.classes)}: the files are of another set.")
