"""A Gaussian posterior with all correlations."""

import math

import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from ..core.errors import require
from ..core.shapes import Shape
from .base import Posterior


class FullGaussian(Posterior):
    r"""q(z | x) = N(z | mu(x), L(x) L(x)^T); the encoder outputs mu, ln L_jj^2 and the entries of L below the diagonal.

    L is lower triangular with a positive diagonal: the Cholesky factor of the covariance.

    Reference:
        Kingma and Welling (2019), An introduction to variational autoencoders, section 2.5.1.
        https://arxiv.org/abs/1906.02691

    Arguments:
        latent: Shape of z: one axis.
        clamp: ln L_jj^2 stays in [-clamp, clamp], > 0.

    Example:
        >>> q = FullGaussian((3,))(torch.zeros(5, 9))
        >>> q.mean.shape, q.covariance_matrix[0].diagonal().tolist()
        (torch.Size([5, 3]), [1.0, 1.0, 1.0])
    """

    places: Tensor  # rows and columns of the entries below the diagonal

    def __init__(self, latent: Shape = (2,), clamp: float = 15.0) -> None:
        super().__init__()
        require(clamp > 0, "`clamp` must be positive", clamp, "Pass clamp=15.")
        rule = "the posterior full-gaussian needs a flat `latent`"
        require(len(latent) == 1, rule, latent, f"Pass latent={math.prod(latent)}.")
        self.latent, self.clamp = latent, clamp
        self.register_buffer(
            "places", torch.tril_indices(latent[0], latent[0], -1), persistent=False
        )  # a constant when exported

    @property
    def features(self) -> Shape:
        (axes,) = self.latent
        return (2 * axes + axes * (axes - 1) // 2,)

    def forward(self, h: Tensor) -> MultivariateNormal:
        (axes,) = self.latent
        mu, log_variance, below = torch.split(h, [axes, axes, axes * (axes - 1) // 2], -1)
        tril = torch.diag_embed((log_variance.clamp(-self.clamp, self.clamp) / 2).exp())
        tril[..., self.places[0], self.places[1]] = below
        return MultivariateNormal(mu, scale_tril=tril, validate_args=False)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((1,))
        yield cls((4,), clamp=5.0)
