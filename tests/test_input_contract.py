"""The input contract: whatever is handed to `fit`, it works or a typed error says why; the input is never changed, and
dtype, order and layout make no difference. Numbered I1 to I48 (docs/bad-input.md)."""

import functools

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.core import DataError, JamjaeError, UsageError
from jamjae.recipes import RECIPES

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(size=(24, 4)).astype("float32")
WHOLE = RANDOM.integers(0, 100, (24, 4))
PICTURES = RANDOM.integers(0, 256, (24, 6, 6, 1)).astype("uint8")
BOTH = ["vae", "gan"]  # an encoder with a likelihood, and neither


def spoilt(value):
    x = ROWS.copy()
    x[3, 1] = value
    return x


def frozen(x, tmp_path):
    np.save(tmp_path / "x.npy", x)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def told(y):
    return {"source": (ROWS, y), "condition": "label"}


WORKS, EITHER = "works", "either"
LABELS = np.arange(24) % 3
INPUTS = {  # name: what is passed, and what has to happen
    "I1 wrong rank": ({"source": np.zeros((3, 2, 2, 2, 1))}, DataError, "has 5 axes"),
    "I2 channels first": ({"source": PICTURES.transpose(0, 3, 1, 2)}, WORKS, ""),
    "I3 no samples": ({"source": np.zeros((0, 4))}, DataError, "empty"),
    "I4 one sample": ({"source": ROWS[:1]}, DataError, "at least 3 are needed"),
    "I5 one feature": ({"source": ROWS[:, :1], "latent": 1}, WORKS, ""),
    "I6 batch size 1": ({"source": ROWS, "batch_size": 1}, EITHER, ""),  # games compare examples
    "I7 last batch of 1": ({"source": ROWS[:23], "batch_size": 5, "validation": 0.1, "test": 0.1}, WORKS, ""),
    "I8 constant": ({"source": np.ones((24, 4), "float32")}, WORKS, ""),
    "I9 constant column": ({"source": np.c_[ROWS[:, :3], np.ones(24)].astype("float32")}, WORKS, ""),
    "I10 black pictures": ({"source": np.zeros((24, 6, 6, 1), "uint8")}, WORKS, ""),
    "I11 duplicates only": ({"source": np.repeat(ROWS[:1], 24, 0)}, WORKS, ""),
    "I12 NaN": ({"source": spoilt(np.nan)}, DataError, "row 3, column 1"),
    "I13 +inf": ({"source": spoilt(np.inf)}, DataError, "row 3, column 1"),
    "I14 -inf": ({"source": spoilt(-np.inf)}, DataError, "row 3, column 1"),
    "I15 1e30": ({"source": ROWS * np.float32(1e18) * np.float32(1e12)}, DataError, "beyond 1e.18 the square"),
    "I16 1e-30": ({"source": ROWS * np.float32(1e-30)}, WORKS, ""),
    "I17 float64": ({"source": ROWS.astype("f8")}, WORKS, ""),
    "I18 float16": ({"source": ROWS.astype("f2")}, WORKS, ""),
    "I19 int8": ({"source": WHOLE.astype("i1")}, WORKS, ""),
    "I20 int16": ({"source": WHOLE.astype("i2")}, WORKS, ""),
    "I21 int32": ({"source": WHOLE.astype("i4")}, WORKS, ""),
    "I22 int64": ({"source": WHOLE.astype("i8")}, WORKS, ""),
    "I23 bytes of pictures": ({"source": PICTURES}, WORKS, ""),
    "I24 bool": ({"source": ROWS > 0}, WORKS, ""),
    "I25 complex": ({"source": ROWS.astype("c8")}, DataError, "complex"),
    "I26 text": ({"source": ROWS.astype(object)}, DataError, "Python objects"),
    "I27 beyond 2^53": ({"source": WHOLE.astype("i8") + 2**54}, WORKS, ""),
    "I28 negative with Bernoulli": ({"source": ROWS, "likelihood": "bernoulli"}, DataError, "cannot take"),
    "I29 above 1 with Bernoulli": ({"source": 2 + abs(ROWS), "likelihood": "bernoulli"}, DataError, "cannot take"),
    "I30 large pictures": ({"source": np.zeros((4, 160, 160, 1), "uint8"), "batch_size": 2}, WORKS, ""),
    "I31 more columns than rows": ({"source": RANDOM.normal(size=(10, 50)).astype("f4")}, WORKS, ""),
    "I32 no labels": ({"source": (ROWS, None)}, WORKS, ""),
    "I33 labels partly missing": (told([None, *LABELS[1:].tolist()]), WORKS, ""),
    "I34 labels of another length": (told(LABELS[:-1]), DataError, "23 entries for 24 examples"),
    "I35 negative labels": (told(LABELS - 1), WORKS, ""),
    "I36 labels with gaps": (told(LABELS * 1000), WORKS, ""),
    "I37 a single class": (told(np.zeros(24, int)), WORKS, ""),
    "I38 a class for each": (told(np.arange(24) * 10_000), WORKS, ""),
    "I39 read-only file": (lambda path: {"source": frozen(ROWS, path)}, WORKS, ""),
    "I40 Fortran order": ({"source": np.asfortranarray(ROWS)}, WORKS, ""),
    "I41 not contiguous": ({"source": np.repeat(ROWS, 2, 1)[:, ::2]}, WORKS, ""),
    "I42 sparse": ({"source": torch.from_numpy(ROWS).to_sparse()}, DataError, "sparse"),
    "I43 on another device": ({"source": torch.zeros(24, 4, device="meta")}, DataError, "meta"),
    "I44 unequal lists": ({"source": [[1.0, 2.0], [3.0]]}, DataError, "does not make an array"),
    "I45 no test split": ({"source": ROWS, "test": 0}, WORKS, ""),
    "I46 no latent axis": ({"source": ROWS, "latent": 0}, UsageError, "at least one axis"),
    "I47 one latent axis": ({"source": ROWS, "latent": 1}, WORKS, ""),
    "I48 more latent axes than columns": ({"source": ROWS, "latent": 9}, WORKS, ""),
}
SAME = ["I17 float64", "I39 read-only file", "I40 Fortran order", "I41 not contiguous"]  # all are ROWS


def tried(recipe, name, tmp_path):
    """The run, or None where an error said why not."""
    given, outcome, message = INPUTS[name]
    given = dict(given(tmp_path) if callable(given) else given)
    source = given.pop("source")
    before = copied(source)
    options = {"latent": 2, "epochs": 1, "batch_size": 8, "runs": tmp_path, "decoder.widths": "8"} | given
    if recipe not in BOTH:
        del options["decoder.widths"]
    fit = functools.partial(jj.fit, recipe, source, **options)
    try:
        if isinstance(outcome, type) and recipe in BOTH and not (recipe == "gan" and "likelihood" in given):
            with pytest.raises(outcome, match=message):
                fit()
            return None
        run = fit()
        assert run.outcome.step > 0 or run.outcome.reason
        return run
    except JamjaeError as error:
        assert len(str(error)) > 20
        assert recipe not in BOTH or outcome != WORKS or "likelihood" in given, error
        return None
    finally:
        same(copied(source), before)


def copied(source):
    if isinstance(source, tuple):
        return [copied(part) for part in source]
    if isinstance(source, torch.Tensor):
        return None if source.is_sparse or source.device.type == "meta" else source.clone().numpy()
    return source.copy() if isinstance(source, np.ndarray) else source


def same(a, b):
    if isinstance(a, list) and any(isinstance(v, np.ndarray) for v in a):
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"), "the input was changed"
    else:
        assert a == b or a is b


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("recipe", BOTH)
@pytest.mark.parametrize("name", INPUTS)
def test_it_works_or_says_why(name, recipe, tmp_path):
    run = tried(recipe, name, tmp_path)
    if run is not None:
        assert np.isfinite(run.sample(3, label=None)).all()


@pytest.mark.filterwarnings("ignore")
def test_dtype_order_and_layout_make_no_difference(tmp_path):
    INPUTS["the rows themselves"] = ({"source": ROWS}, WORKS, "")
    try:
        runs = [tried("vae", name, tmp_path) for name in ["the rows themselves", *SAME]]
    finally:
        del INPUTS["the rows themselves"]
    weights = [run.model.state_dict() for run in runs]
    for other in weights[1:]:
        assert all(torch.equal(other[key], value) for key, value in weights[0].items())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("recipe", [name for name in RECIPES if name not in BOTH])
def test_every_recipe_works_or_says_why(recipe, tmp_path):
    for number, name in enumerate(INPUTS):
        (tmp_path / str(number)).mkdir()
        tried(recipe, name, tmp_path / str(number))
