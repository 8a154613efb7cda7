"""What six games cost as functions of the critic's score: the critic's costs of real examples fall with the score or
have their lowest point at the wanted value, those of made ones rise, and the maker's cost falls"""

import torch
from matplotlib import pyplot

from jamjae import games
from jamjae.plots import style

score = torch.linspace(-4, 4, 200)
kinds = (games.NonSaturating, games.Minimax, games.LeastSquares, games.Hinge, games.Wasserstein, games.DensityRatio)
figure, every = pyplot.subplots(2, 3, figsize=(8, 4), layout="constrained", sharex=True)
for axes, kind in zip(every.flat, kinds, strict=True):
    game = kind()
    real, fake = game.critic(score, score)
    for number, (title, cost) in enumerate(
        {"critic, real": real, "critic, made": fake, "maker": game.generator(score)}.items()
    ):
        axes.plot(score, cost, ("-", "--", ":")[number], color=style.CLASSES[number], label=title)
    style.quiet(axes).set_title(game.name(), fontsize=9)
    axes.set_ylim(-4, 6)
every[0, 0].legend(fontsize=7, frameon=False)
for axes in every[1]:
    axes.set_xlabel("score")
for axes in every[:, 0]:
    axes.set_ylabel("cost")
