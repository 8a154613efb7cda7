"""Laws of the critics: one score per pack, whatever is judged; scoring changes nothing; every option has an effect."""

import copy

import pytest
import torch
from discovered import DTYPES, classes, examples, family_of, gradients_are_finite, make, normal, rebuilt, scrambled

from jamjae.core import Undefined, build, isolated

CRITICS = examples("critics")
STEP = torch.tensor(0)


def seen(critic, n, dtype=torch.float32, lead=()):
    """n packs of examples, and their context."""
    size = n * critic.pack
    context = normal((size, critic.context), 1, dtype) if critic.context else None
    return normal((*lead, size, *critic.inputs), 0, dtype), context


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("lead", [(), (1,), (3,), (2, 3)], ids=str)
@pytest.mark.parametrize("which", CRITICS)
def test_one_score_per_pack(which, lead, dtype):
    critic = make(which).to(dtype)
    x, context = seen(critic, 4, dtype, lead)
    for step in (None, STEP):
        scores = critic(x, context, step)
        assert scores.shape == (*lead, 4) and scores.dtype == dtype and scores.isfinite().all()


@pytest.mark.parametrize("which", CRITICS)
def test_sample_axes_are_judged_apart(which):
    critic = scrambled(make(which)).double()
    x, context = seen(critic, 4, torch.float64, (3,))
    torch.testing.assert_close(critic(x, context), torch.stack([critic(part, context) for part in x]))


@pytest.mark.parametrize("which", CRITICS)
def test_scoring_is_pure_and_reproducible(which):
    critic = scrambled(make(which)).train()
    x, context = seen(critic, 4)
    before, kept = copy.deepcopy(critic.state_dict()), x.clone()
    scores = []
    for one in (critic, critic, rebuilt(critic)):
        with isolated("same"):
            scores.append(one(x, context, STEP))
    assert torch.equal(scores[0], scores[1]) and torch.equal(scores[0], scores[2]) and torch.equal(x, kept)
    assert all(torch.equal(v, critic.state_dict()[name]) for name, v in before.items())


@pytest.mark.parametrize("which", CRITICS)
def test_gradients_reach_the_parameters_and_what_is_judged(which):
    critic = scrambled(make(which))
    x, context = seen(critic, 6)
    critic(x.requires_grad_(), context).square().sum().backward()
    gradients_are_finite(critic)
    assert x.grad.isfinite().all() and (x.grad.abs().sum(0) > 0).all()


@pytest.mark.parametrize("which", CRITICS)
def test_slopes_are_the_same_inside_another_transform(which):
    """A penalty's slope, under no_grad (validation) and with the weights given from outside (their running mean)."""
    critic = scrambled(make(which)).double()
    x, context = seen(critic, 4, torch.float64)
    packs, joined = critic.show(x), critic.packed(context, 1)

    def slope():
        return torch.func.grad(lambda rows: critic.score(rows, joined).sum())(packs)

    rows = packs.clone().requires_grad_()
    (expected,) = torch.autograd.grad(critic.score(rows, joined).sum(), rows)
    with torch.no_grad():
        torch.testing.assert_close(slope(), expected)
    torch.testing.assert_close(slope(), expected)
    weights = {f"critic.{k}": 1.0 * v.detach() for k, v in critic.state_dict().items()}
    whole = torch.nn.ModuleDict({"critic": critic})
    whole.forward = slope
    torch.testing.assert_close(torch.func.functional_call(whole, weights, ()), expected)


@pytest.mark.parametrize("which", CRITICS)
def test_context_has_an_effect(which):
    critic = scrambled(make(which)).eval()
    x, context = seen(critic, 4)
    if context is not None:
        assert not torch.equal(critic(x, context), critic(x, context + 1))


@pytest.mark.parametrize("which", CRITICS)
def test_initialise_removes_the_unit_and_the_origin(which):
    first, second = make(which).double(), make(which).double()
    x, context = seen(first, 64, torch.float64)
    first.initialise(x)
    second.initialise(1000 * x - 300)
    torch.testing.assert_close(first(x, context), second(1000 * x - 300, context), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("which", CRITICS)
def test_features_are_per_example_or_refused(which):
    critic = make(which)
    x, context = seen(critic, 4)
    try:
        found = critic.features(x, context)
    except Undefined as why:
        assert "similarity" in str(why)
    else:
        assert found.shape[:1] == x.shape[:1] and found.ndim == 2


@pytest.mark.parametrize("cls", classes("critics"))
def test_sizes_reach_the_network(cls):
    critic = build(family_of(cls), cls.name(), inputs=(5, 3, 2), context=4)
    assert critic.network.inputs == critic.inputs == (5, 3, 2) and critic.network.context == critic.context == 4
