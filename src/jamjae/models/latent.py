r"""The latent model: autoencoder, variational autoencoder and generator are one class with different parts.

    p(x, z) = p(x | z) p(z),   q(z | x) from the encoder

Shapes: s = sample axes, B = batch, E = event shape, L = latent shape. Labels y are raw (B,): class numbers, -1 where
missing, or real numbers, NaN where missing.
"""

from collections.abc import Mapping
from typing import Self

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..conditions.base import Condition
from ..core.catalogue import build
from ..core.component import Component
from ..core.divergence import draw
from ..core.errors import DataError, Undefined, require
from ..core.event import Event
from ..core.shapes import full, missing
from ..likelihoods.base import Likelihood
from ..networks.base import Network
from ..posteriors.base import Posterior
from ..priors.base import Prior

START = 1000  # examples that a posterior's start looks at


class LatentModel(Component):
    r"""A prior, a decoder with a likelihood, and (unless it only generates) an encoder with a posterior.

    Reference:
        Kingma and Welling (2014), Auto-encoding variational Bayes. https://arxiv.org/abs/1312.6114

    Arguments:
        prior: p(z).
        decoder: Network from z `latent` to the likelihood's `features`.
        likelihood: p(x | z).
        encoder: Network from x to the posterior's `features`; None for a model that only generates.
        posterior: q(z | x); None without an encoder.
        condition: What encoder, decoder and prior are told about an example; None for nothing.

    Example:
        >>> from jamjae import likelihoods, networks, posteriors, priors
        >>> event = Event((6,), levels=2)
        >>> model = LatentModel(
        ...     priors.Gaussian((2,)), networks.MLP((2,), (6, 1)), likelihoods.Bernoulli(event),
        ...     networks.MLP((6,), (2, 2)), posteriors.Gaussian((2,)))
        >>> model.reconstruct(torch.ones(5, 6)).shape
        torch.Size([5, 6])
    """

    def __init__(
        self,
        prior: Prior,
        decoder: Network,
        likelihood: Likelihood,
        encoder: Network | None = None,
        posterior: Posterior | None = None,
        condition: Condition | None = None,
    ) -> None:
        super().__init__()
        if posterior is not None:
            rule = f"the prior {prior.name()} and the posterior {posterior.name()} must have codes of the same kind"
            kinds = f"{prior.support} and {posterior.support}"
            require(prior.support is posterior.support, rule, kinds, "Choose --prior and --posterior together.")
            same = prior.entries == posterior.entries
            counts = f"{prior.entries} and {posterior.entries}"
            require(same, "prior and posterior must have equally many `entries`", counts, "Build both for one book.")
        self.prior, self.decoder, self.likelihood = prior, decoder, likelihood
        self.encoder, self.posterior, self.condition = encoder, posterior, condition
        self.adopted = self.frozen = False

    @property
    def event(self) -> Event:
        """What one example is."""
        return self.likelihood.event

    def initialise(self, x: Tensor, y: Tensor | None = None) -> None:
        if self.condition is not None and y is not None:
            self.condition.learn(y)
        for part in (None if self.adopted else self.encoder, self.likelihood, self.prior):
            if part is not None:
                part.initialise(x)
        if self.posterior is not None and not self.adopted:
            self.posterior.start(lambda: self.features(x[:START], None if y is None else y[:START]))

    def adopt(self, weights: Mapping[str, Tensor], frozen: bool) -> None:
        """Take weights of encoder and posterior from another model; from now on they have no data-dependent start.

        If `frozen`, they never change: no gradient, no running mean, no relaxation.
        """
        self.load_state_dict({**self.state_dict(), **weights})
        self.adopted, self.frozen = True, frozen
        for part in (self.encoder, self.posterior):
            if part is not None and frozen:
                part.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for part in (self.encoder, self.posterior):
            if part is not None and self.frozen:
                part.eval()
        return self

    def context(self, y: Tensor | None) -> Tensor | None:
        """What the parts are told about labels y (B,): (B, C); None without a condition.

        Raises:
            DataError: If the model needs labels and there are none.
        """
        if self.condition is None:
            return None
        if y is None:
            raise DataError("this model is conditional: pass labels `y`, one per example (-1 where unknown)")
        c: Tensor = self.condition(y)
        return c

    def features(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Encoder features of x (B, *E), (B, *posterior.features)."""
        if self.encoder is None:
            raise Undefined("this model only generates: it has no encoder")
        if self.event.missing:  # a missing cell enters at its column's mean
            x = torch.where(missing(x), self.encoder.shift, x)
        return full(self.encoder(x, self.context(y)))

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z | x): batch (B,), event L."""
        return self._posterior(self.features(x, y))

    def _posterior(self, h: Tensor) -> Distribution:
        if self.posterior is None:
            raise Undefined("this model only generates: it has no posterior")
        with torch.autocast(h.device.type, enabled=False):
            q: Distribution = self.posterior(h)
        return q

    def decode(self, z: Tensor, y: Tensor | None = None) -> Distribution:
        """p(x | z): z (*s, B, *L) to batch (*s, B), event E. Never takes x."""
        h = full(self.decoder(z, self.context(y)))
        with torch.autocast(h.device.type, enabled=False):
            p: Distribution = self.likelihood(h)
        return p

    def latent(self, y: Tensor | None = None) -> Distribution:
        """p(z), or p(z | y): batch () or (B,), event L."""
        p: Distribution = self.prior(self.context(y), self.unlabelled if self.encoder is not None else None)
        return p if self.posterior is None else self.posterior.lift(p)

    def unlabelled(self, x: Tensor) -> Distribution:
        """q(z | x) of examples that have no label: pseudo-inputs."""
        return self.encode(x, None if self.condition is None else self.condition.nothing(len(x)))

    def log_joint(self, x: Tensor, z: Tensor, y: Tensor | None = None, prior: Distribution | None = None) -> Tensor:
        """log p(x, z), (*s, B), in nats."""
        p = self.latent(y) if prior is None else prior
        return self.decode(z, y).log_prob(x) + p.log_prob(z)

    def log_weights(self, x: Tensor, samples: int, y: Tensor | None = None, q: Distribution | None = None) -> Tensor:
        """log p(x, z_k) - log q(z_k | x) for `samples` draws z_k ~ q, (samples, B), in nats. Encodes once.

        Raises:
            Undefined: If the posterior or the likelihood is a point.
        """
        q = self.encode(x, y) if q is None else q
        z, log_q = draw(q, (samples,))
        return self.log_joint(x, z, y) - log_q

    def sample(self, n: int, y: Tensor | None = None, noise: bool = False) -> Tensor:
        """n examples (n, *E) from z ~ p(z): the likelihood's point, or with `noise` a draw from p(x | z).

        A conditional model without labels draws them as often as training saw them.
        """
        z, y = self.draw(n, y)
        x = self.decode(z, y)
        return x.sample() if noise else self.likelihood.point(x)

    def draw(self, n: int, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """n codes z ~ p(z), (n, *L), and their labels (n,): those given, or drawn as often as training saw them."""
        if self.condition is not None:
            y = self.condition.draw(n) if y is None else y
            require(len(y) == n, "`y` must hold one label per example", tuple(y.shape), "Pass n labels.")
        p = self.latent(y)
        return (p.sample((n,)) if p.batch_shape == () else p.sample()), y

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """x through the posterior's point and back, (B, *E); deterministic."""
        q = self.encode(x, y)
        assert self.posterior is not None
        return self.likelihood.point(self.decode(self.posterior.point(q), y))

    def statistics(self, x: Tensor, q: Distribution, p: Distribution) -> dict[str, dict[str, Tensor]]:
        """What `update` needs of a batch, for the parts that learn without gradient."""
        of_q = {} if self.posterior is None else self.posterior.statistics(q)
        return {"posterior": of_q, "likelihood": self.likelihood.statistics(p, x)}

    def update(self, statistics: dict[str, dict[str, Tensor]]) -> None:
        """Hand each part its statistics, after the optimiser's step."""
        if self.posterior is not None and not self.frozen:
            self.posterior.update(statistics["posterior"])
        self.likelihood.update(statistics["likelihood"])

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        for event, likelihood in (
            (Event((2,)), "gaussian"),
            (Event((3, 2, 1), "image", 0.0, 1.0, levels=2), "bernoulli"),
        ):
            p = build(Likelihood, likelihood, event=event)
            q = build(Posterior, "gaussian", latent=(2,))
            encoder = build(Network, {"name": "mlp", "widths": (8,)}, inputs=event.shape, outputs=q.features)
            decoder = build(Network, {"name": "mlp", "widths": (8,)}, inputs=(2,), outputs=p.features)
            yield cls(build(Prior, "gaussian", latent=(2,)), decoder, p, encoder, q)
