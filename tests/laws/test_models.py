"""Laws of the models: the contract of the latent model, on every example."""

import pytest
import torch
from discovered import examples, gradients_are_finite, make, rebuilt, scrambled

from jamjae.core import Undefined, isolated
from jamjae.models import LatentModel

MODELS = examples("models")


def data(model, n=5):
    with isolated("data"), torch.no_grad():
        return model.sample(n, noise=True)


@pytest.mark.parametrize("which", MODELS)
def test_shapes(which):
    model = make(which).eval()
    x = data(model)
    event, latent = model.event.shape, model.prior.latent
    assert x.shape == (5, *event) == model.reconstruct(x).shape == model.sample(5).shape
    q = model.encode(x)
    assert q.batch_shape == (5,) and tuple(q.event_shape) == latent
    assert model.decode(torch.zeros(2, 5, *latent)).batch_shape == (2, 5)
    assert model.log_weights(x, 3).shape == (3, 5)
    assert model.log_joint(x, torch.zeros(2, 5, *latent)).shape == (2, 5)


@pytest.mark.parametrize("which", MODELS)
def test_rebuilt_model_gives_the_same_numbers(which):
    model = scrambled(make(which)).eval()
    x = data(model, 64)
    model.initialise(x)
    again = rebuilt(model)
    values = []
    for one in (model, again):
        with isolated("weights"):
            values.append(one.log_weights(x, 3))
    assert torch.equal(*values) and values[0].isfinite().all()
    assert torch.equal(model.reconstruct(x), again.reconstruct(x))


@pytest.mark.parametrize("which", MODELS)
def test_gradients_reach_every_parameter(which):
    model = scrambled(make(which))
    x = data(model, 32)
    with isolated("gradient"):
        model.log_weights(x, 2).mean().backward()
    gradients_are_finite(model)


@pytest.mark.parametrize("which", MODELS)
def test_without_an_encoder_the_model_generates_and_says_why_it_cannot_encode(which):
    model = make(which)
    generator = LatentModel(model.prior, model.decoder, model.likelihood)
    x = generator.sample(3)
    assert x.shape == (3, *model.event.shape) and generator.spec()["encoder"] is None
    with pytest.raises(Undefined, match="only generates"):
        generator.encode(x)
