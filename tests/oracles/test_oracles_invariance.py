"""Losses must not depend on how the examples are batched, ordered or stored."""

import pytest
import torch

from jamjae import recipes
from jamjae.core import Event, build, members
from jamjae.objectives import ELBO, Batch, Objective, Reconstruction
from jamjae.posteriors import Delta

STEP = torch.tensor(0)
EVENT = Event((6,), levels=2)


def model(dtype=torch.float64, recipe="vae"):
    torch.manual_seed(34)
    made, _ = recipes.assemble(recipes.find(recipe)(EVENT), EVENT, (2,), labels=3 if recipe == "m2" else 0)
    return made.to(dtype).eval()


def noiseless(dtype=torch.float64):
    """A VAE whose posterior is nearly a point: its loss hardly depends on the noise, but its rate is a real one."""
    made = model(dtype)
    with torch.no_grad():
        last = made.encoder.layers[-1]
        last.weight.view(2, 2, -1)[:, 1] = 0.0
        last.bias.view(2, 2)[:, 1] = -15.0
    return made


def x(count=12, dtype=torch.float64):
    return (torch.rand(count, 6, generator=torch.Generator().manual_seed(1)) < 0.4).to(dtype)


def parts(objective, made, values):
    torch.manual_seed(0)
    terms = objective.eval().terms("model", made, Batch(values, None, len(values)), STEP)
    return sum(part.detach() for part in terms.parts.values())


def deterministic():
    yield pytest.param(Reconstruction(), model(recipe="ae"), id="reconstruction")
    yield pytest.param(build(Objective, "elbo", beta=0.0), model(recipe="ae"), id="elbo without rate")


@pytest.mark.parametrize(("objective", "made"), list(deterministic()))
def test_oracle_34_permuting_the_batch_permutes_the_losses(objective, made):
    order = torch.randperm(12, generator=torch.Generator().manual_seed(2))
    assert torch.allclose(parts(objective, made, x())[order], parts(objective, made, x()[order]), atol=1e-10)


@pytest.mark.parametrize(("objective", "made"), list(deterministic()))
def test_oracle_34_splitting_the_batch_splits_the_losses(objective, made):
    whole = parts(objective, made, x())
    assert whole.shape == (12,)
    split = [parts(objective, made, part) for part in x().split(5)]
    assert torch.allclose(whole, torch.cat(split), atol=1e-10)


def test_oracle_34_loss_of_an_example_does_not_depend_on_the_batch_size():
    """With the noise shared, twelve copies of one example cost twelve times the same, and one alone too."""
    made, one = noiseless(), x(1)
    alone = ELBO().terms("model", made, Batch(one, None, 1), STEP)
    many = one.expand(12, 6)
    together = ELBO().terms("model", made, Batch(many, None, 12), STEP)
    assert torch.allclose(together.parts["rate"], alone.parts["rate"].expand(12), atol=1e-10)
    assert torch.allclose(together.loss, alone.loss, rtol=1e-2)


@pytest.mark.parametrize("name", sorted(n for n, c in members(Objective).items() if c.bound))
def test_oracle_34_float32_loss_is_the_float64_loss(name, monkeypatch):
    def noise(shape, dtype, device):
        return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3)).to(dtype)

    monkeypatch.setattr("torch.distributions.normal._standard_normal", noise)
    objective = build(Objective, name)
    recipe = name if name == "m2" else "vae"  # m2 asks for a model that infers labels
    types = torch.float32, torch.float64
    low, high = (parts(objective, model(d, recipe), x(dtype=d)).mean().item() for d in types)
    assert abs(low - high) < 1e-5 * abs(high)


def test_oracle_16_no_rate_and_a_point_posterior_is_the_autoencoder():
    made = model(recipe="ae")
    assert isinstance(made.posterior, Delta)
    gradients = []
    for objective in (ELBO(beta=0.0), Reconstruction()):
        made.zero_grad()
        loss = objective.terms("model", made, Batch(x(), None, 12), STEP).loss
        loss.backward()
        gradients.append((loss.detach(), *(p.grad.clone() for p in made.parameters() if p.grad is not None)))
    assert len(gradients[0]) > 8
    for ours, plain in zip(*gradients, strict=True):
        assert torch.allclose(ours, plain, atol=1e-12, rtol=0)
