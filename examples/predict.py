"""Predict labels from codes, find the nearest examples, and learn from few labels with m2.

python examples/predict.py            two minutes
python examples/predict.py --smoke    seconds
"""

import argparse
import tempfile

import numpy as np
from sklearn.ensemble import RandomForestClassifier

import jamjae as jj

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--smoke", action="store_true", help="one epoch, in a temporary folder")
smoke = parser.parse_args().smoke
where = {"runs": tempfile.mkdtemp()} if smoke else {}

digits = jj.data.read("digits")
x, y = digits.x.numpy()[..., 0] / 16, digits.y.numpy()
train, test = digits.rows("train").numpy(), digits.rows("test").numpy()

# A small head on the codes of a VAE that has seen no label.
run = jj.fit("vae", "digits", latent=8, epochs=1 if smoke else 200, **where)
for measurement in run.evaluate(["elbo"]).values():
    print(measurement)
for head in ("logistic", RandomForestClassifier()):
    found = run.predict(x[test], head=head)
    print(f"\n{found.by}: {found.labels[:5]}")
    print(*found.measured, sep="\n")

# Any other question about the same data: how much ink a digit has.
ink = run.predict(x[test], labels=x.mean((1, 2)))
print(f"\n{ink.by}: {ink.values[:3].round(2)}, {ink.measured[0]}")

near = run.neighbours(x[test[:3]], k=4)
for digit, rows, labels in zip(y[test], near.rows, near.labels, strict=False):
    print(f"nearest to a {digit}: rows {rows.tolist()}, labels {labels}")

# Fifty labels in all; -1 is "unknown". The VAE infers the missing ones, and is a classifier afterwards.
hidden = np.full(len(y), -1)
known = np.concatenate([train[y[train] == k][:5] for k in range(10)])
hidden[known] = y[known]
few = jj.fit("m2", (x, hidden), latent=8, binarise="stochastic", test=0, epochs=1 if smoke else 40, **where)
right = np.array(few.predict(x[test]).labels) == y[test].astype(str)
print(f"\nm2 with 50 labels names {right.mean():.1%} of the test digits right")
