"""Whether the likelihood can describe the test examples at all."""

from ..core.shapes import missing
from .base import Measurement, Subject, metric, wilson


@metric(title="Examples that the likelihood cannot describe", unit="share", full=True, better="lower")
def support(subject: Subject) -> Measurement:
    r"""Share of test examples with a value outside the support of the likelihood; 0 where all is well.

        |{x : some cell x_d is not in the support of p(x_d | z)}| / n

    Where it is not 0, no log p(x | z) of these examples means anything, and neither does a bound. `details` hold the
    share of cells ("cells"), and the smallest and largest value seen ("low", "high"). Missing cells do not count.
    Interval: Wilson's.

    Cost: one look at the test examples.

    Failure modes: values inside the support may still be unlikely for another reason, such as their scale.

    Reference:
        Loaiza-Ganem and Cunningham (2019), The continuous Bernoulli: fixing a pervasive error in variational
        autoencoders. https://arxiv.org/abs/1907.06845
    """
    x = subject.x
    gone = missing(x) if subject.dataset.event.missing else x.isnan()
    bad = ~subject.model.likelihood.support.check(x) & ~gone
    hit = bad.flatten(1).any(1).double()
    seen = x[~gone].double()
    details = {"cells": bad.double().mean().item()}
    details |= {"low": seen.min().item(), "high": seen.max().item()} if len(seen) else {}
    share = hit.mean().item()
    flag = "values that the likelihood cannot generate: nothing that is printed as a likelihood is one" if share else ""
    return Measurement(value=share, interval=wilson(hit), n=len(hit), flag=flag, details=details)
