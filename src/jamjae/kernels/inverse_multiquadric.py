"""The inverse multiquadric kernel."""

from torch import Tensor

from .base import Kernel


class InverseMultiquadric(Kernel):
    r"""k(a, b) = C / (C + |a - b|^2), C = 2 d scale for d axes, averaged over the scales.

    Its tails are heavy: a code far from all others still feels a pull.

    Reference:
        Tolstikhin et al. (2018), Wasserstein auto-encoders. https://arxiv.org/abs/1711.01558

    Arguments:
        scales: Widths, each > 0; the defaults are the authors' (who add up over them; here it is their mean).

    Example:
        >>> import torch
        >>> InverseMultiquadric((1.0,))(torch.zeros(1, 2), torch.tensor([[0.0, 0.0], [2.0, 0.0]])).tolist()
        [[1.0, 0.5]]
    """

    def __init__(self, scales: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)) -> None:
        super().__init__()
        self.prepare(scales)

    def profile(self, u: Tensor) -> Tensor:
        return 1 / (1 + u)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((1.0,))
