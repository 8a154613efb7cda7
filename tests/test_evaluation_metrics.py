"""The value of every metric where it is known otherwise."""

import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import constraints

from jamjae import recipes
from jamjae.core import Event, closed_form
from jamjae.core.pca import principal_components
from jamjae.data import Dataset
from jamjae.evaluation import METRICS, Subject, evaluate
from jamjae.evaluation.base import wilson
from jamjae.evaluation.knn import hits
from jamjae.likelihoods import Bernoulli
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.priors import Gaussian
from oracles.exact import evidence, linear_gaussian

D = torch.float64
OF_CODES = {"elbo", "iwae", "rate", "distortion", "kl_per_axis", "active_units", "reconstruction", "knn"}


def dataset(x, y=None, event=None):
    n = len(x)
    splits = {"train": torch.arange(n // 2), "validation": torch.arange(0), "test": torch.arange(n // 2, n)}
    return Dataset("made", event or Event(x.shape[1:]), x, y, splits)


def linear(n=4000, objective="elbo", y=None, **model):
    """A linear-Gaussian model and data drawn from it."""
    made = linear_gaussian(**model)
    torch.manual_seed(4)
    x = evidence(made).sample((n,))
    return Subject(made, objective, dataset(x, y), samples=40)


def inside(m, expected, slack=1.0):
    low, high = m.interval
    half = slack * (high - low) / 2
    return abs(m.value - expected) <= half


@pytest.mark.parametrize("name", ["elbo", "iwae"])
def test_bounds_are_the_evidence_under_the_exact_posterior(name):
    made = linear(n=200)
    exact = evidence(made.model).log_prob(made.x.double())
    found = evaluate(made, [name])[name]
    if name == "iwae":
        assert abs(found.value - exact.mean().item()) < 1e-12
        assert found.details["moved"] < 1e-12 and found.flag == ""
    half = 1.96 * exact.std().item() / math.sqrt(100)
    assert abs(found.value - exact.mean().item()) < half / 4
    assert abs((found.interval[1] - found.interval[0]) / 2 - half) < 0.1 * half
    assert math.isclose(found.details["bits_per_dimension"], -found.value / (5 * math.log(2)))


def test_elbo_is_below_iwae_is_below_the_evidence():
    made = linear(shift=0.3, scale=1.4)
    found = evaluate(made, ["elbo", "iwae"])
    exact = evidence(made.model).log_prob(made.x.double()).mean().item()
    gap = closed_form(made.model.encode(made.x.double()), linear_gaussian().encode(made.x.double())).mean().item()
    assert found["elbo"].value < found["iwae"].value < exact
    assert abs(found["elbo"].value - (exact - gap)) < 0.05
    assert abs(found["iwae"].value - exact) < 0.02


def test_elbo_is_minus_distortion_minus_rate_whatever_beta():
    made = linear(n=400, shift=0.3)
    made.beta = 10.0
    found = evaluate(made, ["elbo", "distortion", "rate", "kl_per_axis"])
    assert math.isclose(found["elbo"].value, -found["distortion"].value - found["rate"].value, rel_tol=1e-12)
    assert math.isclose(sum(found["kl_per_axis"].details["nats"]), found["rate"].value, rel_tol=1e-12)


def test_baseline_is_the_likelihood_with_the_training_average():
    made = linear(n=400)
    p = torch.distributions.Normal(made.train[0].mean(0), made.model.likelihood.deviation().item())
    expected = p.log_prob(made.x).sum(-1).mean().item()
    found = evaluate(made, ["elbo"])["elbo"]
    assert math.isclose(found.baseline, expected, rel_tol=1e-6)
    assert found.flag == ""


def test_a_model_below_the_baseline_is_flagged():
    made = linear(n=400)
    with torch.no_grad():
        made.model.decoder.layers[0].bias.add_(5.0)
    assert "not clearly better" in evaluate(made, ["elbo"])["elbo"].flag


def test_not_converged_is_said_where_doubling_moves_the_bound_and_not_for_heavy_tails_alone():
    far = evaluate(linear(n=60, shift=2.5, scale=0.3), ["iwae"])["iwae"]
    assert far.details["moved"] > 0.1 and "not converged" in far.flag
    made = linear(n=60, latent=1, scale=0.6)  # weights without a second moment, a mean that has settled
    made.samples = 4000
    heavy = evaluate(made, ["iwae"])["iwae"]
    assert heavy.details["k_hat"] > 0.5
    assert heavy.flag == ""


@pytest.mark.parametrize("samples", [1, 2, 3, 51, 101, 250])
def test_every_number_of_draws_is_spent(samples, monkeypatch):
    made = linear(n=20)
    made.samples = samples
    drawn = []
    decode = LatentModel.decode
    monkeypatch.setattr(LatentModel, "decode", lambda self, z, y=None: drawn.append(z.shape[:2]) or decode(self, z, y))
    found = evaluate(made, ["iwae"])["iwae"]
    assert sum(s * b for s, b in drawn) == samples * 10
    assert max(s * b for s, b in drawn) <= 1000
    assert found.details["samples"] == samples
    assert ("moved" in found.details) == (samples > 1)
    assert ("k_hat" in found.details) == (samples >= 21)


def test_collapse_is_flagged():
    made = linear(n=100)
    with torch.no_grad():
        made.model.encoder.layers[0].weight.zero_()
        made.model.encoder.layers[0].bias.zero_()
    found = evaluate(made, ["rate", "kl_per_axis", "active_units"])
    assert found["rate"].value == 0.0 and "collapsed" in found["rate"].flag
    assert found["kl_per_axis"].value == 0 and found["active_units"].value == 0


def test_active_units_are_those_of_linear_theory():
    """Var(mu_j) = 1 - sigma^2 / lambda_j for the optimal linear model, and the prediction counts them."""
    made = linear(n=20_000, cells=6, latent=3)
    found = evaluate(made, ["active_units", "kl_per_axis"])
    noise = made.model.likelihood.deviation().item() ** 2
    eigenvalues = torch.tensor([1.0, 4.0, 9.0]) + noise
    expected = 1 - noise / eigenvalues
    assert torch.allclose(torch.tensor(found["active_units"].details["variances"]), expected.float(), atol=0.03)
    assert found["active_units"].value == found["active_units"].baseline == 3
    predicted = torch.tensor(found["active_units"].details["predicted_nats"])
    assert torch.allclose(predicted, (eigenvalues.flip(0) / noise).log() / 2, atol=0.03)
    nats = torch.tensor(found["kl_per_axis"].details["nats"])
    assert torch.allclose(nats, (eigenvalues / noise).log() / 2, atol=0.03)
    made.beta = 10.0  # 10 sigma^2 = 4.9 lies between the eigenvalues 4.5 and 9.5
    assert evaluate(made, ["active_units"])["active_units"].baseline == 1


@pytest.mark.parametrize("objective", ["iwae", "reconstruction"])
def test_no_prediction_where_theory_is_silent(objective):
    found = evaluate(linear(n=60, objective=objective), ["active_units"])["active_units"]
    assert found.baseline is None and objective in found.details["no_baseline"]


def test_count_of_axes_has_a_bootstrap_interval():
    made = linear(n=200)
    with torch.no_grad():  # an axis whose variance sits on the threshold
        weight = made.model.encoder.layers[0].weight.view(2, 2, 5)
        weight[0, 0] *= 0.1 / made.model.encode(made.x.double()).mean[:, 0].std()
    low, high = evaluate(made, ["active_units"])["active_units"].interval
    assert (low, high) == (1.0, 2.0)


def test_reconstruction_is_the_mean_square_and_pca_the_least():
    made = linear(n=2000)
    found = evaluate(made, ["reconstruction"])["reconstruction"]
    x = made.x.double()
    expected = (x - made.model.reconstruct(x)).square().mean().item()
    linear_error = (x - made.pca.reconstruct(x)).square().mean().item()
    assert math.isclose(found.value, expected, rel_tol=1e-9)
    assert math.isclose(found.baseline, linear_error, rel_tol=1e-5)
    assert math.isclose(found.details["difference"], expected - linear_error, abs_tol=1e-6)
    assert found.details["difference"] > 0 and "worse than principal" in found.flag  # its mean is shrunk by the prior
    assert found.baseline_name == "PCA(2)"


def test_no_flag_where_principal_components_lose_nothing():
    made = linear(n=400)
    flat = torch.cat([made.dataset.x[:, :2], torch.zeros(400, 3, dtype=made.dataset.x.dtype)], 1)
    made.dataset = dataset(flat)  # two directions, two components: exact up to rounding
    found = evaluate(made, ["reconstruction"])["reconstruction"]
    assert found.baseline < 1e-12 < found.value and found.flag == ""


def test_reconstruction_does_not_count_missing_cells():
    made = linear(n=400)
    gaps = made.x.clone()
    gaps[:, 0] = math.nan
    data = dataset(torch.cat([gaps, gaps]), event=Event((5,), missing=True))
    gappy = Subject(made.model, "elbo", data)
    complete = gappy.x.nan_to_num(123.0)
    constant = torch.zeros(1, 5)
    gappy.model.reconstruct = lambda x, y: constant.expand(x.shape)
    found = evaluate(gappy, ["reconstruction"])["reconstruction"]
    assert math.isclose(found.value, complete[:, 1:].square().mean().item(), rel_tol=1e-6)


def test_knn_finds_classes_in_codes_and_chance_in_noise():
    torch.manual_seed(8)
    z = torch.randn(1000, 2, dtype=D)
    y = (z[:, 0] > 0).long() * 5
    made = linear(n=1000, y=y)
    w = made.model.decoder.layers[0]
    made.dataset = dataset(z @ w.weight.T.detach() + w.bias.detach(), y)
    found = evaluate(made, ["knn"])["knn"]
    assert found.value > 0.95 and found.interval[0] > 0.9
    assert found.baseline > 0.95 and found.flag == ""
    noise = torch.randint(2, (1000,), generator=torch.Generator().manual_seed(1))
    made.dataset = replace(made.dataset, y=noise)
    fresh = Subject(made.model, "elbo", made.dataset)
    assert abs(evaluate(fresh, ["knn"])["knn"].value - 0.5) < 0.1


def test_the_interval_of_a_share_is_wilsons_and_stays_a_share():
    y = torch.arange(1000) % 2
    made = linear(n=1000, y=y)
    w = made.model.decoder.layers[0]
    z = torch.stack([y * 20.0 - 10, torch.zeros(1000)], 1).to(D) + 0.1 * torch.randn(1000, 2, dtype=D)
    made.dataset = dataset(z @ w.weight.T.detach() + w.bias.detach(), y)
    found = evaluate(made, ["knn"])["knn"]
    c = 1.96**2 / 500
    assert found.value == 1.0 and found.interval[1] == 1.0
    assert math.isclose(found.interval[0], (1 + c / 2 - 1.96 * math.sqrt(c / 2000)) / (1 + c))
    hits = torch.tensor([1.0] * 37 + [0.0] * 63)
    roots = ((hits.mean() - p) ** 2 - 1.96**2 * p * (1 - p) / 100 for p in wilson(hits))  # its definition
    assert all(abs(root) < 1e-6 for root in roots)


def test_labels_that_are_numbers_have_no_neighbours_of_their_class():
    made = linear(n=100, y=torch.rand(100))
    assert evaluate(made, ["knn"])["knn"].reason == "the labels are numbers, not classes"


def test_knn_votes():
    known = torch.tensor([[0.0]] * 15 + [[10.0]] * 8 + [[10.1]] * 7)
    labels = torch.tensor([3] * 15 + [7] * 8 + [9] * 7)
    asked = torch.tensor([[0.1], [9.9], [9.9]])
    assert hits(known, labels, asked, torch.tensor([3, 7, 9])).tolist() == [1.0, 1.0, 0.0]


def test_knn_gives_ties_to_the_smallest_class():
    known, labels = torch.arange(15.0)[:, None], torch.tensor([8, 2, 6] * 5)
    assert hits(known, labels, torch.tensor([[3.0]] * 3), torch.tensor([2, 6, 8])).tolist() == [1.0, 0.0, 0.0]


def test_knn_leaves_out_missing_labels():
    made = linear(n=400, y=torch.arange(400) % 2)
    y = made.dataset.y.clone()
    y[::4] = -1
    fresh = Subject(made.model, "elbo", replace(made.dataset, y=y))
    assert evaluate(fresh, ["knn"])["knn"].n == 150


def undefined(made):
    return {name: m.reason for name, m in evaluate(made, METRICS).items() if m.value is None}


def test_a_plain_autoencoder_has_no_likelihood():
    choice = recipes.find("ae")(Event((5,)))
    model, objective = recipes.assemble(choice, Event((5,)), (2,))
    found = undefined(Subject(model, objective.name(), dataset(torch.randn(60, 5), torch.arange(60) % 2)))
    assert set(found) & OF_CODES == {"elbo", "iwae", "rate", "kl_per_axis", "active_units"}
    assert all("a point has no density" in found[name] for name in ("elbo", "iwae", "rate"))


def test_grey_values_have_no_bernoulli_likelihood():
    event = Event((5,), low=0.0, high=1.0)
    choice = recipes.override(recipes.find("vae")(event), {"likelihood": "bernoulli"})
    model, _ = recipes.assemble(choice, event, (2,))
    assert model.likelihood.support is constraints.boolean
    grey = Subject(model, "elbo", dataset(torch.rand(60, 5), event=event), samples=20)
    found = undefined(grey)
    assert set(found) & OF_CODES == {"elbo", "iwae", "distortion", "knn"}
    assert "binarise" in found["elbo"]
    binary = Subject(model, "elbo", grey.dataset.binarised("threshold"), samples=20)
    assert set(undefined(binary)) & OF_CODES == {"knn"}


def test_a_generator_has_no_encoder():
    event = Event((5,), levels=2)
    model = LatentModel(Gaussian((2,)), MLP((2,), (5, 1)), Bernoulli(event))
    found = undefined(Subject(model, "gan", dataset((torch.rand(60, 5) < 0.5).float(), torch.arange(60) % 2, event)))
    assert all("only generates" in found[name] for name in OF_CODES)


def test_categories_have_no_squared_error():
    event = Event((5,), levels=3)
    model = LatentModel(Gaussian((2,)), MLP((2,), (5, 1)), Bernoulli(event), MLP((5,), (2,)), None)
    made = Subject(model, "elbo", dataset(torch.randint(3, (60, 5)), event=event))
    assert "categories" in evaluate(made, ["reconstruction"])["reconstruction"].reason


@pytest.mark.parametrize(("n", "cells"), [(50, 8), (6, 20), (1500, 1200)])
def test_principal_components_are_the_eigenvectors(n, cells):
    torch.manual_seed(3)
    x = torch.randn(n, 4, dtype=D) @ (4 * torch.randn(4, cells, dtype=D)) + 0.1 * torch.randn(n, cells, dtype=D)
    found = principal_components(x, 3)
    centred = x - x.mean(0)
    values, vectors = torch.linalg.eigh(centred.T @ centred / n)
    assert torch.allclose(found.variances, values.flip(0)[:3], rtol=1e-6)
    cosines = torch.linalg.svdvals(found.axes @ vectors[:, -3:])
    assert torch.allclose(cosines, torch.ones(3, dtype=D), atol=1e-6)
    assert torch.allclose(found.axes @ found.axes.T, torch.eye(3, dtype=D), atol=1e-10)
    assert torch.allclose(found.encode(x).mean(0), torch.zeros(3, dtype=D), atol=1e-8)
    left = (x - found.reconstruct(x)).square().sum(1).mean()
    assert torch.allclose(left, values[:-3].sum(), rtol=1e-5)
