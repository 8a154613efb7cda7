"""The diagonal Gaussian posterior of the variational autoencoder."""

from torch import Tensor
from torch.distributions import Normal

from ..core.errors import require
from ..core.product import Product
from ..core.shapes import Shape
from .base import Posterior


class Gaussian(Posterior):
    r"""q(z | x) = prod_j N(z_j | mu_j(x), sigma_j(x)^2); the encoder outputs mu and ln sigma^2.

    The logarithm keeps sigma positive whatever the encoder says, and is clamped so that no exponential overflows.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes, section 3. https://arxiv.org/abs/1312.6114

    Arguments:
        latent: Shape of z.
        clamp: ln sigma^2 stays in [-clamp, clamp], > 0.

    Example:
        >>> import torch
        >>> q = Gaussian((2,))(torch.zeros(5, 2, 2))
        >>> q.mean.shape, q.base.scale[0].tolist()
        (torch.Size([5, 2]), [1.0, 1.0])
    """

    def __init__(self, latent: Shape = (2,), clamp: float = 15.0) -> None:
        super().__init__()
        require(clamp > 0, "`clamp` must be positive", clamp, "Pass clamp=15.")
        self.latent, self.clamp = latent, clamp

    @property
    def features(self) -> Shape:
        return (*self.latent, 2)

    def forward(self, h: Tensor) -> Product:
        mu, log_variance = h.unbind(-1)
        sigma = (log_variance.clamp(-self.clamp, self.clamp) / 2).exp()
        return Product(Normal(mu, sigma, validate_args=False), len(self.latent))

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((1,), clamp=5.0)
        yield cls((2, 3))
