"""Laws of the regularisers: a cost per example, never negative, with a gradient, or a refusal that names a remedy."""

from types import SimpleNamespace

import pytest
import torch
from discovered import examples, make, normal, scrambled

from jamjae.core import Event, UsageError, build, isolated
from jamjae.likelihoods import Gaussian
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.posteriors import Posterior
from jamjae.priors import Prior

REGULARISERS = examples("regularisers")


def model_with(posterior, latent):
    """A small autoencoder in double precision."""
    q = build(Posterior, posterior, latent=latent)
    likelihood = Gaussian(Event((5,)))
    prior = build(Prior, "codes" if q.entries else "mixture", latent=latent, entries=q.entries)
    encoder, decoder = MLP((5,), q.features, widths=(7,), activation="tanh"), MLP(latent, likelihood.features)
    return scrambled(LatentModel(prior, decoder, likelihood, encoder, q)).double()


MODELS = {"point": ("delta", (3,)), "Gaussian": ("gaussian", (3,)), "book": ({"name": "vq", "codes": 4}, (2, 3))}


def cost(regulariser, model, x):
    batch = SimpleNamespace(x=x, y=None)
    with isolated("cost"):
        q = model.encode(x)
        return regulariser(model, batch, q, q.rsample())


def fitting(regulariser):
    """The models that it does not refuse."""
    for options in MODELS.values():
        model = model_with(*options)
        try:
            regulariser.check(model)
        except UsageError as why:
            assert "Pass --" in str(why)
        else:
            yield model


@pytest.mark.parametrize("which", REGULARISERS)
def test_a_cost_per_example_with_a_gradient(which):
    regulariser, x = make(which), normal((6, 5), dtype=torch.float64)
    models = list(fitting(regulariser))
    assert models
    for model in models:
        found = cost(regulariser, model, x)
        assert found.shape == (6,) and (found >= 0).all() and found.isfinite().all()
        found.mean().backward()
        slopes = [p.grad for p in model.encoder.parameters() if p.grad is not None]
        assert all(s.isfinite().all() for s in slopes) and sum(s.abs().sum() for s in slopes) > 0


@pytest.mark.parametrize("which", REGULARISERS)
def test_it_knows_whether_it_depends_on_the_others(which, monkeypatch):
    regulariser, x = make(which), normal((6, 5), dtype=torch.float64)
    monkeypatch.setattr(torch, "rand", lambda shape, **options: torch.full(shape, 0.2, **options))
    model = next(m for m in fitting(regulariser) if m.posterior.name() != "gaussian")
    whole, part = cost(regulariser, model, x), cost(regulariser, model, x[:2])
    assert torch.allclose(whole[:2], part, rtol=1e-10) == regulariser.separable


@pytest.mark.parametrize("which", REGULARISERS)
def test_the_cost_is_proportional_to_the_weight(which):
    regulariser, x = make(which), normal((6, 5), dtype=torch.float64)
    heavier = build(type(regulariser), {**regulariser.spec(), "weight": 3 * regulariser.weight})
    model = next(fitting(regulariser))
    torch.testing.assert_close(cost(heavier, model, x), 3 * cost(regulariser, model, x))


@pytest.mark.parametrize("which", REGULARISERS)
def test_in_evaluation_and_without_gradients_it_is_the_same_number(which):
    regulariser, x = make(which), normal((6, 5), dtype=torch.float64)
    model = next(fitting(regulariser)).eval()
    with torch.no_grad():
        without = cost(regulariser, model, x)
    torch.testing.assert_close(without, cost(regulariser, model, x).detach())
