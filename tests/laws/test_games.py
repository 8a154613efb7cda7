"""Laws of the games: their claims about equilibrium and boundary, against a numerical optimum."""

import pytest
import torch
from discovered import examples, make, normal

GAMES = examples("games")
CLASSIFYING = examples("games", lambda one: one.boundary is not None)
SCORES = torch.linspace(-6, 6, 120_001, dtype=torch.float64)


@pytest.mark.parametrize("which", GAMES)
def test_one_cost_per_score_and_no_overflow(which):
    game = make(which)
    for score in (normal((5,)), normal((2, 3)), torch.tensor([1e4, -1e4])):
        for cost in (*game.critic(score, score + 1), game.generator(score)):
            assert cost.shape == score.shape and cost.isfinite().all()


@pytest.mark.parametrize("which", GAMES)
def test_the_critic_prefers_to_be_right_and_the_generator_that_it_is_wrong(which):
    game = make(which)
    score = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    real, fake = game.critic(score[:1], score[1:])
    slopes = torch.autograd.grad((real + fake).sum(), score)[0]
    assert slopes[0] < 0 <= slopes[1], "a real example is to be scored higher than a made one"
    (slope,) = torch.autograd.grad(game.generator(score[1:]).sum(), score)
    assert slope[1] < 0


@pytest.mark.parametrize("which", GAMES)
def test_the_equilibrium_is_the_numerical_optimum_at_equal_distributions(which):
    """Where both distributions are one, the critic can only choose one score for all."""
    game = make(which)
    costs = sum(game.critic(SCORES, SCORES))
    best = (costs <= costs.min() + 1e-12).nonzero()[:, 0]
    chosen = best[SCORES[best].abs().argmin()]
    real, fake = game.critic(SCORES[chosen], SCORES[chosen])
    found = game.equilibrium()
    assert found == pytest.approx(
        {"real": real.item(), "fake": fake.item(), "fooling": game.generator(SCORES[chosen]).item()}, abs=1e-4
    )
    assert found["real"] + found["fake"] == pytest.approx(costs.min().item(), abs=1e-8)


@pytest.mark.parametrize("ratio", [0.25, 1.0, 4.0])
@pytest.mark.parametrize("which", CLASSIFYING)
def test_the_boundary_separates_what_is_likelier_real_from_what_is_likelier_made(which, ratio):
    game = make(which)
    real, fake = game.critic(SCORES, SCORES)
    costs = ratio * real + fake
    best = SCORES[costs <= costs.min() + 1e-12]
    middle = best[(best - game.boundary).abs().argmin()].item()
    assert (middle - game.boundary) * (ratio - 1) > 0 if ratio != 1 else abs(middle - game.boundary) < 1e-4


@pytest.mark.parametrize("which", GAMES)
def test_accuracy_is_the_share_on_the_right_side_and_left_out_without_a_boundary(which):
    game = make(which)
    real, fake = torch.tensor([5.0, 5.0, -5.0]), torch.tensor([[5.0, -5.0], [-5.0, -5.0]])
    found = game.accuracy(real, fake)
    if game.boundary is None:
        assert found == {}
    else:
        assert found["accuracy_real"].mean().item() == pytest.approx(2 / 3)
        assert found["accuracy_fake"].mean().item() == pytest.approx(3 / 4)
