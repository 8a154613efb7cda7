r"""The gradient that the reconstruction of one example gives to the encoder, three ways.

    no trick:        d/dh D(z),   z a number: 0
    reparameterised: d/dh D(mu + sigma * epsilon)
    score function:  D(z) * d/dh log q(z | h)

D(z) = -log p(x | z), and h is what the encoder outputs. The last two have the same mean, the gradient of E_q[D(z)].
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..core.divergence import closed_form
from ..core.errors import Undefined
from ..core.seeds import isolated
from ..models.latent import LatentModel
from .walk import gaussian

DRAWS = 256


@dataclass(frozen=True)
class Estimates:
    """Gradients with respect to h, one row per draw of epsilon, (draws, numbers of h), in nats per unit of h.

    `rest`, (numbers of h,), is the exact gradient of the rate; None where the rate has no closed form.
    """

    detached: Tensor
    reparameterised: Tensor
    score: Tensor
    rest: Tensor | None


def estimates(model: LatentModel, x: Tensor, y: Tensor | None, draws: int) -> Estimates:
    """All three for one example x (1, *E), at the same draws of epsilon.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes, section 2.3. https://arxiv.org/abs/1312.6114;
        Williams (1992), Simple statistical gradient-following algorithms. https://doi.org/10.1007/BF00992696
    """
    assert model.posterior is not None
    features = model.features(x, y).detach()
    told = None if y is None else y.expand(draws)
    with torch.enable_grad():
        h = features.expand(draws, *features.shape[1:]).clone().requires_grad_()
        q = model.posterior(h)
        z = q.rsample()

        def slope(loss: Tensor) -> Tensor:
            # Zero where nothing leads from the loss back to h.
            return torch.autograd.grad(loss.sum() + 0 * h.sum(), h, retain_graph=True)[0].flatten(1).double()

        with_trick = -model.decode(z, told).log_prob(x)
        without = -model.decode(z.detach(), told).log_prob(x)
        score = without.detach() * q.log_prob(z.detach())
        exact = closed_form(q, model.latent(told))
        rest = None if exact is None else slope(exact)[0]
        return Estimates(slope(without), slope(with_trick), slope(score), rest)


def compared(model: LatentModel, x: Tensor, y: Tensor | None, seed: int) -> dict[str, np.ndarray]:
    """What the report shows of them; nothing where the posterior is no Gaussian, or the decoder does not hear the code.

    trick: every estimate along one fixed direction, (3, draws): that of the mean reparameterised gradient of as many
    other draws; trick_noise: standard deviation of both (total over all numbers of h); trick_rest: norm of the rate's
    gradient and of what the example's reconstruction adds to it without the trick.
    """
    if not gaussian(model.encode(x, y)):
        return {}
    try:
        with isolated(seed, "gradients"):
            found = estimates(model, x, y, 2 * DRAWS)
    except Undefined:
        return {}
    rows = [v[DRAWS:] for v in (found.detached, found.reparameterised, found.score)]
    direction = found.reparameterised[:DRAWS].mean(0)
    noise = [v.var(0).sum().sqrt().item() for v in rows[1:]]
    if not (direction.norm() > 0 and 0 < noise[0] < np.inf and noise[1] < np.inf):
        return {}
    along = torch.stack([v @ (direction / direction.norm()) for v in rows])
    rest = float("nan") if found.rest is None else found.rest.norm().item()
    left = rows[0].norm(dim=1).max().item()
    return {"trick": along.cpu().numpy(), "trick_noise": np.array(noise), "trick_rest": np.array([rest, left])}
