"""Discriminator: a network that gives the score, and what it is shown."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.func import functional_call

from ..core.catalogue import build
from ..core.errors import require
from ..core.shapes import Shape, full
from ..networks.base import Network
from ..schedules.base import Schedule
from ._discriminator_spectral import Spectral
from .base import Critic


class Discriminator(Critic):
    r"""score = network(x, context). Options say what it is shown, and how steep it may be; all of them combine.

    With `pack` it judges several examples at once, joined along their last axis, so that missing variety shows. With
    `deviation` the context holds one more number: the mean over the cells of their standard deviation over the batch.
    Instance noise is added to real and made examples alike; with `fade` it falls as 1 - fade(step).

    Reference:
        Goodfellow et al. (2014), Generative adversarial networks. https://arxiv.org/abs/1406.2661;
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
        https://arxiv.org/abs/1712.04086;
        Miyato et al. (2018), Spectral normalization for generative adversarial networks.
        https://arxiv.org/abs/1802.05957;
        Karras et al. (2018), Progressive growing of GANs. https://arxiv.org/abs/1710.10196;
        Sønderby et al. (2017), Amortised MAP inference for image super-resolution. https://arxiv.org/abs/1610.04490

    Arguments:
        network: Gives the score.
        inputs: Shape of what is judged.
        context: Width C of the context vector; 0 for none.
        pack: Examples that share a score, >= 1.
        spectral_norm: Whether every weight matrix is divided by its largest singular value, so that no layer makes
            differences larger.
        deviation: Whether the variety of the batch is shown (minibatch standard deviation).
        noise: Standard deviation of the instance noise, in deviations of the data, >= 0.
        fade: How the noise falls; None: it stays.

    Example:
        >>> critic = build(Critic, {"name": "discriminator", "pack": 2}, inputs=(3,))
        >>> critic(torch.zeros(8, 3)).shape, critic.network.inputs
        (torch.Size([4]), (6,))
    """

    parts: ClassVar[dict[str, Any]] = {"network": {"name": "mlp"}}

    def __init__(
        self,
        network: Network,
        inputs: Shape = (2,),
        context: int = 0,
        pack: int = 1,
        spectral_norm: bool = False,
        deviation: bool = False,
        noise: float = 0.0,
        fade: Schedule | None = None,
    ) -> None:
        super().__init__()
        require(pack >= 1, "`pack` must be at least 1", pack, "Pass pack=2.")
        require(noise >= 0, "`noise` must be at least 0", noise, "Pass noise=0.1.")
        self.network, self.inputs, self.context, self.pack = network, inputs, context, pack
        self.spectral_norm, self.deviation, self.noise, self.fade = spectral_norm, deviation, noise, fade
        self.spectral = Spectral(network) if spectral_norm else None

    @classmethod
    def inner(cls, known: dict[str, Any]) -> dict[str, Any]:
        *outer, last = known["inputs"]
        pack = max(known["pack"], 1)  # the constructor refuses less
        return {
            "inputs": (*outer, pack * last),
            "outputs": (1,),
            "context": pack * known["context"] + bool(known["deviation"]),
        }

    @property
    def group(self) -> int:
        return 2 * self.pack if self.deviation else self.pack  # one pack alone has no deviation

    def initialise(self, x: Tensor) -> None:
        self.network.initialise(torch.cat([x] * self.pack, -1))

    def show(self, x: Tensor, step: Tensor | None = None) -> Tensor:
        packs = super().show(x, step)
        if self.noise == 0 or step is None:
            return packs
        level = self.noise if self.fade is None else self.noise * (1 - self.fade(step))
        return packs + level * self.network.scale * torch.randn_like(packs)

    def score(self, packs: Tensor, context: Tensor | None = None) -> Tensor:
        context = self.with_deviation(packs, context) if self.deviation else context
        if self.spectral is None:
            scores = self.network(packs, context)
        else:
            scores = functional_call(self.network, self.spectral(self.network), (packs, context))
        return full(scores)[..., 0]

    def with_deviation(self, packs: Tensor, context: Tensor | None) -> Tensor:
        """The context (n, C) with the deviation of the batch as its last number, (*s, n, C + 1)."""
        at = packs.ndim - len(self.inputs) - 1
        spread = (packs.var(at, correction=0) / self.network.scale.square() + 1e-8).sqrt()  # at 0 a root has no slope
        lead = packs.shape[: at + 1]
        mean = spread.flatten(at).mean(-1)[..., None, None].expand(*lead, 1)
        return mean if context is None else torch.cat([context.expand(*lead, -1), mean], -1)

    def after(self) -> None:
        if self.spectral is not None:
            self.spectral.advance(self.network)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        small = {"name": "mlp", "widths": (8,), "activation": "tanh"}
        for inputs, context, options in (
            ((4,), 0, {}),
            ((2,), 3, {"pack": 2, "spectral_norm": True}),
            ((3, 2, 1), 2, {"pack": 3, "deviation": True, "noise": 0.1, "fade": "linear"}),
        ):
            yield build(Critic, {"name": cls.name(), "network": small, **options}, inputs=inputs, context=context)
