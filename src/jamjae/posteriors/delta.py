"""The point posterior of a plain autoencoder."""

from torch import Tensor

from ..core.delta import Delta as Point
from ..core.shapes import Shape
from .base import Posterior


class Delta(Posterior):
    """q(z | x) = delta(z - h): the encoder outputs the code itself. It has no density, so the model has no likelihood.

    Reference:
        Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks.
        https://doi.org/10.1126/science.1127647

    Arguments:
        latent: Shape of z.

    Example:
        >>> import torch
        >>> Delta((2,))(torch.ones(5, 2)).mean.shape
        torch.Size([5, 2])
    """

    certain = True

    def __init__(self, latent: Shape = (2,)) -> None:
        super().__init__()
        self.latent = latent

    @property
    def features(self) -> Shape:
        return self.latent

    def forward(self, h: Tensor) -> Point:
        return Point(h, len(self.latent))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((2, 3))
