"""The factor of three schedules over 4,000 steps: constant at 1, linear from 0 to 1 in 1,000 steps, cyclical in four
saw teeth that rise for half of each period"""

import torch
from matplotlib import pyplot

from jamjae import schedules
from jamjae.plots import style

steps = torch.arange(0, 4001, 5)
figure, axes = pyplot.subplots(figsize=(6, 2.2), layout="constrained")
style.quiet(axes).set(xlabel="step", ylabel="factor")
dashes = ("-", "--", "-")
for number, part in enumerate((schedules.Constant(), schedules.Linear(), schedules.Cyclical())):
    values = [part(step).item() for step in steps]
    axes.plot(steps, values, dashes[number], color=style.CLASSES[number], label=part.name())
axes.legend(fontsize=8, frameon=False, loc="lower right")
