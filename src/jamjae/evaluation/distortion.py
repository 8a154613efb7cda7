"""The distortion: what the codes leave out."""

from .base import Measurement, Subject, metric, over_examples


@metric(title="What the code leaves out", unit="nats", full=True, better="lower")
def distortion(subject: Subject) -> Measurement:
    r"""Mean over test examples of the negative log-likelihood given the code, in nats per example; lower is better.

        D = E_x E_q[-log p(x | z)],   ELBO = -D - R

    A plain autoencoder has a distortion (its loss) but no rate, hence no bound on log p(x).

    Cost: one encoding and 10 decodings per test example.

    Failure modes: alone it rewards codes that copy the data; read it beside the rate. For real numbers it may
    be negative.

    Reference:
        Alemi et al. (2018), Fixing a broken ELBO. https://arxiv.org/abs/1711.00464
    """
    subject.needs_likelihood()
    return over_examples(subject.distortions, details={"draws": subject.repeats})
