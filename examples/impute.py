"""Gaps in a table filled in, with intervals; and why several draws say more than one table.

python examples/impute.py            a minute
python examples/impute.py --smoke    seconds
"""

import argparse
import tempfile

import numpy as np
from sklearn.datasets import load_wine

import jamjae as jj

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--smoke", action="store_true", help="few steps, in a temporary folder")
smoke = parser.parse_args().smoke
where = {"runs": tempfile.mkdtemp()} if smoke else {}

# A fifth of all cells is hidden by a coin: missing completely at random.
full = load_wine().data
full = (full - full.mean(0)) / full.std(0)
hidden = np.random.default_rng(0).random(full.shape) < 0.2
x = np.where(hidden, np.nan, full)

run = jj.fit("miwae", x, missing=True, test=0, validation=40, epochs=5 if smoke else 1500, **where)
found = run.impute(x, draws=20, samples=100 if smoke else 500)
assert np.array_equal(found.values[~hidden], x[~hidden])  # what was observed is as it was

last = [row for row in run.rows if "validation" in row][-1]["validation"]
print("validation:", ", ".join(f"{name} {value:.2f} nats" for name, value in last.items()))
error = np.sqrt(np.square(found.values - full)[hidden].mean())
mean = np.sqrt(np.square(np.nanmean(x, 0) - full)[hidden].mean())
covered = ((found.low <= full) & (full <= found.high))[hidden].mean()
print(f"error of hidden cells: {error:.3f} deviations, of the column's mean {mean:.3f}")
print(f"intervals for 90 % cover {covered:.1%}")

# A correlation on filled-in means looks stronger than it is; on the draws it does not.
true = np.corrcoef(full.T)[0, 12]
means = np.corrcoef(found.values.T)[0, 12]
draws = [np.corrcoef(one.T)[0, 12] for one in found.draws]
print(f"correlation of alcohol and proline: {true:.3f} in truth, {means:.3f} with means filled in")
print(f"{np.mean(draws):.3f} on average over the draws, between them +- {np.std(draws):.3f}")
