"""A variational autoencoder in a plain torch loop: the parts are modules, the objective is a function of a batch.

python examples/own_loop.py            a minute
python examples/own_loop.py --smoke    a second
"""

import sys

import torch

import jamjae as jj
from jamjae.objectives import Batch

EPOCHS = 1 if "--smoke" in sys.argv else 60
LATENT = (2,)

torch.manual_seed(0)
digits = jj.data.read("digits")
train = digits.rows("train")

likelihood = jj.likelihoods.Bernoulli(digits.event)
posterior = jj.posteriors.Gaussian(LATENT)
model = jj.models.LatentModel(
    prior=jj.priors.Gaussian(LATENT),
    decoder=jj.networks.MLP(LATENT, likelihood.features, widths=(128,)),
    likelihood=likelihood,
    encoder=jj.networks.MLP(digits.event.shape, posterior.features, widths=(128,)),
    posterior=posterior,
)
model.initialise(digits.take(train))  # the data's own position and scale, once
objective = jj.objectives.ELBO(beta=1.0)
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

step = torch.tensor(0)
for epoch in range(EPOCHS):
    for rows in train[torch.randperm(len(train))].split(128):
        x = digits.take(rows)  # binarised afresh
        terms = objective.terms("model", model, Batch(x, None, len(train)), step)
        optimiser.zero_grad()
        terms.loss.backward()
        optimiser.step()
        step += 1
    if epoch % 10 == 0 or epoch == EPOCHS - 1:
        parts = ", ".join(f"{name} {value.mean().item():.2f}" for name, value in terms.parts.items())
        print(f"epoch {epoch + 1}: loss {terms.loss.item():.2f} nats = {parts}")

model.eval()
with torch.no_grad():
    x, _ = digits.examples("test")
    bound = model.log_weights(x, samples=100).logsumexp(0) - torch.tensor(100.0).log()
print(f"log p(x) of test digits is at least {bound.mean().item():.2f} nats")
