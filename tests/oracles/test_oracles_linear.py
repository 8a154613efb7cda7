"""A trained linear VAE is probabilistic PCA (Tipping and Bishop 1999; Lucas et al. 2019).

The data's covariance has eigenvalues that are known and apart, so the optimum is known in closed form.
"""

import itertools
import math
from functools import cache

import pytest
import torch

from jamjae import recipes
from jamjae.core import Event
from jamjae.data import Dataset
from jamjae.evaluation import Subject, evaluate
from jamjae.objectives import Batch
from jamjae.training import Settings, fit

D = torch.float64
EIGENVALUES = torch.tensor([9.0, 4.0, 1.5, 0.5, 0.3, 0.1], dtype=D)
SIGNS = torch.tensor(list(itertools.product((-1.0, 1.0), repeat=3)), dtype=D)
STEP = torch.tensor(0)


@cache
def data(n):
    """n examples whose covariance has exactly these eigenvalues, to float32 rounding, and its axes."""
    torch.manual_seed(13)
    u = torch.randn(n, 6, dtype=D)
    u = torch.linalg.qr(u - u.mean(0))[0]
    axes = torch.linalg.qr(torch.randn(6, 6, dtype=D))[0]
    x = math.sqrt(n) * (u * EIGENVALUES.sqrt()) @ axes.T + torch.arange(6, dtype=D)
    every = torch.arange(n)
    splits = {"train": every, "validation": every[:0], "test": every}
    return Dataset("ellipsoid", Event((6,)), x.float(), None, splits), axes


def linear_vae(event, **options):
    parts = {"encoder.widths": (), "decoder.widths": ()} | {k.replace("_", "."): v for k, v in options.items()}
    torch.manual_seed(0)
    model, objective = recipes.assemble(recipes.override(recipes.find("vae")(event), parts), event, (3,))
    return model.double(), objective


def optimum(monkeypatch, **options):
    """Minimise the objective exactly: every example meets all eight sign patterns as its noise.

    Their mean is 0 and their covariance I, so for a linear decoder the mean over them is the expectation itself.
    """
    dataset, axes = data(64)
    model, objective = linear_vae(dataset.event, **options)
    x = dataset.x.double()
    model.initialise(x)
    x = x.repeat_interleave(8, 0)
    monkeypatch.setattr("torch.distributions.normal._standard_normal", lambda shape, **_: SIGNS.repeat(64, 1))
    found = torch.optim.LBFGS(
        model.parameters(), max_iter=4000, tolerance_grad=1e-10, tolerance_change=0.0, line_search_fn="strong_wolfe"
    )

    def closure():
        found.zero_grad()
        loss = objective.terms("model", model, Batch(x, None, len(x)), STEP).loss
        loss.backward()
        return loss

    found.step(closure)
    monkeypatch.undo()
    return model.eval(), dataset, axes


def fitted(folder, steps=3000, **options):
    """The same through the training loop, with its noise."""
    dataset, axes = data(1024)
    model, objective = linear_vae(dataset.event, **options)
    quiet = {"log_every": steps, "checkpoint_every": 10 * steps, "threads": 1}
    settings = Settings(epochs=steps, batch_size=1024, lr=0.02, lr_schedule="cosine", **quiet)
    fit(model, objective, dataset, settings, folder)
    return model, dataset, axes


def affine(model):
    """W and b of the mean W z + b of p(x | z)."""
    with torch.no_grad():
        b = model.decode(torch.zeros(1, 3, dtype=D)).mean
        return (model.decode(torch.eye(3, dtype=D)).mean - b).T, b[0]


def is_probabilistic_pca(model, dataset, axes, angle, relative, nats):
    """Subspace, noise and log-likelihood of the maximum-likelihood solution with three axes."""
    w, b = affine(model)
    noise = model.likelihood.deviation().detach().square()
    cosines = torch.linalg.svdvals(torch.linalg.qr(w)[0].T @ axes[:, :3])
    assert torch.arccos(cosines.clamp(max=1)).max() < angle
    assert torch.allclose(noise, EIGENVALUES[3:].mean(), rtol=relative)
    kept = torch.cat([EIGENVALUES[:3], EIGENVALUES[3:].mean().expand(3)])
    best = -0.5 * (6 * math.log(2 * math.pi) + kept.log().sum() + 6).item()
    p = torch.distributions.MultivariateNormal(b, w @ w.T + noise * torch.eye(6, dtype=D))
    assert abs(p.log_prob(dataset.x.double()).mean() - best) < nats
    found = evaluate(Subject(model, "elbo", dataset, samples=100), ["iwae"])["iwae"]
    assert abs(found.value - best) < nats  # at the optimum the posterior is exact, so the bound is tight


def follows_theory(model, dataset, beta, noise, alive, tolerance):
    """KL_j = ln(lambda_j / (beta sigma^2)) / 2 and Var(mu_j) = 1 - beta sigma^2 / lambda_j, where positive."""
    found = evaluate(Subject(model, "elbo", dataset, beta=beta), ["kl_per_axis", "active_units"])
    ratio = (EIGENVALUES[:3] / (beta * noise)).clamp(min=1.0)
    nats = torch.tensor(found["kl_per_axis"].details["nats"], dtype=D).sort(descending=True).values
    assert torch.allclose(nats, ratio.log() / 2, atol=tolerance)
    n = len(dataset)
    variances = torch.tensor(found["active_units"].details["variances"], dtype=D) * (n - 1) / n
    assert torch.allclose(variances.sort(descending=True).values, 1 - 1 / ratio, atol=tolerance)
    assert found["active_units"].value == found["active_units"].baseline == alive
    predicted = torch.tensor(found["active_units"].details["predicted_nats"], dtype=D)
    assert torch.allclose(predicted, ratio.log() / 2, atol=1e-5)


def test_oracle_13_linear_vae_is_probabilistic_pca(monkeypatch):
    is_probabilistic_pca(*optimum(monkeypatch, likelihood_variance="shared"), angle=1e-4, relative=1e-5, nats=1e-5)


@pytest.mark.parametrize(("beta", "alive"), [(1.0, 3), (2.5, 2), (10.0, 1)])
def test_oracle_14_15_rate_and_variance_of_every_axis_are_those_of_theory(beta, alive, monkeypatch):
    options = {"likelihood_variance": "fixed", "likelihood_sigma": 0.8, "objective_beta": beta}
    model, dataset, _ = optimum(monkeypatch, **options)
    follows_theory(model, dataset, beta, 0.64, alive, tolerance=1e-4)


def test_oracle_16_linear_autoencoder_has_the_error_of_pca(monkeypatch):
    options = {"likelihood_variance": "fixed", "likelihood_sigma": 1.0, "objective_beta": 0.0, "posterior": "delta"}
    model, dataset, _ = optimum(monkeypatch, **options)
    found = evaluate(Subject(model, "elbo", dataset), ["reconstruction"])["reconstruction"]
    assert abs(found.value - EIGENVALUES[3:].mean().item() / 2) < 1e-6
    assert abs(found.baseline - found.value) < 1e-6


@pytest.mark.slow
def test_oracle_13_the_training_loop_finds_probabilistic_pca(tmp_path):
    is_probabilistic_pca(*fitted(tmp_path, likelihood_variance="shared"), angle=1e-2, relative=0.02, nats=0.01)


@pytest.mark.slow
def test_oracle_14_15_the_training_loop_finds_the_axes_of_theory(tmp_path):
    options = {"likelihood_variance": "fixed", "likelihood_sigma": 0.8, "objective_beta": 2.5}
    model, dataset, _ = fitted(tmp_path, **options)
    follows_theory(model, dataset, 2.5, 0.64, alive=2, tolerance=5e-3)
