"""The mixture prior: by design, by gradient, and fitted to codes."""

import torch

from jamjae.priors import Mixture


def clusters(n=400):
    torch.manual_seed(0)
    left = torch.tensor([-3.0, 0.0]) + 0.3 * torch.randn(n // 4, 2)
    right = torch.tensor([3.0, 1.0]) + 0.6 * torch.randn(3 * n // 4, 2)
    return torch.cat([left, right])


def test_fit_to_recovers_two_separate_clusters():
    prior = Mixture((2,), components=2)
    prior.fit_to(clusters())
    order = prior.loc[:, 0].argsort()
    torch.testing.assert_close(prior.loc[order], torch.tensor([[-3.0, 0.0], [3.0, 1.0]]), atol=0.15, rtol=0)
    scales = prior.log_scale.exp()[order]
    torch.testing.assert_close(scales, torch.tensor([[0.3, 0.3], [0.6, 0.6]]), atol=0.08, rtol=0)
    torch.testing.assert_close(prior().mixture_distribution.probs[order], torch.tensor([0.25, 0.75]), atol=0.01, rtol=0)


def test_fit_to_reaches_the_likelihood_of_the_true_mixture():
    codes, prior = clusters(), Mixture((2,), components=2)
    truth = Mixture((2,), means=((-3.0, 0.0), (3.0, 1.0)), scales=(0.3, 0.6))
    with torch.no_grad():
        truth.logits.copy_(torch.tensor([0.25, 0.75]).log())
    prior.fit_to(codes)
    assert prior().log_prob(codes).mean() > truth().log_prob(codes).mean()


def test_fit_to_with_fewer_codes_than_components_leaves_the_rest_without_weight():
    prior = Mixture((2,), components=10)
    prior.fit_to(torch.tensor([[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]]))
    assert (prior().mixture_distribution.probs[3:] == 0).all() and prior().sample((50,)).isfinite().all()


def test_fit_to_repeats_itself_and_leaves_the_random_state_alone():
    first, second = Mixture((2,), components=3), Mixture((2,), components=3)
    codes, state = clusters(), torch.get_rng_state()
    first.fit_to(codes)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(5)
    second.fit_to(codes)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_fit_to_keeps_shaped_codes_apart():
    prior = Mixture((2, 3), components=1)
    torch.manual_seed(1)
    target = torch.arange(6.0).reshape(2, 3)
    prior.fit_to(target + 0.1 * torch.randn(500, 2, 3))
    torch.testing.assert_close(prior.loc[0], target, atol=0.03, rtol=0)


def test_a_designed_mixture_stays_as_designed():
    prior = Mixture((2,), means=((-3.0, 0.0), (3.0, 0.0)), scales=(0.5, 1.0))
    assert set(dict(prior.named_parameters())) == {"logits"}
    before = prior().log_prob(clusters())
    prior.fit_to(clusters())
    assert torch.equal(prior().log_prob(clusters()), before)
    z = prior().sample((4000,))
    assert 0.45 < (z[:, 0] > 0).float().mean() < 0.55 and abs(z[z[:, 0] < 0].std(0)[1] - 0.5) < 0.05


def test_one_component_has_no_weight_to_learn():
    assert "logits" not in dict(Mixture((1,), components=1).named_parameters())


def test_new_mixtures_are_equal_whatever_the_random_state():
    torch.manual_seed(1)
    first = Mixture((3,), components=4, spread=2.0)
    torch.manual_seed(2)
    assert torch.equal(first.loc, Mixture((3,), components=4, spread=2.0).loc)
    torch.testing.assert_close(first.loc, 2 * Mixture((3,), components=4).loc)
