"""Likeness of two codes over their distance: the Gaussian kernel falls to nothing within twice the average distance
of two draws from the prior, the inverse multiquadric has a long tail"""

import torch
from matplotlib import pyplot

from jamjae import kernels
from jamjae.plots import style

distance = torch.linspace(0, 8, 300)
points = torch.stack([distance, torch.zeros_like(distance)], 1)
figure, axes = pyplot.subplots(figsize=(6, 2.4), layout="constrained")
style.quiet(axes).set(xlabel="|a - b|, for codes of two axes", ylabel="k(a, b)", ylim=(0, 1.02))
for number, part in enumerate((kernels.Gaussian(), kernels.InverseMultiquadric())):
    axes.plot(distance, part(torch.zeros(1, 2), points)[0], color=style.CLASSES[number], label=part.name())
axes.axvline(2, color=style.INK, linewidth=0.6)
axes.text(2.05, 0.9, "draws from N(0, I):\nroot mean square distance", fontsize=7, color=style.INK)
axes.legend(fontsize=8, frameon=False)
