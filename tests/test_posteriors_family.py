"""Posteriors beyond the diagonal Gaussian against exact references: linear algebra, grids, enumeration.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal

from jamjae.core import Bits, Event, Product, Undefined, UsageError, build, closed_form, draw, isolated
from jamjae.core.chain import split
from jamjae.likelihoods import Bernoulli as Likelihood
from jamjae.models import LatentModel
from jamjae.networks import MLP, Network
from jamjae.objectives import ELBO
from jamjae.objectives.base import Batch
from jamjae.posteriors import Bernoulli, Flow, FullGaussian, Posterior
from jamjae.priors import Gaussian as GaussianPrior
from jamjae.priors import Prior
from moved import grid, moved

D = torch.float64
SMALL = {"name": "mlp", "widths": (8,), "activation": "tanh"}


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same weights, whichever ran before it."""
    torch.manual_seed(0)


def features(posterior, batch=1, seed=0):
    return torch.randn(batch, *posterior.features, generator=torch.Generator().manual_seed(seed), dtype=D)


def z_score(values, expected):
    difference = values - expected
    return (difference.mean() / (difference.std() / math.sqrt(len(difference)))).item()


def layered(axes, **options):
    return build(Posterior, {"name": "layered", "network": SMALL, **options}, latent=(axes,))


PLANE = {
    "full Gaussian": lambda: FullGaussian((2,)),
    "flow": lambda: moved(Flow((2,), widths=(16,), hidden=4)),
    "two layers": lambda: moved(layered(2)),
}


@pytest.mark.parametrize("case", PLANE)
def test_oracle_06_density_on_the_plane_adds_up_to_one(case):
    posterior = PLANE[case]()
    with torch.no_grad():
        z, area = grid() if case == "flow" else grid(12.0, 401)
        mass = posterior(features(posterior)).log_prob(z[:, None]).exp().sum(0) * area
    assert abs(mass.item() - 1) < (1e-3 if case == "flow" else 1e-8)  # a flow's networks have kinks


@pytest.mark.parametrize("case", PLANE)
def test_oracle_02_kl_is_its_quadrature(case):
    torch.manual_seed(2)
    posterior, p = PLANE[case](), GaussianPrior((2,)).double()()
    q = posterior(features(posterior))
    with torch.no_grad():
        z, area = grid() if case == "flow" else grid(12.0, 401)
        log_q = q.log_prob(z[:, None])[:, 0]
        expected = (log_q.exp() * (log_q - p.log_prob(z))).sum() * area
        drawn, log_q = draw(q, (50_000,))
        assert abs(z_score((log_q - p.log_prob(drawn))[:, 0], expected)) < 4
        exact = closed_form(q, p)
    assert (exact is None) == (case != "full Gaussian")
    assert exact is None or abs(exact - expected) < 1e-8


# -- full covariance -------------------------------------------------------------------------------------------------


def test_oracle_04_full_covariance_against_the_logdet_formula():
    posterior, p = FullGaussian((4,)), GaussianPrior((4,)).double()()
    q = posterior(features(posterior, 3))
    covariance = q.covariance_matrix
    trace = covariance.diagonal(dim1=-2, dim2=-1).sum(-1)
    expected = 0.5 * (trace + q.loc.square().sum(-1) - 4 - torch.linalg.slogdet(covariance).logabsdet)
    torch.testing.assert_close(closed_form(q, p), expected, rtol=0, atol=1e-10)


def test_the_encoder_gives_mean_variances_and_the_entries_below_the_diagonal():
    h = torch.tensor([[1.0, 2.0, 3.0, 2 * math.log(4), 2 * math.log(5), 2 * math.log(6), 7.0, 8.0, 9.0]])
    q = FullGaussian((3,))(h)
    tril = torch.tensor([[4.0, 0.0, 0.0], [7.0, 5.0, 0.0], [8.0, 9.0, 6.0]])
    torch.testing.assert_close(q.scale_tril[0], tril)
    torch.testing.assert_close(q.mean[0], torch.tensor([1.0, 2.0, 3.0]))
    torch.testing.assert_close(q.covariance_matrix[0], tril @ tril.T)


@pytest.mark.parametrize("samples", [(), (5,), (5, 2)])
def test_density_along_a_draw_of_a_full_gaussian(samples):
    posterior = FullGaussian((4,))
    q = posterior(features(posterior, 3))
    torch.manual_seed(0)
    z, log_q = draw(q, samples)
    reference = MultivariateNormal(q.loc, q.covariance_matrix)
    torch.testing.assert_close(reference.log_prob(z), log_q, rtol=1e-8, atol=1e-8)


def test_draws_of_a_full_gaussian_have_its_covariance():
    posterior = FullGaussian((3,))
    q = posterior(features(posterior))
    torch.manual_seed(1)
    z = draw(q, (100_000,))[0][:, 0]
    products = (z - q.loc)[:, :, None] * (z - q.loc)[:, None, :]
    error = products.std(0) / math.sqrt(len(z))
    assert ((products.mean(0) - q.covariance_matrix[0]) / error).abs().max() < 4


def test_a_nearly_singular_covariance_keeps_the_digits_of_its_density():
    posterior = FullGaussian((3,))
    h = torch.tensor([[0.0, 0.0, 0.0, 0.0, -14.0, -14.0, 50.0, 50.0, 50.0]])  # correlations of 1 - 1e-10
    for dtype in (torch.float32, D):
        with isolated("noise"):
            _, log_q = draw(posterior(h.to(dtype)), (1000,))
        assert abs(log_q.mean() - (14 - 1.5 * math.log(2 * math.pi * math.e))) < 0.2


# -- inverse autoregressive flow -------------------------------------------------------------------------------------


def test_a_flow_starts_as_the_diagonal_gaussian():
    posterior = Flow((3,), widths=(16,), hidden=4).double()
    h = features(posterior, 5)
    expected = Normal(h[:, :3], (h[:, 3:6] / 2).exp())
    z = torch.randn(7, 5, 3, generator=torch.Generator().manual_seed(1), dtype=D)
    torch.testing.assert_close(posterior(h).log_prob(z), expected.log_prob(z).sum(-1))
    torch.testing.assert_close(posterior.point(posterior(h)), h[:, :3])


@pytest.mark.parametrize("latent", [(1,), (6,), (2, 3)])
def test_a_flows_density_comes_along_with_its_draw(latent):
    posterior = moved(Flow(latent, widths=(16,), hidden=4), 0.1)
    for dtype, close in ((torch.float32, 1e-5), (D, 1e-12)):
        q = posterior.to(dtype)(features(posterior, 5).to(dtype))
        torch.manual_seed(0)
        z, log_q = draw(q, (20,))
        torch.testing.assert_close(q.log_prob(z), log_q, rtol=close, atol=10 * close)


def test_a_flow_learns_a_correlation_that_no_diagonal_gaussian_has():
    target = MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, 0.9], [0.9, 1.0]]))
    posterior = Flow((2,), transforms=2, widths=(16,), hidden=2)
    h = torch.zeros(64, *posterior.features, requires_grad=True)
    optimiser = torch.optim.Adam([h, *posterior.parameters()], 2e-2)
    torch.manual_seed(0)
    for _ in range(150):
        z, log_q = draw(posterior(h))
        kl = (log_q - target.log_prob(z)).mean()
        optimiser.zero_grad(), kl.backward(), optimiser.step()
    with torch.no_grad():
        z, log_q = draw(posterior(h), (500,))
    assert (log_q - target.log_prob(z)).mean() < 0.1 < -0.5 * math.log(1 - 0.9**2)  # the best diagonal: 0.83 nats


@pytest.mark.parametrize("case", ["flow", "two layers"])
def test_what_has_no_closed_form_says_so(case):
    posterior = PLANE[case]()
    q = posterior(features(posterior))
    for name in ("mean", "variance"):
        with pytest.raises(Undefined, match=f"the {name} of .* has no closed form"):
            getattr(q, name)


# -- bits ------------------------------------------------------------------------------------------------------------


def every_code(bits=4):
    return torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=D)] * bits)


def bits_model(bits=4, cells=6):
    """A model over 16 codes, in float64, whose encoder is not the exact posterior."""
    torch.manual_seed(0)
    event = Event((cells,), levels=2)
    prior = build(Prior, {"name": "bernoulli", "learned": True}, latent=(bits,))
    likelihood, posterior = Likelihood(event), Bernoulli((bits,))
    encoder, decoder = MLP((cells,), (bits,), widths=()), MLP((bits,), likelihood.features, widths=(8,))
    return moved(LatentModel(prior, decoder, likelihood, encoder, posterior), 0.5)


def pictures(n=5, cells=6):
    return (torch.rand(n, cells, generator=torch.Generator().manual_seed(0), dtype=D) < 0.4).double()


@pytest.mark.parametrize("training", [True, False])
def test_oracle_19_kl_of_bits_is_its_sum_over_all_codes(training):
    model = bits_model().train(training)
    q, p, z = model.encode(pictures()), model.latent(), every_code()[:, None]
    log_q = q.log_prob(z)
    expected = (log_q.exp() * (log_q - p.log_prob(z))).sum(0)
    torch.testing.assert_close(closed_form(q, p), expected, rtol=0, atol=1e-12)
    assert (log_q.exp().sum(0) - 1).abs().max() < 1e-12


def test_oracle_19_the_bound_on_bits_is_its_sum_over_all_codes():
    model, x = bits_model().eval(), pictures()
    q, z = model.encode(x), every_code()[:, None].expand(-1, len(x), -1)
    with torch.no_grad():
        log_joint, log_q = model.log_joint(x, z), q.log_prob(z)
        exact = (log_q.exp() * (log_joint - log_q)).sum(0)
        evidence = log_joint.logsumexp(0)
        torch.manual_seed(1)
        terms = ELBO().terms("model", model, Batch(x.repeat(20_000, 1), None, 1), torch.tensor(0)).parts
        drawn = -sum(terms.values()).reshape(20_000, len(x))
        weights = (model.log_weights(x, 20_000) - evidence).exp()
    gap = (log_q.exp() * (log_q - (log_joint - evidence))).sum(0)
    torch.testing.assert_close(exact + gap, evidence, rtol=0, atol=1e-12)
    for i in range(len(x)):
        assert abs(z_score(drawn[:, i], exact[i])) < 4 and abs(z_score(weights[:, i], 1.0)) < 4
    assert (gap > 0.01).all()


def test_oracle_19_relaxed_bits_become_bits_as_the_temperature_falls():
    logits = torch.linspace(-3, 3, 7, dtype=D).expand(20_000, 7)
    draws = {}
    for temperature in (1.0, 0.1, 0.01, 0.0):
        with isolated("bits"):
            draws[temperature] = Bits(logits, temperature).rsample()
    distances = [(z - z.round()).abs().mean().item() for z in draws.values()]
    assert distances == sorted(distances, reverse=True) and distances[2] < 0.005 and distances[3] == 0
    assert all(torch.equal((z > 0.5).double(), draws[0.0]) for z in draws.values())  # the same bit, whatever the warmth
    share, p = draws[0.0].mean(0), logits[0].sigmoid()
    assert ((share - p) / (p * (1 - p) / 20_000).sqrt()).abs().max() < 4


def test_the_gradient_of_relaxed_bits_is_the_gradient_of_the_probability():
    logits = torch.tensor([-1.0, 0.0, 2.0], dtype=D).requires_grad_()
    torch.manual_seed(3)
    Bits(logits, 0.1).rsample((200_000,)).mean(0).sum().backward()
    p = logits.detach().sigmoid()
    torch.testing.assert_close(logits.grad, p * (1 - p), rtol=0.03, atol=0)


def test_bits_are_relaxed_in_training_only():
    posterior = Bernoulli((3,))
    h = features(posterior, 4)
    torch.manual_seed(0)
    relaxed, exact = posterior.train()(h).rsample((50,)), posterior.eval()(h).rsample((50,))
    assert set(exact.unique().tolist()) == {0.0, 1.0} and ((relaxed > 0) & (relaxed < 1)).all()
    assert torch.equal(posterior.point(posterior(h)), (h > 0).double())


# -- two layers ------------------------------------------------------------------------------------------------------


def test_two_layers_are_the_sum_of_their_log_densities_by_hand():
    posterior = moved(layered(5))
    h = features(posterior, 7)
    z = torch.randn(3, 7, 5, generator=torch.Generator().manual_seed(3), dtype=D)
    lower, upper = z[..., :3], z[..., 3:]
    mu, log_variance = posterior.network(lower).unbind(-1)
    below = Normal(h[..., 0], (h[..., 1] / 2).exp()).log_prob(lower).sum(-1)
    above = Normal(mu, (log_variance / 2).exp()).log_prob(upper).sum(-1)
    torch.testing.assert_close(posterior(h).log_prob(z), below + above, rtol=1e-12, atol=1e-12)


def two_layers(cells=5, latent=2):
    torch.manual_seed(0)
    likelihood = Likelihood(Event((cells,), levels=2))
    sizes = {"latent": (latent,)}
    prior = build(Prior, {"name": "layered", "network": SMALL}, **sizes)
    posterior = layered(latent)
    decoder = build(Network, {"name": "partial", "network": SMALL}, inputs=(latent,), outputs=likelihood.features)
    encoder = MLP((cells,), posterior.features, widths=())
    return moved(LatentModel(prior, decoder, likelihood, encoder, posterior), 0.4).eval()


def test_oracle_21_two_layers_weights_average_to_the_evidence_on_a_grid():
    model, x = two_layers(), pictures(3, 5)
    z, area = grid(9.0, 181)
    with torch.no_grad():
        evidence = model.log_joint(x, z[:, None].expand(-1, 3, -1)).logsumexp(0) + area.log()
        torch.manual_seed(4)
        weights = (model.log_weights(x, 50_000) - evidence).exp()
    for i in range(3):
        assert abs(z_score(weights[:, i], 1.0)) < 4


def test_the_decoder_of_two_layers_sees_the_lower_one_only():
    model = two_layers(latent=5)
    z = torch.randn(4, 5, dtype=D)
    moved_above, moved_below = z.clone(), z.clone()
    moved_above[:, 3:] += 1
    moved_below[:, 2] += 1
    pixels = model.decode(z).mean
    assert torch.equal(model.decode(moved_above).mean, pixels)
    assert not torch.allclose(model.decode(moved_below).mean, pixels)


def test_the_point_of_two_layers_is_the_mean_of_each():
    model = two_layers(latent=5)
    q, x = model.encode(pictures(3, 5)), pictures(3, 5)
    lower = model.features(x)[..., 0]
    upper = model.posterior.network(lower)[..., 0]
    torch.testing.assert_close(model.posterior.point(q), torch.cat([lower, upper], -1))


@pytest.mark.parametrize(("latent", "sizes"), [(2, (1, 1)), (3, (2, 1)), (30, (20, 10)), (150, (100, 50))])
def test_the_first_layer_has_two_thirds(latent, sizes):
    assert split((latent,), None) == sizes


# -- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FullGaussian((2, 3)), "needs a flat `latent`; got .*Pass latent=6"),
        (lambda: FullGaussian(clamp=0.0), "`clamp` must be positive"),
        (lambda: Bernoulli(temperature=0.0), "`temperature` must be positive; got 0.0"),
        (lambda: Flow(transforms=0), "`transforms` must be at least 1"),
        (lambda: Flow(hidden=0), "`hidden` must be at least 1"),
        (lambda: Flow(widths=(0,)), "`widths` must be positive"),
        (lambda: layered(1), "flat `latent` of at least 2 axes"),
        (lambda: layered(4, first=0), "`first` must be at least 1 and leave"),
    ],
)
def test_wrong_options_are_refused_with_what_to_do(make, message):
    with pytest.raises(UsageError, match=message):
        make()


def test_products_of_bits_keep_the_temperature_when_they_grow():
    q = Product(Bits(torch.zeros(2, 3, dtype=D), 0.5), 1).expand((4, 2))
    z = q.rsample((5,))
    assert z.shape == (5, 4, 2, 3) and ((z > 0) & (z < 1)).all()
