"""Laws of the kernels: a similarity that defines a distance between distributions."""

import pytest
import torch
from discovered import examples, make, normal, rebuilt

KERNELS = examples("kernels")
D = torch.float64


@pytest.mark.parametrize("which", KERNELS)
def test_equal_codes_have_similarity_one_and_others_less(which):
    kernel, a = make(which), normal((9, 3), dtype=D)
    k = kernel(a, a)
    assert k.shape == (9, 9) and torch.equal(k.diagonal(), torch.ones(9, dtype=D))
    assert (k > 0).all() and (k[~torch.eye(9, dtype=torch.bool)] < 1).all()
    assert torch.equal(k, k.T)
    torch.testing.assert_close(kernel(a, a[:4]), k[:, :4], rtol=1e-12, atol=0)


@pytest.mark.parametrize("which", KERNELS)
def test_it_is_positive_definite(which):
    kernel, a = make(which), normal((60, 2), dtype=D)
    assert torch.linalg.eigvalsh(kernel(a, a)).min() > -1e-12


@pytest.mark.parametrize("which", KERNELS)
def test_the_profile_is_completely_monotone(which):
    """Its derivatives alternate in sign, up to the fourth: so it is a mixture of exponentials (Bernstein)."""
    u = torch.linspace(0.0, 20.0, 101, dtype=D, requires_grad=True)
    value, sign = make(which).profile(u), 1
    for _ in range(5):
        assert (sign * value > 0).all()
        (value,) = torch.autograd.grad(value.sum(), u, create_graph=True)
        sign = -sign


@pytest.mark.parametrize("which", KERNELS)
def test_similarity_falls_with_distance_to_nothing_and_is_the_same_everywhere(which):
    kernel, zero = make(which), torch.zeros(1, 2, 3)
    along = kernel(zero, torch.tensor([0.0, 0.1, 1.0, 10.0, 1e3, 1e18])[:, None, None] * torch.ones(2, 3))[0]
    assert (along.diff() <= 0).all() and along[0] == 1 and along[-1] < 1e-9 and along.isfinite().all()
    a, b = normal((4, 2, 3), 1, D), normal((5, 2, 3), 2, D)
    torch.testing.assert_close(kernel(a + 100, b + 100), kernel(a, b), rtol=1e-10, atol=0)


@pytest.mark.parametrize("which", KERNELS)
def test_gradients_are_right_and_zero_between_equal_codes(which):
    kernel = make(which)
    a, b = normal((3, 2), 1, D).requires_grad_(), normal((4, 2), 2, D)
    assert torch.autograd.gradcheck(lambda v: kernel(v, b), (a,))
    (slope,) = torch.autograd.grad(kernel(a, a.detach()).diagonal().sum(), a)
    assert torch.equal(slope, torch.zeros_like(slope))


@pytest.mark.parametrize("which", KERNELS)
def test_rebuilt_kernel_is_the_same(which):
    kernel, a = make(which), normal((4, 2))
    assert torch.equal(rebuilt(kernel)(a, a), kernel(a, a))
