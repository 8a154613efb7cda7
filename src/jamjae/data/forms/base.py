"""Forms: how examples that are no plain numbers come in and go out again.

A picture's bytes are numbers already. A sentence, a row of a table or a recording is not: the form says which numbers
stand for it, in both directions. It is saved in spec.json with the run, so that new examples become the same numbers
and what a model makes can be read.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np


class Form(ABC):
    """Base of the forms.

    Class attributes: `kind`, its name in spec.json; `endings`, the files that `content` can write, the usual one first;
    `drawn`, whether examples can be seen as pictures or curves, too.
    """

    kind: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    drawn: ClassVar[bool] = False

    @abstractmethod
    def spec(self) -> dict[str, Any]:
        """Everything that `of` needs to make an equal form; plain JSON, with `kind`."""

    @classmethod
    @abstractmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        """The form of a spec.

        Raises:
            DataError: If the spec does not make sense.
        """

    @abstractmethod
    def values(self, given: Any) -> np.ndarray:
        """Examples as people have them (sentences, a data frame, waveforms) as numbers x (n, *event).

        Raises:
            DataError: For examples that the form cannot hold, with row, column and what to do.
        """

    @abstractmethod
    def readable(self, x: np.ndarray) -> Any:
        """Examples x (n, *event) as people read them: the inverse of `values`, as far as there is one."""

    @abstractmethod
    def lines(self, x: np.ndarray) -> list[str]:
        """One line of text for each example x (n, *event), for terminals and pages."""

    def grid(self, x: np.ndarray) -> tuple[list[str], list[list[str]]] | None:
        """Names of columns, and a text for each of their cells, (n, columns); None where examples have no columns."""
        return None

    @abstractmethod
    def content(self, x: np.ndarray, ending: str) -> bytes:
        """Examples x (n, *event) as the content of a file with one of the `endings`."""

    def overview(self, x: np.ndarray) -> str:
        """What the parts of an example are, over all examples x (n, *event), for `jamjae check`; empty if not told."""
        return ""
