"""1,797 real handwritten digits of 8 x 8 pixels, shipped with scikit-learn: no download."""

import numpy as np

from ...core.event import Event
from ..raw import Raw

ABOUT = "1,797 handwritten digits, 8 x 8 grey pixels in 17 levels; ships with scikit-learn"


def load(seed: int) -> Raw:
    """The digits; a grey value is the share of ink in a block of 4 x 4 scanned dots.

    Reference:
        Alpaydin and Kaynak (1998), Optical recognition of handwritten digits. https://doi.org/10.24432/C50P49
    """
    from sklearn.datasets import load_digits  # slow to import, and needed here only

    found = load_digits()
    return Raw(
        "digits",
        found.images.astype(np.uint8)[..., None],
        y=found.target,
        event=Event((8, 8, 1), "image", 0.0, 1.0, grid=17),
        unit=16.0,
        recommended="stochastic",
        classes=tuple("0123456789"),
    )
