"""Random bits: the right probabilities, 0 and 1 exact, a function of the generator."""

import torch

from jamjae.data.bits import flips


def test_every_grey_value_of_eight_bits_has_its_probability() -> None:
    p = (torch.arange(256) / 255).repeat(40_000, 1)
    found = flips(p, torch.Generator().manual_seed(0)).mean(0, dtype=torch.float64)
    exact = (p[0] * 65536).ceil().double() / 65536
    z = (found - exact) / (exact * (1 - exact) / len(p)).sqrt().clamp(min=1e-9)
    assert (exact - torch.arange(256) / 255).abs().max() < 2**-16
    assert found[0] == 0 and found[255] == 1
    assert z[1:255].abs().max() < 4.5  # 254 values: a false alarm in about 1 of 600 seeds
    assert abs((z[1:255] ** 2).mean() - 1) < 0.4  # and the spread of independent draws


def test_cells_are_independent() -> None:
    bits = flips(torch.full((200_000, 8), 0.5), torch.Generator().manual_seed(1)).double()
    correlation = torch.corrcoef(bits.T) - torch.eye(8)
    assert correlation.abs().max() < 5 / 200_000**0.5


def test_the_same_seed_gives_the_same_bits_in_any_shape() -> None:
    p = torch.rand(5, 3, 2)
    first = flips(p, torch.Generator().manual_seed(3))
    assert torch.equal(first, flips(p, torch.Generator().manual_seed(3)))
    assert torch.equal(first.flatten(), flips(p.flatten(), torch.Generator().manual_seed(3)))
    assert not torch.equal(first, flips(p, torch.Generator().manual_seed(4)))
    torch.manual_seed(5)
    default = flips(p)
    torch.manual_seed(5)
    assert torch.equal(default, flips(p)) and flips(torch.zeros(0)).shape == (0,)
