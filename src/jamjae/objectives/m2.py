"""The objective of the semi-supervised model M2: labels are known of some examples and inferred of the others."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import log_softmax, one_hot

from ..core.divergence import draw_and_rate
from ..core.errors import Undefined, require
from ..core.shapes import missing
from .base import Batch, Objective, Terms


class M2(Objective):
    r"""The negative bound on log p(x, y) where the label is known and on log p(x) where it is not, in nats per example,
    and what a wrong class costs.

        L(x, y) = E_q(z|x,y)[-log p(x | y, z)] + KL(q(z | x, y) || p(z)) - log p(y),   p(y) = 1 / K
        U(x)    = sum_y q(y | x) (L(x, y) + log q(y | x))
        loss    = L(x, y) - alpha log q(y | x)   with a label,   U(x)   without one

    q(y | x) is the classifier of the model's condition. The sum over the K classes is exact, so a step costs as much as
    K steps of a VAE. `alpha` is the weight of one labelled example (0.1 N / N_labelled in the paper, of N examples).
    Where labels are few, most batches would hold none: `labelled` fills a share of every batch with labelled examples,
    again and again, beside those that the order brings.

    Reference:
        Kingma, Mohamed, Rezende and Welling (2014), Semi-supervised learning with deep generative models.
        https://arxiv.org/abs/1406.5298

    Arguments:
        alpha: Weight of the classification of a labelled example, >= 0.
        labelled: Share of every batch that is kept for labelled examples, in [0, 1); 0 where all have a label.

    Example:
        >>> M2(alpha=10.0).spec()
        {'name': 'm2', 'alpha': 10.0, 'labelled': 0.5}
    """

    bound = "lower"

    def __init__(self, alpha: float = 500.0, labelled: float = 0.5) -> None:
        super().__init__()
        require(alpha >= 0, "`alpha` must be at least 0", alpha, "Pass alpha=500.")
        require(0 <= labelled < 1, "`labelled` must lie in [0, 1)", labelled, "Pass labelled=0.5.")
        self.alpha, self.labelled = alpha, labelled

    def terms(self, player: str, model: Any, batch: Batch, step: Tensor) -> Terms:
        log_q = log_softmax(model.infer(batch.x).logits, -1)
        y = model.condition.nothing(len(batch.x)) if batch.y is None else batch.y
        gone, truth = missing(y), one_hot(y.clamp(min=0), log_q.shape[-1]).to(log_q)
        share = torch.where(gone[:, None], log_q.exp(), truth)
        distortion, kl = ((share * v).sum(-1) for v in self.under_every_class(model, batch.x, log_q.shape[-1]))
        label = math.log(log_q.shape[-1]) + torch.where(gone, (share * log_q).sum(-1), 0.0)
        wrong = torch.where(gone, 0.0, -(truth * log_q).sum(-1))
        log = {"kl": (kl + label).detach()}
        return Terms(distortion=distortion, rate=kl, label=label, classification=self.alpha * wrong, log=log)

    def under_every_class(self, model: Any, x: Tensor, classes: int) -> tuple[Tensor, Tensor]:
        """-log p(x | y, z) at a draw z ~ q(z | x, y), and KL(q(z | x, y) || p(z | y)), of every class y: (B, K) each.

        Raises:
            Undefined: For codes from a codebook, which learns from the codes of all classes alike.
        """
        if model.posterior is not None and model.posterior.entries:
            raise Undefined("it takes a posterior without a codebook, such as --posterior gaussian")
        many = x.repeat(classes, *(1 for _ in x.shape[1:]))
        y = torch.arange(classes, device=x.device).repeat_interleave(len(x))
        z, kl = draw_and_rate(model.encode_under(many, y), model.latent(y))
        distortion = -model.decode(z, y).log_prob(many)
        return distortion.reshape(classes, -1).T, kl.reshape(classes, -1).T

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls(alpha=0.1, labelled=0.0)
