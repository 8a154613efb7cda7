"""Keras: layers and a training loop, with examples of VAEs and GANs to read."""

from benchmarks.peers import sources
from benchmarks.peers.base import Found, Peer


def parts_only() -> Found:
    """It has layers, losses and a training loop, and no model with a latent space: no VAE, no GAN, no bound on log p(x)
    is among its classes and functions. They are examples to be copied and changed."""
    words = ("vae", "autoencoder", "gan", "elbo", "evidence_lower_bound")
    every = sources.names("keras")
    found = [name for name in every if any(f"_{word}_" in f"_{name}_" for word in words)]
    return Found(not found, f"{len(found)} of {len(every)} classes and functions", "read")


def backends() -> Found:
    """The same model runs on JAX, TensorFlow or PyTorch, and predicts on OpenVINO; here there is PyTorch."""
    known = ("jax", "openvino", "tensorflow", "torch")
    found = [name for name in known if sources.nodes(f"keras.src.backend.{name}")]
    return Found(len(found) == 4, ", ".join(found), "read")


def scale() -> Found:
    """It spreads data and weights over devices (`DataParallel`, `ModelParallel`) and quantises weights; here
    neither is done."""
    wanted = {"dataparallel", "modelparallel", "quantize"}
    found = wanted & sources.names("keras")
    return Found(found == wanted, ", ".join(sorted(found)), "read")


PEER = Peer(
    title="Keras",
    package="keras",
    url="https://keras.io/examples/generative/vae/",
    choose="networks of your own on JAX, TensorFlow or PyTorch, many devices, and a first reading of the idea in its "
    "example of a VAE. On JAX it trains a small VAE faster than this project ([speed](speed.md)).",
    here="The model, its likelihood, the checks of the data, the measurements and the report are there before the "
    "first line is written ([metrics](metrics.md)).",
    differs=(parts_only,),
    ahead=(backends, scale),
)
