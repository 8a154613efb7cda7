"""Nearest examples against all distances, codes as tables, and the files of both."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

import jamjae as jj
from jamjae.cli import main
from jamjae.coding import coded
from jamjae.core.errors import Undefined, UsageError

pytestmark = pytest.mark.usefixtures("untuned")
TINY = {"encoder__widths": "32", "decoder__widths": "32"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A VAE of digits, whose values are taken as they are."""
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("vae", "digits", latent=3, epochs=10, lr=5e-3, binarise="none", runs=runs, name="digits", **TINY)


def grey(run, split, n=None):
    return run.dataset.scaled(run.dataset.rows(split)[:n]).numpy()


@pytest.mark.parametrize("split", ["train", "test"])
def test_they_are_the_nearest_of_all(run, split):
    queries = grey(run, "validation", 7)
    found = run.neighbours(queries, 4, split=split)
    known, asked = run.encode(grey(run, split)), run.encode(queries)
    apart = np.sqrt(((asked[:, None].astype(float) - known[None]) ** 2).sum(2))
    assert np.allclose(found.distances, np.sort(apart, 1)[:, :4], atol=1e-5)
    rows = run.dataset.rows(split).numpy()
    assert np.array_equal(found.rows, rows[apart.argsort(1)[:, :4]])
    assert found.labels == [[str(run.dataset.y[row].item()) for row in one] for one in found.rows]


def test_an_example_of_the_split_is_its_own_neighbour(run):
    found = run.neighbours(grey(run, "train", 5), k=1)
    assert found.rows[:, 0].tolist() == run.dataset.rows("train")[:5].tolist() and found.distances.max() < 1e-4


def test_neighbours_share_labels_more_often_than_chance(run):
    found = run.neighbours(grey(run, "test"))
    truth = np.array([str(k) for k in run.dataset.y[run.dataset.rows("test")].tolist()])
    assert (np.array(found.labels) == truth[:, None]).mean() > 0.4


def test_without_labels_there_are_none(tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 3))
    found = jj.fit("ae", x, epochs=1, runs=tmp_path, **TINY).neighbours(x[:2], k=3)
    assert found.labels is None and list(found.columns()) == ["query", "rank", "row", "distance"] and len(found) == 2


def test_a_conditional_run_is_told_the_labels(tmp_path):
    told = jj.fit("vae", "digits", condition="label", epochs=0.2, runs=tmp_path, **TINY)
    x = grey(told, "test", 3)
    assert not np.allclose(
        told.neighbours(x, labels=[1, 2, 3]).distances, told.neighbours(x, labels=[4, 5, 6]).distances
    )


def test_wrong_questions_are_refused(run, tmp_path):
    for k in (0, 181):
        with pytest.raises(UsageError, match="`k` must be 1 to 180, the size of the validation split"):
            run.neighbours(grey(run, "test", 1), k, split="validation")
    with pytest.raises(UsageError, match="`split` must be one of"):
        run.neighbours(grey(run, "test", 1), split="all")
    with pytest.raises(Undefined, match="no encoder"):
        jj.fit("gan", "digits", epochs=0.05, runs=tmp_path).neighbours("digits")


def test_the_command_line_draws_pictures_and_writes_tables(run, tmp_path, capsys):
    np.save(tmp_path / "q.npy", grey(run, "test", 3)[..., 0])
    arguments = ["neighbours", str(run.folder), str(tmp_path / "q.npy"), "-k", "4"]
    assert main(arguments) == 0 and capsys.readouterr().out.strip().endswith("neighbours.png")
    with Image.open(run.folder / "neighbours.png") as picture:
        width, height = picture.size
        assert width > 1.5 * height, "three rows of one query, a gap and four neighbours"
    assert main([*arguments, "-o", str(tmp_path / "n.csv")]) == 0
    rows = list(csv.DictReader((tmp_path / "n.csv").read_text(encoding="utf-8-sig").splitlines()))
    found = run.neighbours(grey(run, "test", 3), 4)
    assert [int(row["row"]) for row in rows] == found.rows.flatten().tolist() and rows[5]["rank"] == "2"
    assert main([*arguments, "-o", str(tmp_path / "n.txt")]) == 2
    assert "must end in .csv or .json or .parquet" in capsys.readouterr().err


# -- codes as tables --------------------------------------------------------------------------------------------------


def test_codes_and_deviations_in_parquet_and_npz(run, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    wanted = coded(run, deviation=True)
    for name in ("z.parquet", "z.npz"):
        assert main(["encode", str(run.folder), "--deviation", "-o", str(tmp_path / name)]) == 0
    table = parquet.read_table(tmp_path / "z.parquet")
    assert table.column_names == [
        *(f"z_{j}" for j in (1, 2, 3)),
        *(f"deviation_{j}" for j in (1, 2, 3)),
        "label",
        "row",
    ]
    assert np.array_equal(np.stack([table[f"z_{j}"] for j in (1, 2, 3)], 1), wanted.codes)
    assert np.array_equal(np.stack([table[f"deviation_{j}"] for j in (1, 2, 3)], 1), wanted.deviations)
    assert table["label"].to_pylist() == wanted.labels and table["row"].to_pylist() == list(range(1797))
    about = json.loads(table.schema.metadata[b"jamjae"])
    assert about["run"] == "digits-001" and about["fingerprint"] == run.dataset.fingerprint
    arrays = np.load(tmp_path / "z.npz")
    assert np.array_equal(arrays["z"], wanted.codes) and np.array_equal(arrays["deviation"], wanted.deviations)
    assert arrays["label"].tolist() == wanted.labels and json.loads(str(arrays["jamjae"])) == about


def test_deviations_need_a_file_with_room_and_a_posterior_that_has_them(run, tmp_path, capsys):
    assert main(["encode", str(run.folder), "--deviation", "-o", str(tmp_path / "z.csv")]) == 2
    assert "must end" not in (said := capsys.readouterr().err) and ".parquet or .npz" in said
    point = jj.fit("ae", "digits", epochs=0.1, runs=tmp_path, **TINY)
    assert coded(point, deviation=True).deviations.max() == 0
