"""How every picture looks: colours that read on light and dark pages, an empty canvas, text in a font with its letters.

Nothing here touches pyplot or the global settings: a picture is a `Figure` of its own, with a transparent background.
"""

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

INK = "#757a84"  # axes and words: contrast of at least 4 to white and to black
PAPER = "#fefdfc"  # behind labels that stand on points; a page may restyle it
MAIN, OTHER = "#3b7dd8", "#e07b16"  # two series: blue and orange differ for every kind of colour vision
# After Petroff (2021), Accessible color sequences for data visualization; the darkest two lighter, the lightest darker,
# so that all of them can be seen on white and on black.
CLASSES = ("#3f90da", "#ffa90e", "#c62a0c", "#94a4a2", "#8f3cc4", "#a96b59", "#e76300", "#b9ac70", "#717581", "#6fc6cc")
HANGUL = ("notosanscjk", "notosanskr", "nanum", "applesdgothic", "applegothic", "malgun", "undotum", "baekmuk")
LONGEST = 24


Margins = tuple[float, float, float, float]


def canvas(width: float = 360, height: float = 240, margins: Margins = (40, 24, 8, 8)) -> tuple[Figure, Axes]:
    """A transparent figure of width x height points (1/72 inch) with one quiet pair of axes.

    `margins` (left, bottom, right, top, in points) are fixed: matplotlib's own layouts draw every figure twice.
    """
    figure = Figure(figsize=(width / 72, height / 72), facecolor="none")
    left, bottom, right, top = margins
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)
    return figure, quiet(figure.add_axes(box))


def quiet(axes: Axes) -> Axes:
    """Two thin spines, small ink-coloured ticks, a faint grid behind."""
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(color=INK, linewidth=0.6, alpha=0.6)
    axes.tick_params(colors=INK, labelsize=9, width=0.6, length=3)
    axes.grid(color=INK, alpha=0.18, linewidth=0.6)
    return axes


def bare(axes: Axes) -> Axes:
    """No spines, ticks or grid: for pictures that need none."""
    axes.set_axis_off()
    return axes


def colour(number: int) -> str:
    """Colour of a class number; the tenth-next class repeats it, a missing label (-1) is ink."""
    return INK if number < 0 else CLASSES[number % len(CLASSES)]


def blend(share: np.ndarray) -> np.ndarray:
    """Colours (n, 3) from the first series' blue (0) over grey to the second one's orange (1); NaN is ink.

    Example:
        >>> blend(np.array([0.0, 1.0, np.nan])).round(2).tolist()
        [[0.23, 0.49, 0.85], [0.88, 0.48, 0.09], [0.46, 0.48, 0.52]]
    """
    low, high, none = (np.array(to_rgb(c)) for c in (MAIN, OTHER, INK))
    mixed = low + np.nan_to_num(share)[:, None] * (high - low)
    return np.where(np.isnan(share)[:, None], none, mixed)


def words(text: object) -> dict[str, Any]:
    """Arguments of `Axes.text` that draw any user's text: one line, no mathematics, a font that has its letters.

    Characters that no installed font has become "?", with one warning that says what to install.

    Example:
        >>> words("$x^2$")["s"]
        '$x^2$'
    """
    line = "".join(c if c.isprintable() else " " for c in str(text))
    line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    for font in (FontProperties(), hangul()):
        if font is not None and _covers(str(font_manager.findfont(font)), line):
            return {"s": line, "fontproperties": font, "parse_math": False}
    _warn_once()
    return {"s": line.encode("ascii", "replace").decode(), "fontproperties": FontProperties(), "parse_math": False}


def write(axes: Axes, x: float, y: float, text: object, size: float = 9, **style: Any) -> None:
    """Draw a user's text at (x, y)."""
    given = words(text)
    font = given["fontproperties"].copy()
    font.set_size(size)
    axes.text(x, y, given["s"], fontproperties=font, parse_math=False, **({"color": INK} | style))


@cache
def hangul() -> FontProperties | None:
    """The first installed font with Hangul, or None. Files are looked up too: matplotlib's list may be old."""
    listed = [f.fname for f in font_manager.fontManager.ttflist]
    for path in (*sorted(listed), *sorted(font_manager.findSystemFonts())):
        name = Path(path).name.lower().replace("-", "").replace("_", "")
        if name.startswith(HANGUL) and Path(path).exists() and _covers(path, "잠재"):
            return FontProperties(fname=path)
    return None


def _covers(path: str, line: str) -> bool:
    return all(c.isspace() or ord(c) in _letters(path) for c in line)


@cache
def _letters(path: str) -> frozenset[int]:
    return frozenset(FT2Font(path).get_charmap())


@cache
def _warn_once() -> None:
    warnings.warn(
        "no installed font has some letters of a label; they are drawn as '?'. "
        "For Korean, install a Hangul font: Debian and Ubuntu fonts-noto-cjk, macOS and Windows have one.",
        stacklevel=4,
    )


def limits(values: np.ndarray, margin: float = 0.06) -> tuple[float, float]:
    """Axis limits around the finite values; a constant or empty array gets a window of its own.

    Example:
        >>> limits(np.array([np.nan, 2.0, 2.0]))
        (1.5, 2.5)
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    pad = margin * (high - low) if high > low else 0.5 * max(abs(low), 1.0) if abs(low) > 1e6 else 0.5
    return low - pad, high + pad
