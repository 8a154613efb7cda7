"""Left, what two penalties cost over the slope of a critic: gradient-penalty has its lowest point at slope 1, r1 at
slope 0. Right, what clip makes of a weight: it stays within 0.01 of 0"""

import torch
from matplotlib import pyplot

from jamjae import penalties
from jamjae.plots import style

slopes, weights = torch.linspace(0, 2.5, 101), torch.linspace(-0.03, 0.03, 100)
figure, (left, right) = pyplot.subplots(1, 2, figsize=(7.5, 2.4), layout="constrained")
x = torch.randn(4, 1)
for number, part in enumerate((penalties.GradientPenalty(weight=1.0), penalties.R1(weight=1.0))):
    costs = [part(lambda rows, a=a: a * rows.flatten(), x, x + 1).mean().item() for a in slopes]
    left.plot(slopes, costs, color=style.CLASSES[number], label=f"{part.name()}, weight 1")
style.quiet(left).set(xlabel="slope of the score", ylabel="cost")
left.legend(fontsize=8, frameon=False)
layer = torch.nn.Linear(1, 100, bias=False)
with torch.no_grad():
    layer.weight[:, 0] = weights
    penalties.Clip().after(layer)
style.quiet(right).plot(weights, layer.weight[:, 0].detach(), color=style.CLASSES[2], label="clip")
right.set(xlabel="weight before", ylabel="weight after", ylim=(-0.03, 0.03))
right.legend(fontsize=8, frameon=False)
