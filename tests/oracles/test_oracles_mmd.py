"""MMD^2 against its closed form on Gaussians, and what surrounds it in the objective.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import pytest
import torch
from exact import linear_gaussian, z_score
from torch import Tensor

from jamjae.core import UsageError, build
from jamjae.kernels import Gaussian, InverseMultiquadric
from jamjae.networks import MLP
from jamjae.objectives import ELBO, MMD, Batch, Objective
from jamjae.objectives.mmd import squared
from jamjae.posteriors import Posterior
from jamjae.priors import Mixture

D = torch.float64
STEP = torch.tensor(0)
MU, SIGMA = torch.tensor([0.7, -0.2, 0.0], dtype=D), torch.tensor([1.5, 1.0, 0.6], dtype=D)
ONE, ZERO = torch.ones(3, dtype=D), torch.zeros(3, dtype=D)


def expected(scale: Tensor, mu: Tensor, variance: Tensor) -> Tensor:
    """E exp(-|v|^2 / (2 d scale)) for v ~ N(mu, variance): of the difference of two independent Gaussians."""
    width = len(mu) * scale[..., None]
    spread = width + variance
    return ((width / spread).sqrt() * (-(mu**2) / (2 * spread)).exp()).prod(-1)


def closed(scale: Tensor) -> Tensor:
    """MMD^2 between N(MU, SIGMA^2) and N(0, I) under the Gaussian kernel of one or more scales."""
    same = expected(scale, ZERO, 2 * SIGMA**2) + expected(scale, ZERO, 2 * ONE)
    return same - 2 * expected(scale, MU, SIGMA**2 + 1)


def closed_inverse_multiquadric(scale: float) -> Tensor:
    """1/(1 + u) is the integral of exp(-t) exp(-t u) over t > 0; exp(-t u) is a Gaussian kernel of scale / t."""
    steps = torch.linspace(-12, 4, 4001, dtype=D)  # t = e^steps
    t = steps.exp()
    return torch.trapezoid(t * (-t).exp() * closed(scale / t), steps)


def estimates(kernel, shifted: bool, size=64, repeats=300):
    torch.manual_seed(4)
    a, b = torch.randn(2, repeats, size, 3, dtype=D)
    a = MU + SIGMA * a if shifted else a
    return torch.stack([squared(kernel, *pair).mean() for pair in zip(a, b, strict=True)])


@pytest.mark.parametrize("scales", [(1.0,), (0.1, 1.0, 5.0)])
def test_gaussian_kernel_has_its_closed_form(scales):
    exact = closed(torch.tensor(scales, dtype=D)).mean()
    assert exact > 0.01
    assert abs(z_score(estimates(Gaussian(scales), True), exact)) < 4


def test_inverse_multiquadric_kernel_has_its_closed_form():
    exact = torch.stack([closed_inverse_multiquadric(s) for s in (0.5, 2.0)]).mean()
    assert exact > 0.01
    assert abs(z_score(estimates(InverseMultiquadric((0.5, 2.0)), True), exact)) < 4


@pytest.mark.parametrize("kernel", [Gaussian(), InverseMultiquadric()])
def test_equal_distributions_have_none_on_average_and_a_biased_estimate_would_be_seen(kernel):
    found = estimates(kernel, False)
    assert abs(z_score(found, 0.0)) < 4
    assert (found < 0).any(), "an unbiased estimate of 0 is below it at times"
    biased = found + 2 * (1 - 0.7) / 64  # a code compared with itself adds (1 - E k) / n on either side
    assert z_score(biased, 0.0) > 8


def test_shares_are_the_sums_over_pairs():
    kernel = Gaussian((0.3,))
    torch.manual_seed(1)
    a, b = torch.randn(2, 5, 2, dtype=D)

    def k(one, other):
        return kernel(one[None], other[None]).item()

    pairs = [(i, j) for i in range(5) for j in range(5)]
    within = sum(k(a[i], a[j]) + k(b[i], b[j]) for i, j in pairs if i != j) / 20
    across = sum(k(a[i], b[j]) for i, j in pairs) / 25
    assert squared(kernel, a, b).shape == (5,)
    assert abs(squared(kernel, a, b).mean().item() - (within - 2 * across)) < 1e-14


def terms(objective, model, x, seed=1):
    torch.manual_seed(seed)
    return objective.terms("model", model, Batch(x, None, len(x)), STEP)


def model_and_data(posterior="gaussian"):
    model = linear_gaussian(shift=0.4, scale=1.3)
    if posterior == "delta":
        model.posterior = build(Posterior, "delta", latent=(2,))
        model.encoder = MLP((5,), (2,), widths=()).double()
    torch.manual_seed(2)
    return model, 2 * torch.randn(32, 5, dtype=D)


@pytest.mark.parametrize("posterior", ["gaussian", "delta"])
def test_the_objective_compares_codes_with_draws_from_the_prior(posterior):
    model, x = model_and_data(posterior)
    found = terms(MMD(weight=7.0), model, x)
    torch.manual_seed(1)
    z = model.encode(x).rsample()
    w = torch.randn(32, 2, dtype=D)
    shares = squared(InverseMultiquadric(), z, w)
    assert set(found.parts) == {"distortion", "divergence"}
    torch.testing.assert_close(found.parts["divergence"], 7 * shares, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found.logged["mmd"], shares.detach(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found.parts["distortion"], -model.decode(z).log_prob(x), rtol=1e-12, atol=1e-12)


def test_a_rate_may_be_charged_besides():
    model, x = model_and_data()
    found, plain = terms(MMD(beta=0.3), model, x), terms(ELBO(), model, x)
    torch.testing.assert_close(found.parts["rate"], 0.3 * plain.parts["rate"], rtol=1e-12, atol=0)
    torch.testing.assert_close(found.parts["distortion"], plain.parts["distortion"], rtol=1e-12, atol=0)


def test_without_a_rate_the_prior_is_taken_as_given_and_with_one_it_learns():
    model, _ = model_and_data()
    model.prior = Mixture((2,), components=3).double()
    own = {id(p) for p in model.prior.parameters()}
    given, learned = ({id(p) for p in MMD(beta=b).players(model)["model"].parameters()} for b in (0.0, 0.5))
    assert not own & given and own <= learned
    assert given == {id(p) for p in model.parameters()} - own


def test_training_the_encoder_draws_the_codes_to_the_prior():
    model, _ = model_and_data("delta")
    x = 3 + 2 * torch.randn(64, 5, dtype=D)
    optimiser = torch.optim.Adam(model.encoder.parameters(), 0.04)
    before = model.encode(x).mean.detach()
    for step in range(80):
        loss = terms(MMD(InverseMultiquadric((1.0,)), weight=1.0), model, x, seed=step).parts["divergence"].mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    after = model.encode(x).mean.detach()
    assert off(before) > 1.0 and off(after) < 0.4


def off(z: Tensor) -> float:
    """How far mean and covariance of the codes are from those of N(0, I)."""
    return max(z.mean(0).abs().max().item(), (torch.cov(z.T) - torch.eye(2)).abs().max().item())


def test_what_it_cannot_do_it_says():
    model, x = model_and_data("delta")
    with pytest.raises(UsageError, match="at least 2 examples; got 1"):
        terms(MMD(), model, x[:1])
    with pytest.raises(UsageError, match=r"`beta` must be 0 where the posterior is a point.*got 0\.5"):
        terms(MMD(beta=0.5), model, x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight": 0.0}, "`weight` must be positive; got 0.0"),
        ({"beta": -1.0}, "`beta` must be at least 0; got -1.0"),
        ({"kernel": {"name": "gaussian", "scales": "1,-2"}}, "`scales` must be positive"),
        ({"kernel": {"name": "gaussian", "scales": ""}}, "`scales` must not be empty"),
        ({"kernel": "gausian"}, "did you mean 'gaussian'"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        build(Objective, {"name": "mmd", **options})


def test_a_kernel_can_be_chosen_by_name():
    objective = build(Objective, {"name": "mmd", "kernel": {"name": "gaussian", "scales": "0.5,1"}})
    assert isinstance(objective.kernel, Gaussian) and objective.kernel.scales == (0.5, 1.0)
