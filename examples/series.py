"""Time series: windows of a long table, split by time; fit, find the strange windows, sample.

python examples/series.py            a minute
python examples/series.py --smoke    seconds

The table is made by a formula, so that what is strange in it is known: position and speed of a damped pendulum that is
pushed every 40 seconds, with noise; near the end its speed is measured wrongly for a while.
"""

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np

import jamjae as jj

smoke = "--smoke" in sys.argv
where = Path(tempfile.mkdtemp() if smoke else "series-example")
WINDOW, STRIDE, BROKEN = 32, 4, slice(5600, 5700)  # rows


def write_table(path: Path, rows: int = 6000, dt: float = 0.1) -> Path:
    """a'' = -sin a - 0.05 a', a' += 1 every 400 rows; columns time, angle, speed; noise of deviation 0.02."""
    random, state, found = np.random.default_rng(0), np.array([1.0, 0.0]), []
    for row in range(rows):
        state[1] += float(row % 400 == 0)
        state[1] += dt * (-np.sin(state[0]) - 0.05 * state[1])
        state[0] += dt * state[1]
        found.append(state + 0.02 * random.standard_normal(2))
    table = np.array(found)
    table[BROKEN, 1] *= -1
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "angle", "speed"])
        writer.writerows([f"t{row}", *map(float, values)] for row, values in enumerate(table))
    return path


table = write_table(where / "pendulum.csv")
options = {"window": WINDOW, "stride": STRIDE, "runs": where / "runs"}
print(jj.check(table, epochs=1, **options))
run = jj.fit("vae", table, latent=4, epochs=1 if smoke else None, **options)

for measurement in run.evaluate(["elbo", "reconstruction"]).values():
    print(measurement)
scores = run.score(table).scores
strange = np.sort(np.argsort(scores)[-10:]) * STRIDE
print(f"the ten strangest windows begin at rows {strange.tolist()}; the fault is in rows 5600 to 5700")
made = run.form.readable(run.sample(3))
print(f"three samples: {', '.join(f'{name} {values.shape}' for name, values in made.items())}")
(where / "samples.csv").write_bytes(run.form.content(run.sample(3)))
