"""Files: npy, npz and idx, by content; damaged, missing and dangerous ones are refused."""

import gzip
import pickle
import struct
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import torch

from jamjae.core import DataError, UsageError
from jamjae.data import idx, read

X = np.random.default_rng(0).normal(size=(12, 3)).astype("f4")
PICTURES = np.random.default_rng(0).integers(0, 256, (12, 4, 5), dtype="u1")


def idx_bytes(array, code=8):
    return (
        struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape) + array.astype(idx.TYPES[code]).tobytes()
    )


@pytest.mark.parametrize("name", ["x.npy", "자료 모음.npy", "no-suffix", "wrong.npz"])
def test_npy_by_content_under_any_name(tmp_path, name):
    with (tmp_path / name).open("wb") as file:
        np.save(file, X)
    for source in (tmp_path / name, str(tmp_path / name)):
        dataset = read(source)
        assert torch.equal(dataset.x, torch.from_numpy(X))
        assert dataset.name == Path(name).stem
    assert read(tmp_path / name).fingerprint == read(X).fingerprint


def test_a_korean_name_matches_however_its_syllables_are_stored(tmp_path):
    np.save(tmp_path / unicodedata.normalize("NFD", "한글.npy"), X)
    assert len(read(tmp_path / unicodedata.normalize("NFC", "한글.npy"))) == 12


def test_relative_and_home_paths(tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", X)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(read("x.npy")) == len(read("./x.npy")) == len(read("~/x.npy")) == 12


def test_a_built_in_name_wins_over_a_file_beside_it(tmp_path, monkeypatch):
    np.save(tmp_path / "digits", X)
    (tmp_path / "digits.npy").rename(tmp_path / "digits")
    monkeypatch.chdir(tmp_path)
    assert len(read("digits")) == 1797
    assert len(read("./digits")) == len(read(Path("digits"))) == 12


@pytest.mark.parametrize("key", ["x", "X", "data", "images"])
@pytest.mark.parametrize("label", ["y", "labels", "label", None])
def test_npz_keys(tmp_path, key, label):
    y = np.arange(12) % 3
    np.savez(tmp_path / "f.npz", **{key: X, "other": [1]}, **({label: y} if label else {}))
    dataset = read(tmp_path / "f.npz")
    assert torch.equal(dataset.x, torch.from_numpy(X))
    assert (dataset.y is None) if label is None else (dataset.y.tolist() == y.tolist())


@pytest.mark.parametrize(
    "names",
    [("x_train", "y_train", "x_test", "y_test"), ("train_images", "train_labels", "test_images", "test_labels")],
)
def test_npz_official_test_split(tmp_path, names):
    y = np.arange(12) % 2
    np.savez_compressed(tmp_path / "f.npz", **dict(zip(names, (X[:9], y[:9], X[9:], y[9:]), strict=True)))
    dataset = read(tmp_path / "f.npz")
    assert sorted(dataset.rows("test").tolist()) == [9, 10, 11]
    assert torch.equal(dataset.x, torch.from_numpy(X))
    assert dataset.y.tolist() == y.tolist()


def test_npz_official_validation_and_unlabelled_test(tmp_path):
    np.savez(tmp_path / "f.npz", x_train=X[:6], y_train=list("aabbab"), x_val=X[6:9], y_val=list("bab"), x_test=X[9:])
    dataset = read(tmp_path / "f.npz")
    assert [sorted(dataset.rows(s).tolist()) for s in ("validation", "test")] == [[6, 7, 8], [9, 10, 11]]
    assert dataset.y.tolist() == [0, 0, 1, 1, 0, 1, 1, 0, 1, -1, -1, -1]
    with pytest.raises(UsageError, match="the data come with a test split of 3"):
        read(tmp_path / "f.npz", test=0.1)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"arr_0": X}, r"f.npz has no examples; its keys are: arr_0. Save with np.savez\(path, x="),
        ({}, "its keys are: none"),
        ({"x": X, "data": X}, "'x' and 'data' mean the same"),
        ({"x": X, "x_train": X}, "pass either x, or x_train"),
        ({"x_test": X}, "pass either x, or x_train"),
        ({"x": X, "y_test": np.arange(12)}, "labels without examples"),
        ({"x": X, "y": np.arange(11)}, r"examples \(12, 3\) and labels \(11,\) do not go together"),
        ({"x_train": X, "y_train": np.arange(12), "x_test": X[:, :2]}, "the splits differ in shape"),
        ({"x": np.array([{}, {}])}, "pickle is never read"),
    ],
    ids=str,
)
def test_npz_refusals_name_the_keys(tmp_path, arrays, message):
    np.savez(tmp_path / "f.npz", **arrays)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "f.npz")


def test_labels_by_npz_key_and_by_file(tmp_path):
    np.savez(tmp_path / "f.npz", x=X, kind=np.arange(12) % 4)
    np.save(tmp_path / "y.npy", np.arange(12) % 2)
    (tmp_path / "labels").write_bytes(idx_bytes(np.arange(12) % 3))
    assert read(tmp_path / "f.npz").y is None
    assert read(tmp_path / "f.npz", labels="kind").y.max() == 3
    assert read(tmp_path / "f.npz", labels=str(tmp_path / "y.npy")).y.max() == 1
    assert read(X, labels=tmp_path / "labels").y.max() == 2
    with pytest.raises(DataError, match=r"no file nothing.npy"):
        read(X, labels="nothing.npy")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("label_zipped", [False, True])
def test_idx_pictures_with_the_labels_beside_them(tmp_path, zipped, label_zipped):
    def save(name, array, zip_it):
        content = idx_bytes(array)
        (tmp_path / (name + ".gz" * zip_it)).write_bytes(gzip.compress(content) if zip_it else content)

    save("train-images-idx3-ubyte", PICTURES, zipped)
    save("train-labels-idx1-ubyte", np.arange(12) % 10, label_zipped)
    dataset = read(tmp_path / ("train-images-idx3-ubyte" + ".gz" * zipped))
    assert torch.equal(dataset.x[..., 0], torch.from_numpy(PICTURES))
    assert dataset.y.tolist() == [*range(10), 0, 1]
    assert (dataset.name, dataset.unit) == ("train-images-idx3-ubyte", 255.0)
    dataset.x.zero_()  # ours to write


@pytest.mark.parametrize("code", idx.TYPES)
def test_idx_types(tmp_path, code):
    values = np.arange(24).reshape(12, 2)
    (tmp_path / "f").write_bytes(idx_bytes(values, code))
    array = idx.read(tmp_path / "f")
    assert array.dtype.isnative
    assert (array == values).all()
    assert read(tmp_path / "f").y is None


@pytest.mark.parametrize("kind", ["npy", "npz", "npz compressed", "idx", "idx.gz"])
def test_a_file_cut_anywhere_is_refused(tmp_path, kind):
    path = tmp_path / "자료"
    with path.open("wb") as file:
        if kind == "npy":
            np.save(file, X)
        elif kind.startswith("npz"):
            (np.savez if kind == "npz" else np.savez_compressed)(file, x=X)
        else:
            content = idx_bytes(PICTURES)
            file.write(content if kind == "idx" else gzip.compress(content))
    content = path.read_bytes()
    assert len(read(path)) == 12
    for end in {0, 1, 3, 5, 9, 20, len(content) // 2, len(content) - 9, len(content) - 1}:
        path.write_bytes(content[:end])
        with pytest.raises(DataError, match="자료"):
            read(path)


@pytest.mark.filterwarnings("ignore:Reading .* Python 2:UserWarning")
@pytest.mark.parametrize("kind", ["npy", "npz", "gz"])
def test_flipped_bytes_never_escape_as_another_error(tmp_path, kind):
    path = tmp_path / "f"
    with path.open("wb") as file:
        if kind == "npy":
            np.save(file, X)
        elif kind == "npz":
            np.savez_compressed(file, x=X)
        else:
            file.write(gzip.compress(idx_bytes(PICTURES)))
    content = bytearray(path.read_bytes())
    random = np.random.default_rng(1)
    for _ in range(150):
        spoilt = content.copy()
        spoilt[random.integers(len(content))] = random.integers(256)
        path.write_bytes(spoilt)
        try:
            read(path)
        except DataError:
            continue


def test_idx_with_bytes_to_spare_is_refused(tmp_path):
    (tmp_path / "f").write_bytes(idx_bytes(PICTURES) + b"1")
    with pytest.raises(DataError, match=r"f is too long: 257 bytes, shape \(12, 4, 5\) needs 256"):
        read(tmp_path / "f")


class Trap:
    def __reduce__(self):
        return (Path.touch, (Path("trapped"),))


def test_pickle_is_never_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("objects.npy", np.array([Trap(), Trap()], object), allow_pickle=True)
    np.savez("objects.npz", x=np.array([Trap(), Trap()], object))
    Path("plain.pkl").write_bytes(pickle.dumps(Trap()))
    for name in ("objects.npy", "objects.npz"):
        with pytest.raises(DataError, match="pickle is never read"):
            read(name)
    with pytest.raises(DataError, match=r"plain.pkl is none of `\.npy`"):
        read("plain.pkl")
    assert not Path("trapped").exists()


def test_a_torch_file_is_refused_without_unpickling(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save(Trap(), "model.pt")
    with pytest.raises(DataError, match="model"):
        read("model.pt")
    assert not Path("trapped").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "f.dat is none of .*it is empty"), (b"1,2\n3,4\n", "starts with 31 2c 32 0a")],
)
def test_other_formats(tmp_path, content, message):
    (tmp_path / "f.dat").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "f.dat")


def test_a_missing_file_gives_the_nearest_names(tmp_path):
    for name in ("faces.npy", "places.npz", "김치.npy"):
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=r"no file .*face\.npy\. In that folder: faces\.npy"):
        read(tmp_path / "face.npy")
    with pytest.raises(DataError, match=r"the folder .*none does not exist"):
        read(tmp_path / "none" / "x.npy")
    with pytest.raises(DataError, match=r"is a folder; name a file in it: faces\.npy, places\.npz, 김치\.npy"):
        read(tmp_path)
    with pytest.raises(DataError, match="In that folder: nothing"):
        (tmp_path / "empty").mkdir()
        read(tmp_path / "empty" / "x.npy")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", X)

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match=r"x\.npy cannot be read: Permission denied"):
        read(tmp_path / "x.npy")
