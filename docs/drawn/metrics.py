"""Metrics of a VAE on digits whose values lie between 0 and 1, each with its 95 % interval, and with its baseline as
a cross where there is one"""

from matplotlib import pyplot

import jamjae as jj
from jamjae.plots import style

run = jj.fit("vae", "digits", epochs=40)
names = (
    "holes",
    "knn",
    "probe",
    "clusters",
    "trustworthiness",
    "confidence",
    "diversity",
    "coverage",
    "completeness",
    "continuity",
)
found = {name: m for name, m in run.evaluate(names).items() if m.value is not None}
figure, axes = pyplot.subplots(figsize=(6.5, 3), layout="constrained")
for place, m in enumerate(found.values()):
    low, high = m.interval or (m.value, m.value)
    axes.plot([low, high], [place, place], color=style.MAIN, linewidth=2)
    axes.plot(m.value, place, "o", color=style.MAIN, markersize=5)
    if m.baseline is not None:
        axes.plot(m.baseline, place, "x", color=style.OTHER, markersize=6)
style.quiet(axes).set(xlim=(0, 1.1), xlabel="value, and baseline as a cross")
axes.set_yticks(range(len(found)), [found[name].title for name in found])
axes.invert_yaxis()
