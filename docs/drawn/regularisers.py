"""Sizes of the codes of digits, sorted and cumulated, for autoencoders with 16 axes: without a regulariser hardly any
code is near 0, with l1 the curve rises at once, the more so the larger the weight"""

import numpy as np
from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import style

figure, axes = pyplot.subplots(figsize=(6, 2.6), layout="constrained")
style.quiet(axes).set(xlabel="|z|", ylabel="share of codes below", xlim=(0, 3), ylim=(0, 1))
near = []
for number, weight in enumerate((None, 0.1, 1.0)):
    chosen = {} if weight is None else {"objective.regulariser": "l1", "objective.regulariser.weight": weight}
    run = jj.fit("ae", "digits", latent=16, epochs=30, **chosen)
    sizes = np.sort(np.abs(run.codes()[0]).ravel())
    near.append((sizes < 0.1).mean())
    label = "no regulariser" if weight is None else f"l1, weight {weight:g}"
    axes.plot(sizes, np.linspace(0, 1, len(sizes)), color=style.CLASSES[number], label=label)
assert near == sorted(near), near
axes.legend(fontsize=8, frameon=False, loc="lower right")
