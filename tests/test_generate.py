"""Synthetic rows: what is measured about them, against other programs and against rows whose worth is known."""

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp
from sklearn.datasets import load_breast_cancer, load_diabetes

import jamjae as jj
from jamjae.cli import main
from jamjae.core import Undefined, UsageError
from jamjae.core.event import Column, Event
from jamjae.evaluation.base.columns import associations, distances, smirnov, variation
from jamjae.evaluation.base.utility import Task, useful

TABLE = Event(
    (3,), "table", missing=True, columns=(Column("a"), Column("b"), Column("c", "categorical", "categorical", 3))
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A conditional run on a real table, barely trained."""
    x, y = load_breast_cancer(return_X_y=True)
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("vae", (x[:, :6], y), condition="label", epochs=40, latent=3, runs=runs)


def test_distances_of_columns_are_those_of_scipy():
    random = torch.Generator().manual_seed(0)
    a, b = torch.randn(70, generator=random), 0.3 + torch.randn(90, generator=random)
    assert smirnov(a, b).item() == pytest.approx(ks_2samp(a.numpy(), b.numpy()).statistic, abs=1e-12)
    gaps = torch.cat([a, torch.full((30,), torch.nan)])
    assert smirnov(gaps, b) == smirnov(a, b) and smirnov(a, a) == 0 and smirnov(gaps[70:], b).isnan()
    one, two = torch.tensor([0.0, 0.0, 1.0, 2.0]), torch.tensor([0.0, 1.0, 1.0, torch.nan])
    assert variation(one, two, 3).item() == pytest.approx((1 / 6 + 5 / 12 + 1 / 4) / 2)
    x = torch.stack([torch.randn(50, generator=random), torch.randn(50, generator=random), torch.ones(50)], 1)
    assert distances(TABLE, x, x).tolist() == [0, 0, 0]


def test_associations_are_correlations_between_different_columns():
    random = torch.Generator().manual_seed(0)
    x = torch.randn(200, 3, generator=random) @ torch.randn(3, 3, generator=random)
    found = associations(Event((3,)), x, x)
    expected = np.corrcoef(x.numpy().T)[np.triu_indices(3, 1)]
    assert np.allclose(found.numpy(), expected, atol=1e-6)
    x[:, 2] = torch.arange(200) % 3
    assert associations(TABLE, x, x).shape == (1 + 2 * 3,)  # a with b, both with three classes; no class with a class


def test_rows_that_are_training_examples_are_as_useful_and_wrong_labels_are_not():
    x, y = (torch.from_numpy(v) for v in load_breast_cancer(return_X_y=True))
    x, order = x.float(), torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    train, test = Task(x[order[:300]], y[order[:300]]), Task(x[order[300:]], y[order[300:]])
    event = Event((30,))
    same = useful(event, train, train, test)
    assert same.value == same.baseline > 0.93 and same.unit == "accuracy"
    wrong = useful(event, Task(train.x, 1 - train.y), train, test)
    assert wrong.value < 0.1
    unknown = Task(test.x, torch.full_like(test.y, -1))
    with pytest.raises(Undefined, match="20 examples whose answer is known"):
        useful(event, train, train, unknown)


def test_numbers_are_explained():
    x, y = (torch.from_numpy(v).float() for v in load_diabetes(return_X_y=True))
    train, test = Task(x[:300], y[:300]), Task(x[300:], y[300:])
    same = useful(Event((10,)), train, train, test)
    assert same.unit == "R^2" and same.value == same.baseline and 0.2 < same.value < 0.7
    constant = useful(Event((10,)), Task(train.x, train.y.mean().expand(300)), train, test)
    assert abs(constant.value) < 0.05


def test_a_run_generates_labelled_rows_that_are_measured(told):
    made = told.generate(40, seed=1)
    assert made.values.shape == (40, 6) and set(made.labels) <= {"0", "1"}
    assert list(made.measured) == ["c2st", "memorisation", "marginals", "pairs", "utility"]
    assert all(m.value is not None for m in made.measured.values()) and made.measured["utility"].value > 0.7
    assert 0 < made.measured["marginals"].baseline < made.measured["marginals"].value < 0.5
    assert np.array_equal(told.generate(40, seed=1, measure=False).values, made.values)
    assert set(told.generate(4, label="1", measure=False).labels) == {"1"}


def test_a_column_can_be_the_target(told):
    found = told.generate(1, target="3").measured["utility"]
    assert found.unit == "R^2" and found.baseline > 0.9  # the area, of the radius
    with pytest.raises(UsageError, match="column for `target`"):
        told.generate(1, target="radius")


def test_pictures_are_refused(tmp_path):
    run = jj.fit("ae", "digits", latent=2, epochs=0.1, runs=tmp_path)
    with pytest.raises(Undefined, match="no columns with a meaning"):
        run.generate(3)


def test_the_verb_writes_a_table_with_the_labels(told, tmp_path, capsys):
    out = tmp_path / "합성.csv"
    data = tmp_path / "x.npz"
    x, y = load_breast_cancer(return_X_y=True)
    np.savez(data, x=x[:, :6], y=y)
    given = [str(told.folder), "12", "--out", str(out), "--measure", "false", "--data", str(data)]
    assert main(["generate", *given]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    head, *rows = out.read_text("utf-8-sig").splitlines()
    assert head == "0,1,2,3,4,5,label" and len(rows) == 12 and {r.rsplit(",", 1)[1] for r in rows} <= {"0", "1"}
