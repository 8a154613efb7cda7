"""A thousand draws from four posteriors of one example with two latent axes, the encoder's numbers taken at random: a
point, an upright ellipse, a tilted ellipse, and the four corners of two bits, the more frequent ones larger"""

import torch
from matplotlib import pyplot

from jamjae import posteriors
from jamjae.plots import style

torch.manual_seed(3)
names = ("Delta", "Gaussian", "FullGaussian", "Bernoulli")
figure, every = pyplot.subplots(1, 4, figsize=(8.5, 2.4), layout="constrained")
for axes, name in zip(every, names, strict=True):
    part = getattr(posteriors, name)((2,)).eval()
    with torch.no_grad():
        z = part(torch.randn(1, *part.features)).sample((1000,))[:, 0]
    style.quiet(axes).set_title(part.name(), fontsize=9)
    z, times = z.unique(dim=0, return_counts=True)
    axes.scatter(*z.T, s=3 + times.clamp(max=500) * 0.3 * (times > 1), alpha=0.6, color=style.MAIN, linewidths=0)
    middle, reach = (0.5, 1.0) if name == "Bernoulli" else (z.mean(0), max(1.0, 1.1 * (z - z.mean(0)).abs().max()))
    low, high = torch.as_tensor(middle).expand(2) - reach, torch.as_tensor(middle).expand(2) + reach
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="z1", aspect="equal")
every[0].set_ylabel("z2")
