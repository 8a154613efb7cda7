"""A mixture of M Gaussians."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, MixtureSameFamily, Normal

from ..core.errors import require
from ..core.product import Product
from ..core.seeds import generator
from ..core.shapes import Shape
from .base import Prior


class Mixture(Prior):
    r"""p(z) = sum_m pi_m N(z | mu_m, diag sigma_m^2).

    Means, scales and weights are learned unless `means` or `scales` are given: given ones stay as they are, so that
    you can design the space.

    Reference:
        Dilokthanakul et al. (2016), Deep unsupervised clustering with Gaussian mixture variational autoencoders.
        https://arxiv.org/abs/1611.02648

    Arguments:
        latent: Shape of z.
        components: M >= 1; left out, the number of given means, otherwise 10.
        means: M given means, each a flat list of numbers; None: learned.
        scales: M given standard deviations (> 0), one per component; None: learned per axis.
        spread: Standard deviation of the learned means at the start, > 0.

    Example:
        >>> Mixture((2,), means=((-3.0, 0.0), (3.0, 0.0)), scales=(0.5, 0.5))().mean.tolist()  # two regions by design
        [0.0, 0.0]
    """

    loc: Tensor
    log_scale: Tensor
    logits: Tensor

    def __init__(
        self,
        latent: Shape = (2,),
        components: int | None = None,
        means: tuple[tuple[float, ...], ...] | None = None,
        scales: tuple[float, ...] | None = None,
        spread: float = 1.0,
    ) -> None:
        super().__init__()
        self.latent, self.components, self.means, self.scales, self.spread = latent, components, means, scales, spread
        count = len(means or scales or range(10)) if components is None else components
        self._check(count)
        self._hold("loc", self._means(count), learned=means is None)
        self._hold("log_scale", self._log_scales(count), learned=scales is None)
        self._hold("logits", torch.zeros(count), learned=count > 1)  # a single weight is 1

    def _hold(self, name: str, value: Tensor, learned: bool) -> None:
        if learned:
            self.register_parameter(name, nn.Parameter(value))
        else:
            self.register_buffer(name, value)

    def _means(self, count: int) -> Tensor:
        if self.means is not None:
            return torch.tensor(self.means).reshape(count, *self.latent)
        return self.spread * torch.randn(count, *self.latent, generator=generator("mixture", count, self.latent))

    def _log_scales(self, count: int) -> Tensor:
        widths = torch.tensor(self.scales or [1.0] * count).log().reshape(count, *(1 for _ in self.latent))
        return widths.expand(count, *self.latent).clone()

    def _check(self, count: int) -> None:
        width = torch.Size(self.latent).numel()
        require(
            count >= 1, "`components` must be at least 1", self.components, "Pass components=1 for a single Gaussian."
        )
        require(self.spread > 0, "`spread` must be positive", self.spread)
        for name, given in (("means", self.means), ("scales", self.scales)):
            require(
                given is None or len(given) == count, f"`{name}` must have {count} entries, one per component", given
            )
        require(all(len(m) == width for m in self.means or ()), f"every mean must have {width} numbers", self.means)
        require(all(s > 0 for s in self.scales or ()), "`scales` must be positive", self.scales)

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> MixtureSameFamily:
        parts = Product(Normal(self.loc, self.log_scale.exp(), validate_args=False), len(self.latent))
        weights = Categorical(logits=self.logits, validate_args=False)
        return MixtureSameFamily(weights, parts, validate_args=False)

    @torch.no_grad()
    def fit_to(self, codes: Tensor) -> None:
        """Expectation-maximisation, unless means or scales were given; needs fewer components where codes are few."""
        from sklearn.mixture import GaussianMixture

        if not (isinstance(self.loc, nn.Parameter) and isinstance(self.log_scale, nn.Parameter)):
            return
        flat = codes.flatten(1).double().cpu().numpy()
        count = min(len(self.loc), len(flat))
        found = GaussianMixture(count, covariance_type="diag", random_state=0, max_iter=200).fit(flat)
        shape = (count, *self.latent)
        self.loc[:count] = torch.as_tensor(found.means_).reshape(shape).to(self.loc)
        self.log_scale[:count] = torch.as_tensor(found.covariances_).sqrt().log().reshape(shape).to(self.loc)
        self.logits.fill_(-1e4)[:count] = torch.as_tensor(found.weights_).clamp(min=1e-12).log().to(self.loc)

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        yield cls((1,), components=1)
        yield cls((2, 3), components=4)
        yield cls((2,), means=((-3.0, 0.0), (3.0, 0.0)), scales=(0.5, 1.0))
