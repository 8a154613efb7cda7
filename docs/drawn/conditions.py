"""Samples of a VAE on digits that is told the label, ten rows for the labels 0 to 9: most samples show the digit of
their row"""

import numpy as np
from matplotlib import pyplot
from sklearn.linear_model import LogisticRegression

import jamjae as jj
from jamjae.plots import mosaic, style

times, gap = 6, 8
run = jj.fit("vae", "digits", condition="label", epochs=60)
rows = np.stack([run.sample(14, label=digit) for digit in range(10)])
x, y = run.dataset.examples("train")
reader = LogisticRegression(max_iter=2000).fit(x.flatten(1), y)
assert (reader.predict(rows.reshape(140, -1)) == np.repeat(range(10), 14)).mean() > 0.8
figure, axes = pyplot.subplots(figsize=(5, 3.8), layout="constrained")
style.bare(axes).imshow(mosaic.mosaic(rows, times=times, gap=gap), interpolation="nearest")
for digit in range(10):
    axes.text(-8, digit * (8 * times + gap) + 4 * times, str(digit), ha="right", va="center", fontsize=8)
