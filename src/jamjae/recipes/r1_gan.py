"""A dense GAN whose critic is held flat at the data."""

from dataclasses import replace

from ..core.event import Event
from .base import Choice, dense, generative, grey, spec


@grey
def r1_gan(event: Event) -> Choice:
    """A dense GAN that settles: its critic is held flat at the data, the learning rate falls, and the generator in use
    is the running mean.

    Networks and game are those of `gan`. It is the same as `gan --objective.penalty r1 --objective.penalty.weight 0.1
    --lr 2e-3 --lr-schedule linear --optimiser.betas 0,0.99 --ema 0.999`.

    Reference:
        Mescheder, Geiger and Nowozin (2018), Which training methods for GANs do actually converge?
        https://arxiv.org/abs/1801.04406
    """
    choice = generative(event, dense(event), penalty=spec("r1", weight=0.1))
    fit = {"lr": 2e-3, "lr_schedule": "linear", "optimiser.betas": "0,0.99", "ema": 0.999}
    return replace(choice, fit=fit, steps=20_000)
