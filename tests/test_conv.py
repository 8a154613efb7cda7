"""Convolutions for images of any size, in both directions."""

import pytest
import torch

from jamjae.networks import Conv
from jamjae.networks.conv import SubPixel, Transposed

SIZES = [(1, 1), (1, 5), (2, 3), (5, 7), (8, 8), (28, 28), (29, 31)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("channels", [(4,), (3, 4), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("colours", [1, 3])
def test_any_size_goes_down_and_up(size, channels, colours):
    down = Conv((*size, colours), (4, 2), channels=channels)
    up = Conv((4,), (*size, colours, 2), channels=channels)
    x = torch.randn(3, *size, colours)
    assert down(x).shape == (3, 4, 2) and not down.up
    assert up(torch.randn(2, 3, 4)).shape == (2, 3, *size, colours, 2) and up.up


def test_a_spatial_code_goes_both_ways():
    assert not Conv((16, 16, 1), (4, 4, 8, 2)).up and Conv((4, 4, 8), (16, 16, 1, 1)).up
    assert not Conv((16, 16, 1), (2, 3, 2)).up  # the features of a code of shape (2, 3)


@pytest.mark.parametrize("size", [(3, 4), (1, 1), (5, 2)], ids=str)
def test_a_sub_pixel_convolution_is_a_transposed_one(size):
    sub, transposed = SubPixel(3, 2).double(), Transposed(3, 2).double()
    torch.manual_seed(0)
    with torch.no_grad():
        sub.conv.weight.normal_()
        sub.conv.bias.zero_()
        transposed.conv.bias.zero_()
        weight = sub.conv.weight.reshape(2, 2, 2, 3, 2, 2)  # (row, column) of the new pixel, out, in, window
        for row, column, i, j in torch.cartesian_prod(*[torch.arange(2)] * 4).tolist():
            transposed.conv.weight[:, :, row + 2 - 2 * i, column + 2 - 2 * j] = weight[row, column, :, :, i, j].T
    x = torch.randn(2, 3, *size, dtype=torch.float64)
    height, width = 2 * size[0], 2 * size[1]
    torch.testing.assert_close(sub(x, height, width), transposed(x, height, width))
    torch.testing.assert_close(sub(x, height - 1, width - 1), transposed(x, height, width)[..., :-1, :-1])


@pytest.mark.parametrize("kind", [SubPixel, Transposed])
def test_a_constant_image_starts_without_a_checkerboard(kind):
    torch.manual_seed(0)
    y = kind(3, 2)(torch.ones(1, 3, 6, 6), 12, 12)[..., 2:-2, 2:-2]  # away from the padding
    torch.testing.assert_close(y, y[..., :1, :1].expand_as(y))


def test_every_pixel_sees_equally_many_old_ones():
    for kind in (SubPixel, Transposed):
        layer = kind(1, 1)
        with torch.no_grad():
            for p in layer.parameters():
                p.fill_(1.0)
        y = layer(torch.ones(1, 1, 6, 6), 12, 12)[..., 2:-2, 2:-2]
        assert y.unique().numel() == 1


def test_memory_is_channel_last_all_the_way():
    seen = []
    net = Conv((8, 8, 3), (2,), channels=(4, 5))
    for stage in net.stages:
        stage.register_forward_hook(
            lambda _, x, y: seen.append(all(t.is_contiguous(memory_format=torch.channels_last) for t in (*x, y)))
        )
    net(torch.randn(2, 8, 8, 3))
    assert seen == [True, True]


def test_all_pixels_reach_the_code_and_the_code_reaches_all_pixels():
    torch.manual_seed(0)
    down, up = Conv((7, 5, 1), (1,), activation="silu"), Conv((1,), (7, 5, 1), activation="silu")
    x, z = torch.randn(1, 7, 5, 1, requires_grad=True), torch.randn(1, 1)
    down(x).sum().backward()
    assert (x.grad != 0).all() and (up(z) != up(z + 1)).all()
