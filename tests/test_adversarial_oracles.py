"""The adversarial family against known answers: trajectories, optimal critics, distances, singular values."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Normal

from jamjae.core import Event, build, isolated
from jamjae.core.shapes import Shape
from jamjae.critics import Critic, Discriminator
from jamjae.games import Hinge, LeastSquares, Minimax, NonSaturating, Wasserstein
from jamjae.networks import MLP, Network
from jamjae.objectives import Adversarial, Batch
from jamjae.objectives.base import Objective
from jamjae.penalties import R1, Clip, GradientPenalty

F64 = torch.float64
STEP = torch.tensor(0)


class Dirac(Critic):
    """c(x) = psi x."""

    def __init__(self, inputs: Shape = (1,), context: int = 0) -> None:
        super().__init__()
        self.inputs, self.context = inputs, context
        self.psi = nn.Parameter(torch.zeros((), dtype=F64))

    def score(self, packs: Tensor, context: Tensor | None = None) -> Tensor:
        return self.psi * packs[..., 0]


class Place(nn.Module):
    """A model that makes the one point theta."""

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(theta, dtype=F64))


class DiracGAN(Adversarial):
    """Real examples are 0, made ones are theta."""

    def contest(self, model, batch):
        from jamjae.objectives import Terms

        return torch.zeros(1, 1, dtype=F64), model.theta.reshape(1, 1), Terms

    def context(self, model, batch):
        return None


def trajectory(game, penalty, steps: int, h: float) -> list[tuple[float, float]]:
    """(theta, psi) under simultaneous gradient descent of both players, by the package's own losses."""
    critic, model = Dirac(), Place(1.0)
    objective, batch = DiracGAN(critic, game, penalty), Batch(torch.zeros(1, 1, dtype=F64), None, 1)
    found = []
    for _ in range(steps):
        found.append((model.theta.item(), critic.psi.item()))
        (of_critic,) = torch.autograd.grad(objective.terms("critic", model, batch, STEP).loss, critic.psi)
        (of_model,) = torch.autograd.grad(objective.terms("generator", model, batch, STEP).loss, model.theta)
        with torch.no_grad():
            critic.psi -= h * of_critic
            model.theta -= h * of_model
    return found


def sigmoid(t: float) -> float:
    return 1 / (1 + math.exp(-t))


def recursion(steps: int, h: float, gamma: float = 0.0, saturating: bool = True) -> list[tuple[float, float]]:
    """The same by hand: theta <- theta + h psi pull, psi <- psi - h (theta p + gamma psi), p = sigmoid(psi theta)."""
    theta, psi, found = 1.0, 0.0, []
    for _ in range(steps):
        found.append((theta, psi))
        p = sigmoid(psi * theta)
        pull = p if saturating else 1 - p
        theta, psi = theta + h * psi * pull, psi - h * (theta * p + gamma * psi)
    return found


def norms(found):
    return [math.hypot(*point) for point in found]


@pytest.mark.parametrize("saturating", [True, False])
@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_dirac_gan_follows_the_closed_recursion(gamma, saturating):
    game = Minimax() if saturating else NonSaturating()
    found = trajectory(game, R1(gamma) if gamma else None, 400, 0.1)
    expected = recursion(400, 0.1, gamma, saturating)
    assert max(abs(a - b) for u, v in zip(found, expected, strict=True) for a, b in zip(u, v, strict=True)) < 1e-12


def test_without_a_penalty_training_circles_outwards_and_r1_makes_it_converge():
    free, held = norms(recursion(2001, 0.1)), norms(recursion(2001, 0.1, gamma=1.0))
    assert free[0] == 1.0 and free[2000] == pytest.approx(3.05, abs=0.01)
    assert all(later > now for now, later in pairwise(free))
    assert held[2000] < 1e-20


class Quadratic(Network):
    """a + b x + c x^2: the logit of the optimal critic of two Gaussians."""

    def __init__(self, inputs: Shape = (1,), outputs: Shape = (1,), context: int = 0) -> None:
        super().__init__()
        self.inputs, self.outputs, self.context = inputs, outputs, context
        self.prepare()
        self.layer = nn.Linear(2, 1)

    def compute(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self.layer(torch.cat([x, x.square()], 1))


def minimised(cost, parameters) -> float:
    """The least cost, by L-BFGS."""
    optimiser = torch.optim.LBFGS(parameters, max_iter=200, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        value = cost()
        value.backward()
        return value

    optimiser.step(closure)
    return cost().item()


def test_the_trained_critic_is_the_logarithm_of_the_density_ratio():
    p, q = Normal(torch.tensor(0.5, dtype=F64), 1.0), Normal(torch.tensor(-0.5, dtype=F64), 1.5)
    with isolated("optimal critic"):
        real, fake = p.sample((100_000, 1)), q.sample((100_000, 1))
    critic, game = Discriminator(Quadratic(), (1,)).double(), NonSaturating()

    def cost():
        of_real, of_fake = game.critic(critic(real), critic(fake))
        return of_real.mean() + of_fake.mean()

    least = minimised(cost, list(critic.parameters()))
    x = torch.linspace(-2, 2, 401, dtype=F64)[:, None]
    with torch.no_grad():
        assert (critic(x) - (p.log_prob(x) - q.log_prob(x))[:, 0]).abs().max() < 0.05
    x = torch.linspace(-15, 15, 30_001, dtype=F64)
    a, b = p.log_prob(x).exp(), q.log_prob(x).exp()
    middle = (a + b) / 2
    divergence = torch.trapezoid(a * (a / middle).log() + b * (b / middle).log(), x).item() / 2
    assert least == pytest.approx(2 * math.log(2) - 2 * divergence, abs=0.01)


@pytest.mark.parametrize("shift", [0.5, 1.0])
def test_the_penalised_distance_exceeds_the_true_one_by_a_known_share(shift):
    """Two unit Gaussians m apart: W1 = m, and with the two-sided penalty m + m^2 / (2 lambda)."""
    weight = 10.0
    critic = Discriminator(MLP((1,), (1,), widths=(32,), activation="tanh"), (1,))
    torch.manual_seed(0)
    nn.init.zeros_(critic.network.layers[-1].weight)  # on a line, a critic that starts with the wrong sign cannot turn
    game, penalty = Wasserstein(), GradientPenalty(weight)
    optimiser = torch.optim.Adam(critic.parameters(), 2e-3, betas=(0.5, 0.9))
    with isolated("distance"):
        for _ in range(800):
            real, fake = torch.randn(512, 1) + shift, torch.randn(512, 1)
            of_real, of_fake = game.critic(critic(real), critic(fake))
            cost = (of_real + of_fake + penalty(critic.score, real, fake)).mean()
            optimiser.zero_grad()
            cost.backward()
            optimiser.step()
        with torch.no_grad():
            z = torch.randn(200_000, 1)
            distance = (critic(z + shift) - critic(z)).mean().item()
    assert distance == pytest.approx(shift + shift**2 / (2 * weight), rel=0.05)
    assert distance > shift


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_spectral_norm_is_the_largest_singular_value(network):
    network = {"mlp": {"name": "mlp", "widths": (5,)}, "conv": {"name": "conv", "channels": (3, 4)}}[network]
    spec = {"name": "discriminator", "spectral_norm": True, "network": network}
    critic = build(Critic, spec, inputs=(7, 5, 2)).double()
    with torch.no_grad():
        for p in critic.network.parameters():
            p.copy_(torch.randn(p.shape, generator=torch.Generator().manual_seed(p.numel()), dtype=F64))
    for _ in range(50):
        critic.after()
    divided = critic.spectral(critic.network)
    weights = {n: p for n, p in critic.network.named_parameters() if p.ndim > 1}
    assert divided.keys() == weights.keys() and len(weights) >= 2
    for name, weight in weights.items():
        assert torch.linalg.svdvals(divided[name].flatten(1))[0].item() == pytest.approx(1.0, abs=1e-3)
        largest = torch.linalg.svdvals(weight.flatten(1))[0]
        torch.testing.assert_close(divided[name] * largest, weight, rtol=1e-3, atol=1e-3)


def test_a_dense_critic_with_spectral_norm_makes_no_difference_larger():
    critic = Discriminator(MLP((6,), (1,), widths=(50, 50)), (6,), spectral_norm=True).double()
    with torch.no_grad():
        for p in critic.network.parameters():
            p *= 30
        for _ in range(50):
            critic.after()
        x, y = torch.randn(2, 2000, 6, dtype=F64)
        assert ((critic(x) - critic(y)).abs() <= 1.001 * (x - y).norm(dim=1)).all()


GAMES = [Minimax(), Minimax(0.1), NonSaturating(), NonSaturating(0.1), LeastSquares(), Hinge(), Wasserstein()]


@pytest.mark.parametrize("game", GAMES, ids=repr)
def test_the_published_equilibria(game):
    expected = {
        "minimax": (2 * math.log(2), -math.log(2)),
        "non-saturating": (2 * math.log(2), math.log(2)),
        "least-squares": (0.25, 0.125),
        "hinge": (2.0, 0.0),
        "wasserstein": (0.0, 0.0),
    }[game.name()]
    found = game.equilibrium()
    if getattr(game, "smoothing", 0) == 0.1:
        expected = (1.376, {"minimax": -0.598, "non-saturating": 0.799}[game.name()])
    assert (found["real"] + found["fake"], found["fooling"]) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.0, 4.0])
def test_off_equilibrium_losses_and_accuracy_follow_the_exact_table(shift):
    """N(0, 1) against N(m, 1) under the optimal critic: its loss, the generator's, and how often it is right."""
    table = {0.5: (1.326, 0.788, 0.60), 1.0: (1.164, 1.082, 0.69), 2.0: (0.713, 2.356, 0.84), 4.0: (0.121, 8.06, 0.98)}
    game, z = NonSaturating(), torch.randn(1_000_000, generator=torch.Generator().manual_seed(0), dtype=F64)

    def logit(x):
        return shift**2 / 2 - shift * x

    real, fake = logit(z), logit(z + shift)
    found = sum(cost.mean() for cost in game.critic(real, fake)), game.generator(fake).mean()
    right = game.accuracy(real, fake)
    accuracy = (right["accuracy_real"].mean() + right["accuracy_fake"].mean()) / 2
    assert (*(v.item() for v in found), accuracy.item()) == pytest.approx(table[shift], rel=0.01, abs=0.006)


def test_lines_for_the_plots_follow_from_the_options_in_use():
    def lines(**options):
        return build(Objective, {"name": "adversarial", **options}, event=Event((2,))).equilibrium()

    two = 2 * math.log(2)
    assert lines() == pytest.approx(
        {"critic.real": two / 2, "critic.fake": two / 2, "critic.loss": two, "generator.fooling": two / 2}
    )
    assert lines(penalty="r1") == lines()
    assert lines(game="minimax")["generator.fooling"] == pytest.approx(-math.log(2))
    smooth = {"name": "non-saturating", "smoothing": 0.1}
    assert lines(game=smooth)["critic.loss"] == pytest.approx(1.376, abs=1e-3)
    assert lines(game="wasserstein", penalty="gradient-penalty")["critic.loss"] == 0
    assert lines(game="hinge", penalty="gradient-penalty") == {} == lines(game="hinge", penalty="clip")
    aae = build(Objective, {"name": "aae", "weight": 3.0}, latent=(2,)).equilibrium()
    assert aae["fooling"] == pytest.approx(3 * math.log(2))
    assert build(Objective, "factor", latent=(2,)).equilibrium()["total_correlation"] == 0


def test_penalties_look_where_they_should():
    """With the score |x|^2 / 2 the slope at x is |x|: R1 sees the real examples, the other all points in between."""

    def score(x):
        return x.square().sum(1) / 2

    real, fake = torch.full((200_000, 1), 3.0), torch.full((200_000, 1), 7.0)
    torch.testing.assert_close(R1(2.0)(score, real, fake), torch.full((200_000,), 9.0))
    with isolated("between"):
        cost = GradientPenalty(1.0)(score, real, fake)
    assert cost.min().item() == pytest.approx(4.0, abs=0.01) and cost.max().item() == pytest.approx(36.0, abs=0.01)
    assert cost.mean().item() == pytest.approx((6**3 - 2**3) / 12, rel=0.01)


def test_clipping_bounds_every_weight():
    critic = Discriminator(MLP((2,), (1,)), (2,))
    with torch.no_grad():
        Clip(0.02).after(critic)
        assert max(p.abs().max().item() for p in critic.parameters()) == pytest.approx(0.02)
