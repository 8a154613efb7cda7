"""Draws from three priors beside codes in the shape of two interleaved half circles: the Gaussian knows nothing of
them, the mixture covers them with ten heaps, the flow, trained on them, follows both arcs with a thin bridge or
two"""

import torch
from matplotlib import pyplot

from jamjae import data, priors
from jamjae.plots import style

torch.manual_seed(0)
codes = data.read("moons").examples("train", 4000)[0].flatten(1)
codes = 1.2 * (codes - codes.mean(0)) / codes.std(0)
mixture, flow = priors.Mixture((2,), components=10), priors.Flow((2,))
mixture.fit_to(codes)
optimiser = torch.optim.Adam(flow.parameters(), lr=5e-3)
for _ in range(400):
    loss = -flow().log_prob(codes[torch.randint(len(codes), (256,))]).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
with torch.no_grad():
    drawn = {part.name(): part().sample((1500,)) for part in (priors.Gaussian((2,)), mixture, flow)}
figure, every = pyplot.subplots(1, 4, figsize=(9, 2.5), layout="constrained")
for axes, (title, points) in zip(every, {"codes": codes[:1500], **drawn}.items(), strict=True):
    style.quiet(axes).set_title(title, fontsize=9)
    axes.scatter(*points.T, s=2, color=style.OTHER if title == "codes" else style.MAIN, linewidths=0)
    axes.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xlabel="z1")
every[0].set_ylabel("z2")
