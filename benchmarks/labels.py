"""What 100 labels are worth on MNIST: M2, a head on the codes of a VAE (M1), and heads that see no other examples.

python -m benchmarks.labels                 5,000 examples, 3 seeds (about 4 minutes of one core); prints a table
python -m benchmarks.labels --examples 20000 --epochs 40
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

import jamjae as jj
from jamjae.core.pca import principal_components
from jamjae.evaluation.base.measurement import wilson
from jamjae.heads import made

PER_CLASS = 10
HELD = 100  # examples of the validation split
QUANTILE = 4.303  # of Student's t with two degrees of freedom: 95 % over three seeds
ARMS = {
    "logistic": "logistic regression on the pixels",
    "pca": "logistic head on 20 principal components of all examples",
    "m1": "`vae`, logistic head on 20 code axes (M1)",
    "m2": "`m2`, its own q(y \\| x)",
}


def source(examples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Training digits of MNIST, and labels of which ten a class are known."""
    mnist = jj.data.read("mnist")
    random = np.random.default_rng(seed)
    rows = random.choice(mnist.rows("train").numpy(), examples, replace=False)
    x, y = mnist.x.numpy()[rows], mnist.y.numpy()[rows]
    train = jj.data.read((x, y), seed=seed, validation=HELD, test=0).rows("train").numpy()
    known = np.concatenate([random.permutation(train[y[train] == k])[:PER_CLASS] for k in range(10)])
    hidden = np.full(examples, -1)
    hidden[known] = y[known]
    return x, hidden


def guesses(
    x: np.ndarray, y: np.ndarray, asked: np.ndarray, seed: int, epochs: float
) -> Iterator[tuple[str, list[str]]]:
    """What every arm calls the asked digits."""
    known = y >= 0
    plain = LogisticRegression(max_iter=1000).fit(x[known].reshape(known.sum(), -1) / 255, y[known])
    yield "logistic", [str(k) for k in plain.predict(asked.reshape(len(asked), -1) / 255)]
    with tempfile.TemporaryDirectory() as runs:
        options = {"seed": seed, "validation": HELD, "test": 0, "binarise": "stochastic", "threads": 1, "runs": runs}
        vae = jj.fit("vae", (x, y), latent=20, epochs=3 * epochs, **options)
        yield "m1", vae.predict(asked).labels
        yield "pca", components(x, y, asked)
        yield "m2", jj.fit("m2", (x, y), latent=20, epochs=epochs, **options).predict(asked).labels


def components(x: np.ndarray, y: np.ndarray, asked: np.ndarray) -> list[str]:
    """The usual head on principal components of all examples."""
    pca = principal_components(torch.from_numpy(x), 20)
    known, unknown = (pca.encode(torch.from_numpy(part)).numpy() for part in (x[y >= 0], asked))
    return [str(k) for k in made("logistic", "classes", 0).fit(known, y[y >= 0]).predict(unknown)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser("benchmarks.labels", description=__doc__)
    parser.add_argument("--examples", type=int, default=5000)
    parser.add_argument("--epochs", type=float, default=20.0)
    parser.add_argument("--seeds", default="1,2,3")
    asked = parser.parse_args()
    mnist = jj.data.read("mnist")
    rows = mnist.rows("test")
    pixels, truth = mnist.x[rows].numpy(), mnist.y[rows].numpy().astype(str)
    found: dict[str, list[np.ndarray]] = {name: [] for name in ARMS}
    for seed in map(int, asked.seeds.split(",")):
        for name, labels in guesses(*source(asked.examples, seed), pixels, seed, asked.epochs):
            found[name].append(np.array(labels) == truth)
            print(seed, name, found[name][-1].mean(), wilson(torch.from_numpy(found[name][-1])), flush=True)
    for name, hits in found.items():
        each = [h.mean() for h in hits]
        half = QUANTILE * statistics.stdev(each) / len(each) ** 0.5
        print(f"| {ARMS[name]} | {' '.join(f'{v:.3f}' for v in each)} | {np.mean(each):.3f} ± {half:.3f} |")


if __name__ == "__main__":
    main()
