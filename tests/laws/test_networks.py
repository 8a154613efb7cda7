"""Laws of the networks: shapes, context, scaling of the inputs, gradients."""

import pytest
import torch
from discovered import DTYPES, LEADS, examples, gradients_are_finite, make, normal, rebuilt, scrambled

from jamjae.networks import Tabular


def columns(one):
    """Of a network for tables; none for the others."""
    return one.event.columns if isinstance(one, Tabular) else ()


NETWORKS = examples("networks")
REAL = examples("networks", lambda one: not one.numbers)
CAUSAL = examples("networks", lambda one: one.causal)
READING = examples("networks", lambda one: one.numbers)
# Logarithms of a table's columns know a unit, but no origin.
AFFINE = examples("networks", lambda one: not one.numbers and not any(c.kind != "real" for c in columns(one)))
WITH_CONTEXT = examples("networks", lambda one: one.context > 0)


def inputs(network, lead, dtype=torch.float32, seed=0):
    context = normal((*lead, network.context), seed + 1, dtype) if network.context else None
    x = normal((*lead, *network.inputs), seed, dtype)
    return (numbers(x, levels(network)) if network.numbers else x), context


def levels(network):
    """K, of a network that reads numbers 0 .. K - 1."""
    return network.outputs[-1] if network.causal else network.event.levels


def numbers(x, count):
    """Real numbers as numbers 0 .. count - 1."""
    return (x * count).long() % count


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
    single = network(x if network.numbers else x.float(), None if context is None else context.float())
    torch.testing.assert_close(single.double(), network.double()(x, context), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("which", CAUSAL)
def test_causal_outputs_see_only_what_came_before_and_all_of_it(which):
    network = scrambled(make(which)).eval()
    x, context = inputs(network, (5,))
    y = network(x, context)
    for t in range(network.inputs[0]):
        changed = x.clone()
        changed[:, t] = (x[:, t] + 1) % network.outputs[-1]
        other = network(changed, context)
        assert torch.equal(other[:, : t + 1], y[:, : t + 1]), "a number is seen by its own place or an earlier one"
        assert all((other[:, s] != y[:, s]).any(-1).all() for s in range(t + 1, network.inputs[0]))


@pytest.mark.parametrize("which", CAUSAL)
def test_causal_outputs_one_by_one_are_those_of_the_whole_row(which):
    network = scrambled(make(which)).double().eval()
    x, context = inputs(network, (5,))
    last, memory, found = network.begin(5), [], []
    for t in range(network.inputs[0]):
        found.append(network.step(last, memory, context if context is None else context.double()))
        last = x[:, t]
    whole = network(x, context if context is None else context.double())
    torch.testing.assert_close(torch.stack(found, 1), whole, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("which", READING)
def test_gradients_reach_the_parameters_of_networks_that_read_numbers(which):
    network = scrambled(make(which))
    torch.manual_seed(0)
    network(*inputs(network, (64,))).square().sum().backward()
    gradients_are_finite(network)


@pytest.mark.parametrize("which", REAL)
def test_gradients_reach_inputs_and_parameters_and_the_input_stays(which):
    network = scrambled(make(which))
    x, context = inputs(network, (16,))
    kept = x.clone()
    torch.manual_seed(0)
    network(x.requires_grad_(), context).square().sum().backward()
    gradients_are_finite(network)
    assert x.grad is not None and x.grad.isfinite().all() and torch.equal(x.detach(), kept)
    effect = x.grad.abs().sum(0)
    if any(c.kind == "categorical" for c in columns(network)):  # classes are told apart, and nothing lies between them
        effect = effect[[c.kind != "categorical" for c in columns(network)]]
    assert (effect[: network.reads] > 0).all(), "an input has no effect"
    assert network.reads is None or (effect[network.reads :] == 0).all()


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


@pytest.mark.parametrize("which", AFFINE)
def test_initialise_removes_the_unit_and_the_origin_of_the_inputs(which):
    first, second = make(which).double().eval(), make(which).double().eval()
    x, context = inputs(first, (64,), torch.float64)
    first.initialise(x)
    second.initialise(1000 * x - 300)
    torch.testing.assert_close(first(x, context), second(1000 * x - 300, context), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("which", REAL)
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
