"""Samples of five recipes after 20 epochs on digits, a row each: 200 steps are enough for ae, vae and vq-vae to make
something like digits, and far too few for gan and dcgan, whose rows are noise and blots"""

import numpy as np
from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import mosaic, style

times, gap = 6, 8
names = ("ae", "vae", "vq-vae", "gan", "dcgan")
rows = np.stack([jj.fit(name, "digits", epochs=20, binarise="none", name=name).sample(14) for name in names])
figure, axes = pyplot.subplots(figsize=(7, 2.6), layout="constrained")
style.bare(axes).imshow(mosaic.mosaic(rows.clip(0, 1), times=times, gap=gap), interpolation="nearest")
for number, name in enumerate(names):
    axes.text(-8, number * (8 * times + gap) + 4 * times, name, ha="right", va="center", fontsize=8)
