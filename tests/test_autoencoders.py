"""The autoencoders: each does what its name says, against an exact reference.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, kl_divergence

import jamjae as jj
from jamjae.core import Delta, Event, UsageError, build
from jamjae.corruptions import Gaussian, Masking, SaltAndPepper
from jamjae.objectives import Objective
from jamjae.objectives.base import Batch
from jamjae.recipes import RECIPES, assemble, override
from jamjae.regularisers import L1, Commitment, Contractive, Sparse

D = torch.float64
STEP = torch.tensor(0)
COLUMNS = Event((6,))
CATEGORIES = Event((6,), low=0.0, high=4.0, levels=5)


def autoencoder(event=COLUMNS, recipe="contractive-ae", labels=3, **options):
    """A small one in double precision, every parameter moved, the encoder's scaling too; and its objective."""
    torch.manual_seed(3)
    chosen = {"encoder.widths": (9,), "decoder.widths": (5,)} | {k.replace("__", "."): v for k, v in options.items()}
    model, objective = assemble(override(RECIPES[recipe](event), chosen), event, (4,), labels)
    model.encoder.scale.copy_(torch.rand(event.shape[-1:]) + 0.5)
    return model.double(), objective.double()


def examples(n=7, event=COLUMNS, seed=0):
    x = torch.randn(n, *event.shape, dtype=D, generator=torch.Generator().manual_seed(seed))
    return SimpleNamespace(x=x, y=None)


def jacobians(model, batch):
    """d code / d x of every example, (n, axes, cells), by reverse differentiation, one axis after the other."""
    x = batch.x.clone().requires_grad_()
    codes = model.posterior.point(model.encode(x, batch.y)).flatten(1)
    rows = [torch.autograd.grad(c.sum(), x, retain_graph=True)[0].flatten(1) for c in codes.unbind(1)]
    return torch.stack(rows, 1)


def contracted(model, batch, **options):
    return Contractive(weight=1.0, **options)(model, batch, model.encode(batch.x, batch.y), None)


# -- contractive ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(), (9,)])
@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_with_one_hidden_layer_the_contractive_cost_is_the_norm_of_the_jacobian(widths, activation):
    model, _ = autoencoder(encoder__widths=widths, encoder__activation=activation)
    batch = examples()
    exact = jacobians(model, batch).square().sum((1, 2))
    torch.testing.assert_close(contracted(model, batch), exact, rtol=1e-10, atol=0)


def test_of_a_picture_under_a_label_it_is_the_norm_with_respect_to_the_picture():
    event = Event((2, 3, 2), "image")
    model, _ = autoencoder(event, condition="label")
    batch = examples(event=event)
    batch.y = torch.tensor([0, 1, 2, -1, 0, 1, 2])
    exact = jacobians(model, batch).square().sum((1, 2))
    torch.testing.assert_close(contracted(model, batch), exact, rtol=1e-10, atol=0)


@pytest.mark.parametrize("options", [{"encoder__widths": (9, 8)}, {"posterior": "gaussian"}])
def test_elsewhere_it_is_estimated_without_bias(options):
    model, _ = autoencoder(**options)
    one = examples(1)
    exact = jacobians(model, one).square().sum()
    many = SimpleNamespace(x=one.x.expand(20_000, 6), y=None)
    torch.manual_seed(0)
    found = contracted(model, many)
    z = (found.mean() - exact) / (found.std() / math.sqrt(len(found)))
    assert abs(z) < 4 and found.std() > 0
    assert contracted(model, many, samples=4).std() < 0.6 * found.std()


def test_where_cells_are_missing_they_move_nothing():
    event = Event((6,), missing=True)
    model, _ = autoencoder(event)
    batch = examples(1)
    batch.x[:, 2:4] = torch.nan
    model.encoder.shift.copy_(torch.randn(6))
    slopes = jacobians(model, batch)
    assert (slopes[:, :, 2:4] == 0).all()
    torch.manual_seed(0)
    found = contracted(model, SimpleNamespace(x=batch.x.expand(20_000, 6), y=None))
    z = (found.mean() - slopes.square().sum()) / (found.std() / math.sqrt(len(found)))
    assert abs(z) < 4


@pytest.mark.parametrize("widths", [(9,), (9, 8)])
def test_the_gradient_of_the_contractive_cost_is_right(widths):
    model, _ = autoencoder(encoder__widths=widths)
    batch, weight = examples(3), model.encoder.layers[0].weight

    def cost(w):
        torch.manual_seed(0)
        with torch.no_grad():
            kept = weight.clone()
        found = torch.func.functional_call(model, {"encoder.layers.0.weight": w}, (batch,))
        assert torch.equal(kept, weight)
        return found

    model.forward = lambda b: contracted(model, b).sum()
    assert torch.autograd.gradcheck(cost, (weight.detach().clone().requires_grad_(),), atol=1e-6)


def test_the_contractive_autoencoder_contracts(tmp_path):
    options = {"epochs": 3, "latent": 4, "encoder__widths": "32", "runs": tmp_path}
    norms = []
    for weight in (0.001, 10.0):
        run = jj.fit("contractive-ae", "digits", objective__regulariser__weight=weight, **options)
        x, y = run.dataset.examples("test", 50)
        batch = SimpleNamespace(x=x, y=y)
        norms.append(contracted(run.model, batch).mean().item())
        assert {"distortion", "contractive"} <= set(run.rows[-2]["validation"])
    assert norms[1] < 0.2 * norms[0]


# -- sparse -----------------------------------------------------------------------------------------------------------


def test_the_sparse_cost_is_a_divergence_of_coins():
    code = torch.randn(50, 3, dtype=D, generator=torch.Generator().manual_seed(0))
    rho = torch.tensor(0.1, dtype=D)
    expected = kl_divergence(Bernoulli(rho), Bernoulli(code.sigmoid().mean(0))).sum()
    found = Sparse(weight=2.0, rho=0.1)(None, None, None, code)
    torch.testing.assert_close(found, (2 * expected).expand(50), rtol=1e-10, atol=0)
    for far in (-1e4, 1e4):  # axes that are never or always active
        z = torch.full((5, 2), far).requires_grad_()
        cost = Sparse()(None, None, None, z).mean()
        (slope,) = torch.autograd.grad(cost, z)
        assert cost.isfinite() and slope.isfinite().all() and (slope.sign() == math.copysign(1, far)).all()


def test_the_sparse_autoencoder_has_few_active_axes(tmp_path):
    run = jj.fit("sparse-ae", "digits", epochs=25, objective__regulariser__weight=10.0, lr=5e-3, runs=tmp_path)
    codes = run.encode(run.dataset.scaled(run.dataset.rows("train")).round().numpy())
    assert codes.shape[1] == 64
    activity = 1 / (1 + np.exp(-codes))
    assert abs(activity.mean() - 0.05) < 0.03


def test_l1_is_the_sum_of_absolute_values():
    z = torch.tensor([[[1.0, -2.0], [0.5, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    assert L1(weight=2.0)(None, None, None, z).tolist() == [7.0, 0.0]


# -- denoising --------------------------------------------------------------------------------------------------------


def test_corruptions_do_what_they_say():
    x = torch.full((40_000, 1), 0.5)
    picture = Event((1,), low=0.0, high=1.0)
    torch.manual_seed(0)
    lost = (Masking(picture, share=0.3)(x) == 0).float().mean().item()
    jumped = SaltAndPepper(picture, share=0.3)(x)
    assert abs(lost - 0.3) < 0.012 and abs((jumped == 0).float().mean().item() - 0.15) < 0.01
    assert abs((jumped == 1).float().mean().item() - 0.15) < 0.01
    noisy = Gaussian(Event((1,)), sigma=0.5)
    noisy.initialise(4 * torch.randn(40_000, 1))
    assert abs((noisy(x) - x).std().item() - 2.0) < 0.04


def test_without_a_range_the_ends_are_those_of_the_data():
    corruption = SaltAndPepper(Event((2,), low=0.0), share=0.5)
    corruption.initialise(torch.tensor([[3.0, 1.0], [5.0, 2.0]]))
    found = corruption(torch.full((100, 2), 4.0))
    assert set(found[:, 0].tolist()) == {0.0, 4.0, 5.0} and set(found[:, 1].tolist()) == {0.0, 4.0, 2.0}


def test_masking_takes_the_low_end_or_nothing_or_leaves_a_gap():
    torch.manual_seed(0)
    x = torch.ones(50, 3)
    for event, value in ((Event((3,), low=-1.0, high=1.0), -1.0), (Event((3,)), 0.0), (Event((3,), levels=2), 0.0)):
        assert set(Masking(event)(x).flatten().tolist()) == {1.0, value}
    assert Masking(Event((3,), missing=True))(x).isnan().any()
    assert set(Masking(Event((3,), levels=4, missing=True))(x.long()).flatten().tolist()) == {1, -1}


def test_a_category_becomes_any_category():
    torch.manual_seed(0)
    found = SaltAndPepper(Event((1,), levels=4), share=0.999999)(torch.zeros(40_000, 1, dtype=torch.int64))
    shares = found.flatten().bincount() / 40_000
    assert found.dtype == torch.int64 and len(shares) == 4 and (shares - 0.25).abs().max() < 0.01


@pytest.mark.parametrize("cls", [Gaussian, Masking])
def test_categories_cannot_be_noisy_or_zero_and_the_error_says_what_they_can_be(cls):
    with pytest.raises(UsageError, match="salt-and-pepper"):
        cls(Event((3,), levels=5))


def test_the_encoder_sees_the_corrupted_example_and_loss_and_prior_the_clean_one():
    event = Event((6,), low=0.0, high=1.0, levels=2)
    model, objective = assemble(override(RECIPES["denoising-ae"](event), {"prior": "flow"}), event, (3,))
    seen = []
    model.encoder.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    x = torch.ones(64, 6)
    terms = objective.terms("model", model, Batch(x, None, 64), STEP)
    assert 0.1 < (seen[0] == 0).float().mean() < 0.5
    again = -model.decode(model.encode(seen[0]).mean).log_prob(x)
    torch.testing.assert_close(terms.parts["distortion"], again)
    objective.terms("prior", model, Batch(x, None, 64), STEP)
    assert torch.equal(seen[-1], x)


def test_the_denoising_autoencoder_removes_noise(tmp_path):
    """Its error on corrupted examples is below that of a plain one, which never saw any."""
    errors = {}
    for recipe in ("ae", "denoising-ae"):
        run = jj.fit(recipe, "digits", epochs=20, latent=16, binarise="threshold", runs=tmp_path)
        x, _ = run.dataset.examples("test")
        torch.manual_seed(0)
        damaged = Masking(run.model.event)(x)
        errors[recipe] = (run.model.reconstruct(damaged) - x).square().mean().item()
    assert errors["denoising-ae"] < 0.9 * errors["ae"]


# -- linear -----------------------------------------------------------------------------------------------------------


def test_a_linear_autoencoder_is_pca(tmp_path):
    random = np.random.default_rng(0)
    axes = np.linalg.qr(random.normal(size=(8, 8)))[0]
    x = random.normal(size=(1000, 8)) * np.array([5, 4, 3, 1, 0.8, 0.6, 0.4, 0.2]) @ axes.T
    run = jj.fit("linear-ae", x.astype(np.float32), latent=3, epochs=100, lr=0.02, runs=tmp_path)
    train = x[run.dataset.rows("train").numpy()]
    centred = train - train.mean(0)
    _, values, principal = np.linalg.svd(centred, full_matrices=False)
    best = (values[3:] ** 2).sum() / centred.size
    error = np.square(run.reconstruct(train.astype(np.float32)) - train).mean()
    assert best * 0.999 < error < best * 1.01
    decoded = run.decode(np.concatenate([np.zeros((1, 3)), np.eye(3)]))
    span = np.linalg.qr((decoded[1:] - decoded[0]).T)[0]
    angles = np.arccos(np.clip(np.linalg.svd(span.T @ principal[:3].T)[1], -1, 1))
    assert angles.max() < 0.05
    found = run.evaluate(["reconstruction"])["reconstruction"]
    assert found.baseline_name == "PCA(3)" and abs(found.value / found.baseline - 1) < 0.02


# -- what all have in common ------------------------------------------------------------------------------------------


def test_a_prior_that_learns_step_by_step_leaves_the_autoencoder_alone(tmp_path):
    options = {"epochs": 2, "latent": 2, "batch_size": 256, "encoder__widths": "8", "decoder__widths": "8"}
    flow, again, mixture, one = (
        jj.fit("ae", "digits", runs=tmp_path, **options, **prior)
        for prior in ({"prior": "flow"}, {"prior": "flow"}, {}, {"prior__components": 1})
    )
    for name, value in mixture.model.state_dict().items():
        if not name.startswith("prior."):
            assert torch.equal(value, flow.model.state_dict()[name]), name
            assert torch.equal(value, one.model.state_dict()[name]), name
    assert flow.result["weights_sha256"] == again.result["weights_sha256"]
    rows = [row["train"]["prior.codes"] for row in flow.rows if row["event"] == "row"]
    assert rows[-1] < rows[0] and "prior.codes" not in mixture.rows[-2]["train"]
    for run in (flow, mixture, one):
        assert run.sample(5).shape == (5, 8, 8, 1)
        prior = run.spec["model"]["prior"]["name"]
        readme = (run.folder / "README.md").read_text(encoding="utf-8")
        assert f"prior `{prior}`" in readme and "codes" in readme


def test_a_prior_of_one_component_has_the_moments_of_the_codes(tmp_path):
    run = jj.fit("ae", "digits", epochs=1, latent=2, prior__components=1, binarise="threshold", runs=tmp_path)
    codes = torch.as_tensor(run.encode(run.dataset.scaled(run.dataset.rows("train")).round().numpy()))
    prior = run.model.prior
    torch.testing.assert_close(prior.loc[0], codes.mean(0), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(prior.log_scale[0].exp(), codes.std(0, correction=0), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["denoising-ae", "contractive-ae", "sparse-ae"])
def test_validation_uses_the_same_draws_every_time(name, tmp_path):
    run = jj.fit(name, "digits", epochs=1, latent=2, lr=1e-9, log_every=0.5, runs=tmp_path)
    losses = [row["validation"]["loss"] for row in run.rows if row["event"] == "row"]
    assert len(losses) == 2 and losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_every_option_is_reached_by_name():
    spec = {"name": "reconstruction", "corruption": "salt-and-pepper", "regulariser": "contractive"}
    made = build(Objective, spec, event=COLUMNS)
    assert made.spec()["corruption"]["share"] == 0.3 and made.spec()["regulariser"]["samples"] == 1
    assert build(Objective, {"name": "reconstruction", "corruption": "none"}).corruption is None
    chosen = override(RECIPES["denoising-ae"](COLUMNS), {"objective.corruption.sigma": "0.25"})
    assert assemble(chosen, COLUMNS, (2,))[1].corruption.sigma == 0.25
    assert autoencoder(objective__regulariser="none")[1].regulariser is None


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: Masking(COLUMNS, share=1.0), "share"),
        (lambda: SaltAndPepper(COLUMNS, share=0.0), "share"),
        (lambda: Gaussian(COLUMNS, sigma=0.0), "sigma"),
        (lambda: Contractive(weight=-1.0), "weight"),
        (lambda: Contractive(samples=0), "samples"),
        (lambda: Sparse(rho=1.0), "rho"),
        (lambda: L1(weight=0.0), "weight"),
        (lambda: Commitment(weight=0.0), "weight"),
    ],
)
def test_wrong_options_are_refused(make, hint):
    with pytest.raises(UsageError, match=f"`{hint}`"):
        make()


def test_a_cost_that_a_model_cannot_have_is_refused_before_anything_is_written(tmp_path):
    for options, hint in (
        ({"objective__regulariser": "commitment"}, "posterior vq"),
        ({"objective__regulariser": "sparse", "batch_size": 1}, "batch_size"),
    ):
        with pytest.raises(UsageError, match=hint):
            jj.fit("ae", "digits", runs=tmp_path, **options)
    assert not list(tmp_path.iterdir())
    model, objective = assemble(RECIPES["contractive-ae"](CATEGORIES), CATEGORIES, (3,))
    with pytest.raises(UsageError, match="categories"):
        objective.players(model)


def test_categories_are_denoised_by_default_and_compress():
    for name in ("denoising-ae", "sparse-ae", "ae", "linear-ae"):
        model, objective = assemble(RECIPES[name](CATEGORIES), CATEGORIES, (3,))
        x = torch.randint(5, (8, 6))
        model.initialise(x)
        objective.initialise(x)
        assert objective.terms("model", model, Batch(x, None, 8), STEP).loss.isfinite()
        assert isinstance(model.encode(x), Delta)
