"""Bits as codes: relaxed while training, exact afterwards."""

from torch import Tensor
from torch.distributions import Distribution, constraints

from ..core.bits import Bits
from ..core.errors import require
from ..core.product import Product
from ..core.shapes import Shape
from .base import Posterior


class Bernoulli(Posterior):
    r"""q(z | x) = prod_j Bernoulli(z_j | sigmoid(h_j)); it goes with the prior `bernoulli`.

    In `train()` the draws are relaxed to numbers in (0, 1), so that the decoder's gradient reaches h; in `eval()` they
    are bits. The KL is that of the bits in both.

    Reference:
        Maddison, Mnih and Teh (2017), The concrete distribution. https://arxiv.org/abs/1611.00712;
        Jang, Gu and Poole (2017), Categorical reparameterization with Gumbel-softmax. https://arxiv.org/abs/1611.01144

    Arguments:
        latent: Shape of z.
        temperature: Of the relaxation, > 0: lower is closer to bits, with a noisier gradient.

    Example:
        >>> import torch
        >>> q = Bernoulli((3,)).eval()(torch.tensor([[-9.0, 0.0, 9.0]]))
        >>> q.sample((100,)).unique().tolist(), Bernoulli((3,)).point(q).tolist()
        ([0.0, 1.0], [[0.0, 0.0, 1.0]])
    """

    support = constraints.boolean

    def __init__(self, latent: Shape = (2,), temperature: float = 0.5) -> None:
        super().__init__()
        require(temperature > 0, "`temperature` must be positive", temperature, "Pass temperature=0.5.")
        self.latent, self.temperature = latent, temperature

    @property
    def features(self) -> Shape:
        return self.latent

    def forward(self, h: Tensor) -> Product:
        return Product(Bits(h, self.temperature if self.training else 0.0), len(self.latent))

    def point(self, q: Distribution) -> Tensor:
        """The likeliest bits, (B, *latent)."""
        return (q.mean > 0.5).to(q.mean)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((1,), temperature=0.1)
        yield cls((2, 3))
