"""The catalogue finds components; `build` makes them from specs; `convert` reads what people type."""

import json
import math

import pytest

from jamjae.core import Component, Event, UsageError, build, families, members
from jamjae.core.catalogue import convert
from jamjae.core.component import flat, kebab
from jamjae.likelihoods import Bernoulli, Gaussian, Likelihood
from jamjae.networks import MLP, Network
from jamjae.objectives import ELBO, Objective
from jamjae.priors import Prior
from jamjae.schedules import Linear, Schedule


def test_families_are_named_after_their_packages():
    assert families()["likelihoods"] is Likelihood and families()["networks"] is Network


def test_abstract_classes_are_no_members():
    assert set(members(Likelihood)) >= {"bernoulli", "gaussian"} and "location-scale" not in members(Likelihood)


def test_nothing_can_shadow_a_member_of_the_package():
    def outsider():
        return type("MLP", (MLP,), {"__doc__": "Not ours.", "__module__": "somewhere"})

    kept = outsider()
    assert members(Network)["mlp"] is MLP and kept.name() == "mlp"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ELBO", "elbo"), ("StudentT", "student-t"), ("ContinuousBernoulli", "continuous-bernoulli"), ("MLP", "mlp")],
)
def test_kebab(name, expected):
    assert kebab(name) == expected


@pytest.mark.parametrize(
    ("hint", "typed", "value"),
    [
        (tuple[int, ...], "200,200", (200, 200)),
        (tuple[int, ...], "(200, 100)", (200, 100)),
        (tuple[int, ...], "5", (5,)),
        (tuple[int, ...], [3, 4], (3, 4)),
        (tuple[int, ...], "", ()),
        (tuple[float, ...] | None, "1.5,2", (1.5, 2.0)),
        (float, "1e-3", 1e-3),
        (float, "inf", math.inf),
        (int, "7", 7),
        (int | None, None, None),
        (bool, "true", True),
        (tuple[tuple[float, ...], ...], [[1, 2], [3, 4]], ((1.0, 2.0), (3.0, 4.0))),
    ],
)
def test_convert(hint, typed, value):
    assert convert(hint, typed, "x") == value


@pytest.mark.parametrize(("hint", "typed"), [(int, "1.5"), (float, "much"), (tuple[int, ...], "1,a"), (bool, "maybe")])
def test_convert_refuses_with_name_and_value(hint, typed):
    with pytest.raises(UsageError, match=r"`part.option`: .*; got .*") as caught:
        convert(hint, typed, "part.option")
    assert "pydantic" not in str(caught.value)


def test_sizes_fill_only_the_constructors_that_ask():
    made = build(Likelihood, "bernoulli", event=Event((3,), levels=2), latent=(9,), inputs=(1,))
    assert isinstance(made, Bernoulli) and made.event.shape == (3,)
    assert build(Schedule, "linear", event=Event()).spec() == {"name": "linear", "steps": 1000}


def test_a_spec_wins_over_a_size():
    assert build(Network, {"name": "mlp", "inputs": [5]}, inputs=(2,), outputs=(1,)).inputs == (5,)


def test_parts_inside_parts_are_built_from_names_specs_and_objects():
    by_name = build(Objective, {"name": "elbo", "schedule": "linear"})
    by_spec = build(Objective, {"name": "elbo", "schedule": {"name": "linear", "steps": "5"}})
    by_object = build(Objective, {"name": "elbo", "schedule": Linear(7)})
    assert [o.schedule.steps for o in (by_name, by_spec, by_object)] == [1000, 5, 7]


def test_building_changes_neither_spec_nor_sizes():
    spec = {"name": "elbo", "beta": "2", "schedule": {"name": "linear"}}
    before = json.dumps(spec)
    assert build(Objective, spec).beta == 2.0 and json.dumps(spec) == before


def test_infinities_survive_json():
    spec = Gaussian(Event((2,), low=-math.inf, high=3.0)).spec()
    text = json.dumps(spec, allow_nan=False)
    again = build(Likelihood, json.loads(text))
    assert again.event == Event((2,), low=-math.inf, high=3.0) and again.spec() == spec


def test_a_plain_module_trains_but_has_no_spec():
    from torch.nn import Identity

    with pytest.raises(TypeError, match="Identity is not a Component"):
        flat(Identity())


def test_repr_shows_the_arguments():
    assert repr(ELBO(beta=2.0)).startswith("ELBO(\n  beta=2.0, free_bits=0.0")
    assert repr(Linear(3)) == "Linear(steps=3)"
    assert issubclass(ELBO, Component)


def test_options_without_a_name_belong_to_the_part_that_is_there_by_default():
    prior = build(Prior, {"name": "layered", "network": {"widths": "7"}}, latent=(3,))
    assert prior.network.spec() | {"widths": [7], "activation": "tanh"} == prior.network.spec()
    with pytest.raises(UsageError, match=r"choose the schedule before its options\. Known: constant,"):
        build(Objective, {"name": "elbo", "schedule": {"steps": 5}})
