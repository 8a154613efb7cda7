"""The model with a known answer: a linear decoder with Gaussian noise is probabilistic PCA.

p(x) = N(x | b, W W' + s^2 I)
"""

import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from jamjae.core import Event
from jamjae.likelihoods import Gaussian as Noise
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.posteriors import Gaussian as Posterior
from jamjae.priors import Gaussian as Prior

SIGMA = 0.7


def linear_model(columns: int = 4, axes: int = 2) -> LatentModel:
    """A linear-Gaussian model in double precision whose encoder is not the optimal one."""
    torch.manual_seed(0)
    posterior, likelihood = Posterior((axes,)), Noise(Event((columns,)), "fixed", sigma=SIGMA)
    encoder = MLP((columns,), posterior.features, widths=())
    decoder = MLP((axes,), likelihood.features, widths=())
    return LatentModel(Prior((axes,)), decoder, likelihood, encoder, posterior).double().eval()


def evidence(model: LatentModel, x: Tensor) -> Tensor:
    """log p(x), (B,), in closed form."""
    layer = model.decoder.layers[0]
    covariance = layer.weight @ layer.weight.T + SIGMA**2 * torch.eye(x.shape[1], dtype=x.dtype)
    return MultivariateNormal(layer.bias, covariance).log_prob(x)


def make_exact(model: LatentModel) -> None:
    """Give the encoder the exact posterior of a decoder with orthogonal columns; its covariance is then diagonal."""
    with torch.no_grad():
        weight, bias = model.decoder.layers[0].weight, model.decoder.layers[0].bias
        weight.copy_(torch.linalg.qr(weight).Q * torch.tensor([1.5, 0.5]))
        variance = 1 / (1 + (weight.T @ weight).diagonal() / SIGMA**2)
        to_mean = variance[:, None] * weight.T / SIGMA**2
        layer = model.encoder.layers[0]
        axes = len(variance)
        layer.weight.copy_(torch.stack([to_mean, torch.zeros_like(to_mean)], 1).reshape(2 * axes, -1))
        layer.bias.copy_(torch.stack([-to_mean @ bias, variance.log()], 1).reshape(-1))
