"""Samples of a VAE on digits that is told the label, ten rows for the labels 0 to 9: every row shows its own digit"""

import numpy as np
from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import mosaic, style

run = jj.fit("vae", "digits", condition="label", epochs=60)
rows = np.stack([run.sample(16, label=digit) for digit in range(10)])
figure, axes = pyplot.subplots(figsize=(5, 3.2), layout="constrained")
style.bare(axes).imshow(mosaic.mosaic(rows, times=6), interpolation="nearest")
for digit in range(10):
    axes.text(-4, (digit + 0.5) * rows.shape[2] * 6.1, str(digit), ha="right", va="center", fontsize=8)
