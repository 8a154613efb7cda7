"""A convolutional GAN."""

from ..core.errors import require
from ..core.event import Event
from .base import Choice, generative, grey, spec


@grey
def dcgan(event: Event) -> Choice:
    """A GAN of strided convolutions for pictures of any size, without pooling.

    Normalised over each example where the paper normalises over the batch: generator and critic then treat an example
    the same in any company, and no running statistics stand between training and use. A penalty holds the critic flat
    at the data; without it (`--objective.penalty none`) the critic wins for the first passes over MNIST.

    Reference:
        Radford, Metz and Chintala (2016), Unsupervised representation learning with deep convolutional generative
        adversarial networks. https://arxiv.org/abs/1511.06434;
        Mescheder, Geiger and Nowozin (2018), Which training methods for GANs do actually converge?
        https://arxiv.org/abs/1801.04406
    """
    require(event.kind == "image", "`dcgan` needs pictures (height, width, channels)", event.shape, "Use `gan`.")
    return generative(event, spec("conv", norm=True), penalty=spec("r1", weight=1.0))
