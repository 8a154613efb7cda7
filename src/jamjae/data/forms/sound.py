"""Recordings: which numbers stand for a waveform, and the waveform that numbers stand for."""

import io
import wave
from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from ...core.errors import Damaged, DataError
from ...core.event import Event
from .. import checks
from ..sound import PCM, Take, fitted, pcm
from .base import Form

PAUSE = 0.25  # seconds between recordings in one file
CHUNK = 256  # waveforms at a time


class Sound(Form):
    """Base of the forms of recordings: equally long waveforms at one rate.

    Class attribute: `unit`, the number that counts as 1 where `heard` gives whole numbers; otherwise 1.
    """

    endings: ClassVar[tuple[str, ...]] = (".wav",)
    drawn = True
    unit: ClassVar[float] = 1.0
    take: Take

    @property
    @abstractmethod
    def event(self) -> Event:
        """One example."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one example."""
        return self.event.shape

    @abstractmethod
    def heard(self, waves: np.ndarray) -> np.ndarray:
        """Waveforms of 16 bits (n, samples) as examples (n, *event)."""

    @abstractmethod
    def played(self, x: np.ndarray) -> np.ndarray:
        """Examples (n, *event) as waveforms (n, samples), float32 in about [-1, 1]."""

    @abstractmethod
    def described(self) -> str:
        """What an example is, in words."""

    def values(self, given: Any) -> np.ndarray:
        """Waveforms (n, samples), or one (samples,): numbers in [-1, 1], or 16-bit samples; cut or filled with silence.

        Raises:
            DataError: For other shapes and values.
        """
        waves = np.asarray(given)
        checks.numeric(waves)
        waves = waves[None] if waves.ndim == 1 else waves
        if waves.ndim != 2 or waves.size == 0:
            raise DataError(f"waveforms are (n, samples); got shape {waves.shape}. Average channels first: x.mean(-1).")
        checks.finite(waves)
        if waves.dtype != np.int16 and np.abs(waves).max() > 1:
            raise DataError(f"waveforms are numbers in [-1, 1]; got {np.abs(waves).max():g}. Divide by the largest.")
        waves = np.stack([fitted(one, self.take.samples) for one in waves])
        waves = waves if waves.dtype == np.int16 else pcm(waves)
        return np.concatenate([self.heard(waves[i : i + CHUNK]) for i in range(0, len(waves), CHUNK)])

    def readable(self, x: np.ndarray) -> np.ndarray:
        """Waveforms (n, samples), float32 in [-1, 1], at the rate of the form."""
        parts = [self.played(np.asarray(x[i : i + CHUNK])) for i in range(0, len(x), CHUNK)]
        return np.concatenate(parts).clip(-1, 1)

    def content(self, x: np.ndarray, ending: str = ".wav") -> bytes:
        """A WAV file of 16 bits: the examples one after another, with a pause between them."""
        pause = np.zeros(round(PAUSE * self.take.rate), np.float32)
        waves = [part for one in self.readable(x) for part in (one, pause)]
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(self.take.rate)
            out.writeframes(pcm(np.concatenate(waves[:-1])).astype("<i2").tobytes())
        return file.getvalue()

    def _spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "rate": self.take.rate, "samples": self.take.samples}


def sizes(spec: dict[str, Any], *names: str) -> list[int]:
    """Positive whole numbers of a spec.

    Raises:
        Damaged: If one is missing or something else.
    """
    for name in names:
        value = spec.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise Damaged(f"the form of the data has {name} = {value!r}; it must be a positive whole number.")
    return [spec[name] for name in names]


def decibels(power: np.ndarray) -> np.ndarray:
    """10 log10 of a power, at least -120.

    Example:
        >>> decibels(np.array([1.0, 0.01, 0.0])).tolist()
        [0.0, -20.0, -120.0]
    """
    found: np.ndarray = 10 * np.log10(np.maximum(power, 1e-12))
    return found


__all__ = ["PCM", "Sound", "decibels", "sizes"]
