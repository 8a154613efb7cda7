"""The parts of a latent model, and what happens to them besides gradient steps."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Self

from torch import Tensor
from torch.distributions import Distribution

from ..conditions.base import Condition
from ..core.catalogue import build
from ..core.component import Component
from ..core.errors import require
from ..core.event import Event
from ..likelihoods.base import Likelihood
from ..networks.base import Network
from ..posteriors.base import Posterior
from ..priors.base import Prior

START = 1000  # examples that a posterior's start looks at


class Parts(Component, ABC):
    """Base of the latent model: it holds the parts, starts them from data, takes over trained ones, and hands them the
    statistics from which they learn without gradient."""

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

    @abstractmethod
    def features(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Encoder features of x (B, *E), (B, *posterior.features)."""

    def initialise(self, x: Tensor, y: Tensor | None = None) -> None:
        if self.condition is not None and y is not None:
            self.condition.learn(y)
        for part in (None if self.adopted else self.encoder, self.likelihood, self.prior, self.condition):
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
