"""What two VAEs with two latent axes decode on a grid of codes after 40 epochs on digits, left with dense networks, right with convolutions: both lay the ten digits out, with smooth changes between neighbours"""

import numpy as np
from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import mosaic, style

axis = np.linspace(-2, 2, 11)
grid = np.stack(np.meshgrid(axis, axis[::-1]), -1).reshape(-1, 2).astype("float32")
figure, every = pyplot.subplots(1, 2, figsize=(7, 3.6), layout="constrained")
for axes, name in zip(every, ("mlp", "conv")):
    run = jj.fit("vae", "digits", latent=2, encoder=name, decoder=name, epochs=40, name=name)
    pictures = mosaic.arranged(run.decode(grid), 11)
    style.bare(axes).set_title(name, fontsize=9)
    axes.imshow(mosaic.mosaic(pictures, times=6), interpolation="nearest")
