"""A generative adversarial network of dense layers."""

from ..core.event import Event
from .base import Choice, dense, generative, grey


@grey
def gan(event: Event) -> Choice:
    """A generative adversarial network of dense layers: a critic learns to tell examples from made ones, a generator to
    fool it.

    Nothing holds the critic back, so it may lose modes or never settle; `r1-gan` has the same networks and does.

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661
    """
    return generative(event, dense(event))
