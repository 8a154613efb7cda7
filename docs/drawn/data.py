"""The built-in data sets that need no download: handwritten digits, shapes of several kinds, sizes and angles, and
points in the plane on a ring of eight heaps, a grid of twenty-five, and two half circles"""

from matplotlib import pyplot

from jamjae import data
from jamjae.plots import mosaic, style

figure, every = pyplot.subplots(1, 5, figsize=(9, 2.1), layout="constrained")
for axes, name in zip(every, ("digits", "shapes", "ring", "grid", "moons"), strict=True):
    x = data.read(name, binarise="none").examples("train", 1500)[0]
    axes.set_title(name, fontsize=9)
    if x.ndim == 4:
        sheet = mosaic.mosaic(mosaic.arranged(x[:16].numpy(), 4), times=4, gap=4)
        style.bare(axes).imshow(sheet, interpolation="nearest")
    else:
        style.quiet(axes).scatter(*x.flatten(1).T, s=1, color=style.MAIN, linewidths=0)
        axes.set_aspect("equal", adjustable="datalim")
