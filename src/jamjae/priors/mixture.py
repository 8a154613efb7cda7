"""A mixture of M Gaussians."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, Normal

from ..core.errors import require
from ..core.mixture import Mixture as Base
from ..core.product import Product
from ..core.seeds import generator
from ..core.shapes import Shape
from .base import Prior


class Mixture(Prior):
    r"""p(z) = sum_m pi_m N(z | mu_m, diag sigma_m^2).

    Means, scales and weights are learned unless `means` or `scales` are given: given ones stay as they are, so that
    you can design the space. With `by_label`, component k is the region of class k, and an example without a label
    has the whole mixture:

        p(z | y = k) = N(z | mu_k, diag sigma_k^2)

    Reference:
        Dilokthanakul et al. (2016), Deep unsupervised clustering with Gaussian mixture variational autoencoders.
        https://arxiv.org/abs/1611.02648

    Arguments:
        latent: Shape of z.
        labels: Number of classes of the condition; 0 where there are none.
        components: M >= 1; left out, the number of given means, with `by_label` that of the classes, otherwise 10.
        means: M given means, each a flat list of numbers; None: learned.
        scales: M given standard deviations (> 0), one per component or a flat list of one per axis; None: learned.
        spread: Standard deviation of the learned means at the start, > 0.
        by_label: Whether every class has a component of its own; needs a condition on classes.

    Example:
        >>> Mixture((2,), means=((-3.0, 0.0), (3.0, 0.0)), scales=(0.5, 0.5))().mean.tolist()  # two regions by design
        [0.0, 0.0]
    """

    direct = True
    loc: Tensor
    log_scale: Tensor
    logits: Tensor

    def __init__(
        self,
        latent: Shape = (2,),
        labels: int = 0,
        components: int | None = None,
        means: tuple[tuple[float, ...], ...] | None = None,
        scales: tuple[float | tuple[float, ...], ...] | None = None,
        spread: float = 1.0,
        by_label: bool = False,
    ) -> None:
        super().__init__()
        self.latent, self.labels, self.components, self.spread = latent, labels, components, spread
        self.means, self.scales, self.by_label = means, scales, by_label
        default = means or scales or range(labels if by_label else 10)
        count = len(default) if components is None else components
        self._check(count)
        if by_label:
            self.context = labels
            self.direct = False  # a fit to codes would not know which component is whose
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
        axes = torch.Size(self.latent).numel()
        rows = [torch.tensor(s, dtype=torch.get_default_dtype()).expand(axes) for s in self.scales or [1.0] * count]
        return torch.stack(rows).log().reshape(count, *self.latent)

    def _check(self, count: int) -> None:
        width = torch.Size(self.latent).numel()
        if self.by_label:
            rule = "`by_label` needs a condition on classes"
            require(self.labels >= 1, rule, self.labels, "Pass --condition label with labels that are classes.")
            rule = f"`components` must be the number of classes, {self.labels}, for by_label"
            require(count == self.labels, rule, count, "Leave it out.")
        require(
            count >= 1, "`components` must be at least 1", self.components, "Pass components=1 for a single Gaussian."
        )
        require(self.spread > 0, "`spread` must be positive", self.spread)
        for name, given in (("means", self.means), ("scales", self.scales)):
            require(
                given is None or len(given) == count, f"`{name}` must have {count} entries, one per component", given
            )
        require(all(len(m) == width for m in self.means or ()), f"every mean must have {width} numbers", self.means)
        widths = [s if isinstance(s, (list, tuple)) else (s,) * width for s in self.scales or ()]
        require(all(len(s) == width for s in widths), f"scales by axis must be {width} numbers each", self.scales)
        require(all(v > 0 for s in widths for v in s), "`scales` must be positive", self.scales)

    def forward(
        self, context: Tensor | None = None, posterior_of: Callable[[Tensor], Distribution] | None = None
    ) -> Base:
        parts = Product(Normal(self.loc, self.log_scale.exp(), validate_args=False), len(self.latent))
        weights = Categorical(logits=self._logits(context), validate_args=False)
        return Base(weights, parts.expand(weights.logits.shape), validate_args=False)

    def _logits(self, context: Tensor | None) -> Tensor:
        """ln pi, (M,); by label (B, M), where those of the other classes are ln 0."""
        if not self.by_label or context is None:
            return self.logits
        others = (context == 0) & (context != 0).any(-1, keepdim=True)
        return self.logits.expand(context.shape).masked_fill(others, -torch.inf)

    @torch.no_grad()
    def fit_to(self, codes: Tensor) -> None:
        """Expectation-maximisation, unless means, scales or labels say which component is where."""
        from sklearn.mixture import GaussianMixture

        learned = isinstance(self.loc, nn.Parameter) and isinstance(self.log_scale, nn.Parameter)
        if self.by_label or not learned:
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
        yield cls((2,), means=((-3.0, 0.0), (3.0, 0.0)), scales=((0.5, 1.0), (1.0, 2.0)))
        yield cls((2,), labels=3, by_label=True)
