"""A handwritten digit as it is, with Gaussian noise, with three cells in ten left out, and with three cells in ten at
one end of the range or the other"""

import torch
from matplotlib import pyplot

from jamjae import corruptions, data
from jamjae.plots import style

torch.manual_seed(0)
digits = data.read("digits", binarise="none")
x = digits.examples("train", 500)[0]
shown = {"x": x[3]}
for kind in (corruptions.Gaussian, corruptions.Masking, corruptions.SaltAndPepper):
    part = kind(digits.event)
    part.initialise(x)
    shown[part.name()] = part(x[3:4])[0]
figure, every = pyplot.subplots(1, 4, figsize=(7, 2), layout="constrained")
for axes, (title, picture) in zip(every, shown.items(), strict=True):
    style.bare(axes).set_title(title, fontsize=9)
    axes.imshow(picture[..., 0], cmap="gray", vmin=x.min(), vmax=x.max(), interpolation="nearest")
