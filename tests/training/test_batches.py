"""Batches are full, of one shape, a function of (seed, step), and show every example once an epoch."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from conftest import small_data
from jamjae.training.batches import Batches


@given(size=st.integers(1, 40), seed=st.integers(0, 3))
def test_an_epoch_shows_every_example_once(size: int, seed: int) -> None:
    batches = Batches(small_data(), size, seed)
    shown = torch.cat([batches.indices(step) for step in range(40)])
    assert all(len(batches.indices(step)) == size for step in range(3))
    for epoch in range(len(shown) // 40):
        assert sorted(shown[epoch * 40 : (epoch + 1) * 40].tolist()) == list(range(40))


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, second = Batches(small_data(), 7, 0), Batches(small_data(), 7, 0)
    for step in range(12):
        first.batch(step)
    assert torch.equal(first.batch(5).x, second.batch(5).x)
    assert not torch.equal(first.batch(5).x, Batches(small_data(), 7, 1).batch(5).x)


def test_binarisation_is_fresh_at_every_step_and_right_on_average() -> None:
    dataset = small_data()
    batches = Batches(dataset, 40, 0)
    draws = []
    for step in range(400):
        order = batches.indices(step).argsort()
        draws.append(batches.batch(step).x[order])
    assert not torch.equal(draws[0], draws[1])
    grey = dataset.scaled(dataset.rows("train"))
    z = (torch.stack(draws).mean(0) - grey) / (grey * (1 - grey) / 400).sqrt().clamp(min=1e-3)
    assert z.abs().max() < 5  # 360 cells, 5 standard errors


def test_labels_stay_with_their_examples() -> None:
    dataset = small_data()
    batch = Batches(dataset, 40, 0)
    rows = batch.indices(3)
    assert torch.equal(batch.batch(3).y, dataset.y[rows])
