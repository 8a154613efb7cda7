"""Laws of the networks: shapes, context, scaling of the inputs, gradients."""

import pytest
import torch
from discovered import DTYPES, LEADS, examples, gradients_are_finite, make, normal, rebuilt, scrambled

NETWORKS = examples("networks")
WITH_CONTEXT = examples("networks", lambda one: one.context > 0)


def inputs(network, lead, dtype=torch.float32, seed=0):
    context = normal((*lead, network.context), seed + 1, dtype) if network.context else None
    return normal((*lead, *network.inputs), seed, dtype), context


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("lead", LEADS, ids=str)
@pytest.mark.parametrize("which", NETWORKS)
def test_shapes(which, lead, dtype):
    network = make(which).to(dtype)
    y = network(*inputs(network, lead, dtype))
    assert y.shape == (*lead, *network.outputs) and y.dtype == dtype and y.isfinite().all()


@pytest.mark.parametrize("which", NETWORKS)
def test_examples_are_computed_one_by_one(which):
    network = scrambled(make(which)).double().eval()
    x, context = inputs(network, (6,), torch.float64)
    alone = [network(x[i], None if context is None else context[i]) for i in range(6)]
    torch.testing.assert_close(network(x, context), torch.stack(alone), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("which", NETWORKS)
def test_single_and_double_precision_agree(which):
    network = scrambled(make(which)).eval()
    x, context = inputs(network, (6,), torch.float64)
    single = network(x.float(), None if context is None else context.float())
    torch.testing.assert_close(single.double(), network.double()(x, context), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("which", NETWORKS)
def test_gradients_reach_inputs_and_parameters_and_the_input_stays(which):
    network = scrambled(make(which))
    x, context = inputs(network, (16,))
    kept = x.clone()
    torch.manual_seed(0)
    network(x.requires_grad_(), context).square().sum().backward()
    gradients_are_finite(network)
    assert x.grad is not None and x.grad.isfinite().all() and torch.equal(x.detach(), kept)
    assert (x.grad.abs().sum(0) > 0).all(), "an input has no effect"


@pytest.mark.parametrize("which", WITH_CONTEXT)
def test_context_has_an_effect_and_broadcasts(which):
    network = scrambled(make(which)).eval()
    x, context = inputs(network, (5,))
    assert not torch.equal(network(x, context), network(x, context + 1))
    shared = network(x, context[0])
    torch.testing.assert_close(shared, network(x, context[:1].expand(5, -1)))
    several = network(x.expand(2, *x.shape), context)
    torch.testing.assert_close(several[1], network(x, context))


@pytest.mark.parametrize("which", NETWORKS)
def test_rebuilt_and_seeded_networks_give_the_same_numbers(which):
    network = scrambled(make(which))
    x, context = inputs(network, (5,))
    network.initialise(3 * x + 1)
    results = []
    for one in (network, rebuilt(network), network):
        torch.manual_seed(4)  # dropout is on
        results.append(one(x, context))
    assert torch.equal(results[0], results[1]) and torch.equal(results[0], results[2])


@pytest.mark.parametrize("which", NETWORKS)
def test_initialise_removes_the_unit_and_the_origin_of_the_inputs(which):
    first, second = make(which).double().eval(), make(which).double().eval()
    x, context = inputs(first, (64,), torch.float64)
    first.initialise(x)
    second.initialise(1000 * x - 300)
    torch.testing.assert_close(first(x, context), second(1000 * x - 300, context), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("which", NETWORKS)
def test_initialise_survives_constant_missing_and_integer_inputs(which):
    network = make(which).eval()
    x, context = inputs(network, (8,))
    for data in (torch.zeros_like(x), torch.full_like(x, torch.nan), torch.ones(x.shape, dtype=torch.int64)):
        network.initialise(data)
        assert network.shift.isfinite().all() and (network.scale > 0).all()
    assert network(torch.ones(x.shape, dtype=torch.int64), context).isfinite().all()
    seen, gaps = x.clone(), x.clone()
    gaps[: len(x) // 2] = torch.nan
    network.initialise(gaps)
    shift = network.shift.clone()
    network.initialise(seen[len(x) // 2 :])
    torch.testing.assert_close(shift, network.shift)
