"""Priors beyond the Gaussian against exact references: grids, enumeration, sums by hand.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math

import pytest
import torch
from torch.distributions import Distribution, Normal

from jamjae.core import Event, Product, UsageError, build, closed_form, draw, rate
from jamjae.models import LatentModel
from jamjae.networks import MLP, Network
from jamjae.posteriors import Gaussian as GaussianPosterior
from jamjae.posteriors import Posterior
from jamjae.priors import Bernoulli, Flow, Mixture, Prior, Vamp
from moved import grid, moved

D = torch.float64


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same weights, whichever ran before it."""
    torch.manual_seed(0)


def one_network(name, **sizes):
    return build(Prior, {"name": name, "network": {"name": "mlp", "widths": (8,), "activation": "tanh"}}, **sizes)


def z_score(values, expected):
    difference = values - expected
    return (difference.mean() / (difference.std() / math.sqrt(len(difference)))).item()


PLANE = {
    "spline flow": lambda: moved(Flow((2,), transforms=2, widths=(16,)))(),
    "affine flow": lambda: moved(Flow((2,), widths=(16,), bins=0))(),
    "conditional flow": lambda: moved(Flow((2,), context=3, transforms=2, widths=(16,), bins=4))(torch.eye(3, dtype=D)),
    "flow on a shaped code": lambda: moved(Flow((1, 2), transforms=2, widths=(16,)))(),
    "conditional Gaussian": lambda: moved(one_network("conditional-gaussian", latent=(2,), context=3))(
        torch.eye(3, dtype=D)
    ),
    "two layers": lambda: moved(one_network("layered", latent=(2,)))(),
    "regions by label": lambda: moved(Mixture((2,), labels=3, by_label=True))(torch.eye(4, 3, dtype=D)),
    "vamp": lambda: moved(Vamp(Event((3,)), (2,), components=4, learned=True))(posterior_of=straight),
}


def straight(u):
    """A posterior whose mean is the first two cells."""
    return Product(Normal(u[:, :2], 0.6), 1)


@pytest.mark.parametrize("case", PLANE)
def test_oracle_06_density_on_the_plane_adds_up_to_one(case):
    p = PLANE[case]()
    kinks = "flow" in case  # their networks are piecewise linear, and a grid sees that
    z, area = grid() if kinks and case != "affine flow" else grid(12.0, 401)
    with torch.no_grad():
        z = z.reshape(-1, *(1 for _ in p.batch_shape), *p.event_shape)
        mass = p.log_prob(z).exp().sum(0) * area
    assert p.batch_shape == mass.shape and (mass - 1).abs().max() < (1e-3 if kinks else 1e-8)


@pytest.mark.parametrize("case", PLANE)
def test_oracle_22_drawn_kl_is_its_quadrature(case):
    torch.manual_seed(22)
    p = PLANE[case]()
    q = Product(Normal(torch.tensor([0.3, -0.4], dtype=D), torch.tensor([0.6, 0.9], dtype=D)), 1)
    shape = tuple(1 for _ in p.batch_shape)
    z, area = grid()
    with torch.no_grad():
        log_q, log_p = q.log_prob(z), p.log_prob(z.reshape(-1, *shape, *p.event_shape)).reshape(len(z), -1)
        expected = (log_q.exp()[:, None] * (log_q[:, None] - log_p)).sum(0) * area
        drawn, log_q = draw(q, (20_000,))
        found = log_q[:, None] - p.log_prob(drawn.reshape(-1, *shape, *p.event_shape)).reshape(len(drawn), -1)
    for values, one in zip(found.T, expected, strict=True):
        assert abs(z_score(values, one)) < 4


def test_conditional_gaussian_has_a_closed_form_and_it_is_the_quadrature():
    p = PLANE["conditional Gaussian"]()
    q = Product(Normal(torch.zeros(3, 2, dtype=D), torch.full((3, 2), 0.7, dtype=D)), 1)
    z, area = grid()
    log_q, log_p = q.log_prob(z[:, None]), p.log_prob(z[:, None])
    expected = (log_q.exp() * (log_q - log_p)).sum(0) * area
    torch.testing.assert_close(closed_form(q, p), expected, rtol=0, atol=1e-8)


# -- flows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bins", [0, 8])
def test_a_flow_starts_as_the_standard_gaussian(bins):
    z = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    expected = Normal(0.0, 1.0).log_prob(z).sum(-1)
    torch.testing.assert_close(Flow((3,), widths=(16,), bins=bins)().log_prob(z), expected)


@pytest.mark.parametrize("bins", [0, 8])
def test_the_density_of_a_flows_draws_is_the_density_there(bins):
    torch.manual_seed(0)
    p = moved(Flow((5,), widths=(16,), bins=bins), 0.3).float()()
    z, log_p = draw(p, (200,))
    torch.testing.assert_close(p.log_prob(z), log_p, rtol=1e-5, atol=1e-4)
    p = moved(Flow((5,), widths=(16,), bins=bins), 0.3)()
    z, log_p = draw(p, (200,))
    torch.testing.assert_close(p.log_prob(z), log_p, rtol=1e-9, atol=1e-9)


def test_a_flow_learns_two_moons_better_than_any_gaussian_could():
    from sklearn.datasets import make_moons

    torch.manual_seed(0)
    codes = torch.tensor(5 * make_moons(300, noise=0.05, random_state=0)[0] + 20).float()  # far from the start
    best = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov()).log_prob(codes).mean()
    prior = Flow((2,), widths=(16,), transforms=2)
    with torch.no_grad():
        prior.loc.copy_(codes.mean(0)), prior.log_scale.copy_(codes.std(0).log())
    optimiser = torch.optim.Adam(prior.parameters(), 1e-2)
    for _ in range(80):
        loss = -prior().log_prob(codes).mean()
        optimiser.zero_grad(), loss.backward(), optimiser.step()
    assert -loss > best + 0.3


def test_a_flow_does_not_turn_off_torchs_checks():
    Flow((2,))
    assert Distribution._validate_args
    with pytest.raises(ValueError, match="invalid values"):
        Normal(0.0, -1.0)


def test_an_autocast_region_does_not_change_a_density():
    p, z = moved(Flow((3,), widths=(16,)), 0.3).float()(), torch.ones(4, 3)
    expected = p.log_prob(z)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(p.log_prob(z), expected)


# -- vamp ------------------------------------------------------------------------------------------------------------


def encoder(cells=4, axes=2):
    torch.manual_seed(0)
    posterior = GaussianPosterior((axes,))
    return moved(MLP((cells,), posterior.features, widths=(8,))), posterior


def test_oracle_22_vamp_with_every_example_as_pseudo_input_is_the_average_posterior():
    network, posterior = encoder()
    x = torch.randn(60, 4, generator=torch.Generator().manual_seed(1), dtype=D)
    prior = Vamp(Event((4,)), (2,), components=60).double()
    prior.initialise(x)
    p = prior(posterior_of=lambda u: posterior(network(u)))
    q = posterior(network(x))
    z = q.sample((40,)).reshape(-1, 2)
    average = q.log_prob(z[:, None]).logsumexp(1) - math.log(60)
    marginal = average - p.log_prob(z)  # one draw of KL(average posterior || prior)
    assert marginal.abs().max() < 1e-10
    assert (average - Normal(0.0, 1.0).log_prob(z).sum(-1)).mean() > 0.1  # the standard Gaussian is not that


def test_pseudo_inputs_are_distinct_training_examples():
    x = torch.arange(20.0)[:, None].expand(20, 3)
    prior = Vamp(Event((3,)), components=12)
    torch.manual_seed(5)
    prior.initialise(x)
    first = prior.pseudo[:, 0]
    assert len(first.unique()) == 12 and torch.equal(prior.pseudo, first[:, None].expand(12, 3))
    assert not torch.equal(first.sort().values, torch.arange(12.0)), "the first ones may all be of one class"


@pytest.mark.parametrize(
    ("event", "low", "high"),
    [
        (Event((3,), "vector", 0.0, 1.0), 0.0, 1.0),
        (Event((3,), levels=2), 0.0, 1.0),
        (Event((3,), levels=5), 0.0, 4.0),
        (Event((3,)), -math.inf, math.inf),
        (Event((3,), low=0.0), 0.0, math.inf),
    ],
)
def test_pseudo_inputs_stay_inside_the_range_of_the_data(event, low, high):
    prior, seen = Vamp(event, components=4), []
    with torch.no_grad():
        prior.pseudo += torch.tensor([-9.0, 0.0, 0.5])
    prior(posterior_of=lambda u: seen.append(u) or straight(u))
    assert low <= seen[0].min() and seen[0].max() <= high
    assert torch.equal(seen[0], prior.pseudo.clamp(low, high))


def test_missing_cells_of_a_pseudo_input_are_filled_with_the_mean():
    prior = Vamp(Event((2,), missing=True), components=3)
    prior.initialise(torch.tensor([[1.0, torch.nan], [torch.nan, 4.0], [3.0, 8.0]]))
    assert sorted(map(tuple, prior.pseudo.tolist())) == [(1.0, 6.0), (2.0, 4.0), (3.0, 8.0)]


def test_more_pseudo_inputs_than_examples_are_refused():
    with pytest.raises(UsageError, match=r"at most the number of training examples, 7; got 8.*--prior.components 7"):
        Vamp(components=8).initialise(torch.zeros(7, 2))


def test_vamp_says_what_it_needs():
    with pytest.raises(UsageError, match="needs an encoder"):
        Vamp()()
    delta = build(Posterior, "delta", latent=(2,))
    with pytest.raises(UsageError, match="with a density"):
        Vamp()(posterior_of=delta)


# -- bits ------------------------------------------------------------------------------------------------------------


def test_bits_have_mass_one_over_all_codes_and_fit_their_frequencies():
    prior = moved(Bernoulli((4,), learned=True), 2.0)
    every = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=D)] * 4)
    assert abs(prior().log_prob(every).exp().sum() - 1) < 1e-12
    prior.fit_to(torch.tensor([[1.0, 0, 0, 1], [1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]], dtype=D))
    expected = torch.tensor([0.999, 0.001, 0.25, 0.25], dtype=D)
    torch.testing.assert_close(prior().mean.detach(), expected)


def test_half_and_half_has_nothing_to_learn():
    prior = Bernoulli((3,))
    prior.fit_to(torch.ones(5, 3))
    assert not list(prior.parameters()) and prior().mean.tolist() == [0.5] * 3


# -- two layers ------------------------------------------------------------------------------------------------------


def test_two_layers_are_the_sum_of_their_log_densities_by_hand():
    prior = moved(one_network("layered", latent=(5,)))
    z = torch.randn(7, 5, generator=torch.Generator().manual_seed(3), dtype=D)
    lower, upper = z[:, :3], z[:, 3:]
    mu, log_variance = prior.network(upper).unbind(-1)
    by_hand = Normal(0, 1).log_prob(upper).sum(-1) + Normal(mu, (log_variance / 2).exp()).log_prob(lower).sum(-1)
    torch.testing.assert_close(prior().log_prob(z), by_hand, rtol=1e-12, atol=1e-12)
    for samples in ((), (6,)):
        drawn, log_p = draw(prior(), samples)
        torch.testing.assert_close(prior().log_prob(drawn), log_p, rtol=1e-10, atol=1e-10)
    torch.manual_seed(0)
    upper = prior().sample((10_000,))[:, 3:]
    assert (upper.mean(0).abs() < 0.04).all() and (upper.var(0) - 1).abs().max() < 0.06  # the upper layer is N(0, I)


# -- conditions ------------------------------------------------------------------------------------------------------


def test_by_label_a_class_has_its_component_and_a_missing_label_the_whole_mixture():
    prior = moved(Mixture((2,), labels=3, by_label=True))
    context = torch.eye(4, 3, dtype=D)  # the fourth label is missing
    p, z = prior(context), torch.randn(6, 1, 2, generator=torch.Generator().manual_seed(4), dtype=D)
    alone = Normal(prior.loc, prior.log_scale.exp()).log_prob(z).sum(-1)
    torch.testing.assert_close(p.log_prob(z)[:, :3], alone)
    whole = (alone + prior.logits.log_softmax(0)).logsumexp(1)
    torch.testing.assert_close(p.log_prob(z)[:, 3], whole)
    torch.testing.assert_close(prior().log_prob(z[:, 0]), whole)
    torch.manual_seed(0)
    centres = p.sample((4000,))[:, :3].mean(0)
    torch.testing.assert_close(centres, prior.loc.detach(), atol=0.15, rtol=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs a condition on classes; got 0"),
        ({"labels": 3, "components": 4}, "must be the number of classes, 3, for by_label; got 4"),
        ({"labels": 3, "means": ((0.0, 0.0), (1.0, 1.0))}, "must be the number of classes, 3, for by_label; got 2"),
    ],
)
def test_by_label_says_what_it_needs(options, message):
    with pytest.raises(UsageError, match=message):
        Mixture((2,), by_label=True, **options)


def test_by_label_is_not_fitted_without_labels():
    prior = Mixture((2,), labels=3, by_label=True)
    before = prior.loc.clone()
    prior.fit_to(torch.randn(50, 2))
    assert not prior.direct and Mixture((2,)).direct and torch.equal(prior.loc, before)


def test_conditional_gaussian_without_a_condition_is_refused():
    with pytest.raises(UsageError, match=r"needs a condition.*--condition label"):
        build(Prior, "conditional-gaussian", latent=(2,), context=0)
    with pytest.raises(UsageError, match="`context` is needed"):
        build(Prior, "conditional-gaussian", latent=(2,), context=3)()
    with pytest.raises(UsageError, match="`context` is needed"):
        Flow(context=3, widths=(8,))()


# -- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Vamp(components=0), "`components` must be at least 1; got 0"),
        (lambda: Flow(transforms=0), "`transforms` must be at least 1; got 0"),
        (lambda: Flow(bins=1), "`bins` must be at least 2, or 0"),
        (lambda: Flow(widths=(0,)), "`widths` must be positive"),
        (lambda: build(Prior, "layered", latent=(1,)), "flat `latent` of at least 2 axes; got"),
        (lambda: build(Prior, "layered", latent=(2, 3)), "flat `latent` of at least 2 axes; got"),
        (lambda: build(Prior, {"name": "layered", "first": 4}, latent=(4,)), "`first` must be at least 1 and leave"),
    ],
)
def test_wrong_options_are_refused_with_what_to_do(make, message):
    with pytest.raises(UsageError, match=message):
        make()


@pytest.mark.parametrize("pair", [("gaussian", "bernoulli"), ("bernoulli", "gaussian"), ("bernoulli", "delta")])
def test_codes_of_different_kinds_do_not_go_together(pair):
    prior, posterior = build(Prior, pair[0], latent=(2,)), build(Posterior, pair[1], latent=(2,))
    from jamjae.likelihoods import Bernoulli as Likelihood

    likelihood = Likelihood(Event((3,), levels=2))
    networks = [build(Network, "mlp", inputs=i, outputs=o) for i, o in (((2,), (3, 1)), ((3,), posterior.features))]
    with pytest.raises(UsageError, match="must have codes of the same kind"):
        LatentModel(prior, networks[0], likelihood, networks[1], posterior)


def test_rate_against_a_mixture_is_estimated_and_has_a_gradient():
    prior = moved(Vamp(Event((2,)), components=3))
    p = prior(posterior_of=straight)
    q = Product(Normal(torch.zeros(1, 2, dtype=D), torch.ones(1, 2, dtype=D)), 1)
    assert closed_form(q, p) is None
    rate(q, p, *draw(q, (9,))).mean().backward()
    assert prior.pseudo.grad.abs().sum() > 0


def test_two_regions_in_the_plane_are_eight_numbers_that_the_command_line_takes():
    options = {"name": "mixture", "means": "[[-3,0],[3,1]]", "scales": "[[0.5,1],[2,0.25]]"}
    parts = build(Prior, options, latent=(2,))().gaussians
    assert parts.loc.tolist() == [[-3.0, 0.0], [3.0, 1.0]]
    torch.testing.assert_close(parts.scale, torch.tensor([[0.5, 1.0], [2.0, 0.25]]))
    for wrong in ("[[0.5,1],[2]]", "[[0.5,1],[2,-1]]", "[[0.5,1],[2,1]"):
        with pytest.raises(UsageError, match="scales"):
            build(Prior, {**options, "scales": wrong}, latent=(2,))
