"""Products with and without missing cells, and points."""

import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Independent, Normal

from jamjae.core import Delta, Product, Undefined, draw
from jamjae.core.shapes import full, missing, over_leading


def base():
    torch.manual_seed(0)
    return Normal(torch.randn(5, 3, 2), torch.rand(5, 3, 2) + 0.5)


@pytest.mark.parametrize("ndim", [0, 1, 2, 3])
def test_a_product_is_torch_s_independent(ndim):
    ours, theirs = Product(base(), ndim), Independent(base(), ndim)
    x = theirs.sample((4,))
    assert ours.batch_shape == theirs.batch_shape and ours.event_shape == theirs.event_shape
    torch.testing.assert_close(ours.log_prob(x), theirs.log_prob(x))
    torch.testing.assert_close(ours.entropy(), theirs.entropy())
    torch.testing.assert_close(ours.mean, theirs.mean)
    torch.testing.assert_close(ours.variance, theirs.variance)
    assert ours.support.event_dim == ndim and ours.has_rsample
    assert ours.expand((7, *ours.batch_shape)).sample().shape == (7, 5, 3, 2)


def test_cells_add_up_to_the_log_density():
    p = Product(base(), 2)
    x = p.sample((4,))
    assert p.cells(x).shape == (4, 5, 3, 2)
    torch.testing.assert_close(p.cells(x).sum((-1, -2)), p.log_prob(x))


def test_missing_cells_count_nothing_in_floats_and_integers():
    p = Product(base(), 2, fill=0.0)
    x = p.sample()
    complete = p.cells(x)
    x[0, 0, 0] = torch.nan
    x[2] = torch.nan
    cells = p.cells(x)
    assert cells[0, 0, 0] == 0 and p.log_prob(x)[2] == 0
    assert torch.equal(cells[1], complete[1]) and torch.equal(cells[0, 1:], complete[0, 1:])
    codes = Product(Categorical(logits=torch.randn(3, 4, 5)), 1, fill=0.0)
    assert torch.equal(codes.cells(torch.full((3, 4), -1)), torch.zeros(3, 4))


def test_without_missing_cells_a_nan_is_not_hidden():
    p = Product(Normal(torch.zeros(2), torch.ones(2), validate_args=False), 1)
    assert p.log_prob(torch.tensor([0.0, torch.nan])).isnan()


def test_a_product_of_discrete_cells_has_no_reparameterised_draw():
    p = Product(Bernoulli(torch.full((2, 3), 0.5)), 1)
    assert not p.has_rsample
    z, log_p = draw(p, (4,))
    assert z.shape == (4, 2, 3) and log_p.shape == (4, 2)


def test_a_point_draws_itself_and_has_no_density():
    value = torch.randn(4, 3, 2, requires_grad=True)
    p = Delta(value, 2)
    assert p.batch_shape == (4,) and p.event_shape == (3, 2)
    assert torch.equal(p.rsample((2,))[1], value) and p.rsample().requires_grad and not p.sample().requires_grad
    assert torch.equal(p.mean, value) and torch.equal(p.variance, torch.zeros(4, 3, 2))
    for attempt in (lambda: p.log_prob(value), lambda: draw(p)):
        with pytest.raises(Undefined, match="no density"):
            attempt()


def test_leading_axes_are_flattened_and_restored():
    seen = []

    def f(x, context):
        seen.append((x.shape, None if context is None else context.shape))
        return x.sum(-1, keepdim=True)

    x, context = torch.ones(2, 3, 4), torch.ones(3, 5)
    assert over_leading(f, x, (4,), None).shape == (2, 3, 1)
    assert over_leading(f, x, (4,), context).shape == (2, 3, 1)
    assert seen == [((6, 4), None), ((6, 4), (6, 5))]


def test_densities_are_evaluated_in_full_precision():
    assert full(torch.zeros(2, dtype=torch.bfloat16)).dtype == full(torch.zeros(2).half()).dtype == torch.float32
    assert full(torch.zeros(2, dtype=torch.float64)).dtype == torch.float64
    assert missing(torch.tensor([0.0, torch.nan, -1.0])).tolist() == [False, True, False]
    assert missing(torch.tensor([0, 3, -1])).tolist() == [False, False, True]
