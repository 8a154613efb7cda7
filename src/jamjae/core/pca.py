"""Principal component analysis: the linear code that every learned code is measured against."""

from dataclasses import dataclass

import torch
from torch import Tensor

EXACT = 1000  # columns or rows up to which the decomposition is exact; beyond it, a randomised one


@dataclass(frozen=True)
class PCA:
    r"""The linear autoencoder of least squared error: code = (x - mean) axes^T, restored = mean + code axes.

    Arguments:
        mean: Mean of the examples, (D,).
        axes: Orthonormal directions of largest variance, (width, D).
        variances: Eigenvalues of the covariance (divided by n, not n - 1) along them, falling, (width,).

    Reference:
        Jolliffe and Cadima (2016), Principal component analysis: a review. https://doi.org/10.1098/rsta.2015.0202

    Example:
        >>> x = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [2.0, 2.0], [-2.0, -2.0]])
        >>> round(principal_components(x, 1).variances.item(), 4)
        5.0
    """

    mean: Tensor
    axes: Tensor
    variances: Tensor

    def encode(self, x: Tensor) -> Tensor:
        """Codes (n, width) of x (n, *event); missing cells count as the mean."""
        return centred(x, self.mean) @ self.axes.T

    def decode(self, codes: Tensor) -> Tensor:
        """Rows (n, D) of codes (n, width)."""
        return self.mean + codes @ self.axes

    def draw(self, n: int) -> Tensor:
        """Rows (n, D) of the Gaussian on these axes, with the variances along them; draws from torch's generator."""
        return self.decode(torch.randn(n, len(self.axes)).to(self.axes) * self.variances.sqrt())

    def reconstruct(self, x: Tensor) -> Tensor:
        """x (n, *event) through its code and back."""
        return self.decode(self.encode(x)).reshape(x.shape)


def centred(x: Tensor, mean: Tensor) -> Tensor:
    """x (n, *event) as rows minus the mean, in its precision; 0 where a cell is missing."""
    return (x.flatten(1).to(mean) - mean).nan_to_num(0.0)


def principal_components(x: Tensor, width: int) -> PCA:
    """The `width` leading axes of x (n, *event); at most as many as there are rows or columns.

    Cost: O(min(n, D)^3) up to 1,000 rows or columns, a randomised O(n D width) beyond (it draws from torch's
    generator).
    """
    rows = x.flatten(1)
    rows = rows if rows.is_floating_point() else rows.float()
    mean = rows.nanmean(0).nan_to_num(0.0)
    rows = centred(rows, mean)
    width = min(width, *rows.shape)
    if min(rows.shape) <= EXACT:
        _, s, v = torch.linalg.svd(rows, full_matrices=False)
    else:
        _, s, v = torch.svd_lowrank(rows, q=min(width + 10, *rows.shape), niter=4)
        v = v.mT
    return PCA(mean, v[:width], s[:width].square() / len(rows))
