"""Every closed-form KL in the table is the average of log q - log p, and vanishes only between equals."""

import pytest
import torch
from torch.distributions import Bernoulli, Distribution, MixtureSameFamily, MultivariateNormal, Normal, transform_to
from torch.distributions import Categorical as Choice

import jamjae.posteriors
import jamjae.priors  # noqa: F401 - parts may register formulas
from jamjae.core import Product, closed_form, draw, draw_and_rate, isolated, rate, register_kl
from jamjae.core.divergence import KL, cells

REDUNDANT = {"probs", "covariance_matrix", "precision_matrix"}  # torch takes logits and scale_tril instead
FREE = [pair for pair in KL if all(kind.arg_constraints for kind in pair)]  # the others take tables, not numbers
PAIRS = sorted(FREE, key=lambda pair: (pair[0].__name__, pair[1].__name__))


def some(kind: type, seed: int) -> Distribution:
    """A random distribution of a type, batch (3,), from its own constraints; vectors have 4 entries."""
    if kind is Product:
        return Product(Normal(*(some(Normal, seed + k).loc[:, None].expand(3, 4).abs() + 0.5 for k in (0, 1))), 1)
    random = torch.Generator().manual_seed(seed)
    chosen = {}
    for name, constraint in kind.arg_constraints.items():
        if name not in REDUNDANT:
            width = {"logits": (4,) if kind is Choice else (), "scale_tril": (4, 4)}
            joint = constraint.event_dim == 1 and name == "loc"
            shape = (3, *((4,) if joint else width.get(name, ())))
            chosen[name] = transform_to(constraint)(torch.randn(shape, generator=random, dtype=torch.float64))
    return kind(**chosen)


def evaluate(q, p):
    """The formula through the public door: one-axis factors go in as a product."""
    if q.event_shape or p.event_shape:
        return closed_form(q, p)
    return closed_form(Product(q, 0), Product(p, 0))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].__name__}-{pair[1].__name__}")
def test_closed_form_is_the_average_of_its_definition(pair):
    q, p = some(pair[0], 1), some(pair[1], 50)
    exact = evaluate(q, p)
    with isolated("kl"):
        z, log_q = draw(q, (200_000,))
    sampled = log_q - p.log_prob(z)
    z_score = (sampled.mean(0) - exact) / (sampled.std(0) / 200_000**0.5)
    assert exact.shape == (3,) and (exact > 0).all() and z_score.abs().max() < 4.5


@pytest.mark.parametrize("kind", sorted({q for q, p in KL if q is p}, key=lambda k: k.__name__))
def test_kl_to_oneself_is_zero(kind):
    torch.testing.assert_close(
        evaluate(some(kind, 1), some(kind, 1)), torch.zeros(3, dtype=torch.float64), atol=1e-12, rtol=0
    )


@pytest.mark.parametrize("kind", sorted({q for q, p in KL if q is p}, key=lambda k: k.__name__))
def test_closed_forms_agree_with_torch(kind):
    q, p = some(kind, 3), some(kind, 4)
    torch.testing.assert_close(evaluate(q, p), torch.distributions.kl_divergence(q, p), rtol=1e-10, atol=1e-12)


def test_certain_bernoullis_have_finite_divergences_and_gradients():
    logits = torch.tensor([800.0, -800.0, 0.0], requires_grad=True)
    kl = evaluate(Bernoulli(logits=logits), Bernoulli(logits=torch.tensor([-800.0, 800.0, 0.0])))
    kl.sum().backward()
    torch.testing.assert_close(kl, torch.tensor([800.0, 800.0, 0.0]))
    assert logits.grad.isfinite().all()


def test_impossible_classes_of_q_cost_nothing():
    q = Choice(logits=torch.tensor([0.0, -torch.inf]), validate_args=False)
    assert torch.allclose(evaluate(q, Choice(logits=torch.zeros(2))), torch.tensor(2.0).log())


def test_per_axis_values_add_up():
    q, p = Product(some(Normal, 1), 1), Product(some(Normal, 2), 1)
    assert cells(q, p).shape == (3,) and torch.isclose(cells(q, p).sum(), closed_form(q, p))


def test_a_subclass_inherits_no_formula():
    class Skewed(Normal):
        pass

    q = Product(Skewed(torch.zeros(3), torch.ones(3)), 1)
    assert closed_form(q, Product(some(Normal, 1), 1)) is None


def mixture():
    parts = Product(Normal(torch.tensor([[-1.0], [1.0]]), torch.ones(2, 1)), 1)
    return MixtureSameFamily(Choice(logits=torch.zeros(2)), parts)


def test_without_a_formula_the_rate_is_the_estimate_at_the_draw():
    q = Product(Normal(torch.zeros(5, 1), torch.ones(5, 1)), 1)
    with isolated("a"):
        z, kl = draw_and_rate(q, mixture())
    torch.testing.assert_close(kl, q.log_prob(z) - mixture().log_prob(z))
    torch.testing.assert_close(rate(q, mixture(), z, q.log_prob(z)), kl)


def test_with_a_formula_the_rate_does_not_depend_on_the_draw():
    q, p = Product(Normal(torch.ones(5, 2), torch.ones(5, 2)), 1), Product(Normal(torch.zeros(2), torch.ones(2)), 1)
    z, kl = draw_and_rate(q, p)
    assert z.shape == (5, 2) and torch.equal(kl, torch.ones(5)) and torch.equal(rate(q, p, z, z[:, 0]), torch.ones(5))


def test_formulas_can_be_registered(monkeypatch):
    class Own(MultivariateNormal):
        pass

    monkeypatch.setattr("jamjae.core.divergence.KL", dict(KL))
    register_kl(Own, Own)(lambda q, p: torch.full(q.batch_shape, 7.0))
    own = Own(torch.zeros(3, 2), scale_tril=torch.eye(2).expand(3, 2, 2))
    assert closed_form(own, own).tolist() == [7.0] * 3 and (Own, Own) not in KL
