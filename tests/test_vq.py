"""VQ-VAE against exact references: nearest entries by brute force, running means by hand, all codes by enumeration.

Statistical tests: fixed seeds, |z| < 4, so a false alarm has probability 6e-5.
"""

import math
import signal
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.distributions import Categorical

import jamjae as jj
from jamjae import recipes
from jamjae.core import Event, Lifted, Product, Quantised, Sequence, UsageError, build, closed_form, draw
from jamjae.core.quantised import nearest
from jamjae.models import LatentModel
from jamjae.networks import MLP, Causal, Grid
from jamjae.objectives.base import Batch
from jamjae.posteriors import VQ
from jamjae.priors import Prior
from jamjae.recipes import assemble, override
from jamjae.training.display import Display

D = torch.float64
EVENT = Event((8, 8, 1), "image", 0.0, 1.0, levels=2)
SMALL = {"encoder.channels": (4, 4), "decoder.channels": (4, 4), "prior.network.width": 8, "posterior.codes": 8}


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same weights, whichever ran before it."""
    torch.manual_seed(0)


def vq_vae(event=EVENT, latent=(2, 2, 3), **options):
    choice = override(recipes.find("vq-vae")(event), {**SMALL, **{k.replace("_", "."): v for k, v in options.items()}})
    return assemble(choice, event, latent)


def pictures(n):
    return (torch.rand(n, 8, 8, 1) < 0.4).float()


def learned(posterior, h):
    """One step of learning from encoder outputs h."""
    posterior.update(posterior.statistics(posterior(h)))


# -- the nearest entry ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [0.0, 300.0])
def test_the_nearest_entry_is_that_of_brute_force(origin):
    h, book = origin + torch.randn(40, 2, 3, 5), origin + torch.randn(17, 5)
    expected = (h.double()[..., None, :] - book.double()).square().sum(-1).argmin(-1)
    assert torch.equal(nearest(h, book), expected) and len(expected.unique()) > 10


def test_every_entry_is_its_own_nearest_however_close_another_one_is():
    book = 10 + torch.randn(50, 8)
    book = torch.cat([book, book + 1e-4 * torch.randn(50, 8)])
    assert torch.equal(nearest(book, book), torch.arange(100))


def test_draws_are_entries_and_the_gradient_passes_straight_through():
    h, book = torch.randn(6, 3, 4, requires_grad=True), torch.randn(9, 4, requires_grad=True)
    q, slope = Quantised(h, book.detach(), 2), torch.randn(5, 6, 3, 4)
    z = q.rsample((5,))
    assert torch.equal(z[3], book[q.codes]) and torch.equal(q.mean, book[q.codes])
    (z * slope).sum().backward()
    torch.testing.assert_close(h.grad, slope.sum(0))
    assert (q.log_prob(z) == 0).all() and (q.log_prob(z + 1) == -math.inf).all()


def test_the_gap_is_a_sum_per_example_and_pulls_the_encoder_only():
    h, book = torch.randn(6, 3, 4, requires_grad=True), torch.randn(9, 4, requires_grad=True)
    q = Quantised(h, book, 2)
    torch.testing.assert_close(q.gap, torch.stack([(a - b).square().sum() for a, b in zip(h, q.mean, strict=True)]))
    q.gap.sum().backward()
    torch.testing.assert_close(h.grad, 2 * (h - q.mean).detach())
    assert book.grad is None


# -- the book ---------------------------------------------------------------------------------------------------------


def test_the_book_is_the_running_mean_of_what_chose_each_entry():
    posterior = VQ((4, 3), codes=5, decay=0.9, restart=0.0).double()
    usage, sums = posterior.usage.clone(), posterior.book * posterior.usage[:, None]
    for _ in range(30):
        h = torch.randn(7, 4, 3, dtype=D)
        flat, chosen = h.reshape(-1, 3), posterior(h).codes.flatten()
        learned(posterior, h)
        for k in range(5):  # the textbook's form: a quotient of two decaying sums
            mine = flat[chosen == k]
            usage[k] = 0.9 * usage[k] + 0.1 * len(mine) / len(flat)
            sums[k] = 0.9 * sums[k] + 0.1 * mine.sum(0) / len(flat)
    torch.testing.assert_close(posterior.usage, usage)
    torch.testing.assert_close(posterior.book, sums / usage[:, None])


def test_without_memory_it_is_k_means_and_the_gap_never_grows():
    posterior, h = VQ((4, 3), codes=6, decay=0.0, restart=0.0).double(), torch.randn(50, 4, 3, dtype=D)
    posterior.start(lambda: h)
    gaps = []
    for _ in range(60):
        gaps.append(posterior(h).gap.sum())
        learned(posterior, h)
    assert all(b <= a + 1e-9 for a, b in pairwise(gaps)) and gaps[-1] < 0.9 * gaps[0]
    codes, flat = posterior(h).codes.flatten(), h.reshape(-1, 3)  # Lloyd's fixed point
    means = torch.stack([flat[codes == k].mean(0) for k in range(6)])
    torch.testing.assert_close(posterior.book, means)


def test_an_entry_that_is_never_chosen_stays_where_it_is():
    posterior = VQ((1, 2), codes=2, decay=0.5, restart=0.0)
    posterior.book.copy_(torch.tensor([[0.0, 0.0], [50.0, -30.0]]))
    for _ in range(300):
        learned(posterior, torch.randn(8, 1, 2))
    assert torch.equal(posterior.book[1], torch.tensor([50.0, -30.0])) and posterior.usage[1] < 1e-30
    learned(posterior, torch.tensor([[[50.0, -40.0]]]))  # chosen again, it is the mean of what chooses it now
    torch.testing.assert_close(posterior.book[1], torch.tensor([50.0, -40.0]))


def test_dead_entries_start_again_at_encoder_outputs_and_the_same_seed_picks_the_same():
    books = []
    for _ in range(2):
        torch.manual_seed(3)
        posterior = VQ((2, 2), codes=4, decay=0.9, restart=0.1)
        posterior.book.copy_(torch.tensor([[0.0, 0.0], [90.0, 0.0], [0.0, 90.0], [-90.0, 0.0]]))
        h = torch.randn(8, 2, 2)
        for _ in range(30):  # 0.9^22 < 0.1
            learned(posterior, h)
        rows = h.reshape(-1, 2)
        assert (posterior.book.norm(dim=1) < 10).all() and (posterior.usage >= 0.1 / 4).all()
        assert len(posterior(rows[:, None].expand(-1, 2, -1)).codes.unique()) == 4
        books.append(posterior.book)
    assert torch.equal(*books)


def test_without_restart_dead_entries_stay_dead():
    posterior = VQ((2, 2), codes=4, restart=0.0)
    posterior.book.copy_(torch.tensor([[0.0, 0.0], [90.0, 0.0], [0.0, 90.0], [-90.0, 0.0]]))
    for _ in range(400):
        learned(posterior, torch.randn(8, 2, 2))
    assert (posterior.book.norm(dim=1) > 80).sum() == 3


def test_the_book_starts_at_encoder_outputs_also_when_there_are_fewer_of_them():
    h = torch.randn(40, 2, 3)
    few, many = VQ((2, 3), codes=16), VQ((2, 3), codes=500)
    for posterior in (few, many):
        posterior.start(lambda: h)
        at = nearest(posterior.book, h.reshape(-1, 3))
        assert torch.equal(posterior.book, h.reshape(-1, 3)[at])
        assert len(at.unique()) == min(posterior.codes, 80)
    assert (many(h).gap == 0).all()
    for _ in range(400):
        learned(many, h)
    assert many.book.isfinite().all() and (many(h).gap < 1e-6).all()


def test_no_step_depends_on_the_size_of_the_batch():
    model, objective = vq_vae()
    x, step = pictures(12), torch.tensor(0)
    whole = objective.terms("model", model, Batch(x, None, 12), step)
    assert {"distortion", "commitment"} == set(whole.parts)
    for rows in (slice(0, 1), slice(1, 12)):
        part = objective.terms("model", model, Batch(x[rows], None, 12), step)
        for name, values in whole.parts.items():
            torch.testing.assert_close(part.parts[name], values[rows])
    after = []
    for times in (1, 4):  # the same examples four times over: the same loss and the same book
        terms = objective.terms("model", model, Batch(x.repeat(times, 1, 1, 1), None, 12), step)
        torch.testing.assert_close(terms.loss, whole.loss)
        posterior = VQ((2, 2, 3), codes=8, restart=0.0)
        posterior.load_state_dict(model.posterior.state_dict())
        posterior.update(terms.state["posterior"])
        after.append(posterior.book)
    torch.testing.assert_close(*after)
    assert not torch.equal(after[0], model.posterior.book)


def test_perplexity_is_the_number_of_entries_in_use():
    posterior = VQ((1, 2), codes=8)
    h = posterior.book[torch.tensor([0, 1, 2, 3])][:, None]
    found = posterior.logged(posterior(h))
    assert abs(found["perplexity"] - 4) < 1e-5 and found["used"] == 0.5


# -- numbers one after the other --------------------------------------------------------------------------------------


def causal(places=5, entries=4, context=0, **options):
    network = Causal((places,), (places, entries), context, width=8, heads=2, **options)
    with torch.no_grad():
        for p in network.parameters():
            p += 0.5 * torch.randn(p.shape)
    return network


@pytest.mark.parametrize("places", [1, 5, 64])
def test_a_place_does_not_see_itself_nor_what_comes_later(places):
    network, context = causal(places, context=3), torch.randn(6, 3)
    k = torch.randint(4, (6, places))
    before = network(k, context)
    for t in range(places):
        changed = k.clone()
        changed[:, t:] = (k[:, t:] + torch.randint(1, 4, (6, places - t))) % 4
        after = network(changed, context)
        assert torch.equal(after[:, : t + 1], before[:, : t + 1])
        assert all((after[:, s] != before[:, s]).any() for s in range(t + 1, places)), "it does not see the past"


def test_one_by_one_the_logits_are_those_of_the_whole_row():
    network, context, k = causal(context=2).double(), torch.randn(6, 2, dtype=D), torch.randint(4, (6, 5))
    row, memory = torch.cat([network.begin(6)[:, None], k], 1), []
    steps = [network.step(row[:, t], memory, context) for t in range(5)]
    torch.testing.assert_close(torch.stack(steps, 1), network(k, context))


@pytest.mark.parametrize("latent", [(2, 1), (3, 4), (1, 3, 2)])
def test_all_codes_together_have_probability_one(latent):
    places = math.prod(latent[:-1])
    p = moved_prior(latent)()
    every = torch.cartesian_prod(*[torch.arange(3)] * places).reshape(-1, *latent[:-1])
    mass = p.log_prob(every).exp()
    assert len(every) == 3**places and abs(mass.sum() - 1) < 1e-12 and mass.max() > 2 * mass.min()


def moved_prior(latent, entries=3):
    spec = {"name": "codes", "network": {"name": "causal", "width": 8, "heads": 2}}
    prior = build(Prior, spec, latent=latent, entries=entries).double()
    with torch.no_grad():
        for p in prior.parameters():
            p += 0.5 * torch.randn(p.shape)
    return prior


def test_draws_have_the_probabilities_that_the_density_says():
    p = moved_prior((3, 4))()
    every = torch.cartesian_prod(*[torch.arange(3)] * 3)
    expected = p.log_prob(every).exp()
    k = p.sample((4000,))
    counts = torch.bincount((k * torch.tensor([9, 3, 1])).sum(1), minlength=27)
    z = (counts - 4000 * expected) / (4000 * expected * (1 - expected)).sqrt()
    assert z.abs().max() < 4


def test_a_label_changes_the_codes():
    network = causal(3, 3, context=2)
    p = Sequence(network, (3,), torch.eye(2))
    every = torch.cartesian_prod(*[torch.arange(3)] * 3)
    mass = p.log_prob(every[:, None]).exp()
    torch.testing.assert_close(mass.sum(0), torch.ones(2))
    assert (mass[:, 0] - mass[:, 1]).abs().max() > 1e-3
    assert p.sample((4,)).shape == (4, 2, 3)


def test_lifted_the_prior_is_the_same_over_entries():
    posterior, prior = VQ((1, 3, 2), codes=3).double(), moved_prior((1, 3, 2))
    p, base = posterior.lift(prior()), prior()
    assert type(p) is Lifted and p.event_shape == (1, 3, 2)
    every = torch.cartesian_prod(*[torch.arange(3)] * 3).reshape(-1, 1, 3)
    assert torch.equal(p.log_prob(posterior.book[every]), base.log_prob(every))
    z = p.sample((20,))
    assert torch.equal(posterior.book[nearest(z, posterior.book)], z)


def test_the_rate_is_what_the_code_costs():
    posterior, prior = VQ((2, 2), codes=3).double(), moved_prior((2, 2))
    q, p = posterior(torch.randn(6, 2, 2, dtype=D)), prior()
    expected = torch.stack([-p.log_prob(k) for k in posterior(torch.as_tensor(q.h)).codes])
    lifted = posterior.lift(p)
    torch.testing.assert_close(closed_form(q, lifted), expected)
    z, log_q = draw(q, (3,))
    torch.testing.assert_close(log_q - lifted.log_prob(z), expected.expand(3, -1))
    uniform = posterior.lift(Product(Categorical(logits=torch.zeros(2, 3, dtype=D)), 1))
    torch.testing.assert_close(closed_form(q, uniform), torch.full((6,), 2 * math.log(3), dtype=D))


# -- grids ------------------------------------------------------------------------------------------------------------

SIZES = [(1, 1), (1, 5), (2, 3), (5, 7), (8, 8), (28, 28), (29, 31)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("stages", [0, 1, 2, 3])
def test_any_size_becomes_a_grid_and_comes_back(size, stages):
    small = tuple(-(-n // 2**stages) for n in size)
    down, up = Grid((*size, 3), (*small, 5), channels=(4,)), Grid((*small, 5), (*size, 3, 2), channels=(4,))
    assert down(torch.randn(2, *size, 3)).shape == (2, *small, 5)
    assert up(torch.randn(2, *small, 5)).shape == (2, *size, 3, 2)


def test_a_size_that_halving_does_not_reach_is_refused():
    with pytest.raises(UsageError, match=r"Begin it with .*7,7"):
        Grid((28, 28, 1), (6, 7, 4))
    with pytest.raises(UsageError, match="mlp"):
        Grid((6,), (4, 8))


def test_a_place_sees_its_surroundings_only():
    x = torch.randn(1, 32, 32, 1).requires_grad_()
    Grid((32, 32, 1), (8, 8, 4), channels=(4,), blocks=1, activation="elu")(x)[0, 0, 0].sum().backward()
    seen = x.grad[0, :, :, 0] != 0
    assert seen[:4, :4].all() and not seen[16:].any() and not seen[:, 16:].any()


def test_a_flat_code_becomes_a_flat_picture_without_a_checkerboard():
    h = Grid((8, 8, 3), (32, 32, 1), channels=(8, 8), blocks=1)(torch.ones(1, 8, 8, 3))[0, 12:20, 12:20]
    torch.testing.assert_close(h, h[:1, :1].expand_as(h), rtol=1e-4, atol=1e-6)


# -- the whole model --------------------------------------------------------------------------------------------------


def test_prior_and_posterior_must_agree():
    model, _ = vq_vae()
    assert model.prior.entries == model.posterior.codes == 8
    other = build(Prior, "codes", latent=(2, 2, 3), entries=7)
    with pytest.raises(UsageError, match=r"entries.*7.*8"):
        LatentModel(other, model.decoder, model.likelihood, model.encoder, model.posterior)
    with pytest.raises(UsageError, match="same kind"):
        LatentModel(build(Prior, "gaussian", latent=(2, 2, 3)), model.decoder, model.likelihood, model.encoder, VQ())
    with pytest.raises(UsageError, match="posterior vq"):
        build(Prior, "codes", latent=(2,), entries=0)
    with pytest.raises(UsageError, match="positions and a width"):
        VQ((4,))


def test_the_prior_learns_and_the_autoencoder_does_not_feel_it():
    model, objective = vq_vae()
    players, x = objective.players(model), pictures(6)
    assert set(players) == {"model", "prior"}
    terms = objective.terms("prior", model, Batch(x, None, 6), torch.tensor(0))
    torch.testing.assert_close(terms.loss, closed_form(model.encode(x), model.latent()).mean())
    terms.loss.backward()
    assert all(p.grad is not None for p in model.prior.parameters()) and not terms.state
    assert all(p.grad is None for p in players["model"].parameters())
    others = {id(p) for p in players["model"].parameters()}
    assert not any(id(p) in others for p in players["prior"].parameters())


class StopAt(Display):
    """Presses Ctrl-C after the first row."""

    def row(self, row):
        signal.raise_signal(signal.SIGINT)


OPTIONS = {
    "encoder": {"name": "grid", "channels": [8, 8], "blocks": 1},
    "decoder": {"name": "grid", "channels": [8, 8], "blocks": 1},
    "posterior.codes": 16,
    "batch_size": 64,
    "epochs": 2,
    "log_every": 1,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A short fit, stopped after the first epoch and resumed."""
    options = {**OPTIONS, "prior.network.width": 16, "runs": tmp_path_factory.mktemp("vq")}
    stopped = jj.fit("vq-vae", "digits", display=StopAt(), **options)
    assert stopped.outcome.reason == "interrupted" and not stopped.result
    return jj.load(stopped.folder).resume()


def test_a_resumed_fit_is_the_uninterrupted_one_to_the_bit(run, tmp_path):
    whole = jj.fit("vq-vae", "digits", **OPTIONS, **{"prior.network.width": 16}, runs=tmp_path)
    assert whole.result["weights_sha256"] == run.result["weights_sha256"]
    assert torch.equal(whole.model.posterior.book, run.model.posterior.book)
    first, last = (run.rows[n]["train"] for n in (1, 2))
    assert last["distortion"] < first["distortion"] and last["prior.codes"] < first["prior.codes"]
    assert 1 < last["perplexity"] <= 16


def test_the_autoencoder_is_the_same_to_the_bit_whatever_the_prior_is(run, tmp_path):
    model = jj.fit("vq-vae", "digits", **OPTIONS, **{"prior.network.width": 8}, runs=tmp_path).model
    for part in ("encoder", "posterior", "likelihood", "decoder"):
        mine, other = getattr(run.model, part).state_dict(), getattr(model, part).state_dict()
        assert all(torch.equal(mine[name], other[name]) for name in mine), part


def test_it_samples_and_its_bound_is_distortion_and_the_cost_of_the_code(run):
    assert run.sample(4).shape == (4, 8, 8, 1)
    found = run.evaluate(["elbo", "iwae", "rate", "distortion", "kl_per_axis"], samples=4, limit=50)
    cost = found["rate"].value
    assert 0 < cost < 4 * math.log(16) + 3
    assert abs(found["elbo"].value + found["distortion"].value + cost) < 1e-6
    assert abs(found["iwae"].value - found["elbo"].value) < 1e-4  # one code has all the mass: more draws add nothing
    assert found["kl_per_axis"].value is None and "axes" in found["kl_per_axis"].reason


@pytest.mark.parametrize("source", ["ring", "digits"])
def test_the_book_may_be_larger_than_a_batch_or_the_data(source, tmp_path):
    run = jj.fit("vq-vae", source, **{"posterior.codes": 5000}, epochs=0.02, batch_size=16, runs=tmp_path)
    assert run.sample(3).shape[0] == 3 and torch.isfinite(run.model.posterior.book).all()


@pytest.mark.parametrize(
    ("shape", "latent"), [((28, 28, 1), (7, 7, 16)), ((32, 32, 1), (8, 8, 16)), ((9, 6, 3), (3, 2, 16))]
)
def test_a_picture_becomes_a_grid_of_a_quarter_of_its_size(shape, latent):
    event = Event(shape, "image", 0.0, 1.0)
    choice = recipes.find("vq-vae")(event)
    assert choice.latent == latent
    model, _ = assemble(choice, event, latent)
    assert isinstance(model.encoder, Grid) and model.sample(2).shape == (2, *shape)


def test_vectors_go_through_dense_layers():
    choice = recipes.find("vq-vae")(Event((6,)))
    model, _ = assemble(choice, Event((6,)), choice.latent)
    assert isinstance(model.encoder, MLP) and model.sample(2).shape == (2, 6)
    assert isinstance(model.encode(torch.randn(3, 6)), Quantised) and isinstance(model, nn.Module)
