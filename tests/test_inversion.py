"""Codes by search: a linear generator has a closed form; the command line says how far the search was off."""

import numpy as np
import pytest
import torch

import jamjae as jj
from adversarial import EVENT, dense, model_of
from jamjae.cli import main
from jamjae.core import Event, Undefined, UsageError, build
from jamjae.likelihoods import Point
from jamjae.models import LatentModel, invert
from jamjae.networks import MLP
from jamjae.priors import Gaussian, Mixture, Prior


def linear_generator() -> LatentModel:
    torch.manual_seed(0)
    return LatentModel(Gaussian((2,)), MLP((2,), (4, 1), widths=()), Point(EVENT)).double().eval()


@pytest.mark.parametrize("noise", [0.05, 1.0])
def test_a_linear_generator_is_inverted_in_closed_form(noise):
    """z = (W' W + s^2 I)^-1 W' (x - b)."""
    model, x = linear_generator(), torch.randn(20, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    layer = model.decoder.layers[0]
    weight, bias = layer.weight.detach(), layer.bias.detach()
    expected = torch.linalg.solve(weight.T @ weight + noise**2 * torch.eye(2), ((x - bias) @ weight).T).T
    found = invert(model, x, noise=noise, steps=600)
    torch.testing.assert_close(found.codes, expected, rtol=0.01, atol=0.01)
    torch.testing.assert_close(found.errors, (x - model.decode(found.codes).mean).square().sum(1))


def test_what_the_generator_made_is_found_again():
    model = model_of().eval()
    made = model.sample(30)
    found = invert(model, made, noise=0.01)
    assert found.codes.shape == (30, 2) and found.errors.median() < 1e-3 < made.var(0).sum()


def test_it_is_reproducible_and_changes_nothing():
    model = model_of().eval()
    x, before = model.sample(6), {k: v.clone() for k, v in model.state_dict().items()}
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    first, second, other = (invert(model, x, steps=20, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(first.codes, second.codes) and not torch.equal(first.codes, other.codes)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    assert all(p.grad is None and p.requires_grad for p in model.parameters()) and not first.codes.requires_grad
    with torch.no_grad():
        torch.testing.assert_close(invert(model, x[:2], steps=20).codes, first.codes[:2])


def test_more_starts_and_steps_find_no_worse_codes():
    model = model_of().eval()
    x = torch.randn(20, 4, generator=torch.Generator().manual_seed(0))
    errors = [invert(model, x, starts=n, steps=t).errors.mean() for n, t in ((1, 0), (1, 200), (8, 200))]
    assert errors[0] > errors[1] >= errors[2] - 1e-3


def test_missing_cells_and_other_priors():
    gaps = LatentModel(Mixture((2,), 3), dense((2,), (4, 1)), Point(Event((4,), missing=True))).eval()
    x = gaps.sample(8).detach()
    x[:, 1] = torch.nan
    found = invert(gaps, x)
    assert found.codes.isfinite().all() and found.errors.median() < 0.01
    prior = build(Prior, "conditional-gaussian", latent=(2,), context=3)
    told = LatentModel(prior, dense((2,), (4, 1), 3), Point(EVENT), condition=jj.conditions.Label(3))
    y = torch.arange(6) % 3
    made = told.eval().sample(6, y).detach()
    assert invert(told, made, y).errors.median() < 0.01


@pytest.mark.parametrize("wrong", [{"starts": 0}, {"starts": 65}, {"steps": -1}, {"noise": 0.0}])
def test_wrong_options_are_refused(wrong):
    with pytest.raises(UsageError, match=f"`{next(iter(wrong))}`"):
        invert(model_of(), torch.zeros(1, 4), **wrong)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("gan", "ring", epochs=0.2, runs=runs, decoder__widths="8", validation=100, test=100)


def test_a_run_without_an_encoder_encodes_and_reconstructs_by_search(run):
    x = run.sample(5)
    codes = run.encode(x)
    assert codes.shape == (5, 2) and run.errors.shape == (5,)
    assert np.allclose(((run.decode(codes) - x) ** 2).sum(1), run.errors, atol=1e-6)
    assert np.allclose(run.reconstruct(x), run.decode(codes), atol=1e-6)
    with pytest.raises(Undefined, match="only generates"):
        run.encode(x, deviation=True)


def test_the_command_line_says_how_far_the_search_was_off(run, tmp_path, capsys):
    np.save(tmp_path / "few.npy", run.sample(5))
    code = main(["encode", str(run.folder), str(tmp_path / "few.npy"), "--out", str(tmp_path / "codes.csv")])
    said = capsys.readouterr()
    assert code == 0 and (tmp_path / "codes.csv").read_text("utf-8-sig").startswith("z0,z1")
    assert "found by search, with a squared error of" in said.err and str(tmp_path / "codes.csv") in said.out
