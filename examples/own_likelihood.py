"""A likelihood of your own: the Gumbel, for maxima (floods, peak loads). Defined here, it can be chosen by name.

python examples/own_likelihood.py            seconds
python examples/own_likelihood.py --smoke    a second
"""

import argparse
import tempfile

import numpy as np
from torch import Tensor
from torch.distributions import Gumbel as Base
from torch.nn.functional import softplus

import jamjae as jj
from jamjae.core import Event, Product


class Gumbel(jj.likelihoods.Likelihood):
    """p(x | z) = prod_d Gumbel(x_d | m_d, b_d), in nats; position m and scale b come from the decoder.

    Reference:
        Gumbel (1958), Statistics of extremes. https://doi.org/10.7312/gumb92958

    Arguments:
        event: What one example is.
    """

    channels = 2  # decoder outputs per cell: m, raw b

    def __init__(self, event: Event = Event()) -> None:
        super().__init__()
        self.event = event

    def forward(self, h: Tensor) -> Product:
        position, raw = h.unbind(-1)
        return self.cells_of(Base(position, 1e-3 + softplus(raw), validate_args=False))


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--smoke", action="store_true", help="one epoch, in a temporary folder")
smoke = parser.parse_args().smoke
where = {"runs": tempfile.mkdtemp()} if smoke else {}

# Yearly maxima of eight stations that share the weather of the year.
random = np.random.default_rng(0)
weather = random.normal(size=(2000, 1))
x = 2.0 * weather + random.gumbel(size=(2000, 8))

for likelihood in ("gaussian", "gumbel"):
    run = jj.fit("vae", x, latent=1, likelihood=likelihood, epochs=1 if smoke else 60, name=likelihood, **where)
    print(likelihood, run.evaluate(["elbo"])["elbo"])
