"""Scores of two discriminators over the plane after 300 steps against Gaussian noise, real points being two half
circles in white: without spectral normalisation the score falls steeply away from the arcs, with it no slope can grow,
and the scores stay within a fraction of that range"""

import torch
from matplotlib import pyplot

from jamjae import critics, data, games, networks

real = data.read("moons").examples("train", 4000)[0].flatten(1)
real = (real - real.mean(0)) / real.std(0)
spans = []
side = torch.linspace(-3, 3, 120)
plane = torch.cartesian_prod(side, side)
figure, every = pyplot.subplots(1, 2, figsize=(7, 3), layout="constrained")
for axes, normalised in zip(every, (False, True), strict=True):
    torch.manual_seed(0)
    critic = critics.Discriminator(networks.MLP((2,), (1,)), (2,), spectral_norm=normalised)
    optimiser = torch.optim.Adam(critic.parameters(), lr=2e-3)
    for _ in range(300):
        x = real[torch.randint(len(real), (128,))]
        costs = games.NonSaturating().critic(critic(x), critic(torch.randn(128, 2)))
        optimiser.zero_grad()
        sum(cost.mean() for cost in costs).backward()
        optimiser.step()
        critic.after()
    with torch.no_grad():
        score = critic(plane).reshape(120, 120).T
    spans.append((score.max() - score.min()).item())
    field = axes.contourf(side, side, score, 20, cmap="cividis")
    axes.scatter(*real[:400].T, s=1, color="white", linewidths=0)
    axes.set_title("spectral_norm = true" if normalised else "spectral_norm = false", fontsize=9)
    axes.set(aspect="equal", xlabel="x1")
    figure.colorbar(field, ax=axes, label="score")
every[0].set_ylabel("x2")
assert spans[1] < spans[0] / 4, spans
