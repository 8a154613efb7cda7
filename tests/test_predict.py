"""Predictions against scikit-learn by hand, against their own promises, and through both doors."""

import csv
import json
import sys

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.svm import LinearSVC

import jamjae as jj
from jamjae import heads
from jamjae.cli import main, tables
from jamjae.core.errors import DataError, JamjaeError, Undefined, UsageError
from jamjae.core.pca import principal_components
from jamjae.evaluation.base.measurement import wilson

pytestmark = pytest.mark.usefixtures("untuned")
TINY = {"encoder__widths": "32", "decoder__widths": "32"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def run(runs):
    """An autoencoder of digits: its codes do not depend on draws."""
    return jj.fit("ae", "digits", latent=6, epochs=15, lr=5e-3, binarise="none", runs=runs, name="digits", **TINY)


@pytest.fixture(scope="module")
def plane(runs):
    """Vectors whose first axis a number depends on; labels are numbers, some unknown."""
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 4)).astype("float32") * [3, 1, 0.1, 0.1]
    y = np.where(np.arange(400) % 10, x[:, 0] + 0.3 * random.normal(size=400), np.nan)
    found = jj.fit("ae", (x, y), latent=2, epochs=30, lr=1e-2, runs=runs, name="plane", **TINY)
    found.x = x
    return found


def codes(run, split):
    x, y = run.dataset.examples(split)
    return run.encode(x.numpy()), y.numpy()


def standard(codes, like):
    return (codes - like.mean(0)) / like.std(0)


def test_the_head_is_the_regression_on_training_codes_and_is_judged_on_the_test_split(run):
    (train, y), (test, truth) = codes(run, "train"), codes(run, "test")
    by_hand = LogisticRegression(max_iter=1000).fit(standard(train, train), y)
    found = run.predict(run.dataset.examples("test")[0].numpy())
    assert found.by == "logistic on 6 code axes" and found.learned_from == len(train)
    assert np.allclose(found.probabilities, by_hand.predict_proba(standard(test, train)), atol=1e-3)
    guessed = found.probabilities.argmax(1)
    assert found.labels == [str(k) for k in guessed] and np.allclose(found.probability, found.probabilities.max(1))
    accuracy, simple, blind = found.measured
    assert accuracy.value == (guessed == truth).mean() and accuracy.n == len(truth)
    assert accuracy.interval == wilson(torch.from_numpy(guessed == truth))
    assert blind.value == (truth == np.bincount(y).argmax()).mean()
    assert accuracy.baseline == simple.value and accuracy.baseline_name == "PCA(6)"
    low, high = accuracy.details["difference_interval"]
    assert low <= accuracy.details["difference"] == accuracy.value - simple.value <= high


def test_the_baseline_is_the_same_head_on_principal_components(run):
    (x, y), (asked, truth) = run.dataset.examples("train"), run.dataset.examples("test")
    pca = principal_components(x, 6)
    train, test = pca.encode(x).numpy(), pca.encode(asked).numpy()
    by_hand = LogisticRegression(max_iter=1000).fit(standard(train, train), y)
    found = run.predict("digits").measured[1]
    assert found.value == pytest.approx((by_hand.predict(standard(test, train)) == truth.numpy()).mean(), abs=0.01)


def test_labels_without_a_pattern_are_told_at_chance(run):
    y = np.random.default_rng(0).permutation(np.arange(1797) % 4)
    low, high = run.predict("digits", labels=y).measured[0].interval
    assert low < 0.25 < high and high - low < 0.12


def test_numbers_are_predicted_with_r2_and_unknown_ones_are_left_out(plane):
    (train, y), (test, truth) = codes(plane, "train"), codes(plane, "test")
    known, judged = ~np.isnan(y), ~np.isnan(truth)
    assert 0 < known.sum() < len(y)
    by_hand = Ridge().fit(standard(train[known], train[known]), y[known])
    found = plane.predict(plane.x)
    assert found.labels is None and found.classes == () and found.learned_from == known.sum()
    wanted = by_hand.predict(standard(test, train[known]))
    r2, simple, blind = found.measured
    assert r2.value == pytest.approx(r2_score(truth[judged], wanted[judged]), abs=1e-4) and r2.n == judged.sum()
    assert r2.interval[0] < r2.value < r2.interval[1] <= 1 and r2.value > 0.8 and blind.value <= 0 < simple.value
    rows = plane.dataset.rows("test").numpy()
    assert np.allclose(found.values[rows], wanted, atol=1e-4)


def test_unknown_classes_are_left_out_of_the_fit(run):
    y = run.dataset.y.numpy().copy()
    y[run.dataset.rows("train")[100:]] = -1
    found = run.predict("digits", labels=y)
    assert found.learned_from == 100 and found.measured[0].n == 359
    names = np.array(["zero", *map(str, range(1, 10)), ""])[y]
    named = run.predict("digits", labels=names)
    assert named.learned_from == 100 and set(named.labels) <= {"zero", *map(str, range(1, 10))}


def test_a_class_that_no_training_example_has_gets_no_probability(run):
    y = run.dataset.y.numpy().copy()
    y[run.dataset.rows("train")] = np.where(y[run.dataset.rows("train")] == 3, -1, y[run.dataset.rows("train")])
    found = run.predict("digits", labels=y)
    assert "3" in found.classes and "3" not in found.labels and not found.probabilities[:, 3].any()


def test_any_head_of_scikit_learn_and_the_same_seed(run):
    given = RandomForestClassifier(20)
    found = run.predict("digits", head=given)
    assert found.by == "RandomForestClassifier on 6 code axes" and not hasattr(given, "classes_"), "it is not changed"
    again = run.predict("digits", head=RandomForestClassifier(20))
    assert np.array_equal(found.probabilities, again.probabilities)
    bare = run.predict("digits", head=LinearSVC())
    assert bare.probabilities is None and bare.probability is None and "probability" not in bare.columns()


@pytest.mark.parametrize("name", heads.HEADS["classes"])
def test_every_named_head_beats_the_most_frequent_class(run, name):
    accuracy, *_, blind = run.predict("digits", head=name).measured
    assert accuracy.interval[0] > 0.5 > blind.value


@pytest.mark.parametrize("name", heads.HEADS["numbers"])
def test_every_named_head_for_numbers_explains_most(plane, name):
    assert plane.predict(plane.x, head=name).measured[0].value > 0.6


def test_it_learns_once_and_again_for_another_question(run, monkeypatch):
    run.predict("digits", head="knn")
    monkeypatch.setattr(heads, "made", lambda *_: pytest.fail("it learned again"))
    run.predict("digits", head="knn")
    for other in ({"head": "forest"}, {"head": "knn", "labels": run.dataset.y.numpy() % 2}):
        with pytest.raises(pytest.fail.Exception):
            run.predict("digits", **other)


def test_a_head_and_labels_that_were_changed_are_learned_again(run):
    head, labels = RandomForestClassifier(3, random_state=0), run.dataset.y.numpy() % 2
    first = run.predict("digits", head=head, labels=labels)
    labels[:] = run.dataset.y.numpy() % 3
    assert len(run.predict("digits", head=head, labels=labels).classes) == 3 != len(first.classes)
    head.set_params(max_depth=1)
    assert run.predict("digits", head=head, labels=labels).probability.max() < 0.9


def test_the_callers_random_state_stays(run):
    torch.manual_seed(0)
    np.random.seed(0)
    before = torch.random.get_rng_state(), np.random.get_state()[1].copy()
    run.predict("digits", head=RandomForestClassifier(5))
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"head": "logistik"}, UsageError, "did you mean 'logistic'"),
        ({"head": "ridge"}, UsageError, "unknown head for labels that are classes"),
        ({"head": LinearRegression()}, UsageError, 'must be a classifier.*head="logistic"'),
        ({"labels": [1, 2]}, DataError, "2 entries for 1797 examples"),
        ({"labels": [7] * 1797}, DataError, "1 different classes; a head needs 2"),
        ({"labels": [None] * 1797}, DataError, "0 different classes"),
    ],
)
def test_wrong_questions_are_refused(run, options, kind, said):
    with pytest.raises(kind, match=said):
        run.predict("digits", **options)


def test_without_labels_it_is_said_what_to_type(tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 3))
    bare = jj.fit("ae", x, epochs=1, runs=tmp_path, **TINY)
    with pytest.raises(UsageError, match=r"no labels to predict.*60 examples.*--labels FILE"):
        bare.predict(x)
    assert len(bare.predict(x, labels=x[:, 0]).values) == 60


def test_models_whose_codes_say_nothing_are_refused(tmp_path):
    told = jj.fit("vae", "digits", condition="label", epochs=0.1, runs=tmp_path, **TINY)
    with pytest.raises(Undefined, match=r"told the label.*`m2`"):
        told.predict("digits", labels=None)
    maker = jj.fit("gan", "digits", epochs=0.05, runs=tmp_path)
    with pytest.raises(Undefined, match="no encoder"):
        maker.predict("digits")


def test_without_a_labelled_test_split_there_is_a_reason(tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 3))
    found = jj.fit("ae", (x, x[:, 0] > 0), test=0, epochs=1, runs=tmp_path, **TINY).predict(x)
    assert [m.reason for m in found.measured] == ["the test split has fewer than 2 labelled examples"]


# -- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line_says_how_good_it_is_and_writes_rows(run, runs, tmp_path, capsys):
    assert main(["predict", "digits-001", "digits", "--runs", str(runs)]) == 0
    said = capsys.readouterr().out
    assert "logistic on 6 code axes, learned from 1,258 labelled" in said and "PCA(6)" in said
    path = run.folder / "predictions.csv"
    assert str(path) in said
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    found = run.predict("digits")
    assert [row["label"] for row in rows] == found.labels and list(rows[0]) == ["row", "label", "probability"]
    np.save(tmp_path / "y.npy", run.dataset.y.numpy() // 5)
    given = ["--labels", str(tmp_path / "y.npy"), "--head", "knn", "--json", "-o", str(tmp_path / "p.json")]
    assert main(["predict", "digits-001", "digits", "--runs", str(runs), *given]) == 0
    assert json.loads(capsys.readouterr().out)["classes"] == ["0", "1"]
    kept = json.loads((tmp_path / "p.json").read_text())
    assert kept["run"] == "digits-001" and len(kept["rows"]) == 1797 and kept["measured"][0]["baseline"] > 0.5


def test_parquet_has_the_same_columns_and_names_its_extra(run, tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "p.parquet"
    assert main(["predict", str(run.folder), "digits", "-o", str(path)]) == 0
    table = parquet.read_table(path)
    assert table.column("label").to_pylist() == run.predict("digits").labels
    assert json.loads(table.schema.metadata[b"jamjae"])["fingerprint"] == run.dataset.fingerprint
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(JamjaeError, match=r"pip install 'jamjae\[tables\]'"):
        tables.parquet({"row": [0]}, {})
