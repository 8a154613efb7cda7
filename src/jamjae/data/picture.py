"""One picture file: looked at without decoding, then decoded into the frame that all pictures of a set share.

| in the file | in the array |
|---|---|
| grey (also 1 bit) | grey if every picture of the set is, otherwise red, green, blue |
| palette, CMYK, other colours | red, green, blue, without colour profiles |
| 16 bits | the upper 8 |
| transparency | laid on white |
| EXIF orientation | turned upright |
| another size than the frame's | scaled to cover the frame (bicubic), the middle cut out |

Only Pillow's decoders of PNG, JPEG and WebP are ever asked; the bytes of a file decide, not its name.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .walk import Unreadable

DECODERS = ("PNG", "JPEG", "WEBP")
MOST = 64_000_000  # pixels of one picture; a small file can claim any number
STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
_ORIENTATION, _LYING = 0x0112, (5, 6, 7, 8)  # EXIF


@dataclass(frozen=True)
class Frame:
    """What every picture of a set becomes: (height, width, channels), channels 1 (grey), 3 or 4 (with transparency)."""

    height: int
    width: int
    channels: int


@dataclass(frozen=True)
class Head:
    """What a file says about its picture before it is decoded: upright height and width, and whether it is grey."""

    height: int
    width: int
    grey: bool


def head(path: Path | bytes) -> Head:
    """The head of a picture file, or of its content.

    Raises:
        Unreadable: For files that are no picture of the three kinds, animations and pictures of too many pixels.
    """
    with _opened(path) as image:
        width, height = image.size
        turned = "exif" in image.info and _orientation(image) in _LYING
        return Head(*((width, height) if turned else (height, width)), grey=_grey(image))


def decode(path: Path | bytes, frame: Frame) -> tuple[np.ndarray, list[str]]:
    """The picture as the frame wants it, uint8 (height, width, channels), and what was done to it, in words.

    Raises:
        Unreadable: As `head`, and for damaged files.
    """
    done: list[str] = []
    with _opened(path) as image:
        if ";16" in str([tile[3] for tile in image.tile]):  # Pillow itself keeps the upper 8 bits of colours
            done.append("of 16 bits: the upper 8 kept")
        upright = image
        if _orientation(image) != 1:
            upright = ImageOps.exif_transpose(image)
            done.append("turned upright, as their EXIF data says")
        plain = _plain(upright, frame.channels, done)
        if plain.size != (frame.width, frame.height):
            done.append(f"of another size: scaled to cover {frame.height} x {frame.width}, the middle cut out")
            plain = ImageOps.fit(plain, (frame.width, frame.height), Image.Resampling.BICUBIC)
        return np.asarray(plain, np.uint8).reshape(frame.height, frame.width, frame.channels), done


def _plain(image: Image.Image, channels: int, done: list[str]) -> Image.Image:
    """The picture in the mode of that many channels."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8)).convert(MODES[channels])
    if image.mode not in ("1", "L", "LA", "RGB", "RGBA"):
        done.append(f"in {'a palette' if image.mode.startswith('P') else image.mode}: turned to RGB")
    if channels < 4 and image.has_transparency_data:
        done.append("with transparency: laid on white")
        clear = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), clear).convert("RGB")
    elif channels == 1 and not _grey(image):
        done.append("in colour: turned to grey")
    return image.convert(MODES[channels])


def _orientation(image: Image.Image) -> int:
    """How the picture lies, 1 to 8 as in the EXIF standard; 1, upright, where its EXIF data are damaged."""
    try:
        how = image.getexif().get(_ORIENTATION, 1)
    except SyntaxError:
        return 1
    return how if how in range(1, 9) else 1


def _grey(image: Image.Image) -> bool:
    return image.mode in ("1", "L", "LA", "La") or image.mode.startswith("I")


@contextmanager
def _opened(path: Path | bytes) -> Iterator[Any]:
    """A picture whose head has been read; whatever Pillow raises inside becomes `Unreadable`."""
    try:
        with warnings.catch_warnings(), _file(path) as file:
            warnings.simplefilter("ignore")  # of odd metadata, and of sizes, which are judged here
            with Image.open(file, formats=DECODERS) as image:
                _allowed(image)
                yield image
    except Image.DecompressionBombError:
        raise Unreadable(f"more than {MOST // 1_000_000} million pixels") from None
    except UnidentifiedImageError:
        with _file(path) as file:
            raise Unreadable(_kind(file.read(4))) from None
    except _DAMAGED as error:
        system = error.strerror if isinstance(error, OSError) else None
        raise Unreadable(system or f"damaged: {' '.join(str(error).split())[:80]}") from None


def _allowed(image: Any) -> None:
    if image.width * image.height > MOST:
        raise Unreadable(f"{image.width:,} x {image.height:,} is more than {MOST // 1_000_000} million pixels")
    if image.format != "MPO" and getattr(image, "is_animated", False):  # MPO: a JPEG and its preview in one file
        raise Unreadable(f"an animation of {image.n_frames} frames")


def _file(path: Path | bytes) -> BinaryIO:
    return BytesIO(path) if isinstance(path, bytes) else path.open("rb")


def _kind(start: bytes) -> str:
    """What a file is that no decoder knows, by its first bytes."""
    if not start:
        return "empty"
    if start.startswith(STARTS):
        return "damaged: its head cannot be read"
    return f"no PNG, JPEG or WebP picture: it starts with {start.hex(' ')}"
