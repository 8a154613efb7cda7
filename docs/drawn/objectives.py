"""Codes of digits on two latent axes, coloured by class, after training on four objectives: with reconstruction alone
they spread far beyond the prior's circles, with elbo, mmd and aae they fill them"""

import numpy as np
from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import style

recipes = {"reconstruction": "ae", "elbo": "vae", "mmd": "wae", "aae": "aae"}
angle = np.linspace(0, 2 * np.pi, 100)
figure, every = pyplot.subplots(1, 4, figsize=(9, 2.5), layout="constrained")
for axes, (title, recipe) in zip(every, recipes.items(), strict=True):
    run = jj.fit(recipe, "digits", latent=2, epochs=40)
    assert run.spec["objective"]["name"] == title
    codes, labels = run.codes()
    style.quiet(axes).set_title(title, fontsize=9)
    axes.scatter(*codes.T, s=3, c=[style.colour(int(label)) for label in labels], linewidths=0)
    for radius in (1, 2):
        axes.plot(radius * np.cos(angle), radius * np.sin(angle), color="black", linewidth=0.6)
    axes.set(xlabel="z1", aspect="equal", adjustable="datalim")
every[0].set_ylabel("z2")
