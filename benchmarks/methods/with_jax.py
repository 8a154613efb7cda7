"""JAX: one `jit` around a `scan` over the whole epoch."""

from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.images import grey
from benchmarks.worker import Gate

SIZES = {"in": (784, 400), "code": (400, 40), "out": (20, 400), "picture": (400, 784)}


def start(key: Any) -> dict[str, Any]:
    """Weights and biases, uniform as torch draws them."""
    found = {}
    for name, (a, b) in SIZES.items():
        key, w, c = jax.random.split(key, 3)
        edge = a**-0.5
        found[name] = (jax.random.uniform(w, (a, b), minval=-edge, maxval=edge), jax.random.uniform(c, (b,)) * 0)
    return found


def loss(weights: dict[str, Any], x: Any, key: Any) -> Any:
    """Negative ELBO with cross-entropy on logits."""

    def dense(name: str, h: Any) -> Any:
        return h @ weights[name][0] + weights[name][1]

    mean, log_variance = jnp.split(dense("code", jax.nn.relu(dense("in", x))), 2, -1)
    z = mean + jax.random.normal(key, mean.shape) * jnp.exp(0.5 * log_variance)
    logits = dense("picture", jax.nn.relu(dense("out", z)))
    distortion = (jax.nn.softplus(logits) - x * logits).sum(-1)
    rate = -0.5 * (1 + log_variance - mean**2 - jnp.exp(log_variance)).sum(-1)
    return (distortion + rate).mean()


def step(carry: Any, rows_and_key: Any, x: Any) -> Any:
    """One step of Adam."""
    weights, m, v, t = carry
    rows, key = rows_and_key
    value, g = jax.value_and_grad(loss)(weights, x[rows].astype(jnp.float32) / 255, key)
    t = t + 1
    m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
    v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
    scale = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    weights = jax.tree.map(lambda w, a, b: w - scale * a / (jnp.sqrt(b) + 1e-8), weights, m, v)
    return (weights, m, v, t), value


def train(gate: Gate, source: str, batch: int = 128) -> None:
    """Epochs; the ragged rest of an epoch is left out."""
    x = jnp.asarray((grey(source) * 255).round().astype("uint8"))
    key = jax.random.key(0)

    @jax.jit
    def epoch(carry: Any, key: Any) -> Any:
        order, noise = jax.random.split(key)
        count = len(x) // batch
        rows = jax.random.permutation(order, len(x))[: count * batch].reshape(count, batch)
        return jax.lax.scan(lambda c, r: step(c, r, x), carry, (rows, jax.random.split(noise, count)))

    weights = start(key)
    zero = jax.tree.map(jnp.zeros_like, weights)
    carry = (weights, zero, zero, jnp.zeros(()))
    for _ in gate:
        key, now = jax.random.split(key)
        carry, losses = epoch(carry, now)
        gate.facts["loss"] = float(losses.mean())
