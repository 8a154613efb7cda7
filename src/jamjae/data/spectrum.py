"""The eigenvalues of the data, and how many latent axes they can keep alive."""

import torch
from torch import Tensor

from ..core.errors import require
from .dataset import Dataset


def eigenvalues(dataset: Dataset, limit: int = 10_000) -> Tensor:
    r"""Eigenvalues of the covariance of the training split, as the model sees it; (cells,) float64, descending.

        S = (1 / n) sum_i (x_i - m)(x_i - m)^T

    With fewer examples than cells the n x n matrix of inner products has the same positive eigenvalues; the others are
    0. The time grows as min(n, cells)^3.

    Arguments:
        dataset: The data, under their binarisation: with "stochastic" its noise is part of what the model sees.
        limit: At most so many training examples n.

    Example:
        >>> from jamjae.data import read
        >>> line = torch.arange(10.0)[:, None] * torch.tensor([1.0, 0.0])  # all variance along the first axis
        >>> eigenvalues(read(line))[1].item()
        0.0
    """
    require(limit >= 2, "`limit` must be at least 2", limit)
    x, _ = dataset.examples("train", limit)
    x = x.flatten(1).double()
    n, cells = x.shape
    x = (x - x.mean(0)) / n**0.5
    found = torch.linalg.eigvalsh(x.T @ x if cells <= n else x @ x.T).clamp(min=0.0).flip(0)
    return torch.cat([found, found.new_zeros(cells - len(found))])


def predict_axes(eigenvalues: Tensor, beta_sigma2: float) -> int:
    r"""How many latent axes a linear VAE keeps alive: the number of eigenvalues lambda_j > beta sigma^2.

    At the optimum of a linear VAE with a Gaussian likelihood of fixed variance sigma^2 and weight beta on the rate,
    axis j is alive if and only if lambda_j > beta sigma^2, and then

        KL_j = 1/2 ln(lambda_j / (beta sigma^2)) nats,   Var(mu_j) = 1 - beta sigma^2 / lambda_j.

    The prediction is for fixed sigma only: with a learned sigma and beta = 1 the linear model keeps every axis.

    Reference:
        Lucas, Tucker, Grosse and Norouzi (2019), Don't blame the ELBO! A linear VAE perspective on posterior collapse.
        https://arxiv.org/abs/1911.02469

    Arguments:
        eigenvalues: Of the covariance of the data, in the model's units.
        beta_sigma2: beta sigma^2 >= 0. A mean squared error over D cells stands for beta sigma^2 = D / 2.

    Example:
        >>> predict_axes(torch.tensor([5.0, 1.2, 0.3]), 1.0)
        2
        >>> predict_axes(torch.tensor([5.0, 1.2, 0.3]), 784 / 2)  # mean over 784 pixels: everything collapses
        0
    """
    require(beta_sigma2 >= 0, "`beta_sigma2` must not be negative", beta_sigma2)
    return int((eigenvalues > beta_sigma2).sum())
