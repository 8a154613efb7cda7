"""What is lost on new examples, and what a likelihood cannot describe, where both are known."""

import math
from dataclasses import replace

import pytest
import torch

from jamjae.core import Event
from jamjae.data import Dataset
from jamjae.evaluation import Subject, evaluate
from jamjae.evaluation.base import wilson
from jamjae.likelihoods import Bernoulli
from oracles.exact import assembled, evidence, linear_gaussian


def subject(model, train, test, **options):
    x = torch.cat([train, test])
    rows = {"train": torch.arange(len(train)), "validation": torch.arange(0), "test": torch.arange(len(train), len(x))}
    return Subject(model, "elbo", Dataset("made", model.event, x, None, rows), **options)


def found(made, name):
    return evaluate(made, [name])[name]


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_the_gap_of_an_exact_posterior_is_that_of_the_evidence(shift):
    """With the exact posterior the ELBO is log p(x); test examples come from elsewhere by `shift`."""
    model = linear_gaussian()
    torch.manual_seed(2)
    p = evidence(model)
    train, test = p.sample((1500,)), p.sample((1500,)) + shift
    m = found(subject(model, train, test), "generalisation")
    exact = (p.log_prob(train).mean() - p.log_prob(test).mean()).item()
    error = math.sqrt(2 * 5 / 2 / (10 * 1500))  # 5 cells, 10 draws: the variance of a distortion at its posterior
    assert abs(m.value - exact) < 4 * error and m.n == 1500 and m.details["of"] == "elbo"
    assert (m.interval[0] > 0) == (shift > 0)
    alone = replace_alone(m, model, train)
    assert m.details["lost"] == pytest.approx(m.value / (m.details["train"] - alone), rel=1e-9)


def replace_alone(m, model, train):
    """log p of every cell on its own, with the model's fixed sigma: the average of a Gaussian around its mean."""
    sigma = model.likelihood.deviation().item()
    far = (train - train.mean(0)).square().sum(1).mean().item() / (2 * sigma**2)
    exact = -far - 5 * (math.log(sigma) + math.log(2 * math.pi) / 2)
    assert m.details["alone"] == pytest.approx(exact, rel=1e-3)
    return m.details["alone"]


def test_equally_many_of_both():
    model = linear_gaussian()
    x = evidence(model).sample((300,))
    assert found(subject(model, x[:250], x[250:]), "generalisation").n == 50
    assert found(subject(model, x[:50], x[50:]), "generalisation").n == 50
    assert found(subject(model, x[:150], x[150:], limit=20), "generalisation").n == 20


def test_training_examples_in_the_test_split_have_no_gap():
    model = linear_gaussian()
    x = evidence(model).sample((200,))
    m = found(subject(model, x, x), "generalisation")
    assert abs(m.value) < 4 * math.sqrt(2 * 5 / 2 / (10 * 200))


@pytest.mark.parametrize("bad", [0, 7, 40])
def test_shades_are_outside_of_a_bernoulli(bad):
    event = Event((3,), levels=2)
    model = assembled(event, Bernoulli(event), 2)
    x = torch.zeros(80, 3)
    x[40 : 40 + bad, 1] = 0.5
    made = subject(model, x[:40], x[40:])
    m = found(made, "support")
    assert m.value == bad / 40 and m.details["cells"] == pytest.approx(bad / 120)
    assert m.interval == wilson(torch.arange(40) < bad) and bool(m.flag) == (bad > 0)
    assert m.details["high"] == (0.5 if bad else 0.0)


def test_missing_cells_are_not_outside():
    event = Event((3,), levels=2, missing=True)
    x = torch.zeros(80, 3)
    x[50, 1] = math.nan
    made = subject(assembled(event, Bernoulli(event), 2), x[:40], x[40:])
    assert found(made, "support").value == 0.0
    assert found(replace(made, limit=5), "support").n == 5
