"""An adversarial autoencoder."""

from ..core.event import Event
from .base import Choice, dense, recipe, spec, variational


@recipe
def aae(event: Event) -> Choice:
    """An adversarial autoencoder: a critic of the codes takes the place of the KL, so any prior can be imposed.

    The critic is held flat at the prior's draws; without that it wins, and the autoencoder learns to flee from it.

    Reference:
        Makhzani et al. (2016), Adversarial autoencoders. https://arxiv.org/abs/1511.05644
    """
    critic = spec("discriminator", network={**dense(event), "activation": "leaky-relu"})
    objective = spec("aae", critic=critic, penalty=spec("r1", weight=1.0))
    return variational(event, posterior=spec("delta"), objective=objective, fit={"optimiser.betas": "0.5,0.999"})
