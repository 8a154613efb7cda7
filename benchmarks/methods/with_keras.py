"""Keras on JAX, `Model.fit`."""

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"

import keras
from keras import layers, ops

from benchmarks.images import grey
from benchmarks.worker import Gate


class Draw(layers.Layer):  # type: ignore[misc]
    """z ~ q, and the KL as a loss."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = keras.random.SeedGenerator(0)

    def call(self, h: Any) -> Any:
        mean, log_variance = ops.split(h, 2, -1)
        self.add_loss(ops.mean(-0.5 * ops.sum(1 + log_variance - mean**2 - ops.exp(log_variance), -1)))
        return mean + keras.random.normal(ops.shape(mean), seed=self.seed) * ops.exp(0.5 * log_variance)


class Turns(keras.callbacks.Callback):  # type: ignore[misc]
    """Waits at the gate before every epoch."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self.gate = gate

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.gate.wait()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.gate.facts["loss"] = float(logs["loss"])


def distortion(x: Any, logits: Any) -> Any:
    """Cross-entropy, summed over the pixels."""
    return ops.sum(ops.softplus(logits) - x * logits, -1)


def train(gate: Gate, source: str, batch: int = 128) -> None:
    """Epochs of `fit`."""
    x = grey(source)
    inputs = keras.Input((784,))
    z = Draw()(layers.Dense(40)(layers.Dense(400, "relu")(inputs)))
    model = keras.Model(inputs, layers.Dense(784)(layers.Dense(400, "relu")(z)))
    model.compile("adam", distortion, jit_compile=True)
    model.fit(x, x, batch_size=batch, epochs=10**6, shuffle=True, verbose=0, callbacks=[Turns(gate)])
