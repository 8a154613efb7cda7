"""Samples of six recipes after 60 epochs on digits, a row each: ae, vae, vq-vae, wae, gan and dcgan; most are recognisable as digits, some are blots"""

import numpy as np
from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import mosaic, style

names = ("ae", "vae", "vq-vae", "wae", "gan", "dcgan")
rows = np.stack([jj.fit(name, "digits", epochs=60, binarise="none", name=name).sample(18) for name in names])
figure, axes = pyplot.subplots(figsize=(7, 2.5), layout="constrained")
style.bare(axes).imshow(mosaic.mosaic(rows.clip(0, 1), times=6), interpolation="nearest")
for number, name in enumerate(names):
    axes.text(-6, (number + 0.5) * 54, name, ha="right", va="center", fontsize=8)
