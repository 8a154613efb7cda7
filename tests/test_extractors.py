"""What samples are compared by: features that keep their promises, and views that are shared and say who disagrees."""

from dataclasses import replace

import pytest
import torch

from jamjae.core import Event, Undefined, isolated
from jamjae.data import Dataset, read
from jamjae.evaluation import evaluate
from jamjae.evaluation.base.controls import controls, passing, tried
from jamjae.evaluation.base.extractors import Extractor, extractors
from jamjae.evaluation.base.neighbours import balls, inside, nearest, radii, squared
from jamjae.evaluation.base.views import Score, blind, comparable, disagreement, headline, look
from sampled import subject

JUDGES = ["kid", "frechet", "coverage", "density", "c2st", "ndb", "birthday", "memorisation"]


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def names(event, x):
    return [e.name for e in extractors(event, x, None)]


def test_which_extractor_comes_first():
    assert names(Event((8, 8, 1), kind="image", low=0.0, high=1.0), normal(60, 8, 8, 1)) == [
        "random-convolution"
    ] * 5 + ["whitened"]
    assert names(Event((3,)), normal(60, 3)) == ["columns", "whitened"]
    digits = read("digits")
    found = subject(digits, digits.scaled(torch.arange(100))).extractors
    assert found[0].name == "random-convolution" and found[-1].name == "classifier"


def test_whitened_features_have_unit_variance_and_leave_out_axes_that_do_not_move():
    x = normal(2000, 4) * torch.tensor([100.0, 1.0, 0.01, 0.0])
    whitened = extractors(Event((4,)), x, None)[-1](x)
    assert whitened.shape == (2000, 3)
    assert torch.allclose(whitened.T.cov(correction=0), torch.eye(3).double(), atol=1e-3)


def test_columns_do_not_depend_on_their_units_but_pictures_keep_them():
    x, unit = normal(500, 3), torch.tensor([1.0, 1e3, 1e-3])
    plain, scaled = (extractors(Event((3,)), v, None)[0](v) for v in (x, x * unit))
    assert torch.allclose(plain, scaled, atol=1e-4) and plain.std(0).mean() == pytest.approx(1.0, abs=0.01)


def test_many_columns_become_few_components_that_keep_their_proportions():
    x = normal(700, 200) @ torch.diag(torch.linspace(3, 0.1, 200))
    see = extractors(Event((200,), levels=2), x, None)[0]  # of bits, columns are not scaled
    assert see(x).shape == (700, 64)
    assert see(x).var(0).max() > 1.5 * see(x).var(0).min()


def test_random_convolutions_are_the_same_for_everybody_and_differ_by_seed():
    x = torch.rand(80, 12, 12, 3, generator=torch.Generator().manual_seed(0))
    first, again = (extractors(Event((12, 12, 3), kind="image", low=0.0, high=1.0), x, None) for _ in range(2))
    assert all(torch.equal(a(x), b(x)) for a, b in zip(first, again, strict=True))
    assert not torch.allclose(first[0](x), first[1](x))
    assert torch.allclose(first[0](x)[:7], first[0](x[:7]), atol=1e-4)  # an example's features are its own
    assert first[0](x).mean().abs() < 1e-4 and 0.8 < first[0](x).std(0).mean() < 1.1


def test_distances_neighbours_and_balls_are_those_of_plain_loops():
    a, b = normal(30, 3).double(), normal(700, 3, seed=1).double()
    b[5] = a[7]
    plain = torch.stack([(row - b).square().sum(1) for row in a])
    assert torch.allclose(torch.cat(list(squared(a, b))), plain, atol=1e-9)
    assert torch.cat(list(squared(a, b)))[7, 5] == 0
    assert torch.equal(nearest(a, b)[1], plain.argmin(1))
    own = torch.stack([(row - b).square().sum(1).sort().values for row in b])
    assert torch.allclose(radii(b, 5), own[:, 5], atol=1e-9)
    ball = balls(b, 5)
    assert ball.max().item() == pytest.approx(own[:, 5].median().item())
    many, held = inside(a, b, ball)
    assert torch.equal(many, (plain <= ball).sum(1)) and torch.equal(held, (plain <= ball).sum(0))


def test_views_hold_equally_many_and_refuse_too_few():
    found = extractors(Event((2,)), normal(400, 2), None)
    view = look(found, normal(300, 2), normal(70, 2), normal(400, 2))[0]
    assert len(view.made) == len(view.real) == len(view.known) == 70
    with pytest.raises(Undefined, match="49 examples are too few"):
        look(found, normal(300, 2), normal(49, 2), normal(400, 2))


def test_categories_are_not_compared():
    with pytest.raises(Undefined):
        comparable(Event((2,), levels=3))
    comparable(Event((2,), levels=2))
    comparable(Event((2,), missing=True))


def test_repetitions_are_averaged_and_disagreement_is_told():
    scores = {"one": [Score(1.0, 0.8, 1.2, 0.0), Score(2.0, 1.6, 2.4, 1.0)], "two": [Score(0.0, -0.2, 0.2, 0.5)]}
    m = headline(scores, 60, {}, baseline_name="training examples")
    assert m.value == 1.5 and m.interval == pytest.approx((1.2, 1.8)) and m.baseline == 0.5 and m.n == 60
    assert m.details["by_extractor"]["one"]["spread"] == pytest.approx(0.5**0.5)
    assert m.flag == "extractor-dependent: above the baseline by one, below it by two"
    assert not disagreement({"one": Score(1.0, 0.8, 1.2, 0.0), "two": Score(0.0, -0.2, 0.2, 0.0)})


def test_an_extractor_that_is_fooled_has_no_say():
    scores = {"one": [Score(1.0, 0.8, 1.2, 0.0)], "two": [Score(0.0, -0.2, 0.2, 0.5)], "three": [Score(1.0, 0.9, 1.1)]}
    m = headline(scores, 60, {"one": "shrunk"}, baseline_name="training examples")
    assert (
        m.value == 0.0
        and m.details["extractor"] == "two"
        and not m.flag
        and set(m.details["by_extractor"]) == {*scores}
    )
    m = headline(scores, 60, dict.fromkeys(scores, "pca"), baseline_name="training examples")
    assert m.value == 1.0 and not m.flag
    assert blind(m).flag == "every extractor takes pictures that are no data (pca) for data"
    assert blind(headline(scores, 60, {"one": "pca"})).flag == ""


def test_an_extractor_is_fooled_by_what_it_cannot_tell_from_data(stripes):
    data, fresh = stripes
    blind = Extractor("blind", lambda x: x.flatten(1)[:, 70:71])  # one pixel in the middle
    with isolated(0):
        *random, whitened = extractors(data.event, data.x[:400], None)
        found = {see.name: see.fooled for see in tried([*random, whitened, blind], fresh)}
    assert not found["random-convolution"] and found["whitened"] and found["blind"]
    with isolated(0):
        made = controls(fresh)
        passed = passing(blind, fresh)
    assert all(x.shape == fresh.shape and x.min() >= 0 and x.max() <= 1 for x in made.values())
    assert torch.allclose(made["shrunk"] - fresh.mean(0), (fresh - fresh.mean(0)) / 2, atol=1e-6)
    assert torch.equal(made["shuffled"].sort(0).values, fresh.sort(0).values) and passed["shuffled"] > 0.9
    low = (made["pca"] - fresh.mean(0)).flatten(1)
    energy = torch.linalg.svdvals(low).square()
    assert energy[:10].sum() > 0.9 * energy.sum()  # all of it, but for what the cut to [0, 1] adds


def pictures(n=800):
    """Stripes of a random slope, place and strength."""
    random = torch.Generator().manual_seed(0)
    angle, place, strength = torch.rand(3, n, 1, 1, generator=random)
    y, x = torch.meshgrid(torch.linspace(-1, 1, 12), torch.linspace(-1, 1, 12), indexing="ij")
    across = x * (3.14 * angle).cos() + y * (3.14 * angle).sin() - place + 0.5
    made = (0.5 + 0.5 * strength) * (-20 * across.square()).exp()
    rows = torch.arange(n)
    splits = {"train": rows[: n // 2], "validation": rows[:0], "test": rows[n // 2 :]}
    return Dataset("stripes", Event((12, 12, 1), kind="image", low=0.0, high=1.0), made[..., None], None, splits)


@pytest.fixture(scope="module")
def stripes():
    return pictures(), pictures(2000).x[800:]


def test_the_headline_ranks_spoilt_pictures_below_real_ones(stripes):
    """Controls that whitened components fail: the headline of pictures must not be theirs."""
    data, fresh = stripes
    mean = data.x.mean(0)
    noise = (mean + 0.1 * normal(1200, 12, 12, 1)).clamp(0, 1)
    spoilt = {"half": (fresh + mean) / 2, "noise": noise, "one": fresh[:1]}
    real = evaluate(subject(data, fresh), ["kid", "coverage", "c2st", "ndb"])
    assert real["coverage"].interval[0] < 1 < real["coverage"].interval[1] and real["c2st"].value < 0.6
    assert not any(m.flag for m in real.values())
    for x in spoilt.values():
        m = evaluate(subject(data, x), ["kid", "coverage", "c2st", "ndb"])
        assert m["kid"].interval[0] > real["kid"].interval[1]
        assert m["coverage"].interval[1] < 0.5 and "mode collapse" in m["coverage"].flag
        assert m["c2st"].interval[0] > 0.9 and m["ndb"].value > 2 * real["ndb"].value
        assert m["kid"].details["extractor"] == "random-convolution"


def test_features_are_made_once(stripes, monkeypatch):
    data, fresh = stripes
    made = subject(data, fresh)
    views = made.views
    evaluate(made, ["kid", "frechet"])
    assert made.views is views


def test_where_nothing_can_be_compared_no_judge_has_a_number():
    data = Dataset(
        "dice",
        Event((2,), levels=6),
        torch.randint(6, (200, 2), generator=torch.Generator().manual_seed(0)),
        None,
        {"train": torch.arange(100), "validation": torch.arange(0), "test": torch.arange(100, 200)},
    )
    found = evaluate(subject(data, data.x), JUDGES)
    assert all(m.value is None and "categories" in m.reason for m in found.values())
    small = replace(pictures(), splits={"train": torch.arange(300), "test": torch.arange(300, 330)})
    small = replace(small, splits=small.splits | {"validation": torch.arange(0)})
    assert all("too few" in m.reason for m in evaluate(subject(small, small.x), JUDGES).values())
