"""How many latent axes move when the example changes, and how many linear theory expects."""

import torch
from torch import Tensor

from ..core.errors import Undefined
from ..data.spectrum import predict_axes
from ..likelihoods.gaussian import Gaussian
from ..posteriors.gaussian import Gaussian as GaussianPosterior
from ..priors.gaussian import Gaussian as GaussianPrior
from .base import Measurement, Subject, bootstrap, metric

THRESHOLD = 0.01


@metric(title="Axes of the code that react to the example", unit="axes")
def active_units(subject: Subject) -> Measurement:
    r"""Number of latent axes whose posterior mean varies over the test examples; `details` holds every variance.

        AU = #{j : Var_x(E_q z_j) > 0.01}

    Interval: bootstrap over test examples, 500 resamples. Baseline: the number that a linear model of the same
    training data keeps, #{j : lambda_j > beta sigma^2} with lambda the eigenvalues of the data's covariance.
    Theory gives it only for a Gaussian likelihood of fixed sigma, a diagonal Gaussian posterior and the
    standard Gaussian prior; elsewhere there is no baseline and `details` say why.

    Cost: one encoding per test example, and a PCA of at most 10,000 training examples for the baseline.

    Failure modes: the threshold assumes a prior of unit variance. Undefined for a plain autoencoder, whose
    codes have no scale. Few active units alone are no fault.

    Reference:
        Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. https://arxiv.org/abs/1509.00519;
        Lucas et al. (2019), Don't blame the ELBO! https://arxiv.org/abs/1911.02469
    """
    means = posterior_means(subject)
    centred = means - means.mean(0)

    def count(rows: Tensor) -> Tensor:
        return active(centred[rows])

    why = no_theory(subject)
    baseline, nats = (None, []) if why else prediction(subject)
    return Measurement(
        value=float(active(centred)),
        interval=bootstrap(count, len(means)),
        n=len(means),
        baseline=baseline,
        baseline_name="" if why else "linear model",
        details={
            "variances": means.var(0).tolist(),
            "axes": means.shape[1],
            "predicted_nats": nats,
            "no_baseline": why,
        },
    )


def active(means: Tensor) -> Tensor:
    """Number of axes whose variance over the rows (n, axes) is above the threshold."""
    return torch.sum(means.var(0) > THRESHOLD)


def posterior_means(subject: Subject) -> Tensor:
    """E_q z of every test example, (n, axes)."""

    def f(x: Tensor, y: Tensor | None) -> Tensor:
        q = subject.model.encode(x, y)
        if subject.certain:
            raise Undefined("codes without a spread have no natural scale, so a variance of 0.01 means nothing")
        means = q.mean.flatten(1)
        if not (means.is_floating_point() and means.isfinite().all()):
            raise Undefined("this posterior has no mean")
        return means

    return subject.sweep("posterior_means", f, subject.rows)


def no_theory(subject: Subject) -> str:
    """Why linear theory does not predict this model's active units; empty where it does."""
    model = subject.model
    if subject.objective_name != "elbo":
        return f"theory covers the objective elbo; this is {subject.objective_name}"
    if not (isinstance(model.likelihood, Gaussian) and model.likelihood.variance == "fixed"):
        return "theory covers a Gaussian likelihood with variance='fixed' only; a learned sigma keeps every axis"
    if not (isinstance(model.prior, GaussianPrior) and isinstance(model.posterior, GaussianPosterior)):
        return "theory covers the Gaussian prior with the diagonal Gaussian posterior"
    if model.condition is not None:
        return "theory covers models that are told nothing: what the label explains needs no axis"
    return "theory covers complete data only" if subject.dataset.event.missing else ""


def prediction(subject: Subject) -> tuple[float, list[float]]:
    """Live axes of the optimal linear model, and KL_j = max(0, ln(lambda_j / (beta sigma^2)) / 2) of each, in nats."""
    assert isinstance(subject.model.likelihood, Gaussian) and subject.pca is not None
    noise = subject.beta * subject.model.likelihood.deviation().square().item()
    nats = (subject.pca.variances.double() / noise).clamp(min=1.0).log() / 2
    return float(predict_axes(subject.pca.variances, noise)), nats.tolist()
