"""Models whose log p(x) is known: linear-Gaussian (probabilistic PCA), and any model with a 2-d code by quadrature."""

import math

import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from jamjae.core import Event, build
from jamjae.likelihoods import Gaussian, Likelihood
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.posteriors import Gaussian as GaussianPosterior
from jamjae.priors import Gaussian as GaussianPrior


def assembled(event: Event, likelihood: Likelihood, latent: int, widths: tuple[int, ...] = ()) -> LatentModel:
    """A VAE in float64 and evaluation mode; `widths=()` makes it linear."""
    posterior = GaussianPosterior((latent,))
    model = LatentModel(
        GaussianPrior((latent,)),
        MLP((latent,), likelihood.features, widths=widths, activation="tanh"),
        likelihood,
        MLP(event.shape, posterior.features, widths=widths, activation="tanh"),
        posterior,
    )
    return model.double().eval()


@torch.no_grad()
def linear_gaussian(cells: int = 5, latent: int = 2, sigma: float = 0.7, shift: float = 0.0, scale: float = 1.0):
    """x = W z + b + sigma noise with orthogonal columns in W, so that the exact posterior is diagonal.

    The encoder is that posterior with its mean moved by `shift` and its standard deviation multiplied by `scale`.
    """
    event = Event((cells,))
    model = assembled(event, Gaussian(event, "fixed", sigma=sigma), latent)
    random = torch.Generator().manual_seed(1)
    q, _ = torch.linalg.qr(torch.randn(cells, latent, generator=random, dtype=torch.float64))
    w = q * torch.arange(1, latent + 1, dtype=torch.float64)
    b = torch.randn(cells, generator=random, dtype=torch.float64)
    noise = model.likelihood.deviation().square()
    precision = w.square().sum(0) + noise
    linear = model.decoder.layers[0]
    linear.weight.copy_(w), linear.bias.copy_(b)
    linear = model.encoder.layers[0]
    mean = w.T / precision[:, None]
    weight, bias = linear.weight.view(latent, 2, cells), linear.bias.view(latent, 2)
    weight[:, 0], weight[:, 1] = mean, 0.0
    bias[:, 0] = shift - mean @ b
    bias[:, 1] = (noise / precision).log() + 2 * math.log(scale)
    return model


def evidence(model: LatentModel) -> MultivariateNormal:
    """The exact p(x) of a linear-Gaussian model."""
    w, b = model.decoder.layers[0].weight.detach(), model.decoder.layers[0].bias.detach()
    covariance = w @ w.T + torch.diag(model.likelihood.deviation().detach().square().expand(len(b)))
    return MultivariateNormal(b, covariance)


def quadrature(model: LatentModel, x: Tensor, points: int = 401, reach: float = 9.0) -> Tensor:
    """log p(x), (B,), of a model with a 2-d code by the trapezium rule, which is exact to rounding for smooth tails."""
    axis = torch.linspace(-reach, reach, points, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    area = 2 * math.log((axis[1] - axis[0]).item())
    with torch.no_grad():
        return torch.stack([model.log_joint(one[None], z[:, None]).logsumexp((0, 1)) + area for one in x])


def z_score(values: Tensor, expected: float | Tensor) -> float:
    """Standard errors between the mean of the values and what it should be."""
    difference = values - expected
    return (difference.mean() / (difference.std() / math.sqrt(len(difference)))).item()


def built(family: type, name: str, **options: object):
    """A component in float64."""
    return build(family, {"name": name, **options}).double()
