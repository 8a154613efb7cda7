"""Recordings as their samples."""

from typing import Any, ClassVar, Self

import numpy as np

from ...core.event import Event
from ..sound import Take
from .sound import PCM, Sound, decibels, sizes


class Wave(Sound):
    """A recording as its samples, (samples, 1), in [-1, 1]; held in 16 bits.

    Arguments:
        take: Rate and length.

    Example:
        >>> form = Wave(Take(8000, 4))
        >>> x = form.values([[0.0, 0.5]])
        >>> x[..., 0].tolist(), form.readable(x / form.unit).tolist()
        ([[0, 16384, 0, 0]], [[0.0, 0.5, 0.0, 0.0]])
    """

    kind = "wave"
    unit: ClassVar[float] = PCM

    def __init__(self, take: Take) -> None:
        self.take = take

    @property
    def event(self) -> Event:
        return Event((self.take.samples, 1), "audio", -1.0, 1.0)

    def spec(self) -> dict[str, Any]:
        return self._spec()

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        return cls(Take(*sizes(spec, "rate", "samples")))

    def heard(self, waves: np.ndarray) -> np.ndarray:
        return waves[..., None]

    def played(self, x: np.ndarray) -> np.ndarray:
        return x[..., 0].astype(np.float32)

    def described(self) -> str:
        return f"{self.take.samples:,} samples ({self.take.seconds:.3g} s at {self.take.rate:,} Hz)"

    def lines(self, x: np.ndarray) -> list[str]:
        powers = decibels(np.square(self.played(x), dtype=np.float64).mean(1))
        return [f"{self.take.seconds:.2f} s of sound, {power:.0f} dB on average" for power in powers]
