"""Which latent axes carry information."""

import torch
from torch import Tensor

from .base import Measurement, Subject, bootstrap, metric

EPSILON, DELTA = 0.01, 0.01


@metric(title="Axes of the code that carry information", unit="axes", full=True)
def kl_per_axis(subject: Subject) -> Measurement:
    r"""Number of latent axes that have not collapsed; `details` holds the mean KL of every axis, in nats.

        axis j has collapsed if P_x(KL_j(x) < 0.01) >= 0.99,   KL_j(x) = KL(q(z_j | x) || p(z_j))

    Interval: bootstrap over test examples, 500 resamples.

    Cost: one encoding per test example.

    Failure modes: undefined where the KL does not split into axes (a full covariance, a flow, a mixture prior).
    Few axes alone are no fault: good models often need fewer than they have.

    Reference:
        Lucas et al. (2019), Don't blame the ELBO! https://arxiv.org/abs/1911.02469
    """
    kl = subject.axis_rates
    alive = (kl >= EPSILON).double()

    def count(rows: Tensor) -> Tensor:
        return living(alive[rows])

    return Measurement(
        value=float(living(alive)),
        interval=bootstrap(count, len(kl)),
        n=len(kl),
        details={"nats": kl.mean(0).tolist(), "axes": kl.shape[1]},
    )


def living(alive: Tensor) -> Tensor:
    """Number of axes alive in more than 1 % of the examples; `alive` (n, axes) holds 0 and 1."""
    return torch.sum(alive.mean(0) > DELTA)
