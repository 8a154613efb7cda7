"""Decoding in the page: the numbers are those of the run, also where several ask at once."""

import numpy as np
import pytest

ASK = """async ([codes, examples]) => {
  const [{ Model }, { source }] = [await import("/asset/model.js"), await import("/asset/source.js")];
  const from = source();
  const [{ id }] = await from.runs();
  const model = new Model(from, id, await from.get(id, "about"));
  await model.load();
  const label = model.about.classes[3];
  const work = [
    ...codes.map((z) => () => model.decode(Float32Array.from(z.flat()), z.length, label)),
    ...examples.map((x) => () => model.encode(Float32Array.from(x.flat(3)), 1, label)),
  ];
  const found = [];
  const worker = async (_, k) => {
    for (let i = k; i < work.length; i += 5) {
      found[i] = await work[i]();
      for (let pause = 0; pause < (i * 7) % 11; pause++) await null; // calls begin and end in the midst of others
    }
  };
  await Promise.all(Array.from({ length: 5 }, worker));
  const [x, q] = [found.slice(0, codes.length), found.slice(codes.length)];
  return [model.where, x.map((v) => Array.from(v)), q.map((v) => Array.from(v.mean))];
}"""
KINDS = ["vae", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("ae", "wide", "gan", "conditional"))]


@pytest.mark.parametrize("kind", KINDS)
def test_calls_that_overlap_keep_their_results(at, fitted, kind):
    run = fitted(kind)
    codes = [np.random.default_rng(n).normal(size=(n % 33 + 1, *run.spec["latent"])) for n in range(40)]
    codes = [z.astype(np.float32) for z in codes]
    x = run.tested(20)[0].numpy() if run.model.encoder is not None else np.empty((0, 8, 8, 1), np.float32)
    asked = [[z.reshape(len(z), -1).tolist() for z in codes], x.tolist()]
    where, decoded, encoded = at(kind).page.evaluate(ASK, asked)
    assert where == "page"
    label = "3" if run.model.condition is not None else None
    for z, found in zip(codes, decoded, strict=True):
        expected = run.decode(z, label=label)
        np.testing.assert_allclose(np.array(found).reshape(expected.shape), expected, atol=1e-5)
    if len(x):
        expected = run.encode(x, labels=None if label is None else [label] * len(x))
        np.testing.assert_allclose(encoded, expected, atol=1e-4)
