"""Fit an autoencoder and a variational autoencoder to the same digits and put them into one report.

python examples/fit_and_look.py            a minute
python examples/fit_and_look.py --smoke    seconds
"""

import argparse
import tempfile

import jamjae as jj

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--smoke", action="store_true", help="one epoch, in a temporary folder")
smoke = parser.parse_args().smoke
where = {"runs": tempfile.mkdtemp()} if smoke else {}

runs = {name: jj.fit(name, "digits", latent=2, epochs=1 if smoke else 200, **where) for name in ("ae", "vae")}

for name, run in runs.items():
    print(f"\n{name}: {run.folder}")
    for measurement in run.evaluate(samples=100).values():
        print(f"  {measurement}")

codes = runs["vae"].encode("digits")
print(f"\ncodes of the VAE {codes.shape}: mean {codes.mean(0).round(2)}, deviation {codes.std(0).round(2)}")

path = runs["vae"].report(None, runs["ae"])
print(f"both in one report: {path}")
