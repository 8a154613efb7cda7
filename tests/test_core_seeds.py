"""Draws depend on the key and on nothing else; the caller's random state is given back."""

import subprocess
import sys

import pytest
import torch

from jamjae.core import isolated, reseed, seed_for
from jamjae.core.seeds import generator


def test_the_same_key_gives_the_same_seed_in_every_process():
    code = "from jamjae.core.seeds import seed_for; print(seed_for(7, 'model', 12))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(other) == seed_for(7, "model", 12)


def test_keys_do_not_run_into_each_other():
    keys = [(1, 23), (12, 3), ("1", 23), (1, "23"), (123,), ("a", "b"), ("ab",)]
    assert len({seed_for(*key) for key in keys}) == len(keys)
    assert all(0 <= seed_for(n) < 2**32 for n in range(100))


def test_isolated_draws_are_repeatable_and_leave_no_trace():
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    with isolated("a", 1):
        first = torch.rand(3)
    assert torch.equal(torch.rand(4), expected)
    with isolated("a", 1):
        assert torch.equal(torch.rand(3), first)
    with isolated("a", 2):
        assert not torch.equal(torch.rand(3), first)


def test_isolated_gives_the_state_back_after_an_error():
    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError), isolated("a"):
        torch.rand(3)
        _ = 1 / 0
    assert torch.equal(torch.get_rng_state(), before)


def test_reseed_is_manual_seed():
    with isolated("outer"):
        reseed("k")
        drawn = torch.rand(3)
        torch.manual_seed(seed_for("k"))
        assert torch.equal(torch.rand(3), drawn)
    assert torch.equal(torch.rand(3, generator=generator("k")), drawn)
