"""The Gaussian kernel."""

from torch import Tensor

from .base import Kernel


class Gaussian(Kernel):
    r"""k(a, b) = exp(-|a - b|^2 / (2 d scale)) for d axes, averaged over the scales.

    It sees differences of about its own width; distant codes hardly pull at all.

    Reference:
        Gretton et al. (2012), A kernel two-sample test. https://jmlr.org/papers/v13/gretton12a.html

    Arguments:
        scales: Widths, each > 0; at 1, the kernel is e^-1 at the average squared distance of draws from N(0, I).

    Example:
        >>> import torch
        >>> Gaussian()(torch.zeros(1, 2), torch.tensor([[0.0, 0.0], [2.0, 0.0]])).tolist()  # 1 and e^-1
        [[1.0, 0.3678794503211975]]
    """

    def __init__(self, scales: tuple[float, ...] = (1.0,)) -> None:
        super().__init__()
        self.prepare(scales)

    def profile(self, u: Tensor) -> Tensor:
        return (-u).exp()

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((0.1, 1.0, 10.0))
