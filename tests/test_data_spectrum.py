"""The spectrum: numpy's covariance, whatever the shape; and the collapse prediction of the linear VAE."""

import numpy as np
import pytest
import torch

from jamjae.core import UsageError
from jamjae.data import eigenvalues, predict_axes, read

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(60, 5), (20, 40), (30, 4, 3), (25, 3, 3, 3), (40,)])
def test_eigenvalues_are_those_of_the_covariance(shape):
    dataset = read(RNG.normal(size=shape) + 5)
    x, _ = dataset.examples("train")
    expected = np.linalg.eigvalsh(np.cov(x.flatten(1).double().numpy().T, bias=True).reshape(x[0].numel(), -1))[::-1]
    found = eigenvalues(dataset)
    assert found.dtype == torch.float64 and found.shape == (dataset.event.cells,)
    np.testing.assert_allclose(found, expected.clip(0), atol=1e-10)
    assert (found >= 0).all() and (found.diff() <= 0).all()


def test_total_variance():
    x, _ = read("digits", binarise="none").examples("train")
    assert eigenvalues(read("digits", binarise="none")).sum().item() == pytest.approx(
        x.flatten(1).double().var(0, correction=0).sum().item()
    )


def test_the_model_s_view_counts():
    grey, binary = (eigenvalues(read("digits", binarise=how)) for how in ("none", "stochastic"))
    assert binary.sum() > grey.sum()  # the noise of binarisation adds to the diagonal
    eight_bit = RNG.integers(0, 256, (50, 2, 2), dtype="u1")
    torch.testing.assert_close(eigenvalues(read(eight_bit)), eigenvalues(read(eight_bit / 255)), rtol=1e-5, atol=0)


def test_a_limit_takes_fewer_examples():
    dataset = read(RNG.normal(size=(100, 3)))
    assert not torch.equal(eigenvalues(dataset, 20), eigenvalues(dataset))
    with pytest.raises(UsageError, match="`limit` must be at least 2; got 1"):
        eigenvalues(dataset, 1)


def test_prediction_is_the_optimum_of_the_linear_vae():
    """Minimise the exact linear ELBO per axis: KL > 0 if and only if lambda > beta sigma^2."""
    values, beta_sigma2 = torch.tensor([3.0, 1.5, 0.9, 0.2]).double(), 1.0
    assert predict_axes(values, beta_sigma2) == 2
    weight = torch.linspace(0, 3, 3001).double()[
        :, None
    ]  # decoder weight w, the optimal encoder for it, sigma = beta = 1
    posterior = 1 / (1 + weight**2)
    mean2 = values * (weight * posterior) ** 2  # E[mu^2] over the data
    error = values - 2 * weight**2 * posterior * values + weight**2 * (mean2 + posterior)
    loss = 0.5 * error + 0.5 * (mean2 + posterior - 1 - posterior.log())
    best = weight[loss.argmin(0), 0]
    assert int((best > 0.02).sum()) == 2
    torch.testing.assert_close(best[:2], (values[:2] - 1).sqrt(), atol=2e-3, rtol=0)


@pytest.mark.parametrize(("threshold", "axes"), [(0.0, 3), (0.5, 2), (1.0, 1), (2.0, 0)])
def test_prediction_counts_strictly_above(threshold, axes):
    assert predict_axes(torch.tensor([2.0, 1.0, 0.5]), threshold) == axes


def test_a_negative_threshold_is_refused():
    with pytest.raises(UsageError, match="`beta_sigma2` must not be negative"):
        predict_axes(torch.ones(2), -1.0)
