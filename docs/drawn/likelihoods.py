"""Densities of likelihoods for one cell in four panels: real numbers, positive numbers, shares from 0 to 1, and
counts"""

import torch
from matplotlib import pyplot

from jamjae import likelihoods
from jamjae.core import Event
from jamjae.plots import style

PANELS = {
    "real numbers": (Event((1,)), torch.linspace(-5, 5, 400), {"Gaussian": 0, "Laplace": 0, "StudentT": 0}),
    "positive numbers": (Event((1,), low=0.0), torch.linspace(0.01, 5, 400), {"LogNormal": 0, "Gamma": 0}),
    "0 to 1": (Event((1,), low=0.0, high=1.0), torch.linspace(0, 1, 256), {"ContinuousBernoulli": 1.5}),
    "counts": (Event((1,), low=0.0), torch.arange(0.0, 16), {"Poisson": 4, "NegativeBinomial": 4}),
}
figure, every = pyplot.subplots(1, 4, figsize=(9, 2.4), layout="constrained")
for axes, (title, (event, x, names)) in zip(every, PANELS.items(), strict=True):
    style.quiet(axes).set_title(title, fontsize=9)
    for number, (name, feature) in enumerate(names.items()):
        part = getattr(likelihoods, name)(event)
        if title == "real numbers":
            part.initialise(torch.distributions.Normal(0, 1).icdf(torch.linspace(0.001, 0.999, 999))[:, None])
        with torch.no_grad():
            h = torch.full((1, *part.features), float(feature))
            density = part(h).log_prob(x[:, None]).exp()
        marks = {"marker": "o", "linestyle": ":", "markersize": 3} if title == "counts" else {}
        axes.plot(x, density, color=style.CLASSES[number], label=part.name(), **marks)
    axes.set(ylim=(0, None), xlabel="x")
    axes.legend(fontsize=6.5, frameon=False)
every[0].set_ylabel("p(x | z)")
