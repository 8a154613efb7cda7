"""How many latent axes theory keeps alive, before a step is taken."""

from dataclasses import dataclass, replace

import torch

from ...data.dataset import SPLITS, Dataset
from ...data.spectrum import eigenvalues, predict_axes
from ...likelihoods import Bernoulli
from ...likelihoods import Gaussian as GaussianLikelihood
from ...models.latent import LatentModel
from ...objectives import ELBO
from ...objectives.base import Objective
from ...posteriors import Gaussian as GaussianPosterior
from ...priors import Gaussian as GaussianPrior

WIDEST = 4000  # cells up to which the eigenvalues take a moment only


@dataclass(frozen=True)
class Survival:
    """A prediction.

    Arguments:
        axes: How many latent axes survive; None where theory does not say.
        why: The reason, in words.
        noise: beta sigma^2, or beta of a Bernoulli likelihood, for a distortion of weight 1; None without a prediction.
        largest: The largest eigenvalue that it is compared with.
        remedy: What to lower, in words.
    """

    axes: int | None = None
    why: str = "no prediction: nobody asked for one"
    noise: float | None = None
    largest: float | None = None
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.why}. {self.remedy}" if self.remedy else self.why


def survival(model: LatentModel, objective: Objective, dataset: Dataset, widest: int = WIDEST) -> Survival:
    """How many latent axes linear theory keeps alive, where it holds.

    An axis lives if its eigenvalue of the data's covariance exceeds beta sigma^2 (Gaussian likelihood of fixed sigma).
    For a Bernoulli likelihood the same argument around the mean, with the correlation matrix and beta, is trusted only
    where it leaves no axis at all.

    Reference:
        Lucas et al. (2019), Don't blame the ELBO! https://arxiv.org/abs/1911.02469

    Arguments:
        model: Its parts count, not its weights.
        objective: What training minimises.
        dataset: Its training split.
        widest: Cells of an example up to which the eigenvalues are computed.
    """
    if reason := silent(model, objective, dataset, widest):
        return Survival(None, f"no prediction: {reason}")
    assert isinstance(objective, ELBO)
    likelihood, beta, width = model.likelihood, objective.beta / objective.distortion, model.prior.shape[0]
    if isinstance(likelihood, GaussianLikelihood):
        return _gaussian(dataset, beta * float(likelihood.sigma or 1.0) ** 2, width)
    return _bernoulli(dataset, beta)


def silent(model: LatentModel, objective: Objective, dataset: Dataset, widest: int) -> str:
    """Why theory says nothing; empty where it speaks."""
    likelihood = model.likelihood
    if type(objective) is not ELBO or 0 in (objective.beta, objective.distortion):  # a subclass minimises another thing
        return f"nothing in the objective {objective.name()} is known to switch axes off"
    usual = isinstance(model.prior, GaussianPrior) and isinstance(model.posterior, GaussianPosterior)
    if not usual or len(model.prior.shape) > 1:
        return "theory covers the gaussian prior with the gaussian posterior"
    if model.condition is not None:
        return "what the label explains needs no axis, and theory does not know how much that is"
    if objective.free_bits:
        return "free bits keep axes open"
    if dataset.event.cells > widest:
        return f"examples have more than {widest:,} values"
    fixed = isinstance(likelihood, GaussianLikelihood) and likelihood.variance == "fixed"
    if not fixed and not isinstance(likelihood, Bernoulli):
        return f"theory covers a fixed sigma, and this is {likelihood.name()} with a learned one"
    return ""


def _gaussian(dataset: Dataset, noise: float, width: int) -> Survival:
    spectrum = eigenvalues(dataset)
    count, largest = min(width, predict_axes(spectrum, noise)), spectrum[0].item()
    rule = f"an axis lives if its variance in the data exceeds beta sigma^2 = {noise:.4g}; the largest is {largest:.4g}"
    if count == 0:
        remedy = "Lower --objective.beta or --likelihood.sigma."
        return Survival(0, f"0 of {width} will survive: {rule}", noise, largest, remedy)
    return Survival(count, f"about {count} of {width} will survive: {rule}", noise, largest)


def _bernoulli(dataset: Dataset, beta: float) -> Survival:
    largest = eigenvalues(standardised(dataset))[0].item()
    if largest > beta:
        why = "total collapse is not predicted; for a bernoulli likelihood theory says no more"
        return Survival(None, why, beta, largest)
    why = f"no axis will survive: beta = {beta:g} exceeds the largest eigenvalue of the correlations, {largest:.3g}"
    return Survival(0, why, beta, largest, "Lower --objective.beta.")


def standardised(dataset: Dataset) -> Dataset:
    """The training split as the model sees it, every cell with variance 1 (0 where it never changes)."""
    x, _ = dataset.examples("train", 10_000)
    x = x.to(torch.float32)
    x = (x - x.mean(0)) / x.std(0).clamp(min=1e-6)
    event = replace(dataset.event, low=float("-inf"), high=float("inf"), levels=0)
    rows = {s: torch.arange(len(x)) if s == "train" else torch.arange(0) for s in SPLITS}
    return replace(dataset, x=x, y=None, event=event, unit=1.0, binarise="none", splits=rows)
