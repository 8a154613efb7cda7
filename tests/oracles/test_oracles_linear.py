"""A trained linear VAE is probabilistic PCA (Tipping and Bishop 1999; Lucas et al. 2019).

The data's covariance has eigenvalues that are known and apart, so the optimum is known in closed form.
"""

import math
from functools import cache

import pytest
import torch

from jamjae import recipes
from jamjae.core import Event
from jamjae.data import Dataset
from jamjae.evaluation import Subject, evaluate
from jamjae.training import Settings, fit

D = torch.float64
EIGENVALUES = torch.tensor([9.0, 4.0, 1.5, 0.5, 0.3, 0.1], dtype=D)
N = 1024


@cache
def data():
    """Examples whose sample covariance has exactly these eigenvalues, to float32 rounding."""
    torch.manual_seed(13)
    u = torch.linalg.svd(torch.randn(N, 6, dtype=D) - 0.0, full_matrices=False)[0]
    u = torch.linalg.qr(u - u.mean(0))[0]
    axes = torch.linalg.qr(torch.randn(6, 6, dtype=D))[0]
    x = math.sqrt(N) * (u * EIGENVALUES.sqrt()) @ axes.T + torch.arange(6, dtype=D)
    every = torch.arange(N)
    splits = {"train": every, "validation": every[:0], "test": every}
    return Dataset("ellipsoid", Event((6,)), x.float(), None, splits), axes


def trained(folder, steps=3000, **options):
    dataset, axes = data()
    parts = {"encoder.widths": (), "decoder.widths": ()} | {k.replace("_", "."): v for k, v in options.items()}
    torch.manual_seed(0)
    model, objective = recipes.assemble(
        recipes.override(recipes.find("vae")(dataset.event), parts), dataset.event, (3,)
    )
    settings = Settings(
        epochs=steps, batch_size=N, lr=0.02, lr_schedule="cosine", log_every=steps, checkpoint_every=10 * steps, threads=1
    )
    fit(model.double(), objective, dataset, settings, folder)
    return model, dataset, axes


def affine(model):
    """W and b of the mean W z + b of p(x | z)."""
    with torch.no_grad():
        b = model.decode(torch.zeros(1, 3, dtype=D)).mean
        return (model.decode(torch.eye(3, dtype=D)).mean - b).T, b[0]


def test_oracle_13_linear_vae_is_probabilistic_pca(tmp_path):
    model, dataset, axes = trained(tmp_path, likelihood_variance="shared")
    w, b = affine(model)
    noise = model.likelihood.deviation().detach().square()
    cosines = torch.linalg.svdvals(torch.linalg.qr(w)[0].T @ axes[:, :3])
    assert torch.arccos(cosines.clamp(max=1)).max() < 1e-2
    assert torch.allclose(noise, EIGENVALUES[3:].mean(), rtol=0.02)
    kept = torch.cat([EIGENVALUES[:3], EIGENVALUES[3:].mean().expand(3)])
    best = -0.5 * (6 * math.log(2 * math.pi) + kept.log().sum() + 6)
    p = torch.distributions.MultivariateNormal(b, w @ w.T + noise * torch.eye(6, dtype=D))
    assert abs(p.log_prob(dataset.x.double()).mean() - best) < 0.01
    found = evaluate(Subject(model, "elbo", dataset, samples=100), ["elbo", "iwae"])
    assert abs(found["iwae"].value - best) < 0.01  # the posterior is exact at the optimum, and so are both bounds
    assert abs(found["elbo"].value - best) < 0.05


@pytest.mark.parametrize(("beta", "alive"), [(1.0, 3), (2.5, 2), (10.0, 1)])
def test_oracle_14_15_rate_and_variance_of_every_axis_are_those_of_theory(beta, alive, tmp_path):
    sigma2 = 0.64
    model, dataset, _ = trained(
        tmp_path, likelihood_variance="fixed", likelihood_sigma=math.sqrt(sigma2), objective_beta=beta
    )
    subject = Subject(model, "elbo", dataset, beta=beta)
    found = evaluate(subject, ["kl_per_axis", "active_units", "reconstruction"])
    ratio = (EIGENVALUES[:3] / (beta * sigma2)).clamp(min=1.0)
    nats = torch.tensor(found["kl_per_axis"].details["nats"], dtype=D).sort(descending=True).values
    assert torch.allclose(nats, ratio.log() / 2, atol=1e-3)
    variances = torch.tensor(found["active_units"].details["variances"], dtype=D) * (N - 1) / N
    assert torch.allclose(variances.sort(descending=True).values, 1 - 1 / ratio, atol=1e-3)
    assert found["active_units"].value == found["active_units"].baseline == alive
    assert torch.allclose(
        torch.tensor(found["active_units"].details["predicted_nats"], dtype=D), ratio.log() / 2, atol=1e-5
    )


def test_oracle_16_linear_autoencoder_has_the_error_of_pca(tmp_path):
    model, dataset, _ = trained(
        tmp_path, likelihood_variance="fixed", likelihood_sigma=1.0, objective_beta=0.0, posterior="delta"
    )
    found = evaluate(Subject(model, "elbo", dataset), ["reconstruction"])["reconstruction"]
    assert abs(found.value - EIGENVALUES[3:].mean().item() / 2) < 1e-6
    assert abs(found.baseline - found.value) < 1e-6
