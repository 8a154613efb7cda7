"""The doubly reparametrised gradient: the value of the bound, the expected gradient of the bound, less noise.

Statistical tests: fixed seeds, |z| < 4 for each of a few coordinates, so a false alarm has probability below 1e-3; each
shows that it would see a wrong gradient.
"""

import math

import pytest
import torch
from exact import linear_gaussian
from torch import Tensor

from jamjae.core import Undefined, UsageError, build, draw
from jamjae.networks import MLP
from jamjae.objectives import DREG, ELBO, IWAE, Batch
from jamjae.posteriors import Posterior
from jamjae.priors import Vamp

D = torch.float64
STEP = torch.tensor(0)


def terms(objective, model, x, seed=1):
    torch.manual_seed(seed)
    return objective.terms("model", model, Batch(x, None, len(x)), STEP)


def model_and_data(posterior="gaussian", count=6, **options):
    model = linear_gaussian(shift=0.5, scale=1.3)
    if posterior != "gaussian":
        torch.manual_seed(0)
        model.posterior = build(Posterior, {"name": posterior, **options}, latent=(2,)).double()
        model.encoder = MLP((5,), model.posterior.features, widths=()).double()
        with torch.no_grad():
            for p in model.posterior.parameters():
                p += 0.3 * torch.randn_like(p)
    torch.manual_seed(2)
    return model.eval(), 2 * torch.randn(count, 5, dtype=D)


FLOW = {"widths": (4,), "hidden": 2, "transforms": 1}
LAYERED = {"network": {"name": "mlp", "widths": (4,)}}
POSTERIORS = [("gaussian", {}), ("full-gaussian", {}), ("flow", FLOW), ("layered", LAYERED)]


@pytest.mark.parametrize("samples", [1, 5])
@pytest.mark.parametrize(("posterior", "options"), POSTERIORS)
def test_the_value_is_the_bound_and_the_decoder_has_the_gradient_of_iwae(posterior, options, samples):
    model, x = model_and_data(posterior, **options)
    ours, reference = terms(DREG(samples), model, x), terms(IWAE(samples), model, x)
    torch.testing.assert_close(ours.parts["bound"], reference.parts["bound"], rtol=0, atol=1e-10)
    for name, value in reference.logged.items():
        torch.testing.assert_close(ours.logged[name], value, rtol=0, atol=1e-10)
    decoder = list(model.decoder.parameters())
    for one, other in zip(*(torch.autograd.grad(t.loss, decoder) for t in (ours, reference)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_without_gradient_the_value_is_the_same():
    model, x = model_and_data()
    with torch.no_grad():
        found = terms(DREG(), model, x).parts["bound"]
    assert not found.requires_grad
    torch.testing.assert_close(found, terms(DREG(), model, x).parts["bound"].detach(), rtol=0, atol=0)


def features_and_bound(objective, model, x, seed):
    kept: list[Tensor] = []
    hook = model.encoder.register_forward_hook(lambda module, inputs, output: kept.append(output))
    bound = terms(objective, model, x, seed).parts["bound"]
    hook.remove()
    return kept[0], bound


def by_objective(objective, model, x, seed=1):
    """Gradients of an example's loss with respect to the encoder's output, (copies, coordinates)."""
    h, bound = features_and_bound(objective, model, x, seed)
    return torch.autograd.grad(bound.sum(), h)[0].flatten(1)


def by_path(model, x, samples, power, seed=1):
    """The estimator written out for a posterior without weights: the gradient through z, weighed by v^power."""
    torch.manual_seed(seed)
    h = model.features(x).detach().requires_grad_()
    z = model.posterior(h).rsample((samples,))
    log_w = model.log_joint(x, z) - model.posterior(h.detach()).log_prob(z)
    weighed = log_w.softmax(0).detach() ** power * log_w
    return torch.autograd.grad(-weighed.sum(), h)[0].flatten(1)


def by_score(model, x, samples, seed=1):
    """d E[L] = E[(L - c) sum_k d log q(z_k) + d L at fixed z], c any constant."""
    torch.manual_seed(seed)
    h = model.features(x).detach().requires_grad_()
    q = model.posterior(h)
    z = q.sample((samples,))
    log_q = q.log_prob(z)
    bound = (model.log_joint(x, z) - log_q).logsumexp(0) - math.log(samples)
    known = bound.detach()
    return torch.autograd.grad(-((known - known.mean()) * log_q.sum(0) + bound).sum(), h)[0].flatten(1)


def distance(one: Tensor, other: Tensor) -> Tensor:
    """Standard errors between the means of independent rows, (coordinates,)."""
    error = (one.var(0) / len(one) + other.var(0) / len(other)).sqrt()
    return ((one.mean(0) - other.mean(0)) / error).abs()


@pytest.mark.parametrize("samples", [1, 4])
def test_the_encoders_gradient_is_the_one_written_out(samples):
    model, x = model_and_data()
    torch.testing.assert_close(by_objective(DREG(samples), model, x), by_path(model, x, samples, 2))


def test_the_expected_gradient_is_that_of_the_bound():
    model, x = model_and_data(count=1)
    many, samples = x.expand(40_000, -1), 4
    ours = by_objective(DREG(samples), model, many, seed=1)
    plain = by_objective(IWAE(samples), model, many, seed=2)
    score = by_score(model, many, samples, seed=3)
    assert distance(ours, plain).max() < 4
    assert distance(ours, score).max() < 4
    assert distance(plain, score).max() < 4
    wrong = by_path(model, many, samples, power=1, seed=1)
    assert distance(wrong, plain).max() > 20 and distance(wrong, score).max() > 10


def test_with_one_sample_the_expected_gradient_is_that_of_the_elbo():
    """For a linear decoder E_q[log p(x | z)] is a square plus a trace, so the gradient has a closed form."""
    model, x = model_and_data(count=1)
    h = model.features(x).detach().requires_grad_()
    q = model.posterior(h)
    w, noise = model.decoder.layers[0].weight, model.likelihood.deviation().square()
    residual = x - model.decode(q.mean).mean
    distortion = (residual.square().sum() + (q.variance * w.square().sum(0)).sum()) / (2 * noise)
    rate = ELBO().terms("model", model, Batch(x, None, 1), STEP).parts["rate"]
    closed = 0.5 * (q.variance + q.mean.square() - 1 - q.variance.log()).sum()
    torch.testing.assert_close(closed, rate[0])
    exact = torch.autograd.grad(distortion + closed, h)[0].flatten(1)
    found = by_objective(DREG(1), model, x.expand(40_000, -1))
    error = found.std(0) / len(found) ** 0.5
    assert ((found.mean(0) - exact[0]) / error).abs().max() < 4
    assert (exact[0] / error).abs().min() > 20, "the gradient must be seen above the noise"


def test_with_the_exact_posterior_the_encoder_has_no_gradient_at_any_draw():
    model = linear_gaussian()
    x = torch.randn(50, 5, dtype=D)
    assert by_objective(DREG(8), model, x).abs().max() < 1e-13
    assert by_objective(IWAE(8), model, x).abs().max() > 0.1


def test_the_gradients_signal_to_noise_rises_with_the_samples_and_that_of_iwae_falls():
    model, x = model_and_data(count=1)
    many = x.expand(4000, -1)

    def clarity(objective):
        found = by_objective(objective, model, many)
        return (found.mean(0).norm() / found.var(0).sum().sqrt()).item()

    ours, plain = ([clarity(kind(samples)) for samples in (1, 8, 64)] for kind in (DREG, IWAE))
    assert ours[0] < ours[1] < ours[2] and ours[2] > 2 * ours[0]
    assert plain[0] > plain[1] > plain[2] and ours[2] > 5 * plain[2]


def repeated(objective, model, x, parameters, repeats):
    """Gradients of the loss of a batch with respect to parameters, (repeats, coordinates)."""
    found = []
    for seed in range(repeats):
        slopes = torch.autograd.grad(terms(objective, model, x, seed).loss, parameters)
        found.append(torch.cat([slope.flatten() for slope in slopes]))
    return torch.stack(found)


@pytest.mark.parametrize(("posterior", "options"), POSTERIORS[2:])
def test_the_weights_of_a_posterior_have_the_gradient_of_the_bound_in_expectation(posterior, options):
    """The flow's maps and the network between two layers act after the encoder, when density or draw is asked for."""
    model, x = model_and_data(posterior, count=1, **options)
    many, weights = x.expand(300, -1), [*model.posterior.parameters(), *model.encoder.parameters()]
    ours = repeated(DREG(3), model, many, weights, 30)
    plain = repeated(IWAE(3), model, many, weights, 30)
    seen = plain.std(0) > 1e-9  # masks leave some weights without effect
    assert seen.sum() > 20
    z = distance(ours[:, seen], plain[:, seen])
    assert z.max() < 5.5, "30 repeats each: a t distribution with 58 degrees of freedom, about 60 coordinates"
    assert (plain[:, seen].mean(0).abs() / (plain[:, seen].std(0) / 30**0.5)).max() > 20
    assert torch.equal(ours[:, ~seen], torch.zeros_like(ours[:, ~seen]))


def with_vamp(count):
    model, x = model_and_data(count=1)
    model.prior = Vamp(model.event, (2,), components=3).double()
    model.prior.initialise(2 * torch.randn(10, 5, dtype=D))
    return model, x.expand(count, -1)


def test_a_prior_that_uses_the_encoder_keeps_its_share_of_the_gradient():
    model, x = with_vamp(500)
    weights = list(model.encoder.parameters())
    ours, plain = (repeated(kind(3), model, x, weights, 40) for kind in (DREG, IWAE))
    assert distance(ours, plain).max() < 5
    prior_alone = []
    for seed in range(5):
        torch.manual_seed(seed)
        z = model.encode(x).sample((3,))
        slopes = torch.autograd.grad(model.latent().log_prob(z).mean(), weights)
        prior_alone.append(torch.cat([slope.flatten() for slope in slopes]))
    missing = torch.stack(prior_alone).mean(0).abs() / (plain.std(0) / 40**0.5)
    assert missing.max() > 20, "without the prior's share the gradient would be another one"


@pytest.mark.parametrize("train", [True, False])
def test_what_it_cannot_do_it_says(train):
    model, x = model_and_data("bernoulli")
    with pytest.raises(UsageError, match="must draw by a differentiable map; got 'bernoulli'"):
        terms(DREG(), model.train(train), x)
    model, x = model_and_data("delta")
    with pytest.raises(Undefined, match="no density"):
        terms(DREG(), model.train(train), x)


@pytest.mark.parametrize("objective", [DREG, IWAE])
def test_no_samples_are_refused(objective):
    with pytest.raises(UsageError, match="`samples` must be at least 1; got 0"):
        objective(samples=0)


@pytest.mark.parametrize("objective", [DREG, IWAE])
def test_with_one_sample_the_value_is_the_elbo_at_the_same_draw_and_on_average(objective):
    model, x = model_and_data(count=1)
    many = x.expand(20_000, -1)
    with torch.no_grad():
        found = terms(objective(1), model, many).parts["bound"]
        torch.manual_seed(1)
        q = model.encode(many)
        z, log_q = draw(q, ())
        one_sample = -model.decode(z).log_prob(many) + log_q - model.latent().log_prob(z)
        torch.testing.assert_close(found, one_sample, rtol=0, atol=1e-12)
        exact = terms(ELBO(), model, many, seed=5).parts
    negative_elbo = exact["distortion"] + exact["rate"]
    assert distance(found[:, None], negative_elbo[:, None]).max() < 4
