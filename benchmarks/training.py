"""Epochs of the VAE 784-400-20 and of a convolutional VAE, batch 128, against peers and floors."""

import tempfile
from pathlib import Path

from benchmarks import images
from benchmarks.timing import Goal, Method, Options, Table, race

CONV = {"encoder": "conv", "decoder": "conv"}
GREY = {"binarise": "none", "likelihood": "bernoulli"}
OWN = "methods.ours:fit"


def mlp(options: Options) -> Table:
    """784-400-20."""
    with tempfile.TemporaryDirectory() as folder:
        source = str(Path(folder) / "images.npy")
        note = images.write(Path(source), options.examples)
        given, floor = {"source": source, "threads": options.threads}, {"examples": options.examples}
        methods = [
            Method("pythae", "methods.with_pythae:train", {"source": source}, "pythae"),
            Method("plain PyTorch loop", "methods.with_torch:train", {"source": source}),
            Method("Keras on JAX", "methods.with_keras:train", {"source": source}, "keras"),
            Method("JAX scan", "methods.with_jax:train", {"source": source}, "jax"),
            Method("jamjae", OWN, given),
            Method("jamjae, grey values as the peers", OWN, {**given, **GREY}),
            Method("jamjae, as a library", OWN, {**given, "tuned": False}),
            Method("jamjae bf16", OWN, {**given, "precision": "bf16"}),
            Method("jamjae --compile", OWN, {**given, "compile": True}),
            Method("jamjae --compile bf16", OWN, {**given, "compile": True, "precision": "bf16"}),
            Method("floor fp32", "methods.products:dense", floor),
            Method("floor bf16", "methods.products:dense", {**floor, "dtype": "bfloat16"}),
        ]
        table = Table(title("MLP VAE, one epoch", options), race(methods, options), notes=[note], clock=options.clock)
    for name, against, limit in (
        ("jamjae", "pythae", 0.40),
        ("jamjae", "Keras on JAX", 1.2),
        ("jamjae bf16", "pythae", 0.33),
        ("jamjae --compile bf16", "pythae", 0.22),
        ("jamjae --compile bf16", "JAX scan", 0.70),
        ("jamjae --compile bf16", "floor fp32", 1.1),
    ):
        table.aim(name, against, limit)
    memory(table)
    return table


def memory(table: Table) -> None:
    """The goals on resident memory."""
    ours, pythae = (table.lane(n).values("rss") for n in ("jamjae", "pythae"))
    table.goals.append(Goal("jamjae, peak memory", 400, [max(ours)], " MB"))
    if pythae:
        table.goals.append(Goal("jamjae / pythae, peak memory", 0.65, [max(ours) / max(pythae)]))


def conv(options: Options) -> Table:
    """Two convolutions down, two up, 32 and 64 channels."""
    with tempfile.TemporaryDirectory() as folder:
        source = str(Path(folder) / "images.npy")
        note = images.write(Path(source), options.examples)
        given, floor = {"source": source, "threads": options.threads, **CONV}, {"examples": options.examples}
        methods = [
            Method("plain PyTorch loop", "methods.with_torch:train", {"source": source, "conv": True}),
            Method("jamjae", OWN, given),
            Method("jamjae, grey values as the peers", OWN, {**given, **GREY}),
            Method("jamjae bf16", OWN, {**given, "precision": "bf16"}),
            Method("jamjae --compile", OWN, {**given, "compile": True}),
            Method("floor fp32", "methods.products:conv", floor),
            Method("floor bf16", "methods.products:conv", {**floor, "dtype": "bfloat16"}),
        ]
        table = Table(title("Convolutional VAE, one epoch", options), race(methods, options), notes=[note])
        table.clock = options.clock
    table.aim("jamjae", "plain PyTorch loop", 0.80)
    table.aim("jamjae bf16", "plain PyTorch loop", 0.60)
    return table


def title(what: str, options: Options) -> str:
    """The workload and how it was measured."""
    threads, clock = options.threads, options.clock
    return f"{what} ({options.examples:,} examples, {threads} threads, {options.rounds} rounds, {clock})"
