"""Fashion-MNIST: 70,000 pictures of clothes of 28 x 28 pixels, with the official test split."""

from ..raw import Raw
from .base import IdxSet

ABOUT = "70,000 pictures of clothes, 28 x 28 grey pixels, official test split of 10,000"

FASHION = IdxSet(
    "fashion-mnist",
    mirrors=(
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ),
    # From tensorflow_datasets/url_checksums/fashion_mnist.txt.
    sha256=(
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    classes=("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    recommended="none",  # grey is the brightness of cloth here, not a share of ink
)


def load(seed: int) -> Raw:
    """Fashion-MNIST, in grey.

    Reference:
        Xiao, Rasul and Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine
        learning algorithms. https://arxiv.org/abs/1708.07747
    """
    return FASHION.load()
