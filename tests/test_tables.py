"""Tables as data: what columns are taken for, numbers and back, and every verb on a run that was fitted on one."""

import json
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from sklearn import datasets

import jamjae as jj
from jamjae.cli import main
from jamjae.core import DataError, UsageError
from jamjae.core.event import Column
from jamjae.data import read
from jamjae.data.forms import Table, revive
from jamjae.data.like import like
from jamjae.data.read import find_like
from jamjae.data.tables import densities
from jamjae.data.tables.load import is_frame
from jamjae.explorer.shown import Shown
from jamjae.plan import chosen, prepare

BUNDLED = ("iris", "wine", "breast_cancer", "diabetes", "linnerud")
SMALL = {"latent": 2, "epochs": 2, "encoder__widths": "16", "decoder__widths": "16"}


def shop(n=300, seed=0):
    """A table with a column of every kind."""
    random = np.random.default_rng(seed)
    colour = random.choice(["red", "green", "blue"], n)
    frame = pd.DataFrame(
        {
            "id": np.arange(1, n + 1),
            "colour": colour,
            "price": np.exp(random.normal(3 + (colour == "red"), 0.5, n)).round(2),
            "change": random.normal(0, 2, n).round(3),
            "visits": random.poisson(4, n),
            "member": random.choice(["yes", "no"], n),
            "size": pd.Categorical(random.choice(["S", "M", "L"], n), ["S", "M", "L"], ordered=True),
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 366, n), "D"),
            "note": [f"text number {k} that nobody has written twice, {k * 7}" for k in range(n)],
            "shop": "only one",
        }
    )
    for name in ("colour", "price", "visits", "when"):
        frame[name] = frame[name].mask(random.random(n) < 0.1)
    return frame


def kinds(dataset):
    return {c.name: (c.kind, c.likelihood, c.levels) for c in dataset.event.columns}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    shop().to_csv(folder / "shop.csv", index=False)
    made = jj.fit("vae", folder / "shop.csv", runs=folder / "runs", labels="member", **SMALL)
    return jj.load(made.folder)


def test_every_kind_and_a_likelihood_for_each():
    dataset = read(shop())
    assert kinds(dataset) == {
        "colour": ("categorical", "categorical", 3),
        "price": ("positive", "log-normal", 0),
        "change": ("real", "gaussian", 0),
        "visits": ("count", "poisson", 0),
        "member": ("binary", "bernoulli", 2),
        "size": ("ordinal", "ordinal", 3),
        "when": ("date", "gaussian", 0),
    }
    assert dataset.form.fields[0].categories == ("blue", "green", "red"), "in the order of the alphabet"
    assert dataset.event.kind == "table" and dataset.event.missing and dataset.x.dtype == torch.float32
    assert dict(dataset.form.left) == {
        "id": "whole numbers, all different: an identifier",
        "note": "free text; to model it: --text note",
        "shop": "every known cell is 'only one'",
    }
    assert any(note.startswith("Columns left out: id (whole numbers, all different") for note in dataset.notes)


@pytest.mark.parametrize("ending", ["csv", "parquet", "frame", "arrow"])
def test_a_table_is_the_same_from_any_source(tmp_path, ending):
    frame = shop().drop(columns="size")
    path = tmp_path / f"shop.{ending}"
    frame.to_csv(tmp_path / "shop.csv", index=False)
    frame.to_parquet(tmp_path / "shop.parquet")
    source = {"frame": frame, "arrow": pa.Table.from_pandas(frame)}.get(ending, path)
    dataset = read(source)
    known = read(frame)
    assert dataset.event == known.event and torch.equal(dataset.x.nan_to_num(-9), known.x.nan_to_num(-9))
    assert dataset.fingerprint == known.fingerprint


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_tables_come_back_as_they_were(tmp_path, name):
    frame = getattr(datasets, f"load_{name}")(as_frame=True).frame
    frame.to_csv(tmp_path / f"{name}.csv", index=False)
    dataset = read(tmp_path / f"{name}.csv")
    x = dataset.x.numpy()
    readable = dataset.form.readable(x)
    assert list(readable.columns) == list(frame.columns) and not dataset.form.left
    for column in dataset.event.columns:
        found = readable[column.name].astype(float if column.kind != "categorical" else str)
        np.testing.assert_allclose(found, frame[column.name].astype(found.dtype), rtol=1e-6)
    for ending in dataset.form.endings:
        again = tmp_path / f"again{ending}"
        again.write_bytes(dataset.form.content(x, ending))
        np.testing.assert_array_equal(find_like(again, dataset.event, form=dataset.form).x, x)


def test_every_kind_comes_back_as_it_was(tmp_path):
    frame = shop()
    dataset = read(frame)
    x = dataset.x.numpy()
    readable = dataset.form.readable(x)
    known = frame[[c.name for c in dataset.event.columns]]
    for name in ("colour", "member", "size"):
        assert readable[name].fillna("?").tolist() == known[name].astype(object).fillna("?").tolist()
    assert readable["when"].equals(known["when"].astype("datetime64[s]"))
    assert readable["visits"].astype("Int64").equals(known["visits"].astype("Int64"))
    np.testing.assert_allclose(readable["price"], known["price"], rtol=1e-6)
    for form in (dataset.form, revive(json.loads(json.dumps(dataset.form.spec())))):
        np.testing.assert_array_equal(form.values(readable), x)
    assert revive(dataset.form.spec()) == dataset.form
    line = dataset.form.lines(x[:1])[0]
    first = known.iloc[0]
    assert f"member={first['member']}" in line and f"change={first['change']:g}" in line and "00:00" not in line


def test_new_rows_by_name_in_any_order_and_block_by_block():
    frame = shop()
    dataset = read(frame)
    x = dataset.x.numpy()
    turned = frame[frame.columns[::-1]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # columns that training left out are no news
        np.testing.assert_array_equal(dataset.form.values(turned), x)
    blocks = [dataset.form.numbers(frame[k : k + 70], first=k) for k in range(0, len(frame), 70)]
    np.testing.assert_array_equal(np.concatenate(blocks), x)
    bad = frame.assign(colour=frame["colour"].where(frame.index != 105, "purple"))
    with pytest.raises(
        DataError, match="row 105, column 'colour': 'purple' is none of its categories: 'blue', 'green'"
    ):
        dataset.form.numbers(bad[70:], first=70)


def test_one_row_as_a_mapping_and_numbers_as_categories():
    frame = pd.DataFrame({"code": [1, 2, 3, 1, 2], "size": [1.5, 2.5, 0.5, 4.0, 3.0]})
    form = read(frame, columns={"code": "categorical"}).form
    for code in (2, 2.0, "2", "2.0"):
        assert form.values([{"size": 1.5, "code": code}]).tolist() == [[1.0, 1.5]]


@pytest.mark.parametrize(
    ("values", "kind", "likelihood"),
    [
        (np.random.default_rng(0).normal(100, 1, 500), "real", "gaussian"),
        (np.random.default_rng(0).standard_t(1.5, 500), "real", "student-t"),
        (np.random.default_rng(0).gamma(2.0, 3.0, 500), "positive", "gamma"),
        (np.exp(np.random.default_rng(0).normal(0, 1, 500)), "positive", "log-normal"),
        (np.random.default_rng(0).poisson(7, 500), "count", "poisson"),
        (np.random.default_rng(0).negative_binomial(2, 0.1, 500), "count", "negative-binomial"),
        (np.random.default_rng(0).integers(1990, 2020, 500), "real", "gaussian"),
        (np.random.default_rng(0).integers(0, 2, 500), "binary", "bernoulli"),
        (np.random.default_rng(0).integers(-5, 5, 500), "real", "gaussian"),
    ],
    ids=["gaussian", "student-t", "gamma", "log-normal", "poisson", "negative-binomial", "years", "binary", "signed"],
)
def test_the_likelihood_is_the_one_that_the_numbers_come_from(values, kind, likelihood):
    (column,) = read(pd.DataFrame({"x": values})).event.columns
    assert (column.kind, column.likelihood) == (kind, likelihood)


def test_densities_are_maximum_likelihood():
    from scipy import stats

    x = np.random.default_rng(1).gamma(3.0, 2.0, 800)
    for ours, theirs, options in (
        (densities.gaussian, stats.norm, {}),
        (densities.log_normal, stats.lognorm, {"floc": 0}),
        (densities.gamma, stats.gamma, {"floc": 0}),
        (densities.student_t, stats.t, {"fdf": 4.0}),
    ):
        best = theirs.logpdf(x, *theirs.fit(x, **options)).mean()
        assert ours(x) == pytest.approx(best, abs=1e-3), theirs.name


@pytest.mark.parametrize(
    ("name", "values", "left"),
    [
        ("x", np.arange(30), True),
        ("x", np.arange(30) * 3, False),
        ("customer_id", np.arange(30) * 3, True),
        ("PassengerId", np.arange(30) * 3, True),
        ("acid", np.arange(30) * 3, False),
        ("x", [f"u{k}" for k in range(30)], True),
        ("x", [f"u{k % 10}" for k in range(30)], False),
        ("x", [None] * 30, True),
    ],
)
def test_identifiers_are_left_out(name, values, left):
    dataset = read(pd.DataFrame({name: values, "size": np.linspace(0, 1, 30)}))
    assert (name in dataset.form.left) == left
    if left and values[0] is not None:
        kept = read(pd.DataFrame({name: values, "size": np.linspace(0, 1, 30)}), columns={name: "categorical"})
        assert kept.event.columns[0].levels == 30


@pytest.mark.parametrize("columns", ["visits=gaussian,size=L<M<S,price=skip", {"visits": "gaussian", "size": "L<M<S"}])
def test_choices_change_columns_and_travel_with_the_run(tmp_path, columns):
    shop(60).to_csv(tmp_path / "shop.csv", index=False)
    found = kinds(read(tmp_path / "shop.csv", columns=columns))
    assert found["visits"][:2] == ("real", "gaussian") and found["size"] == ("ordinal", "ordinal", 3)
    assert ("price" in found) == isinstance(columns, dict)
    spec = prepare("ae", tmp_path / "shop.csv", columns=columns, **SMALL).spec()
    again = chosen(json.loads(json.dumps(spec)))
    assert spec["data"]["columns"] == again["columns"] == columns
    assert prepare(again.pop("recipe"), again.pop("data"), **again).spec()["data"] == spec["data"]


def test_columns_are_for_tables():
    with pytest.raises(UsageError, match="`columns` is for tables; got 'a=real'"):
        read("digits", columns="a=real")
    with pytest.raises(UsageError, match="`size` is for folders of pictures"):
        read(shop(), size=8)


def test_labels_are_a_column_that_may_be_absent_later(run, tmp_path):
    assert run.dataset.classes == ("no", "yes") and run.form.label == "member"
    assert "member" not in [c.name for c in run.model.event.columns]
    frame = shop(40, seed=1)
    codes, names = run.codes(frame)
    assert names == frame["member"].tolist()
    bare, none = run.codes(frame.drop(columns="member"))
    assert none is None and np.array_equal(bare, codes)
    _, other = run.codes(frame, labels="colour")
    assert other == frame["colour"].fillna("").tolist()
    with pytest.raises(UsageError, match="unknown column for `labels` 'membr'; did you mean 'member'"):
        run.codes(frame, labels="membr")


def test_a_pair_of_frame_and_labels(run):
    dataset = read((shop(50), ["a", "b"] * 25))
    assert dataset.classes == ("a", "b") and dataset.y.tolist() == [0, 1] * 25
    assert is_frame((shop(3), None)) and not is_frame((1, 2, 3)) and not is_frame(np.zeros((3, 3)))


def test_numbers_as_labels(tmp_path):
    frame = shop(50)
    assert read(frame, labels="change").y.dtype == torch.float32
    assert read(frame, labels="visits").classes[0].isdecimal(), "whole numbers are classes"
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert torch.equal(read(tmp_path / "t.csv", labels="visits").y, read(frame, labels="visits").y)


def test_arrays_for_a_table_are_checked(run):
    x = run.dataset.x[:4].nan_to_num(1.0).numpy()
    x[:, 1] = 3.5
    assert like(x, run.model.event, form=run.form).shape == x.shape
    x[2, 0] = 7
    with pytest.raises(DataError, match="row 2, column 'colour' is 7, and must be a whole number from 0 to 2"):
        like(x, run.model.event, form=run.form)


def test_a_table_for_a_model_of_plain_numbers_is_refused(tmp_path):
    made = jj.fit("ae", np.random.default_rng(0).normal(size=(60, 2)), runs=tmp_path, **SMALL)
    with pytest.raises(DataError, match="is a table, and the model was fitted on plain numbers"):
        made.encode(pd.DataFrame({"a": [1.0], "b": [2.0]}))


def cli(capsys, *words):
    assert main([str(w) for w in words]) in (0, None)
    return capsys.readouterr().out


def test_check_shows_columns_for_approval(run, capsys):
    source = run.spec["data"]["source"]
    out = cli(capsys, "check", source, "--columns", "visits=gaussian")
    head, *rows = out.splitlines()
    assert head.split() == ["column", "kind", "likelihood", "range", "or", "levels", "missing", "examples"]
    found = {row.split()[0]: row for row in rows if row}
    assert "categorical" in found["colour"] and "3: blue, green, red" in found["colour"] and "%" in found["colour"]
    assert "left out" in found["id"] and "gaussian" in found["visits"] and "2024-" in found["when"]
    assert '--columns "colour=categorical,price=log-normal,change=gaussian,visits=gaussian,id=skip"' in out
    assert "table row of 7 columns" in out


def test_verbs_write_tables(run, capsys, tmp_path):
    folder, names = run.folder, [f.name for f in run.form.fields]
    cli(capsys, "sample", folder, 12, "-o", tmp_path / "s.csv")
    made = pd.read_csv(tmp_path / "s.csv", parse_dates=["when"])
    assert list(made.columns) == names and len(made) == 12 and set(made["colour"]) <= {"red", "green", "blue"}
    assert made["visits"].dtype.kind == "i" and (made["price"] > 0).all()
    np.testing.assert_allclose(run.form.values(made)[:, 1], run.sample(12)[:, 1], rtol=1e-6)
    assert cli(capsys, "sample", folder, 3).strip().endswith("samples.csv")
    cli(capsys, "reconstruct", folder, "--limit", 5, "-o", tmp_path / "r.parquet")
    assert list(pd.read_parquet(tmp_path / "r.parquet").columns) == names
    cli(capsys, "interpolate", folder, 0, 1, "--steps", 4, "-o", tmp_path / "i.csv")
    assert len(pd.read_csv(tmp_path / "i.csv")) == 4
    cli(capsys, "encode", folder, "-o", tmp_path / "z.csv")
    cli(capsys, "decode", folder, tmp_path / "z.csv", "-o", tmp_path / "d.csv")
    assert len(pd.read_csv(tmp_path / "d.csv")) == 300
    with pytest.raises(UsageError, match=r"`out` must end in \.csv or \.parquet or \.npy"):
        from jamjae.cli import out

        out.write(tmp_path / "s.png", run.sample(2), form=run.form)


def test_score_writes_the_table_with_features_by_name(run, capsys, tmp_path):
    frame = shop(30, seed=2).drop(columns="member")
    frame.loc[4, "price"] = 1e6
    frame["score"] = "mine"
    frame.to_csv(tmp_path / "new.csv", index=False)
    words = ("--by", "reconstruction", "--quantile", 0.9, "-o", tmp_path / "s.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # an error in tests, a line on the command line
        assert main(["score", str(run.folder), str(tmp_path / "new.csv"), *map(str, words)]) in (0, None)
    assert "new.csv: not used, since training did not have the column 'score'" in capsys.readouterr().err
    scored = pd.read_csv(tmp_path / "s.csv", encoding="utf-8-sig")
    own = list(frame.columns)
    assert list(scored.columns[: len(own)]) == own and scored["score"].tolist() == ["mine"] * 30
    assert list(scored.columns[len(own) :][:4]) == ["jamjae_score", "flagged", "p_value", "feature_1"]
    assert scored["jamjae_score"].argmax() == 4 and scored["feature_1"][4] == "price" and scored["flagged"][4] == 1
    assert set(scored["feature_1"]) <= {f.name for f in run.form.fields}
    assert run.score(frame.drop(columns="score"), quantile=0.9).table()["id"].tolist() == frame["id"].tolist()


def test_columns_as_a_mapping_in_a_file_of_options(tmp_path, capsys):
    shop(60).to_csv(tmp_path / "shop.csv", index=False)
    (tmp_path / "o.yaml").write_text("columns:\n  visits: gaussian\n  note: skip\n")
    out = cli(capsys, "check", tmp_path / "shop.csv", "--config", tmp_path / "o.yaml")
    assert "as asked" in out and "visits=gaussian" in out


def test_a_damaged_form_is_refused():
    spec = Table(()).spec() | {"fields": [{"column": {"name": "x", "kind": "odd"}, "categories": []}]}
    with pytest.raises(DataError, match="the form of the table does not make sense: `kind` must be one of"):
        revive(spec)
    assert Column("x").kind == "real"


def test_the_explorer_reads_rows_column_by_column(tmp_path):
    frame = pd.DataFrame(
        {
            "size": np.linspace(0.5, 9.5, 60) + np.sin(np.arange(60)),
            "colour": ["red", "green", "blue"] * 20,
            "since": pd.date_range("2024-01-01", periods=60, freq="37h").strftime("%Y-%m-%d"),
        }
    )
    run = jj.fit("vae", frame, latent=2, epochs=1, runs=tmp_path)
    shown = Shown(run)
    columns = json.loads(shown.get("about", {}).body)["event"]["columns"]
    assert [(c["name"], c["kind"], c["categories"]) for c in columns] == [
        ("size", "real", []),
        ("colour", "categorical", ["blue", "green", "red"]),
        ("since", "date", []),
    ]
    assert b"lines" not in shown.call("decode", {"z": [0.0, 0.0]}).body
