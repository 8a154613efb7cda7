"""Tables are judged column by column, each in its own unit; what is missing in the data is missing in samples."""

import math

import pytest
import torch

from jamjae.core.event import Column, Event
from jamjae.data.raw import Raw
from jamjae.data.read import assemble
from jamjae.data.spread import Space
from jamjae.evaluation import Subject, evaluate
from jamjae.evaluation.base.rivals import faded_at, rivals
from jamjae.recipes import assemble as built
from jamjae.recipes import find

COLUMNS = (
    Column("age"),
    Column("price", "positive", "log-normal"),
    Column("visits", "count", "poisson"),
    Column("kind", "categorical", "categorical", 3),
    Column("member", "binary", "bernoulli", 2),
)


def people(missing: float = 0.0, n: int = 600) -> Raw:
    random = torch.Generator().manual_seed(0)
    z = torch.randn(n, 2, generator=random)
    noise = torch.randn(n, 2, generator=random)
    x = torch.stack(
        [
            40 + 10 * z[:, 0] + noise[:, 0],
            (1 + z[:, 1] + 0.1 * noise[:, 1]).exp(),
            torch.poisson((1 + 0.5 * z[:, 0]).exp(), generator=random),
            (z[:, 0] > -0.5).float() + (z[:, 0] > 0.5).float(),
            (z[:, 1] > 0).float(),
        ],
        1,
    )
    x = x.masked_fill(torch.rand(x.shape, generator=random) < missing, torch.nan)
    return Raw("people", x.numpy(), event=Event((5,), "table", missing=missing > 0, columns=COLUMNS))


def subject(missing: float = 0.0) -> Subject:
    dataset = assemble(people(missing))
    torch.manual_seed(0)
    choice = find("vae")(dataset.event)
    assert choice.likelihood["name"] == "columns" and choice.encoder is not None
    assert choice.encoder["name"] == "tabular"
    model, objective = built(choice, dataset.event, (2,))
    model.initialise(dataset.take(dataset.rows("train")))
    return Subject(model.eval(), objective.name(), dataset, samples=10, limit=100)


def test_distances_are_in_deviations_of_each_column_and_classes_are_equally_far():
    event = Event((3,), "table", missing=True, columns=(COLUMNS[0], COLUMNS[1], COLUMNS[3]))
    x = torch.tensor([[10.0, math.e, 0.0], [30.0, math.e**3, 2.0], [20.0, math.e**2, 1.0]])
    space = Space.of(event, x)
    rows = space.rows(x)
    assert rows.shape == (3, 5)
    one = math.sqrt(1.5)  # the deviation of -1, 0, 1 is sqrt(2/3)
    assert torch.allclose(rows[:2, :2], torch.tensor([[-one, -one], [one, one]]))
    apart = torch.cdist(rows[:, 2:], rows[:, 2:])
    assert torch.allclose(apart, math.sqrt(2) * (1 - torch.eye(3)), atol=1e-6)
    gaps = torch.full((1, 3), torch.nan)
    assert space.points(gaps).isnan().all() and torch.equal(space.rows(gaps), torch.zeros(1, 5))


def test_samples_get_the_gaps_of_the_data():
    judged = subject(missing=0.3)
    share = judged.drawn.isnan().float().mean(0)
    assert (share - 0.3).abs().max() < 0.06 and not subject().drawn.isnan().any()


def test_a_table_is_measured_in_its_own_units():
    found = evaluate(subject(), ["elbo", "reconstruction", "c2st", "completeness", "continuity", "diversity"])
    assert found["reconstruction"].unit == "squared deviations" and found["reconstruction"].baseline < 1
    assert all(m.value is not None for m in found.values()), {k: m.reason for k, m in found.items()}
    assert set(found["completeness"].details["rivals"]) == {"cross-fade", "independent columns"}


def test_what_is_missing_makes_only_ways_undefined():
    found = evaluate(subject(missing=0.2), ["elbo", "reconstruction", "c2st", "continuity", "diversity"])
    assert "nothing is missing between two codes" in found.pop("continuity").reason
    assert all(m.value is not None for m in found.values())


def test_independent_columns_keep_every_columns_values():
    judged = subject()
    made = dict(rivals(judged, 100))["independent columns"]
    known = judged.real("train", 100)
    assert torch.equal(made.sort(0).values, known.sort(0).values) and not torch.equal(made, known)


@pytest.mark.parametrize("t, kind", [(0.0, 0.0), (0.4, 0.0), (0.6, 2.0), (1.0, 2.0)])
def test_between_two_rows_classes_are_those_of_the_nearer(t, kind):
    event = Event((2,), "table", columns=(COLUMNS[0], COLUMNS[3]))
    between = faded_at(event, torch.tensor([0.0, 0.0]), torch.tensor([10.0, 2.0]), torch.tensor(t))
    assert torch.allclose(between, torch.tensor([10 * t, kind]))
