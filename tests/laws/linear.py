"""The model with a known answer: a linear decoder with Gaussian noise is probabilistic PCA.

p(x) = N(x | b, W W' + s^2 I)

Told a label y, b moves by a column of its own: p(x | y) = N(x | b + V_y, W W' + s^2 I).
"""

import math

import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from jamjae.conditions import Label
from jamjae.core import Event
from jamjae.likelihoods import Gaussian as Noise
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.posteriors import Gaussian as Posterior
from jamjae.priors import Gaussian as Prior

SIGMA = 0.7


def linear_model(columns: int = 4, axes: int = 2, labels: int = 0) -> LatentModel:
    """A linear-Gaussian model in double precision whose encoder is not the optimal one; with `labels` it is told them,
    and has a classifier."""
    torch.manual_seed(0)
    posterior, likelihood = Posterior((axes,)), Noise(Event((columns,)), "fixed", sigma=SIGMA)
    encoder = MLP((columns,), posterior.features, context=labels, widths=())
    decoder = MLP((axes,), likelihood.features, context=labels, widths=())
    condition = Label(labels, MLP((columns,), (labels,), widths=())) if labels else None
    return LatentModel(Prior((axes,)), decoder, likelihood, encoder, posterior, condition).double().eval()


def evidence(model: LatentModel, x: Tensor) -> Tensor:
    """log p(x), (B,), in closed form; of a model that is told labels, all of which are equally likely."""
    given = under_each_label(model, x)
    return given.logsumexp(1) - math.log(given.shape[1])


def under_each_label(model: LatentModel, x: Tensor) -> Tensor:
    """log p(x | y) for every label y, (B, K), in closed form; K = 1 without labels."""
    layer, axes = model.decoder.layers[0], math.prod(model.decoder.inputs)
    weight, shifts = layer.weight[:, :axes], layer.weight[:, axes:].T
    means = layer.bias + shifts if len(shifts) else layer.bias[None]
    covariance = weight @ weight.T + SIGMA**2 * torch.eye(x.shape[1], dtype=x.dtype)
    return MultivariateNormal(means, covariance).log_prob(x[:, None])


def make_exact(model: LatentModel) -> None:
    """Give the encoder the exact posterior of a decoder with orthogonal columns; its covariance is then diagonal."""
    with torch.no_grad():
        axes = math.prod(model.decoder.inputs)
        weight, bias = model.decoder.layers[0].weight[:, :axes], model.decoder.layers[0].bias
        shifts = model.decoder.layers[0].weight[:, axes:]
        weight.copy_(torch.linalg.qr(weight).Q * torch.tensor([1.5, 0.5]))
        variance = 1 / (1 + (weight.T @ weight).diagonal() / SIGMA**2)
        to_mean = variance[:, None] * weight.T / SIGMA**2
        layer = model.encoder.layers[0]
        seen = torch.cat([to_mean, -to_mean @ shifts], 1)
        layer.weight.copy_(torch.stack([seen, torch.zeros_like(seen)], 1).reshape(2 * axes, -1))
        layer.bias.copy_(torch.stack([-to_mean @ bias, variance.log()], 1).reshape(-1))
