"""What two VAEs with two latent axes decode on a grid of codes after 40 epochs on digits, left with dense networks,
right with convolutions: neighbours look alike, and between two digits lies a blend of both"""

import numpy as np
from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import mosaic, style

axis = np.linspace(-2, 2, 8)
grid = np.stack(np.meshgrid(axis, axis[::-1]), -1).reshape(-1, 2).astype("float32")
figure, every = pyplot.subplots(1, 2, figsize=(7, 3.6), layout="constrained")
for axes, name in zip(every, ("mlp", "conv"), strict=True):
    run = jj.fit("vae", "digits", latent=2, encoder=name, decoder=name, epochs=40, name=name)
    pictures = mosaic.arranged(run.decode(grid), len(axis))
    style.bare(axes).set_title(name, fontsize=9)
    axes.imshow(mosaic.mosaic(pictures, times=6, gap=8), interpolation="nearest")
