"""Images into one array: cells in rows and columns with transparent gaps, ready for a PNG or `imshow`."""

import numpy as np


def shades(images: np.ndarray, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Values in [low, high] as red, green and blue in [0, 1]: (*, H, W, C) to (*, H, W, 3).

    Three channels are colours; any other number is averaged into grey. Missing and non-finite cells are mid-grey.

    Example:
        >>> shades(np.array([[[0.0], [5.0], [10.0], [np.nan]]]), 0, 10)[0, :, 0].tolist()
        [0.0, 0.5, 1.0, 0.5]
    """
    unit = (np.asarray(images, float) - low) / (high - low)
    unit = np.where(np.isfinite(unit), unit, 0.5).clip(0, 1)
    return unit if unit.shape[-1] == 3 else np.repeat(unit.mean(-1, keepdims=True), 3, -1)


def mosaic(images: np.ndarray, low: float = 0.0, high: float = 1.0, times: int = 1, gap: int = 1) -> np.ndarray:
    """Rows and columns of images, (R, K, H, W, C) to 8-bit RGB and opacity; gaps and empty places are clear.

    Every cell becomes `times` x `times` pixels, so that a viewer that smooths does not blur them.

    Example:
        >>> mosaic(np.zeros((2, 3, 8, 8, 1))).shape
        (17, 26, 4)
    """
    images = images.repeat(times, 2).repeat(times, 3)
    rows, columns, height, width = images.shape[:4]
    sheet = np.zeros((rows * (height + gap), columns * (width + gap), 4), np.uint8)
    block = sheet.reshape(rows, height + gap, columns, width + gap, 4)[:, :height, :, :width]
    block[..., :3] = np.rint(255 * shades(images, low, high)).astype(np.uint8).transpose(0, 2, 1, 3, 4)
    block[..., 3] = np.where(np.isnan(images).all((2, 3, 4)), 0, 255)[:, None, :, None]
    return sheet[: max(1, sheet.shape[0] - gap), : max(1, sheet.shape[1] - gap)]


def arranged(examples: np.ndarray, columns: int) -> np.ndarray:
    """A list of examples (n, *E) as rows of `columns`, (R, columns, *E), where the last row may end early (NaN).

    Example:
        >>> arranged(np.ones((5, 2)), 3).shape
        (2, 3, 2)
    """
    columns = max(1, min(columns, len(examples)))
    rows = -(-len(examples) // columns)
    sheet = np.full((rows * columns, *examples.shape[1:]), np.nan)
    sheet[: len(examples)] = examples
    return sheet.reshape(rows, columns, *examples.shape[1:])
