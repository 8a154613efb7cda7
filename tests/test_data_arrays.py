"""Arrays and tensors: every type and layout becomes the same event, and the source stays as it was."""

from hashlib import sha256

import numpy as np
import pytest
import torch

from jamjae.core import Event
from jamjae.data import read
from jamjae.data.fingerprint import fingerprint

RNG = np.random.default_rng(0)
INF = float("inf")


def rows(dataset):
    return dataset.take(torch.arange(len(dataset)))


@pytest.mark.parametrize(
    ("shape", "event", "kind"),
    [
        ((10,), (1,), "vector"),
        ((10, 4), (4,), "vector"),
        ((10, 5, 6), (5, 6, 1), "image"),
        ((10, 5, 6, 1), (5, 6, 1), "image"),
        ((10, 5, 6, 3), (5, 6, 3), "image"),
        ((10, 5, 6, 4), (5, 6, 4), "image"),
        ((10, 3, 5, 6), (5, 6, 3), "image"),
        ((10, 1, 5, 6), (5, 6, 1), "image"),
        ((10, 3, 6, 3), (3, 6, 3), "image"),  # the last axis decides
    ],
)
def test_event_of_a_shape(shape, event, kind):
    dataset = read(RNG.normal(size=shape))
    assert (dataset.event.shape, dataset.event.kind) == (event, kind)
    assert dataset.x.shape == (10, *event)


def test_channels_first_is_transposed_with_a_note():
    x = RNG.normal(size=(4, 3, 5, 6)).astype("f4")
    dataset = read(x)
    assert torch.equal(dataset.x, torch.from_numpy(x).permute(0, 2, 3, 1))
    assert any("moved from the second axis" in note for note in dataset.notes)


BINARY = Event((2,), "vector", 0.0, 1.0, levels=2)
REAL = Event((2,), "vector", -INF, INF)
UNIT = Event((2, 2, 1), "image", 0.0, 1.0)
BYTES = Event((2, 2, 1), "image", 0.0, 1.0, grid=256)


@pytest.mark.parametrize(
    ("x", "event", "unit", "dtype"),
    [
        (np.array([[True, False]] * 3), BINARY, 1.0, torch.uint8),
        (np.array([[0, 1]] * 3), BINARY, 1.0, torch.uint8),
        (np.array([[0.0, 1.0]] * 3), BINARY, 1.0, torch.uint8),
        (np.array([[0, 2]] * 3, "u1"), REAL, 1.0, torch.uint8),
        (np.array([[-3, 2]] * 3, "i1"), REAL, 1.0, torch.int8),
        (np.array([[0, 9]] * 3, "u2"), REAL, 1.0, torch.int32),
        (np.array([[0, 9]] * 3, "u4"), REAL, 1.0, torch.int64),
        (np.array([[0, 9]] * 3, "u8"), REAL, 1.0, torch.float32),
        (np.array([[0.0, 0.5]] * 3), REAL, 1.0, torch.float32),
        (np.array([[0.0, 0.5]] * 3, "f2"), REAL, 1.0, torch.float16),
        (np.array([[0.0, 0.5]] * 3, ">f4"), REAL, 1.0, torch.float32),
        (np.zeros((3, 2)), REAL, 1.0, torch.float32),  # only zeros are not evidence of binary data
        (np.full((3, 2, 2), 200, "u1"), BYTES, 255.0, torch.uint8),
        (np.full((3, 2, 2), 200, "i8"), BYTES, 255.0, torch.uint8),
        (np.full((3, 2, 2), 0.3), UNIT, 1.0, torch.float32),
        (np.full((3, 2, 2), -0.3), Event((2, 2, 1), "image", -INF, INF), 1.0, torch.float32),
        (np.full((3, 2, 2), -3), Event((2, 2, 1), "image", -INF, INF), 1.0, torch.int64),
        (np.full((3, 2, 2), 1.3), Event((2, 2, 1), "image", -INF, INF), 1.0, torch.float32),
        (np.full((3, 2, 2), 256), Event((2, 2, 1), "image", -INF, INF), 1.0, torch.int64),
        (np.eye(2)[None].repeat(3, 0), Event((2, 2, 1), "image", 0.0, 1.0, levels=2), 1.0, torch.uint8),
    ],
    ids=str,
)
def test_what_values_mean(x, event, unit, dtype):
    dataset = read(x)
    assert (dataset.event, dataset.unit, dataset.x.dtype) == (event, unit, dtype)
    assert rows(dataset).dtype == torch.float32
    expected = torch.from_numpy(x.astype("f8") / unit).reshape(dataset.x.shape).float()
    torch.testing.assert_close(rows(dataset), expected)


def test_eight_bit_pictures_say_so():
    assert any("255 counts as 1" in note for note in read(np.full((3, 2, 2), 9, "u1")).notes)


def test_few_whole_numbers_are_not_guessed_to_be_categories():
    dataset = read(np.array([[0, 1], [2, 1], [1, 0]]))
    assert dataset.event.levels == 0
    assert any("never guessed" in note for note in dataset.notes)


X = RNG.normal(size=(8, 6))
LAYOUTS = {
    "fortran": np.asfortranarray(X),
    "strided": np.repeat(X, 2, 1)[:, ::2],
    "reversed": X[::-1, ::-1][::-1, ::-1],
    "transposed": X.T.copy().T,
    "big-endian": X.astype(">f8"),
    "float32": X.astype("f4"),
    "torch": torch.from_numpy(X),
    "torch strided": torch.from_numpy(X.T.copy()).T,
    "torch with gradient": torch.from_numpy(X).requires_grad_(),
    "list": X.tolist(),
    "longdouble": X.astype(np.longdouble),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_and_type_do_not_matter(name):
    reference, dataset = read(X), read(LAYOUTS[name])
    assert torch.equal(dataset.x, reference.x)
    assert dataset.fingerprint == reference.fingerprint
    assert dataset.x.is_contiguous()
    assert not dataset.x.requires_grad


def test_half_precision_tensors():
    assert read(torch.ones(4, 2).bfloat16() * 3).x.dtype == torch.float32
    assert read(torch.ones(4, 2).half() * 3).x.dtype == torch.float16


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "u1", "i4", "i8", "?"])
@pytest.mark.parametrize("shape", [(6, 4), (6, 3, 4), (6, 3, 4, 4)])
def test_the_source_is_neither_changed_nor_kept(dtype, shape):
    x = RNG.integers(0, 200, shape).astype(dtype)
    before = sha256(x.tobytes()).digest()
    dataset = read(x)
    dataset.x.zero_()
    assert sha256(x.tobytes()).digest() == before
    kept = read(x)
    held = kept.x.clone()
    x[...] = 1
    assert torch.equal(kept.x, held)


def test_a_torch_source_is_not_kept_either():
    x = torch.full((4, 2), 7.0)
    dataset = read(x)
    x.zero_()
    assert (dataset.x == 7).all()


def test_a_read_only_memory_map_works(tmp_path):
    np.save(tmp_path / "x.npy", X.astype("f4"))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    dataset = read(mapped)
    assert torch.equal(dataset.x, torch.from_numpy(X.astype("f4")))
    dataset.x.zero_()  # ours to write
    assert mapped[0, 0] == np.float32(X[0, 0])


def test_a_pair_brings_labels():
    dataset = read((X, list("abababab")))
    assert dataset.classes == ("a", "b")
    assert dataset.y.tolist() == [0, 1] * 4


def test_fingerprint_sees_values_type_shape_labels_and_unit():
    x = np.arange(24, dtype="f4").reshape(6, 4)
    changed = x.copy()
    changed[3, 2] += 1
    pictures = np.arange(24, dtype="u1").reshape(6, 2, 2)
    sources = [
        x,
        changed,
        x.reshape(4, 6),
        x.astype("f2"),
        (x, [0] * 6),
        (x, [0, 1] * 3),
        pictures,
        pictures.reshape(6, 4),
    ]
    prints = [read(s).fingerprint for s in sources]
    assert len(set(prints)) == len(prints)
    assert all(len(p) == 64 for p in prints)
    assert read(x).fingerprint == read(x.copy(), seed=9, test=0).fingerprint
    assert fingerprint(torch.from_numpy(x), None, 1.0) != fingerprint(torch.from_numpy(x), None, 255.0)


def test_differences_that_32_bits_would_blur_are_noted():
    time = 1.7e9 + RNG.normal(size=(20, 1))
    assert any("Column 1: large numbers" in note for note in read(np.hstack([X[:1].repeat(20, 0)[:, :1], time])).notes)
    assert not any("large numbers" in note for note in read(X).notes)
