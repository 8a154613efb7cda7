"""A table's row: every column under its own likelihood, checked against the parts on their own."""

import math

import pytest
import torch

from jamjae.core import UsageError, build
from jamjae.core.event import Column, Event
from jamjae.core.joint import Joint
from jamjae.likelihoods import Columns, Likelihood
from jamjae.networks import Network, Tabular

ROW = Event(
    (5,),
    "table",
    missing=True,
    columns=(
        Column("age", "real", "gaussian"),
        Column("colour", "categorical", "categorical", 3),
        Column("height", "real", "gaussian"),
        Column("visits", "count", "poisson"),
        Column("member", "binary", "bernoulli", 2),
    ),
)


def rows(n: int = 400) -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    x = torch.stack(
        [
            40 + 10 * torch.randn(n, generator=random),
            torch.randint(3, (n,), generator=random).float(),
            170 + 8 * torch.randn(n, generator=random),
            torch.poisson(torch.full((n,), 3.0), generator=random),
            (torch.rand(n, generator=random) < 0.3).float(),
        ],
        1,
    )
    return x.masked_fill(torch.rand(x.shape, generator=random) < 0.2, torch.nan)


def test_the_density_is_the_sum_of_the_columns_own_densities():
    x, likelihood = rows(), Columns(ROW)
    likelihood.initialise(x)
    p = likelihood(torch.zeros(len(x), *likelihood.features))
    alone = {}
    for place, (name, levels, options) in enumerate(
        [
            ("gaussian", 0, {"variance": "dimension", "floor": 0.01}),
            ("categorical", 3, {}),
            ("gaussian", 0, {"variance": "dimension", "floor": 0.01}),
            ("poisson", 0, {}),
            ("bernoulli", 2, {}),
        ]
    ):
        part = build(Likelihood, {"name": name, **options}, event=Event((1,), missing=True, levels=levels))
        part.initialise(x[:, place : place + 1])
        alone[place] = part(torch.zeros(len(x), *part.features)).log_prob(x[:, place : place + 1])
    cells = p.cells(x)
    for place, expected in alone.items():
        torch.testing.assert_close(cells[:, place], expected)
    torch.testing.assert_close(p.log_prob(x), torch.stack(list(alone.values())).sum(0))


def test_features_of_a_column_move_that_column_alone():
    likelihood = Columns(ROW)
    h = torch.zeros(1, *likelihood.features)
    before = likelihood(h).cells(torch.ones(1, 5))
    moved = set()
    for k in range(len(h[0])):
        step = torch.zeros_like(h)
        step[0, k] = 1.0
        changed = (likelihood(h + step).cells(torch.ones(1, 5)) != before)[0].nonzero().flatten().tolist()
        assert len(changed) == 1
        moved.add(changed[0])
    assert moved == {0, 1, 2, 3, 4}


def test_points_and_draws_are_values_that_the_columns_have():
    x, likelihood = rows(), Columns(ROW)
    likelihood.initialise(x)
    p = likelihood(torch.zeros(3000, *likelihood.features))
    point, draws = likelihood.point(p), p.sample()
    assert point.dtype == draws.dtype == torch.float32
    assert torch.allclose(point[0, [0, 2]], x.nanmean(0)[[0, 2]], rtol=1e-3)
    assert set(draws[:, 1].tolist()) == {0.0, 1.0, 2.0} and set(draws[:, 4].tolist()) == {0.0, 1.0}
    assert abs(draws[:, 3].mean() - 3) < 0.2 and likelihood.support.check(draws).all()
    assert not likelihood.support.check(torch.tensor([[0.0, 3.0, 0.0, 0.5, 2.0]]))[0, [1, 3, 4]].any()


def test_a_table_of_one_kind_is_a_product_of_normals():
    one = Columns(Event((2,), "table", columns=(Column("a"), Column("b"))))
    p = one(torch.zeros(1, 2))
    assert isinstance(p, Joint) and math.isclose(
        p.log_prob(torch.zeros(1, 2)).item(), -math.log(2 * math.pi), rel_tol=1e-3
    )
    assert p.expand((3,)).log_prob(torch.zeros(3, 2)).shape == (3,)


def test_other_data_is_refused():
    with pytest.raises(UsageError, match="`columns` is for tables; got 'vector'"):
        Columns(Event((2,)))
    with pytest.raises(UsageError, match="`columns` must describe every column"):
        Event((2,), "table", columns=(Column("a"),))
    with pytest.raises(UsageError, match="`levels` must suit the kind categorical"):
        Column("a", "categorical", "categorical")


def test_the_encoder_tells_classes_apart_and_sees_gaps():
    network = build(Network, {"name": "tabular", "widths": ()}, event=ROW, outputs=(4,))
    assert isinstance(network, Tabular) and network.layers[0].in_features == 4 + 3 + 5
    network.initialise(rows())
    x = rows()[:50].nan_to_num(0.0)
    found = []
    for k in range(3):
        x[:, 1] = k
        found.append(network(x))
    one, two = found[1] - found[0], found[2] - found[0]
    assert torch.allclose(one, one[0].expand_as(one), atol=1e-5) and not torch.allclose(2 * one, two, atol=1e-3)
    gap, mean = x.clone(), x.clone()
    gap[:, 0], mean[:, 0] = torch.nan, network.shift[0]
    assert network(gap).isfinite().all() and not torch.allclose(network(gap), network(mean), atol=1e-4)


def test_heavy_columns_enter_as_logarithms():
    event = Event(
        (2,), "table", columns=(Column("price", "positive", "log-normal"), Column("sold", "count", "poisson"))
    )
    network = Tabular(event, (2,), widths=())
    x = torch.stack([torch.linspace(-3, 9, 50).exp(), torch.arange(50.0) ** 3], 1)
    network.initialise(x)
    assert torch.allclose(network.shift, torch.stack([x[:, 0].log(), x[:, 1].log1p()], 1).mean(0), rtol=1e-5)
