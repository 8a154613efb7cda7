"""Built-in sets: what they promise, deterministic by seed."""

import math
import os
import time

import pytest
import torch

from jamjae.data import builtin, read
from jamjae.data.builtin import shapes
from jamjae.data.builtin.base import FILES

OFFLINE = ["digits", "ring", "grid", "moons", "shapes"]
published = pytest.mark.skipif("JAMJAE_DATA" not in os.environ, reason="needs JAMJAE_DATA with mnist/ in it")


def test_names_are_described():
    assert set(OFFLINE) | {"mnist", "fashion-mnist", "stacked-mnist"} == set(builtin.NAMES)
    assert all(len(about) > 20 and "\n" not in about for about in builtin.NAMES.values())


@pytest.mark.parametrize("name", OFFLINE)
def test_the_same_seed_gives_the_same_data(name):
    a, b = read(name, seed=3), read(name, seed=3)
    assert a.fingerprint == b.fingerprint
    assert all(torch.equal(a.splits[s], b.splits[s]) for s in a.splits)
    assert (read(name, seed=4).fingerprint == a.fingerprint) == (name == "digits")
    assert a.name == name and len(a.classes) == a.y.max() + 1


def test_digits():
    dataset = read("digits")
    assert (dataset.x.dtype, dataset.x.max().item(), dataset.unit) == (torch.uint8, 16, 16.0)
    assert (dataset.event.shape, dataset.event.low, dataset.event.high) == ((8, 8, 1), 0.0, 1.0)
    assert dataset.classes == tuple("0123456789")
    x = read("digits", binarise="none").take(torch.arange(1797))
    assert x.min() == 0 and x.max() == 1


def modes(name):
    if name == "ring":
        angle = torch.arange(8) * math.pi / 4
        return torch.stack([angle.cos(), angle.sin()], 1), 0.01
    lattice = torch.tensor([-4.0, -2.0, 0.0, 2.0, 4.0])
    return torch.cartesian_prod(lattice, lattice), 0.05


@pytest.mark.parametrize("name", ["ring", "grid"])
def test_modes_of_the_plane(name):
    dataset = read(name)
    centres, sigma = modes(name)
    error = (dataset.x - centres[dataset.y]) / sigma
    n = error.numel()
    assert abs(error.mean()) < 4 / n**0.5
    assert abs(error.square().mean() - 1) < 4 * (2 / n) ** 0.5
    assert torch.equal(torch.cdist(dataset.x, centres).argmin(1), dataset.y)
    share = torch.bincount(dataset.y) / len(dataset)
    k = len(centres)
    assert ((share - 1 / k).abs() < 4 * (1 / k / len(dataset)) ** 0.5).all()


def test_moons_lie_on_their_half_circles():
    dataset = read("moons")
    centre = torch.stack([dataset.y.float(), 0.5 * dataset.y.float()], 1)
    radius = (dataset.x - centre).norm(dim=1)
    assert abs(radius.mean() - 1) < 0.01 and abs(radius.std() - 0.05) < 0.005
    upper = dataset.x[dataset.y == 0]
    assert (upper[:, 1] > -0.3).all() and (dataset.x[dataset.y == 1][:, 1] < 0.8).all()


def test_shapes_carry_their_factors():
    dataset = read("shapes")
    assert dataset.factor_names == ("shape", "scale", "angle", "x", "y")
    assert dataset.factors.shape == (len(dataset), 5)
    assert torch.equal(dataset.factors[:, 0].long(), dataset.y)
    assert dataset.classes == ("square", "ellipse", "heart")
    assert torch.corrcoef(dataset.factors.T).fill_diagonal_(0).abs().max() < 4 / len(dataset) ** 0.5
    assert torch.equal(shapes.draw(dataset.factors[:20]), dataset.x[:20])


def test_shapes_are_where_and_as_large_as_the_factors_say():
    dataset = read("shapes", binarise="none")
    rows = torch.arange(600)
    ink = dataset.take(rows)[..., 0].double()
    area = ink.mean((1, 2))
    kind, scale, _, x, y = dataset.factors[rows].double().unbind(1)
    expected = scale.square() * torch.tensor([4.0, math.pi / 2, 0.0]).double()[kind.long()]
    exact = kind < 2
    assert ((area / expected - 1)[exact].abs() < 0.03).all()
    ratio = (area / scale.square())[kind == 2]  # the heart's area, too, grows as the square of its scale
    assert ratio.std() / ratio.mean() < 0.02
    centre = (torch.arange(32).double() + 0.5) / 32
    assert (((ink.sum(1) * centre).sum(1) / ink.sum((1, 2)) - x)[exact].abs() < 0.004).all()
    assert (((ink.sum(2) * centre).sum(1) / ink.sum((1, 2)) - y)[exact].abs() < 0.004).all()


def test_shapes_stay_inside_the_picture_and_have_soft_edges():
    x = read("shapes").x[..., 0]
    border = torch.cat([x[:, 0], x[:, -1], x[:, :, 0], x[:, :, -1]], 1)
    assert (border == 0).all()
    assert ((x > 0) & (x < 255)).any((1, 2)).float().mean() > 0.99


def test_every_factor_shows():
    base = torch.tensor([0.0, 0.18, 0.3, 0.5, 0.5])
    for factor, value in enumerate((2.0, 0.2, 0.8, 0.55, 0.45)):
        changed = base.clone()
        changed[factor] = value
        assert not torch.equal(*shapes.draw(torch.stack([base, changed])))


def test_published_checksums_are_whole():
    for published_set in (builtin.mnist.MNIST, builtin.fashion_mnist.FASHION):
        assert len(published_set.sha256) == len(FILES) == len(set(published_set.sha256))
        assert all(len(digest) == 64 and int(digest, 16) for digest in published_set.sha256)
        assert len(published_set.mirrors) >= 3 and all(m.endswith("/") for m in published_set.mirrors)
        assert len(published_set.classes) == 10


@published
def test_mnist():
    start = time.process_time()
    dataset = read("mnist")
    seconds = time.process_time() - start
    assert dataset.x.dtype == torch.uint8 and dataset.x.shape == (70_000, 28, 28, 1)
    assert {name: len(rows) for name, rows in dataset.splits.items()} == {
        "train": 55_000,
        "validation": 5_000,
        "test": 10_000,
    }
    assert sorted(dataset.rows("test").tolist()) == list(range(60_000, 70_000))
    assert dataset.binarise == dataset.recommended == "stochastic"
    assert torch.bincount(dataset.y[60_000:]).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert seconds < 5  # about 1 on an idle core


@published
def test_mnist_official_rows_do_not_depend_on_the_seed():
    a, b = read("mnist", seed=1), read("mnist", seed=2)
    assert a.fingerprint == b.fingerprint
    assert set(a.rows("test").tolist()) == set(b.rows("test").tolist())
    assert set(a.rows("validation").tolist()) != set(b.rows("validation").tolist())
