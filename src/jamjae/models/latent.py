r"""The latent model: autoencoder, variational autoencoder and generator are one class with different parts.

    p(x, z) = p(x | z) p(z),   q(z | x) from the encoder

Shapes: s = sample axes, B = batch, E = event shape, L = latent shape. Labels y are raw (B,): class numbers, -1 where
missing, or real numbers, NaN where missing.
"""

import torch
from torch import Tensor
from torch.distributions import Distribution

from ..core.divergence import draw
from ..core.errors import Undefined, require
from ..core.shapes import full
from .told import Told


class LatentModel(Told):
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
        >>> from jamjae.core import Event
        >>> event = Event((6,), levels=2)
        >>> model = LatentModel(
        ...     priors.Gaussian((2,)), networks.MLP((2,), (6, 1)), likelihoods.Bernoulli(event),
        ...     networks.MLP((6,), (2, 2)), posteriors.Gaussian((2,)))
        >>> model.reconstruct(torch.ones(5, 6)).shape
        torch.Size([5, 6])
    """

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z | x), or q(z | x, y): batch (B,), event L."""
        return self.encode_under(x, self.known(x, y))

    def encode_under(self, x: Tensor, y: Tensor | None) -> Distribution:
        """The same where no label is to be inferred: the classifier is not asked."""
        h = self.features_under(x, y)
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
        y = self.known(x, y)
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
        y = self.known(x, y)
        q = self.encode(x, y)
        assert self.posterior is not None
        return self.likelihood.point(self.decode(self.posterior.point(q), y))
