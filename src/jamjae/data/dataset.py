"""A data set: raw values in memory or in a mapped file, labels, splits; scaled and binarised when they are taken."""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from ..core.errors import UsageError, require, unknown
from ..core.event import Event
from ..core.seeds import generator
from .bits import flips
from .forms.base import Form
from .modes import Modes
from .pages import ease

Binarise = Literal["none", "threshold", "stochastic"]
BINARISE: tuple[Binarise, ...] = ("none", "threshold", "stochastic")
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Dataset:
    """Examples as they were read (8-bit pictures stay 8-bit) and how to see them as an `Event`.

    Arguments:
        name: What the user called it.
        event: One example after scaling and binarisation.
        x: Raw values, (n, *event.shape).
        y: Labels (n,): class numbers, int64, -1 where missing; or real numbers, float32, NaN where missing, and no
            `classes`. None without labels.
        splits: Row numbers of "train", "validation" and "test"; every row is in at most one.
        unit: The raw value that counts as 1.0: 255 for 8-bit pictures, 1 for plain numbers.
        binarise: "none", "threshold" (above one half) or "stochastic" (each value is the probability of a 1, drawn
            afresh).
        classes: Names of the classes.
        fingerprint: SHA-256 of values, labels and unit.
        recommended: The binarisation that suits the data; `fit` uses it unless told otherwise.
        notes: What the reader noticed, in plain words.
        factors: Known causes of each example, (n, number of factors), float32; None where nobody knows them.
        factor_names: Names of the factors.
        modes: Where the examples' narrow modes are; None where nobody knows them.
        channel_classes: K where every channel shows one of K classes of its own and the label counts them like digits,
            y = sum_c k_c K^(C - 1 - c); 0 where an example has one class.
        form: How examples come in and go out, where they are no plain numbers; None where they are.
        mapped: Whether x lies in a file, on the CPU, wherever the rows that are taken go. Nobody writes to it.
        device: Where rows that are taken from a mapped file go.
    """

    name: str
    event: Event
    x: Tensor
    y: Tensor | None
    splits: dict[str, Tensor]
    unit: float = 1.0
    binarise: Binarise = "none"
    classes: tuple[str, ...] = ()
    fingerprint: str = ""
    recommended: Binarise = "none"
    notes: tuple[str, ...] = ()
    factors: Tensor | None = None
    factor_names: tuple[str, ...] = ()
    modes: Modes | None = None
    channel_classes: int = 0
    form: Form | None = None
    mapped: bool = False
    device: str | torch.device = "cpu"

    def __len__(self) -> int:
        return len(self.x)

    def rows(self, split: str) -> Tensor:
        """Row numbers of a split."""
        require(split in SPLITS, f"`split` must be one of {', '.join(SPLITS)}", split)
        return self.splits[split]

    def labels(self, rows: Tensor) -> Tensor | None:
        """Labels of the rows; None without labels."""
        return None if self.y is None else self.y[rows.to(self.y.device)]

    def inorder(self, split: str) -> Tensor:
        """Row numbers of a split as they come in the file: a disk is read far faster so."""
        return self.rows(split).sort().values if self.mapped else self.rows(split)

    def scaled(self, rows: Tensor) -> Tensor:
        """Values of the rows before binarisation: real numbers as float32, categories as int64."""
        x = self.raw(rows)
        if not x.is_floating_point() and self.event.levels > 2:
            return x.long()
        x = x.to(torch.float32)
        return x if self.unit == 1.0 else x / self.unit

    def raw(self, rows: Tensor) -> Tensor:
        """Values of the rows as they were read."""
        x = self.x.index_select(0, rows.to(self.x.device))  # ten times faster than self.x[rows]
        if self.mapped:
            ease()
            return x.to(self.device)
        return x

    def take(self, rows: Tensor, random: torch.Generator | None = None) -> Tensor:
        """Values of the rows as the model sees them, (len(rows), *event.shape).

        Stochastic binarisation draws from `random`, or from torch's default generator when it is None.
        """
        x = self.scaled(rows)
        if self.binarise == "threshold":
            return (x > 0.5).to(x.dtype)
        if self.binarise == "stochastic":
            return flips(x, random)
        return x

    @property
    def shades(self) -> bool:
        """Whether a model's sample is best seen as a picture of shades, without the noise of single cells."""
        return self.event.kind == "image" and (self.event.levels == 0 or self.binarise != "none")

    def shown(self, rows: Tensor, random: torch.Generator | None = None) -> Tensor:
        """Values of the rows in the form in which samples are compared with them: shades, not bits drawn from them."""
        return self.scaled(rows) if self.shades else self.take(rows, random)

    def examples(self, split: str, limit: int | None = None, seed: int = 0) -> tuple[Tensor, Tensor | None]:
        """The first `limit` examples of a split and their labels; binarised the same way for the same seed."""
        rows = self.rows(split)[:limit]
        x = self.take(rows, generator(seed, "binarise", split))
        return x, self.labels(rows)

    def to(self, device: str | torch.device) -> "Dataset":
        """The same data resident on a device; of a mapped file only the rows that are taken go there."""
        x = self.x if self.mapped else self.x.to(device)
        return replace(self, x=x, y=None if self.y is None else self.y.to(device), device=device)

    def binarised(self, how: Binarise) -> "Dataset":
        """The same data under another binarisation; the event says that the values are binary.

        Data that hold only 0 and 1 come back as they are: every binarisation leaves them unchanged.

        Raises:
            UsageError: If `how` is unknown, or values lie outside [0, 1].
        """
        if how not in BINARISE:
            raise unknown("binarisation", how, BINARISE)
        if how == self.binarise or (self.binarise == "none" and self.event.levels == 2):
            return self
        require(
            how == "none" or not self.event.missing,
            "`binarise` needs examples without gaps",
            how,
            "Leave it out, or leave `missing` out.",
        )
        if how == "none":
            return replace(self, binarise=how, event=replace(self.event, levels=0))
        if not (self.event.low >= 0 and self.event.high <= 1):
            raise UsageError(
                f"`binarise` needs values in [0, 1]; {self.name} has [{self.event.low}, {self.event.high}]. "
                "Leave it out, or scale the data first."
            )
        return replace(self, binarise=how, event=replace(self.event, levels=2))
