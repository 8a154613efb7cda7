"""One recording: looked at without decoding, then decoded into the length and the rate that all of a set share.

| in the file | in the array |
|---|---|
| WAV of 8, 16, 24 or 32 bits or of floating-point numbers, FLAC | 16 bits |
| several channels | their mean |
| another rate | resampled (polyphase filter) |
| shorter | silence at the end |
| longer | cut at the end |
| floating-point numbers beyond -1 and 1 | -1 and 1 |

The bytes of a file decide what it is, not its name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import DataError
from .walk import Unreadable

RATES = (1_000, 768_000)  # samples a second that a file may claim
BLOCK = 1 << 16  # samples decoded at a time
TIGHTEST = 8192  # samples that a byte of FLAC can hold at most, and more: 65,535 of silence take some ten bytes
PCM = 32768  # the number that counts as 1 among 16-bit samples


@dataclass(frozen=True)
class Take:
    """What every recording of a set becomes: so many samples at so many a second."""

    rate: int
    samples: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.samples / self.rate


@dataclass(frozen=True)
class Head:
    """What a file says about its recording: samples of each channel, samples a second, channels."""

    samples: int
    rate: int
    channels: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.samples / self.rate


def is_sound(start: bytes) -> bool:
    """Whether a file that begins so may be a recording.

    Example:
        >>> is_sound(b"RIFF\\x24\\x00\\x00\\x00WAVEfmt "), is_sound(b"RIFF\\x24\\x00\\x00\\x00WEBPVP8 ")
        (True, False)
    """
    return start.startswith(b"fLaC") or (start[:4] in (b"RIFF", b"RF64") and start[8:12] == b"WAVE")


def head(path: Path) -> Head:
    """The head of a recording.

    Raises:
        Unreadable: For files that are no WAV or FLAC recording, are cut short, or hold no samples.
        DataError: Without the package that reads them.
    """
    with _opened(path) as file:
        found = Head(int(file.frames), int(file.samplerate), int(file.channels))
    size = path.stat().st_size
    if not RATES[0] <= found.rate <= RATES[1]:
        raise Unreadable(f"{found.rate:,} samples a second, outside {RATES[0]:,} to {RATES[1]:,}")
    if found.samples < 1:
        raise Unreadable("no samples")
    if found.samples > TIGHTEST * size or _claimed(path) > size + 1:  # some programs count a byte of padding
        raise Unreadable("damaged: cut short")
    return found


def decode(path: Path, head: Head, take: Take) -> tuple[np.ndarray, list[str]]:
    """The recording as it is to be taken, int16 (samples,), and what was done to it, in words.

    Only what is taken is decoded, block by block.

    Raises:
        Unreadable: As `head`, for damaged files and for values that are not numbers.
    """
    done = []
    needed = min(head.samples, int(np.ceil((take.seconds + 0.1) * head.rate)))  # the filter looks a little ahead
    with _opened(path) as file:
        parts = [b.mean(1) for b in file.blocks(BLOCK, frames=needed, dtype="float64", always_2d=True)]
    wave = np.concatenate(parts) if parts else np.zeros(0)
    if len(wave) < needed:
        raise Unreadable("damaged: cut short")
    if not np.isfinite(wave).all():
        raise Unreadable("values that are NaN or infinite")
    if head.channels > 1:
        done.append("in several channels: averaged")
    if head.rate != take.rate:
        done.append(f"at another rate: resampled to {take.rate:,} a second")
    if round(head.seconds * take.rate) > take.samples:
        done.append("longer: cut")
    elif round(head.seconds * take.rate) < take.samples:
        done.append("shorter: silence added at the end")
    if np.abs(wave).max() > 1:
        done.append("louder than full scale: clipped")
    return pcm(fitted(resampled(wave, head.rate, take.rate), take.samples)), done


def resampled(wave: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """A waveform (samples,) at another rate, without the frequencies that it cannot hold."""
    if rate == wanted:
        return wave
    from scipy.signal import resample_poly  # slow to import, and needed here only

    common = gcd(rate, wanted)
    found: np.ndarray = resample_poly(wave, wanted // common, rate // common)
    return found


def fitted(wave: np.ndarray, samples: int) -> np.ndarray:
    """So many samples of a waveform: the first ones, then silence.

    Example:
        >>> fitted(np.array([1.0, 2.0]), 3).tolist(), fitted(np.array([1.0, 2.0]), 1).tolist()
        ([1.0, 2.0, 0.0], [1.0])
    """
    return np.pad(wave[:samples], (0, max(0, samples - len(wave))))


def pcm(wave: np.ndarray) -> np.ndarray:
    """Numbers in [-1, 1] as 16-bit samples; what is louder is clipped.

    Example:
        >>> pcm(np.array([0.0, 0.5, 1.0, -2.0])).tolist()
        [0, 16384, 32767, -32768]
    """
    found: np.ndarray = np.rint(wave * PCM).clip(-PCM, PCM - 1).astype(np.int16)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A recording whose head has been read; whatever libsndfile says of it becomes `Unreadable`."""
    soundfile = library()
    try:
        with path.open("rb") as opened:
            start = opened.read(12)
            if not is_sound(start):
                begin = f"it starts with {start[:4].hex(' ')}"
                raise Unreadable(f"no WAV or FLAC recording: {begin}" if start else "empty")
            opened.seek(0)
            with soundfile.SoundFile(opened) as file:
                yield file
    except soundfile.SoundFileError as error:
        reason = getattr(error, "error_string", "") or str(error)
        raise Unreadable(f"damaged: {' '.join(reason.split())[:80]}") from None
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read") from None


def library() -> Any:
    """The package that reads recordings.

    Raises:
        DataError: If it is not installed.
    """
    try:
        import soundfile
    except ImportError:
        raise DataError('reading recordings needs soundfile: pip install "jamjae[audio]".') from None
    except OSError as error:  # its library is not there
        raise DataError(f"soundfile cannot be loaded: {error}.") from None
    return soundfile


def _claimed(path: Path) -> int:
    """Bytes that a WAV file says it has; 0 where it does not say, as in one that was written into a pipe."""
    with path.open("rb") as file:
        start = file.read(8)
    size = int.from_bytes(start[4:8], "little")
    return size + 8 if start[:4] == b"RIFF" and size < 0xFFFFFFFF - 36 else 0
