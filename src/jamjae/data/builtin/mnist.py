"""MNIST: 70,000 handwritten digits of 28 x 28 pixels, with the official test split."""

from ..raw import Raw
from .base import IdxSet

ABOUT = "70,000 handwritten digits, 28 x 28 grey pixels, official test split of 10,000"

MNIST = IdxSet(
    "mnist",
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ),
    # From tensorflow_datasets/url_checksums/mnist.txt.
    sha256=(
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    classes=tuple("0123456789"),
    recommended="stochastic",
)


def load(seed: int) -> Raw:
    """MNIST; a grey value is read as the share of ink, so stochastic binarisation is recommended.

    Reference:
        LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document recognition.
        https://doi.org/10.1109/5.726791
    """
    return MNIST.load()
