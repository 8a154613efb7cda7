"""Non-saturating: the generator follows the critic's opinion where it is sure, too."""

from torch import Tensor
from torch.nn.functional import softplus

from .base import Classification


class NonSaturating(Classification):
    r"""The critic classifies, and the generator wants to be taken for real: E_made[-log D], in nats.

    Equilibrium: ln 2 + ln 2 and ln 2; with smoothing 0.1, 1.376 in sum and 0.799.

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661;
        Salimans et al. (2016), Improved techniques for training GANs. https://arxiv.org/abs/1606.03498

    Arguments:
        smoothing: Share of the real examples that is labelled as made (one-sided label smoothing), in [0, 0.5).

    Example:
        >>> found = NonSaturating(smoothing=0.1).equilibrium()
        >>> round(found["real"] + found["fake"], 3), round(found["fooling"], 3)
        (1.376, 0.799)
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        super().__init__()
        self.prepare(smoothing)

    def generator(self, fake: Tensor) -> Tensor:
        return softplus(-fake)
