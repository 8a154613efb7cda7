"""Tables: a CSV file with gaps; what its columns are taken for, a fit, rows sampled, rows scored by name.

python examples/table.py            a few minutes
python examples/table.py --smoke    seconds
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_wine

import jamjae as jj

smoke = "--smoke" in sys.argv
where = Path(tempfile.mkdtemp() if smoke else "table-example")
where.mkdir(exist_ok=True)

wine = load_wine(as_frame=True)
frame = wine.frame.rename(columns={"target": "cultivar"})
frame["cultivar"] = wine.target_names[frame["cultivar"]]
frame["strong"] = np.where(frame["alcohol"] > 13, "yes", "no")  # a column of two categories
gone = np.random.default_rng(0).random(frame.shape) < 0.1
gone[:, frame.columns.get_loc("cultivar")] = False
frame.mask(gone).to_csv(where / "wine.csv", index=False)  # a tenth of the cells is empty

print(jj.check(where / "wine.csv", labels="cultivar"))  # every column, its kind and its likelihood
options = {"labels": "cultivar", "columns": {"proline": "log-normal"}}  # a choice of ours: it is no count
run = jj.fit("vae", where / "wine.csv", latent=4, epochs=1 if smoke else 300, runs=where / "runs", **options)
print(f"\n{run.folder}: {run.evaluate(['elbo'])['elbo']}")  # nats per row

print("\nrows that nobody measured:")
print(run.form.readable(run.sample(3, noise=True)).T)

odd = frame.head(20).copy()
odd.loc[7, "hue"] = 9.0  # no wine has it
scored = run.score(odd, by="reconstruction", quantile=0.9).table()
print("\nthe strangest rows, and what is strange about them:")
columns = ["cultivar", "score", "p_value", "feature_1", "contribution_1"]
print(scored.sort_values("score", ascending=False)[columns].head(3))
