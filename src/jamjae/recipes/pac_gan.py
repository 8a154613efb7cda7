"""A dense GAN whose critic judges two examples at once."""

from ..core.event import Event
from .base import Choice, dense, generative, grey


@grey
def pac_gan(event: Event) -> Choice:
    """A dense GAN whose critic judges two examples at once, so that missing variety gives the generator away.

    Everything but the pack is as in `gan`; every other recipe with a critic can have it: `--objective.critic.pack 4`.

    Reference:
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
        https://arxiv.org/abs/1712.04086
    """
    return generative(event, dense(event), critic={"pack": 2})
