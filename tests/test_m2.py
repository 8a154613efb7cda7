"""M2 against models whose evidence is known, against the ELBO of every class, and through the verbs."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Normal

import jamjae as jj
from jamjae.conditions import Label
from jamjae.core import Event, isolated
from jamjae.core.errors import UsageError
from jamjae.likelihoods import Gaussian as Noise
from jamjae.models import LatentModel
from jamjae.networks import MLP
from jamjae.objectives import ELBO, M2, Batch
from jamjae.posteriors import Gaussian as Posterior
from jamjae.priors import Gaussian as Prior
from jamjae.training.batches import Batches

BOOK = {"posterior": "vq", "prior": "codes"}
K, STEP, SIGMA = 3, torch.tensor(0), 0.7
TINY = {"latent": 2, "encoder__widths": "16", "decoder__widths": "16", "condition__classifier__widths": "16"}


@pytest.fixture
def model():
    """p(x | y) = N(x | b + V_y, W W' + s^2 I) in four dimensions, two of them latent, three classes."""
    torch.manual_seed(0)
    posterior, likelihood = Posterior((2,)), Noise(Event((4,)), "fixed", sigma=SIGMA)
    encoder = MLP((4,), posterior.features, context=K, widths=())
    decoder = MLP((2,), likelihood.features, context=K, widths=())
    condition = Label(K, MLP((4,), (K,), widths=()))
    return LatentModel(Prior((2,)), decoder, likelihood, encoder, posterior, condition).double().eval()


@pytest.fixture
def quiet(monkeypatch):
    """Draws without chance: half a deviation above the mean."""
    monkeypatch.setattr(Normal, "rsample", lambda p, shape=(): (p.loc + p.scale / 2).expand(*shape, *p.loc.shape))


def data(n=16):
    return torch.randn(n, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def bound(model, x, k):
    """The conditional bound on log p(x, y = k), by the ELBO of a conditional VAE, (B,)."""
    terms = ELBO().terms("model", model, Batch(x, torch.full((len(x),), k), len(x)), STEP)
    return -sum(terms.parts.values()) - math.log(K)


def each(objective, model, x, y=None):
    """The loss of every example, (B,)."""
    return sum(objective.terms("model", model, Batch(x, y, len(x)), STEP).parts.values())


def joint(model, x):
    """log p(x, y) of every class, (B, K), in closed form."""
    layer = model.decoder.layers[0]
    weight, means = layer.weight[:, :2], layer.bias + layer.weight[:, 2:].T
    covariance = weight @ weight.T + SIGMA**2 * torch.eye(4, dtype=x.dtype)
    p = torch.distributions.MultivariateNormal(means, covariance)
    return p.log_prob(x[:, None]) - math.log(K)


def test_without_a_label_it_is_the_mean_bound_over_the_classes_and_the_entropy(model, quiet):
    x = data()
    q = Categorical(logits=model.condition.classifier(x))
    bounds = torch.stack([bound(model, x, k) for k in range(K)], 1)
    wanted = (q.probs * bounds).sum(1) + q.entropy()
    torch.testing.assert_close(-each(M2(), model, x), wanted, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(-each(M2(), model, x, torch.full((16,), -1)), wanted, rtol=1e-12, atol=1e-12)


def test_with_a_label_it_is_the_conditional_elbo_and_the_classification(model, quiet):
    x, y = data(), torch.arange(16) % K
    log_q = Categorical(logits=model.condition.classifier(x)).log_prob(y)
    wanted = torch.stack([bound(model, x, k) for k in range(K)], 1)[torch.arange(16), y]
    torch.testing.assert_close(each(M2(alpha=7.0), model, x, y), -wanted - 7 * log_q, rtol=1e-12, atol=1e-12)


def test_a_mixed_batch_is_both(model, quiet):
    x, y = data(), torch.arange(16) % K
    mixed = y.where(torch.arange(16) < 5, -1)
    told, free = each(M2(), model, x, y), each(M2(), model, x)
    torch.testing.assert_close(each(M2(), model, x, mixed), torch.cat([told[:5], free[5:]]))


@torch.no_grad()
def exact(model):
    """Give encoder and classifier the exact posteriors: both are linear here."""
    decoder, encoder, classifier = (n.layers[0] for n in (model.decoder, model.encoder, model.condition.classifier))
    weight = decoder.weight[:, :2]
    weight.copy_(torch.linalg.qr(weight).Q * torch.tensor([1.5, 0.5]))  # then the posterior's covariance is diagonal
    variance = 1 / (1 + (weight.T @ weight).diagonal() / SIGMA**2)
    to_mean = variance[:, None] * weight.T / SIGMA**2
    seen = torch.cat([to_mean, -to_mean @ decoder.weight[:, 2:]], 1)
    encoder.weight.copy_(torch.stack([seen, torch.zeros_like(seen)], 1).reshape(4, -1))
    encoder.bias.copy_(torch.stack([-to_mean @ decoder.bias, variance.log()], 1).reshape(-1))
    means = decoder.bias + decoder.weight[:, 2:].T
    pull = torch.linalg.solve(weight @ weight.T + SIGMA**2 * torch.eye(4, dtype=means.dtype), means.T)
    classifier.weight.copy_(pull.T)
    classifier.bias.copy_(-(means * pull.T).sum(1) / 2)


def test_with_the_exact_posteriors_the_bound_is_the_evidence(model):
    """log p(x) = logsumexp_y log p(x, y), and q(y | x) its softmax."""
    exact(model)
    x = data(8)
    torch.testing.assert_close(model.infer(x).probs, joint(model, x).softmax(1), rtol=1e-10, atol=1e-10)
    with isolated("exact"), torch.no_grad():
        draws = -each(M2(), model, x.repeat(4000, 1)).reshape(4000, 8)
    error = draws.std(0) / 4000**0.5
    assert ((draws.mean(0) - joint(model, x).logsumexp(1)) / error).abs().max() < 4.5


def test_the_bound_is_below_the_evidence_for_any_classifier(model):
    exact(model)
    with torch.no_grad():
        model.condition.classifier.layers[0].bias += torch.tensor([2.0, 0.0, -1.0])
    x = data(8)
    with isolated("below"), torch.no_grad():
        value = -each(M2(), model, x.repeat(4000, 1)).reshape(4000, 8).mean(0)
    gap = torch.distributions.kl_divergence(model.infer(x), Categorical(logits=joint(model, x)))
    assert torch.allclose(joint(model, x).logsumexp(1) - value, gap, atol=0.1) and gap.min() > 0.05


def test_the_classifier_learns_from_examples_without_a_label(model, quiet):
    weight = model.condition.classifier.layers[0].weight
    (slope,) = torch.autograd.grad(each(M2(alpha=0.0), model, data()).sum(), weight)
    q = model.infer(data())
    logits = q.logits.detach().requires_grad_()
    share = logits.softmax(1)
    bounds = torch.stack([bound(model, data(), k) for k in range(K)], 1).detach()
    (wanted,) = torch.autograd.grad((share * (logits.log_softmax(1) - bounds)).sum(), logits)
    torch.testing.assert_close(slope, wanted.T @ data(), rtol=1e-9, atol=1e-9)
    told = each(M2(alpha=0.0), model, data(), torch.zeros(16, dtype=torch.int64)).sum()
    assert not torch.autograd.grad(told, weight, allow_unused=True)[0].any(), "a known label teaches it by alpha alone"


# -- batches ----------------------------------------------------------------------------------------------------------


def sparse(labelled):
    """40 training examples of which the first so many have a label."""
    x = torch.arange(82.0).reshape(41, 2).sin()
    found = jj.data.read((x, torch.arange(41) % 2), validation=1, test=0)
    return replace(found, y=found.y.index_fill(0, found.rows("train")[labelled:], -1))


def test_a_share_of_every_batch_is_labelled_and_nobody_is_forgotten():
    batches = Batches(sparse(6), 10, 0, labelled=0.3)
    steps = [batches.batch(step).y for step in range(40)]
    assert all((y[:3] >= 0).all() and len(y) == 10 for y in steps)
    rows = torch.stack([batches.indices(step) for step in range(40)])
    kept, usual = rows[:, :3].flatten(), rows[:, 3:].flatten()
    assert kept.unique(return_counts=True)[1].tolist() == [20] * 6  # 120 places for six examples
    assert usual.unique(return_counts=True)[1].tolist() == [7] * 40  # 280 places for forty


def test_without_a_share_or_without_gaps_the_batches_are_the_usual_ones():
    wanted = [Batches(sparse(40), 10, 0).indices(step) for step in range(9)]
    for dataset, share in ((sparse(40), 0.3), (sparse(6), 0.0), (sparse(0), 0.3)):
        found = [Batches(dataset, 10, 0, share).indices(step) for step in range(9)]
        assert all(map(torch.equal, wanted, found))


# -- the verbs --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """700 digits, 200 of them labelled for training and those of the test split for judging."""
    x = jj.data.read("digits").x[:700].numpy()[..., 0].astype("float32") / 16
    y = jj.data.read("digits").y[:700]
    options = {"binarise": "stochastic", "objective__alpha": 50.0, "objective__labelled": 0.5, "lr": 5e-3}
    splits = jj.data.read((x, y), test=0.2).splits
    hidden = y.index_fill(0, torch.cat([splits["train"][200:], splits["validation"]]), -1)
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("m2", (x, hidden.numpy()), test=0.2, epochs=25, runs=runs, **options, **TINY)


def grey(run, split="test", n=20):
    return run.dataset.scaled(run.dataset.rows(split)[:n]).numpy()


def test_it_says_labels_itself_and_they_are_mostly_right(run):
    found = run.predict(grey(run))
    assert found.by == "q(y | x)" and found.probabilities.shape == (20, 10)
    assert np.allclose(found.probabilities.sum(1), 1, atol=1e-5)
    assert found.labels == [str(k) for k in found.probabilities.argmax(1)]
    accuracy, simple, blind = found.measured
    assert accuracy.value > 0.6 > 5 * blind.value and simple.name == "accuracy_pca"
    again = jj.load(run.folder, (run.dataset.x.numpy(), run.dataset.y.numpy())).predict(grey(run))
    assert np.array_equal(again.probabilities, found.probabilities)


def test_examples_without_a_label_are_encoded_and_restored_under_the_inferred_one(run):
    x, told = grey(run), run.predict(grey(run)).labels
    assert np.array_equal(run.encode(x), run.encode(x, labels=told))
    assert np.array_equal(run.encode(x, labels=[None] * 20), run.encode(x, labels=told))
    other = [str((int(k) + 1) % 10) for k in told]
    assert not np.allclose(run.encode(x), run.encode(x, labels=other))
    assert np.array_equal(run.reconstruct(x), run.reconstruct(x, labels=told))


def test_numbers_of_examples_without_a_label_are_finite_and_do_not_use_zeros(run):
    hidden = run.dataset.y.index_fill(0, run.dataset.rows("test"), -1)
    guessed = run.dataset.y.clone()
    x, _ = run.dataset.examples("test", None, 0)
    guessed[run.dataset.rows("test")] = run.model.known(x, None)
    found = []
    for y in (hidden, guessed):
        subject = jj.evaluation.Subject(run.model, "m2", replace(run.dataset, y=y))
        found.append(jj.evaluation.evaluate(subject, ["elbo"])["elbo"])
    assert found[0].value == found[1].value
    assert [m.details["given"] for m in found] == ["label (inferred where it is missing)", "label"]


def test_its_own_classifier_stands_for_head_and_labels(run):
    with pytest.raises(UsageError, match="`head` must be left out"):
        run.predict(grey(run), head="forest")
    with pytest.raises(UsageError, match="`labels` must be left out"):
        run.predict(grey(run), labels=run.dataset.y.numpy())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"condition": "label"}, "--condition.classifier mlp"),
        ({}, "--condition label --condition.classifier mlp"),
        ({"condition": "label", "condition__classifier": "mlp", "latent": (4, 8), **BOOK}, "codebook"),
    ],
)
def test_parts_that_do_not_go_with_it_are_refused(options, said, tmp_path):
    with pytest.raises(UsageError, match=said):
        jj.fit("vae", "digits", objective="m2", epochs=0.1, runs=tmp_path, **options)


def test_labels_that_are_numbers_are_refused(tmp_path):
    with pytest.raises(UsageError, match="needs labels that are classes"):
        jj.fit("m2", (np.random.default_rng(0).normal(size=(50, 3)), np.arange(50) / 7), epochs=0.1, runs=tmp_path)


def test_options_out_of_range_are_refused():
    for wrong in ({"alpha": -1.0}, {"labelled": 1.0}):
        with pytest.raises(UsageError, match=r"`alpha`|`labelled`"):
            M2(**wrong)
