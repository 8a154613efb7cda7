"""The adversarial objectives: who moves, who pays what, what the critic is shown."""

import math

import pytest
import torch
from torch import Tensor, nn

import jamjae as jj
from adversarial import EVENT, KINDS, STEP, dataset, dense, examples, objective_of, pair
from jamjae.core import Event, UsageError, build, isolated
from jamjae.critics import Critic, Discriminator, Similarity
from jamjae.likelihoods import Bernoulli, Gaussian, Point
from jamjae.models import LatentModel
from jamjae.networks import MLP, Network
from jamjae.objectives import Batch
from jamjae.objectives.factor import permuted
from jamjae.plan import prepare
from jamjae.posteriors import Gaussian as Posterior
from jamjae.priors import Gaussian as Prior
from jamjae.schedules import Linear
from jamjae.training import Settings
from jamjae.training.display import Display
from jamjae.training.loop import Fit
from jamjae.training.stepper import Stepper
from jamjae.training.turn import Turn

# -- nobody's turn changes anybody else --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_on_the_critics_turn_nothing_reaches_the_model(name):
    model, objective = pair(name)
    objective.terms("critic", model, examples(), STEP).loss.backward()
    assert all(p.grad is None for p in model.parameters())
    assert all(p.grad is not None for p in objective.critic.parameters())


@pytest.mark.parametrize("name", KINDS)
def test_every_turn_moves_its_player_and_nobody_else(name):
    model, objective = pair(name, penalty="r1")
    players = objective.players(model)
    stepper = Stepper(Turn(model, objective), players, Settings())
    everything = nn.ModuleList([model, objective])
    for player, module in players.items():
        before = {k: v.clone() for k, v in everything.state_dict(keep_vars=True).items()}
        own = {id(p) for p in module.parameters()}
        stepper.move(player, examples(), 0, 0.1)
        for key, value in everything.state_dict(keep_vars=True).items():
            moved = not torch.equal(value, before[key])
            assert moved == (id(value) in own), f"{player}: {key}"


def test_the_makers_gradient_passes_through_the_critic_and_leaves_it_alone():
    model, objective = pair("adversarial")
    stepper = Stepper(Turn(model, objective), objective.players(model), Settings())
    _, norm, _ = stepper.move("generator", examples(), 0, 0.1)
    assert norm > 0 and all(p.grad is None for p in objective.critic.parameters())


def test_critic_steps_are_taken_between_the_others(tmp_path):
    model, objective = pair("adversarial", critic_steps=3)
    assert [objective.turns(t) for t in range(4)] == [None, ("critic",), ("critic",), None]
    trained = Fit(model, objective, dataset(), Settings(batch_size=16), tmp_path, Display())
    for step in range(9):
        trained.play(step)
    taken = {name: int(o.state_dict()["state"][0]["step"]) for name, o in trained.state.stepper.optimisers.items()}
    assert taken == {"critic": 9, "generator": 3}


# -- who pays what -----------------------------------------------------------------------------------------------------


def test_a_generator_is_judged_on_draws_from_the_prior():
    model, objective = pair("adversarial")
    batch = examples()
    with isolated("draws"):
        real, fake, own = objective.contest(model, batch)
    with isolated("draws"):
        z = torch.randn(24, 2)
    assert real is batch.x and not own().parts
    torch.testing.assert_close(fake, model.decode(z).mean)
    terms = objective.terms("generator", model, batch, STEP)
    assert list(terms.parts) == ["fooling"] and set(objective.players(model)) == {"critic", "generator"}


def test_an_adversarial_autoencoder_pays_for_distortion_and_codes_that_are_found_out():
    model, objective = pair("aae", weight=3.0)
    with isolated("aae"):
        terms = objective.terms("model", model, examples(), STEP)
    with isolated("aae"):
        real, codes, _ = objective.contest(model, examples())
    with isolated("aae"):
        assert torch.equal(codes, model.encode(examples().x).rsample()) and torch.equal(real, torch.randn(24, 2))
    assert set(terms.parts) == {"distortion", "fooling"} and real.shape == codes.shape == (24, 2)
    scores = objective.critic(codes)
    torch.testing.assert_close(terms.parts["fooling"], 3.0 * nn.functional.softplus(-scores))
    torch.testing.assert_close(terms.parts["distortion"], -model.decode(codes).log_prob(examples().x))


def test_three_players_have_the_published_losses():
    model, objective = pair("vae-gan", weight=0.5)
    with isolated("three"):
        encoder = objective.terms("encoder", model, examples(), STEP)
    with isolated("three"):
        decoder = objective.terms("decoder", model, examples(), STEP)
    assert set(encoder.parts) == {"rate", "distance"} and set(decoder.parts) == {"distance", "fooling"}
    with isolated("three"):
        x, fake, _ = objective.contest(model, examples())
    phi = objective.critic.features
    torch.testing.assert_close(decoder.parts["distance"], (phi(x) - phi(fake[0])).square().sum(1) / 2)
    game, scores = objective.game, objective.critic(fake)
    torch.testing.assert_close(decoder.parts["fooling"], 0.5 * game.generator(scores).mean(0))
    critic = objective.terms("critic", model, examples(), STEP)
    assert fake.shape == (2, 24, 4) and critic.parts["fake"].shape == (24,) and set(critic.parts) == {"real", "fake"}


def test_vae_gan_asks_for_a_critic_with_features():
    model, objective = pair("vae-gan", critic={"name": "discriminator"})
    with pytest.raises(jj.core.Undefined, match=r"no features.*similarity"):
        objective.terms("encoder", model, examples(), STEP)


def test_similarity_does_not_depend_on_the_scale_of_its_network():
    critic = Similarity(dense((4,), (16,)), (4,), width=16)
    x = examples().x
    before = critic.features(x)
    with torch.no_grad():
        for p in critic.network.layers[-1].parameters():
            p *= 7
    torch.testing.assert_close(critic.features(x), before, rtol=1e-3, atol=1e-3)


# -- total correlation -------------------------------------------------------------------------------------------------


class Products(Network):
    """All products of two numbers, weighted: the logit of the optimal critic of Gaussians."""

    def __init__(self, inputs=(2,), outputs=(1,), context=0) -> None:
        super().__init__()
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.prepare()
        self.layer = nn.Linear(4, 1)

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self.layer(torch.einsum("bi,bj->bij", x, x).flatten(1))


def transparent_model() -> LatentModel:
    """A model whose code is the example."""
    q = Posterior((2,))
    encoder = MLP((2,), q.features, widths=())
    with torch.no_grad():
        encoder.layers[0].weight.copy_(torch.tensor([[1.0, 0], [0, 0], [0, 1], [0, 0]]))
        encoder.layers[0].bias.copy_(torch.tensor([0.0, -18, 0, -18]))
    return LatentModel(Prior((2,)), MLP((2,), (2, 1)), Gaussian(Event((2,))), encoder, q)


@pytest.mark.parametrize("rho", [0.0, 0.8])
def test_the_estimate_is_the_total_correlation_of_a_gaussian(rho):
    """TC of two unit Gaussians of correlation rho: -ln(1 - rho^2) / 2."""
    objective = jj.objectives.Factor(Discriminator(Products(), (2,)), weight=2.0)
    model, random = transparent_model(), torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 100_000, generator=random)
    batch = Batch(torch.stack([a, rho * a + math.sqrt(1 - rho**2) * b], 1), None, 1)
    optimiser = torch.optim.LBFGS(objective.critic.parameters(), max_iter=50, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        with isolated("tc"):
            loss = objective.terms("critic", model, batch, STEP).loss
        loss.backward()
        return loss

    optimiser.step(closure)
    found = objective.terms("model", model, batch, STEP).parts
    assert found["total_correlation"].mean().item() / 2.0 == pytest.approx(-math.log(1 - rho**2) / 2, abs=0.03)
    assert found["distortion"].shape == found["rate"].shape == (100_000,)


def test_permuting_keeps_every_axis_and_breaks_every_row():
    z = torch.arange(200.0).reshape(50, 2, 2)
    with isolated("permute"):
        found = permuted(z)
    assert found.shape == z.shape and torch.equal(found.sort(0).values, z)
    rows = found.flatten(1)
    assert ((rows - rows[:, :1]) == torch.arange(4.0)).all(1).float().mean() < 0.2


def test_factor_compares_two_halves_of_the_batch():
    model, objective = pair("factor")
    with isolated("halves"):
        real, fake, own = objective.contest(model, examples())
    with isolated("halves"):
        z = model.encode(examples().x).rsample()
    assert torch.equal(fake, z[:12]) and torch.equal(real.sort(0).values, z[12:].sort(0).values)
    assert own().parts["rate"].shape == (24,)
    with pytest.raises(UsageError, match=r"two halves; got 23\. Pass batch_size=22"):
        objective.terms("model", model, examples(23), STEP)


# -- what the critic is shown ------------------------------------------------------------------------------------------


def test_a_packed_critic_sees_neighbours_joined_and_their_labels():
    critic = build(Critic, {"name": "discriminator", "pack": 2}, inputs=(3,), context=2)
    assert critic.network.inputs == (6,) and critic.network.context == 4
    x, y = torch.randn(8, 3), torch.randn(8, 2)
    joined = critic.network(torch.cat([x[::2], x[1::2]], 1), torch.cat([y[::2], y[1::2]], 1))[:, 0]
    torch.testing.assert_close(critic(x, y), joined)


def test_pictures_are_packed_along_their_channels():
    critic = build(Critic, {"name": "discriminator", "pack": 3}, inputs=(4, 5, 2))
    x = torch.randn(6, 4, 5, 2)
    torch.testing.assert_close(critic.show(x), torch.stack([torch.cat(list(x[i : i + 3]), -1) for i in (0, 3)]))


@pytest.mark.parametrize(("n", "instead"), [(5, 4), (1, 2)])
def test_a_batch_that_does_not_fill_its_packs_is_refused(n, instead):
    model, objective = pair("adversarial", critic={"pack": 2})
    with pytest.raises(UsageError, match=rf"multiple of the critic's `pack`, 2; got {n}. Pass batch_size={instead}"):
        objective.terms("critic", model, examples(n), STEP)


@pytest.mark.parametrize(
    ("recipe", "options", "group"),
    [
        ("pac-gan", {}, 2),
        ("factor-vae", {"objective.critic.pack": 3}, 6),
        ("gan", {"objective.critic.deviation": True}, 2),
    ],
)
def test_such_a_batch_is_refused_before_anything_is_written(recipe, options, group, tmp_path):
    with pytest.raises(UsageError, match=rf"`batch_size` must be a multiple of {group}.*Pass batch_size=\d+"):
        jj.fit(recipe, "ring", batch_size=group + 1, runs=tmp_path, **options)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="`batch_size` must be at least 2"):
        jj.fit(recipe, "ring", batch_size=1, runs=tmp_path, **options)


def test_instance_noise_is_in_deviations_of_the_data_and_fades():
    critic = Discriminator(dense((2,), (1,)), (2,), noise=0.5, fade=Linear(100))
    critic.initialise(torch.randn(5000, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 10.0]))
    x = torch.zeros(5000, 2)
    for step, level in ((0, 0.5), (50, 0.25), (100, 0.0), (10**6, 0.0)):
        with isolated("noise"):
            spread = critic.show(x, torch.tensor(step)).std(0)
        assert spread.tolist() == pytest.approx([level, 10 * level], rel=0.05)
    assert torch.equal(critic.show(x), x), "without a step, what is judged is what there is"
    critic.fade = None
    assert critic.show(x, torch.tensor(10**6)).std() > 0.5


def test_deviation_tells_a_collapsed_batch_from_a_varied_one():
    critic = build(Critic, {"name": "discriminator", "deviation": True}, inputs=(3,))
    x = torch.randn(500, 3, generator=torch.Generator().manual_seed(0))
    assert critic.network.context == 1
    critic.initialise(x)
    for scale in (1.0, 0.1):
        found = critic.with_deviation(scale * x, None)
        assert found.shape == (500, 1) and found[0].item() == pytest.approx(scale, rel=0.01)
    alike = torch.ones(4, 3, requires_grad=True)
    critic(alike).sum().backward()
    assert alike.grad.isfinite().all()


def test_the_critic_learns_the_position_and_scale_of_the_data(tmp_path):
    data = dataset()
    for name, pack in (("adversarial", 2), ("vae-gan", 1), ("aae", 1)):
        model, objective = pair(name, critic={"pack": pack} if pack > 1 else {})
        Fit(model, objective, data, Settings(batch_size=16), tmp_path, Display())
        shift = objective.critic.network.shift
        expected = data.x[data.rows("train")].mean(0).repeat(pack) if name != "aae" else torch.zeros(2)
        torch.testing.assert_close(shift, expected, rtol=0.1, atol=0.1)


@pytest.mark.parametrize("name", KINDS)
def test_a_conditional_critic_knows_the_label(name):
    model, objective = pair(name, labels=3)
    assert objective.critic.context == (0 if name == "factor" else 3)  # permuted codes belong to no label
    for player in objective.players(model):
        losses = []
        for y in (examples(classes=3).y, torch.full((24,), -1)):
            with isolated("label"):
                losses.append(objective.terms(player, model, Batch(examples().x, y, 24), STEP).loss)
        assert losses[0].isfinite() and losses[0] != losses[1]


def test_a_likelihood_that_cannot_be_made_better_is_refused():
    event = Event((4,), levels=2)
    model = LatentModel(Prior((2,)), dense((2,), (4, 1)), Bernoulli(event))
    with pytest.raises(UsageError, match=r"draw with a gradient; got 'bernoulli'\. Use --likelihood point"):
        objective_of().terms("critic", model, examples(), STEP)
    gaps = LatentModel(Prior((2,)), dense((2,), (4, 1)), Point(Event((4,), missing=True)))
    with pytest.raises(UsageError, match="whole examples"):
        objective_of().terms("critic", gaps, examples(), STEP)


@pytest.mark.parametrize(
    ("family", "spec", "complaint"),
    [
        ("critics", {"name": "discriminator", "pack": 0}, "`pack` must be at least 1"),
        ("critics", {"name": "discriminator", "noise": -1.0}, "`noise` must be at least 0"),
        ("critics", {"name": "similarity", "width": 1}, "`width` must be at least 2"),
        ("games", {"name": "minimax", "smoothing": 0.5}, "`smoothing` must be in"),
        ("penalties", {"name": "r1", "weight": -1.0}, "`weight` must be at least 0"),
        ("penalties", {"name": "gradient-penalty", "weight": -1.0}, "`weight` must be at least 0"),
        ("penalties", {"name": "clip", "limit": 0.0}, "`limit` must be positive"),
        ("objectives", {"name": "adversarial", "critic_steps": 0}, "`critic_steps` must be at least 1"),
        ("objectives", {"name": "aae", "weight": -1.0}, "`weight` must be at least 0"),
        ("objectives", {"name": "factor", "weight": -1.0}, "`weight` must be at least 0"),
        ("objectives", {"name": "vae-gan", "weight": -1.0}, "`weight` must be at least 0"),
    ],
)
def test_wrong_options_are_refused(family, spec, complaint):
    with pytest.raises(UsageError, match=complaint):
        build(jj.core.families()[family], spec, event=EVENT, latent=(2,), inputs=(2,))


def test_dcgan_says_what_to_use_for_points():
    with pytest.raises(UsageError, match=r"`dcgan` needs pictures.*Use `gan`"):
        prepare("dcgan", "ring")


def test_r1_gan_is_gan_with_the_options_that_its_page_names():
    page = jj.recipes.find("r1-gan").__doc__
    words = page.partition("`gan ")[2].partition("`")[0].split()
    options = {
        name.removeprefix("--").replace("lr-sch", "lr_sch"): v for name, v in zip(words[::2], words[1::2], strict=True)
    }
    named, own = prepare("gan", "ring", epochs=1, **options), prepare("r1-gan", "ring", epochs=1)
    assert len(options) == 6 and named.objective.spec() == own.objective.spec()
    assert named.settings == own.settings and named.model.spec() == own.model.spec()


def test_pac_gan_differs_from_gan_in_the_pack_alone():
    event = Event((28, 28, 1), "image", 0.0, 1.0)
    gan, packed = (jj.recipes.find(name)(event) for name in ("gan", "pac-gan"))
    assert packed.objective["critic"].pop("pack") == 2 and gan == packed
