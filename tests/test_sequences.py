"""Sequences and time series: how arrays and tables become sequences, splits by time, the network, every verb."""

import json
import unicodedata
import warnings

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.cli import main
from jamjae.core import Event
from jamjae.core.errors import Damaged, DataError, UsageError
from jamjae.data import read
from jamjae.data.forms import revive
from jamjae.data.forms.series import Series
from jamjae.data.series import columns
from jamjae.data.splits import in_time
from jamjae.data.tables.load import sheet
from jamjae.networks import Temporal
from jamjae.networks.temporal import Doubled
from jamjae.plots.pictures import thinned

TINY = {"encoder__channels": "4", "decoder__channels": "4", "latent": 2, "epochs": 1}


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture(scope="module")
def walks():
    """Two channels of very different size, 400 rows."""
    steps = np.random.default_rng(0).standard_normal((400, 2))
    return steps.cumsum(0) * [1.0, 1000.0]


@pytest.fixture(scope="module")
def run(walks, tmp_path_factory):
    """A VAE on windows of a table with Korean names."""
    root = tmp_path_factory.mktemp("series")
    rows = "\n".join(f"2024-01-{k % 28 + 1},{a!r},{b!r}" for k, (a, b) in enumerate(walks.tolist()))
    path = write(root / unicodedata.normalize("NFD", "기온.csv"), f"날짜,기온,기압\n{rows}\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jj.fit("vae", path, window=16, stride=4, runs=root / "runs", **TINY)


# -- what is read -----------------------------------------------------------------------------------------------------


def test_three_axes_are_pictures_unless_sequences_are_asked_for():
    x = np.random.default_rng(0).standard_normal((20, 7, 2))
    assert read(x).event.kind == "image"
    dataset = read(x, kind="sequence")
    assert dataset.event == Event((7, 2), "sequence") and np.allclose(dataset.x, x)
    assert read(x[..., 0], kind="sequence").event.shape == (7, 1)
    bits = read((x > 0).astype(np.uint8), kind="sequence")
    assert bits.event == Event((7, 2), "sequence", 0.0, 1.0, levels=2)
    with pytest.raises(DataError, match=r"sequences are \(n, places, channels\)"):
        read(x[..., None], kind="sequence")
    with pytest.raises(UsageError, match="'sequence'"):
        read(x, kind="series")
    with pytest.raises(UsageError, match="`kind` is for arrays"):
        read("digits", kind="sequence")


def test_not_a_number_is_refused():
    x = np.zeros((5, 4, 2))
    x[3, 1, 1] = np.nan
    with pytest.raises(DataError, match=r"row 3, cell \(1, 1\)"):
        read(x, kind="sequence")


def test_windows_against_a_list_by_hand():
    form = Series(("0",), 4, 3)
    assert form.values(np.arange(11))[..., 0].tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    assert form.overlap == 1 and Series(("0",), 4, 1).overlap == 3 and Series(("0",), 4, 4).overlap == 0
    whole = read(np.arange(24.0).reshape(12, 2), window=4)
    assert whole.x.tolist()[1] == [[8, 9], [10, 11], [12, 13], [14, 15]] and whole.form.overlap == 0
    assert {k: v.tolist() for k, v in whole.splits.items()} == {"train": [0], "validation": [1], "test": [2]}


@pytest.mark.parametrize("stride", [1, 3, 8, 11])
def test_no_row_is_in_windows_of_two_splits(stride):
    rows = np.arange(500.0)
    dataset = read(rows, window=8, stride=stride)
    seen = {name: set(dataset.x[dataset.rows(name)].flatten().tolist()) for name in ("train", "validation", "test")}
    assert all(seen.values())
    assert not (seen["train"] & seen["validation"] or seen["train"] & seen["test"] or seen["validation"] & seen["test"])
    assert max(seen["train"]) < min(seen["validation"]) and max(seen["validation"]) < min(seen["test"])
    note = next(n for n in dataset.notes if n.startswith("Splits follow the order of time"))
    assert ("are left out" in note) == (stride < 8)


def test_splits_in_time_have_the_sizes_that_were_asked_for():
    found = in_time(100, 3, validation=10, test=0.2)
    assert {k: len(v) for k, v in found.items()} == {"train": 64, "validation": 10, "test": 20}
    assert len(in_time(100, 3, test=0)["test"]) == 0 and in_time(100, 3, test=0)["validation"].max() == 99
    with pytest.raises(UsageError, match="leave no training window of 10, 4 beside each left out"):
        in_time(10, 4)


def test_a_table_is_read_by_its_names(tmp_path):
    path = write(tmp_path / "a.csv", "time,a,b\nx,1,2\ny,3,4.5\n", "utf-8-sig")
    numbers, dropped = columns(sheet(path))
    assert {k: v.tolist() for k, v in numbers.items()} == {"a": [1, 3], "b": [2, 4.5]} and dropped == ["time"]
    frame = sheet(path).frame
    assert read(frame.loc[[0, 1, 0, 1, 0, 1]], window=2).x[0].tolist() == [[1, 2], [3, 4.5]]
    with pytest.raises(UsageError, match="no labels"):
        read((frame, [0, 1]), window=2)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("a,b\n1,2\n3,\n", "a.csv, row 3, column 'b': it is no number"),
        ("a,b\n1,nan\n3,4\n", "row 2, column 'b': it is no number"),
        ("a,b\n1,2,3\n", "a.csv"),
        ("a,a\n1,2\n", "'a'"),
        ("a,b\nx,y\n", "no column of numbers"),
        ("", "is empty"),
        ("a\n1\n2\n", "2 rows, fewer than a window: 4"),
    ],
)
def test_bad_tables_are_refused(tmp_path, text, match):
    with pytest.raises(DataError, match=match):
        read(write(tmp_path / "a.csv", text), window=4)


def test_options_without_meaning_are_refused(tmp_path):
    for options, match in (
        ({"window": 0}, "at least 1 row"),
        ({"window": 2, "stride": 0}, "at least 1 row"),
        ({"stride": 2}, "`window` is needed to cut a series"),
    ):
        with pytest.raises(UsageError, match=match):
            read(np.arange(20.0), **options)
    with pytest.raises(UsageError, match="neither labels nor official splits"):
        read((np.arange(20.0), np.arange(20)), window=4)
    with pytest.raises(DataError, match=r"a series is \(rows,\)"):
        read(np.zeros((20, 3, 2)), window=4)


def test_the_form_reads_and_writes():
    form = Series(("a", "b"), 3, 2)
    x = form.values({"b": [10, 20, 30, 40, 50], "a": [1, 2, 3, 4, 5], "c": [0] * 5})
    assert x.tolist() == [[[1, 10], [2, 20], [3, 30]], [[3, 30], [4, 40], [5, 50]]]
    assert {k: v.tolist() for k, v in form.readable(x).items()}["b"] == [[10, 20, 30], [30, 40, 50]]
    assert form.lines(x)[0] == "a 1 to 3; b 10 to 30"
    assert form.content(x).decode("utf-8-sig").split() == [
        "window,place,a,b", "0,0,1,10", "0,1,2,20", "0,2,3,30", "1,0,3,30", "1,1,4,40", "1,2,5,50",
    ]  # fmt: skip
    again = revive(json.loads(json.dumps(form.spec())))
    assert again.spec() == form.spec()
    with pytest.raises(DataError, match="no column a; it has b"):
        form.values({"b": [1, 2, 3]})
    with pytest.raises(Damaged, match="no series"):
        revive({"kind": "series", "names": ["a"], "window": "9", "stride": 1})


# -- the network ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("places", [1, 2, 5, 8, 29])
@pytest.mark.parametrize("channels", [(4,), (2, 3, 4)], ids=str)
def test_any_length_goes_down_and_up(places, channels):
    down, up = Temporal((places, 3), (4, 2), channels=channels), Temporal((4,), (places, 3, 2), channels=channels)
    assert down(torch.randn(2, places, 3)).shape == (2, 4, 2) and not down.up
    assert up(torch.randn(5, 2, 4)).shape == (5, 2, places, 3, 2) and up.up


def test_gradients_are_those_of_differences():
    torch.manual_seed(0)
    for network, shape in ((Temporal((5, 2), (3,), channels=(3, 4), activation="silu"), (2, 5, 2)),
                           (Temporal((3,), (5, 2, 1), channels=(3, 4), activation="silu"), (2, 3))):  # fmt: skip
        x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(network.double(), (x,))


def test_all_places_reach_the_code_and_the_code_reaches_all_places():
    torch.manual_seed(0)
    down, up = Temporal((9, 2), (1,), activation="silu"), Temporal((1,), (9, 2, 1), activation="silu")
    x, z = torch.randn(1, 9, 2, requires_grad=True), torch.randn(1, 1)
    down(x).sum().backward()
    assert (x.grad != 0).all() and (up(z) != up(z + 1)).all()


def test_a_constant_sequence_starts_without_a_comb():
    torch.manual_seed(0)
    y = Doubled(3, 2)(torch.ones(1, 3, 6), 12)[..., 2:-2]  # away from the padding
    torch.testing.assert_close(y, y[..., :1].expand_as(y))


def test_new_places_lie_in_order():
    layer = Doubled(1, 1)
    with torch.no_grad():
        layer.conv.weight.zero_()
        layer.conv.weight[:, 0, 1] = torch.tensor([1.0, 10.0])
        layer.conv.bias.zero_()
    assert layer(torch.tensor([[[1.0, 2.0]]]), 3).tolist() == [[[1, 10, 2]]]


def test_vectors_are_refused():
    with pytest.raises(UsageError, match="Use the network mlp for vectors"):
        Temporal((4,), (2,))


def test_recipes_take_it_for_sequences():
    x = np.random.default_rng(0).standard_normal((60, 9, 2))
    from jamjae.plan import prepare

    for recipe in ("vae", "vae-gan", "hvae"):
        spec = prepare(recipe, x, kind="sequence", epochs=1).spec()["model"]
        assert spec["decoder"]["name"] == ("partial" if recipe == "hvae" else "temporal")
        assert spec["encoder"]["name"] == "temporal"
        if recipe == "vae":  # channels have units of their own
            assert spec["likelihood"]["variance"] == "dimension"
    one = prepare("vae", x[..., :1], kind="sequence", epochs=1).spec()["model"]
    assert one["likelihood"]["variance"] == "optimal"
    assert prepare("vae", x, epochs=1).spec()["model"]["decoder"]["name"] == "mlp", "pictures are as they were"


# -- verbs ------------------------------------------------------------------------------------------------------------


def test_the_run_reads_its_data_again(run):
    form = run.spec["data"]["form"]
    assert form["names"] == ["기온", "기압"] and (form["window"], form["stride"]) == (16, 4)
    assert "Columns without numbers were left out: 날짜." in run.dataset.notes
    assert jj.load(run.folder).dataset.fingerprint == run.dataset.fingerprint


def test_new_series_are_cut_as_the_training_data_was(run, walks, tmp_path):
    assert run.encode(walks[:40]).shape == (7, 2)
    x = run.form.values(walks[:40])
    assert np.array_equal(run.encode(x), run.encode(walks[:40]))
    swapped = "\n".join(f"{b!r},{a!r}" for a, b in walks[:40].tolist())
    path = write(tmp_path / "new.csv", f"기압,기온\n{swapped}\n")
    assert run.encode(path) == pytest.approx(run.encode(walks[:40]), abs=1e-6)
    with pytest.raises(DataError, match="no column 기온"):
        run.encode(write(tmp_path / "other.csv", "기압,바람\n" + "1,2\n" * 20))


def test_a_run_on_arrays_takes_one_sequence_or_many(tmp_path):
    x = np.random.default_rng(0).standard_normal((40, 9, 2))
    run = jj.fit("vae", x, kind="sequence", runs=tmp_path, **TINY)
    assert run.encode(x).shape == (40, 2) and np.allclose(run.encode(x[0]), run.encode(x)[:1], atol=1e-6)
    assert run.form is None and run.sample(3).shape == (3, 9, 2)


def test_the_command_line_writes_tables(run, tmp_path, capsys):
    name = str(run.folder)
    assert main(["sample", name, "3"]) == 0
    lines = (run.folder / "samples.csv").read_text(encoding="utf-8-sig").split()
    assert lines[0] == "window,place,기온,기압" and len(lines) == 1 + 3 * 16
    assert main(["reconstruct", name, "-o", str(tmp_path / "pairs.png")]) == 0
    assert main(["interpolate", name, "--out", str(tmp_path / "way.npy")]) == 0
    assert np.load(tmp_path / "way.npy").shape == (10, 16, 2)
    capsys.readouterr()
    assert main(["check", run.spec["data"]["source"], "--window", "16"]) == 0
    assert "sequence of 16 x 2" in capsys.readouterr().out


def test_scores_find_the_window_that_was_spoiled(run, walks):
    spoiled = walks[:160].copy()
    spoiled[64:80] = -5 * np.abs(walks).max(0)
    scores = run.score(run.form.values(spoiled)[::4], by="reconstruction", quantile=0.9).scores
    assert scores.argmax() == 4


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_metric_is_measured_or_has_a_reason(run):
    found = run.evaluate(full=True, samples=5, limit=8)
    assert all(m.value is not None or m.reason for m in found.values())


@pytest.mark.filterwarnings("ignore")
def test_the_report_draws_a_line_for_each_channel(run, tmp_path):
    from jamjae.report.translation import missing

    page = run.report(tmp_path / "report.html", samples=5, limit=8).read_text(encoding="utf-8")
    assert "2 lines, one a channel, each in its own scale, 16 places" in page and "<audio" not in page
    assert missing(page, "ko") == []


def test_long_curves_keep_their_peaks():
    x = np.zeros((2, 5000))
    x[0, 1234], x[1, 4321] = 1.0, -1.0
    found = thinned(x)
    assert found.shape == (2, 200) and found[0].max() == 1 and found[1].min() == -1
