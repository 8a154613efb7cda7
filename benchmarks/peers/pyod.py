"""PyOD: many detectors of anomalies behind one interface."""

import tempfile
from contextlib import suppress
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.peers import sources
from benchmarks.peers.base import Found, Peer
from benchmarks.peers.trap import Trap


def rows() -> np.ndarray:
    """300 rows of six normal columns, the last ten of them moved away."""
    x = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    x[-10:] += 4
    return x


def fitted(name: str = "VAE") -> Any:
    """A detector with its default settings, after five epochs."""
    from pyod.models import auto_encoder, vae

    kind = {"VAE": vae.VAE, "AutoEncoder": auto_encoder.AutoEncoder}[name]
    return kind(epoch_num=5, verbose=0, device="cpu").fit(rows())


def no_kl() -> Found:
    """The KL of the default `VAE` is 0 whatever the code: it is clamped from above at `capacity`, whose default is 0,
    so that neither its value nor its gradient reaches the training. `capacity=float("inf")` mends it."""
    from pyod.models.vae import VAE, vae_loss

    default = signature(VAE).parameters["capacity"].default
    x, mean = torch.zeros(8, 6), torch.full((8, 2), 3.0, requires_grad=True)
    losses = {}
    for capacity in (default, float("inf")):
        mean.grad = None
        loss = vae_loss(x, x, mean, torch.zeros(8, 2), beta=1.0, capacity=capacity)
        loss.backward()
        assert mean.grad is not None
        losses[capacity] = (float(loss.detach()), float(mean.grad.abs().sum()))
    true = 0.5 * 2 * 3.0**2
    figures = f"codes at (3, 3), a KL of {true:g} nats: " + ", ".join(
        f"capacity {c:g} adds {kl:g} with a gradient of {slope:g}" for c, (kl, slope) in losses.items()
    )
    return Found(losses[default] == (0.0, 0.0) and losses[float("inf")][0] == true, figures)


def random_scores() -> Found:
    """The scores of a fitted `VAE` differ from call to call, as a code is drawn every time; those of `AutoEncoder` do
    not."""
    apart, flipped = {}, 0.0
    for name in ("VAE", "AutoEncoder"):
        detector, x = fitted(name), rows()
        one, two = (detector.decision_function(x) for _ in range(2))
        apart[name] = float(np.abs(one - two).max() / one.std())
        if name == "VAE":
            flipped = float((detector.predict(x) != detector.predict(x)).mean())
    figures = ", ".join(f"{name} {value:.2g}" for name, value in apart.items())
    figures = f"largest difference of two calls, in deviations of the scores: {figures}; labels changed {flipped:.1%}"
    return Found(apart["VAE"] > 0.01 and apart["AutoEncoder"] == 0, figures)


def pickled() -> Found:
    """A saved detector is a pickle (by joblib), which runs what it holds when it is loaded; `load` says so and wants
    `trusted=True`."""
    from pyod.utils import persistence

    with tempfile.TemporaryDirectory() as folder:
        path, proof = Path(folder) / "detector.joblib", Path(folder) / "ran"
        persistence.save(Trap(proof), path)
        try:
            persistence.load(path)
            refused = False
        except Exception:
            refused = not proof.exists()
        with suppress(Exception):  # what it makes of the trap's result is of no interest
            persistence.load(path, trusted=True)
        ran = proof.exists()
    return Found(refused and ran, "without trusted=True refused; with it, a planted call ran")


def scores_only() -> Found:
    """Its `VAE` gives scores: it draws no samples, gives no codes and no bound on log p(x)."""
    from pyod.models.vae import VAE

    words = ("sample", "generate", "encode", "transform", "embed", "elbo", "likelihood", "log_prob")
    public = [name for name in dir(VAE) if not name.startswith("_")]
    found = [name for name in public if any(word in name for word in words)]
    return Found(not found, f"none of its {len(public)} public names", "read")


def no_validation() -> Found:
    """Its `VAE` and `AutoEncoder` train without validation split and without early stopping."""
    from pyod.models.auto_encoder import AutoEncoder
    from pyod.models.vae import VAE

    options = {name for kind in (VAE, AutoEncoder) for name in signature(kind).parameters}
    found = [name for name in options if any(word in name for word in ("valid", "patience", "stop"))]
    return Found(not found, f"none of their {len(options)} options", "read")


def detectors() -> Found:
    """It has more than 50 detectors with one interface; this project has seven scores of a fitted model."""
    every = {name for name in sources.heirs("pyod.models", "BaseDetector") if not name.startswith("Base")}
    files = {p for p in ("knn", "iforest", "ecod", "lof", "copod", "ocsvm") if p.upper() in {n.upper() for n in every}}
    return Found(len(every) > 50 and len(files) == 6, f"{len(every)} classes below BaseDetector in pyod.models", "read")


def series_and_graphs() -> Found:
    """It has detectors made for time series and for graphs; here a series is scored window by window, and graphs are
    not read."""
    every = sources.heirs("pyod.models", "BaseDetector")
    found = {
        kind: len(every & set(sources.classes(f"pyod.models.{kind}"))) for kind in ("ts_lstm", "ts_sand", "ts_kshape")
    }
    graphs = [c for c in ("pyg_dominant", "pyg_cola", "pyg_scan") if every & set(sources.classes(f"pyod.models.{c}"))]
    figures = f"among them: {', '.join([*(k for k, n in found.items() if n), *graphs])}"
    return Found(all(found.values()) and len(graphs) == 3, figures, "read")


def ensembles() -> Found:
    """It combines detectors: averages and maxima of scores, feature bagging, locally chosen ones (LSCP), many at once
    (SUOD); here one run gives one model."""
    classes = {"LSCP", "FeatureBagging", "SUOD"} & sources.heirs("pyod.models", "BaseDetector")
    rules = {"average", "maximization", "aom", "moa"} & sources.names("pyod.models.combination")
    return Found(len(classes) == 3 and len(rules) == 4, ", ".join(sorted(classes | rules)), "read")


PEER = Peer(
    title="PyOD",
    package="pyod",
    url="https://github.com/yzhao062/pyod",
    choose="finding anomalies, when that is the whole task: dozens of detectors for tables, time series and graphs, "
    "and ensembles of them; several are far quicker than a network ([times](anomaly-benchmark.md)).",
    here="A score is one of the things a fitted model is good for ([anomalies](anomalies.md)); it is the same at every "
    "call with the same seed, comes with a p-value against held-out rows, and the KL is in the loss. How well both "
    "find anomalies in twenty tables, and where PyOD's nearest neighbours are better: "
    "[the benchmark](anomaly-benchmark.md).",
    differs=(no_kl, random_scores, pickled, scores_only, no_validation),
    ahead=(detectors, series_and_graphs, ensembles),
)
