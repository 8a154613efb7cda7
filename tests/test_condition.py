"""Conditions: labels reach encoder, decoder and prior, through every verb; wrong ones are refused with what to type."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.cli import main, tune
from jamjae.conditions import Label
from jamjae.core.divergence import closed_form
from jamjae.core.errors import DataError, UsageError
from jamjae.core.seeds import isolated
from jamjae.data.labels import matched, named, spoken
from jamjae.plan import prepare
from jamjae.report.looks import look

SMALL = {"latent": 2, "encoder__widths": "24", "decoder__widths": "24"}
random = np.random.default_rng(0)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A conditional VAE on digits, trained long enough to listen to the label."""
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("vae", "digits", condition="label", epochs=30, lr=5e-3, runs=runs, **SMALL)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The same without a condition."""
    return jj.fit("vae", "digits", epochs=0.1, runs=tmp_path_factory.mktemp("runs"), **SMALL)


def ages(n=200):
    """Vectors whose first value is an age, and the age; one is unknown."""
    y = random.uniform(20, 60, n)
    x = np.stack([y / 10, random.normal(size=n), random.normal(size=n)], 1)
    return x, np.where(np.arange(n) == 3, np.nan, y)


@pytest.fixture(scope="module")
def aged(tmp_path_factory):
    """A VAE told a number."""
    source = ages()
    runs = tmp_path_factory.mktemp("runs")
    run = jj.fit("vae", source, condition="label", epochs=200, lr=5e-3, objective__beta=5, runs=runs, **SMALL)
    run.source = source
    return run


# -- the condition ----------------------------------------------------------------------------------------------------


def test_a_missing_label_is_a_context_of_zeros():
    for condition, y in ((Label(3), torch.tensor([1, -1])), (Label(0), torch.tensor([2.5, torch.nan]))):
        known, unknown = condition(y)
        assert known.any() and not unknown.any()
        assert not condition(condition.nothing(4)).any()


def test_numbers_enter_as_standard_scores_and_are_drawn_as_often_as_seen():
    torch.manual_seed(0)
    condition, y = Label(0), torch.distributions.Exponential(0.5).sample((4000,)) + 10
    condition.learn(torch.cat([y, torch.tensor([torch.nan])]))
    scores = condition(y)[:, 0]
    assert abs(scores.mean()) < 1e-4 and abs(scores.std() - 1) < 1e-3
    drawn = condition.draw(20_000)
    for share in (0.05, 0.5, 0.95):
        assert abs(drawn.quantile(share) - y.quantile(share)) < 0.15
    assert condition.typical(3).tolist() == pytest.approx(
        [y.quantile(q).item() for q in (1 / 6, 1 / 2, 5 / 6)], abs=0.05
    )


def test_classes_are_drawn_as_often_as_seen():
    condition = Label(3)
    condition.learn(torch.tensor([0] * 60 + [2] * 40 + [-1] * 50))
    share = condition.draw(20_000).bincount(minlength=3) / 20_000
    assert share.tolist() == pytest.approx([0.6, 0, 0.4], abs=0.02)
    assert condition.typical(5).tolist() == [0, 2] and condition.typical(1).tolist() == [0]


def test_labels_in_between():
    a, b, share = torch.tensor([0]), torch.tensor([2]), torch.tensor([0.0, 0.4, 0.6, 1.0])
    assert Label(3).between(a, b, share).tolist() == [0, 0, 2, 2]
    assert Label(0).between(a.float(), b.float(), share).tolist() == pytest.approx([0, 0.8, 1.2, 2])


def test_class_numbers_must_be_those_of_the_condition():
    with pytest.raises(DataError, match="class numbers, 0 to 2"):
        Label(3)(torch.tensor([0.5]))
    with pytest.raises(RuntimeError, match="smaller than num_classes"):
        Label(3)(torch.tensor([3]))


def test_labels_as_text_and_back():
    y = torch.tensor([0.1, 1e-8, -3.25, torch.nan])
    assert torch.equal(matched(named(y, ()), ()).nan_to_num(9), y.nan_to_num(9))
    assert matched([spoken(v) for v in (7, 7.0, "7", np.int32(7), None)], ("3", "7")).tolist() == [1, 1, 1, 1, -1]


# -- the verbs --------------------------------------------------------------------------------------------------------


def test_samples_under_a_label_look_like_that_class(run):
    digits = run.dataset
    x, y = digits.scaled(digits.rows("train")).flatten(1).numpy(), digits.y[digits.rows("train")].numpy()
    means = np.stack([x[y == k].mean(0) for k in range(10)])
    found = run.sample(300, label=list(range(10))).reshape(300, -1)
    nearest = ((found[:, None] - means) ** 2).sum(2).argmin(1)
    assert (nearest == np.repeat(np.arange(10), 30)).mean() > 0.8


def test_several_labels_take_equal_shares_in_their_order(run):
    both = run.sample(5, label=["3", 7], seed=4)
    assert np.array_equal(both[:3], run.sample(5, label=3, seed=4)[:3])
    assert np.array_equal(both[3:], run.sample(5, label=7, seed=4)[3:])


def test_without_a_label_labels_are_drawn(tmp_path):
    x = np.where(np.arange(200)[:, None] % 4, 1.0, -1.0) + random.normal(0, 0.01, (200, 3))
    run = jj.fit("vae", (x, np.arange(200) % 4 > 0), condition="label", epochs=100, lr=1e-2, runs=tmp_path, **SMALL)
    assert run.classes == ("False", "True")
    assert (run.sample(50, label=True) > 0).all() and (run.sample(50, label="False") < 0).all()
    assert 0.65 < (run.sample(400)[:, 0] > 0).mean() < 0.85


def test_the_encoder_is_told_the_label_of_the_data_or_the_given_one(run):
    x = run.dataset.scaled(torch.arange(4)).numpy()
    told = run.encode((x, [0, 1, 2, 3]))
    assert np.array_equal(run.encode(x, labels=["0", "1", "2", "3"]), told)
    assert not np.allclose(run.encode(x, labels=[3, 2, 1, 0]), told)
    assert not np.allclose(run.encode(x, labels=[None] * 4), told)
    assert run.encode("digits").shape == (1797, 2)


def test_labels_are_matched_by_name_whatever_their_numbers_are_in_the_new_data(run):
    x = run.dataset.scaled(torch.arange(2)).numpy()  # here "8" is class number 1 of 2, in training number 8 of 10
    assert np.array_equal(run.encode(x, labels=[3, 8]), run.encode(x, labels=["3", "8"]))
    q = run.model.encode(torch.from_numpy(run.pairs(x, labels=[3, 8])[0]), torch.tensor([3, 8]))
    assert np.allclose(run.encode(x, labels=[3, 8]), q.mean.detach().numpy(), atol=1e-6)


def test_decoding_takes_one_label_for_all_or_one_each(run):
    z = random.normal(size=(3, 2))
    each = run.decode(z, label=[1, 2, 3])
    for k in range(3):
        assert np.allclose(each[k], run.decode(z, label=k + 1)[k], atol=1e-6)
    assert not np.allclose(each[1], each[2], atol=0.05)


def test_interpolation_begins_and_ends_at_the_examples_under_their_own_labels(run):
    copies, labels = run.pairs(limit=9)[1], run.dataset.examples("test", 9)[1].tolist()
    other = next(n for n in range(4, 9) if labels[n] != labels[3])
    codes, told = run.between(3, other, steps=6)
    assert told == [str(labels[3])] * 3 + [str(labels[other])] * 3
    assert np.allclose(run.interpolate(3, other, steps=6)[[0, -1]], copies[[3, other]], atol=1e-6)
    assert np.allclose(run.interpolate(3, other, steps=6, label=5), run.decode(codes, label=5), atol=1e-6)


def test_held_out_numbers_are_given_the_label(run):
    x, y = run.dataset.examples("test", None, run.settings.seed)
    with torch.no_grad():
        exact = closed_form(run.model.encode(x, y), run.model.latent(y)).double()
    found = run.evaluate(["rate", "knn", "elbo"], limit=None)
    assert found["rate"].value == pytest.approx(exact.mean().item(), rel=1e-5)
    assert found["rate"].details["given"] == "label" and found["knn"].value is None and "told" in found["knn"].reason
    mixed = jj.evaluation.Subject(run.model, "elbo", replace(run.dataset, y=run.dataset.y.roll(1)))
    assert jj.evaluation.evaluate(mixed, ["elbo"])["elbo"].value < found["elbo"].value - 1


def test_an_unlabelled_test_split_is_measured(run):
    rows = run.dataset.rows("test")
    y = run.dataset.y.index_fill(0, rows, -1)
    found = jj.evaluation.evaluate(jj.evaluation.Subject(run.model, "elbo", replace(run.dataset, y=y)), ["elbo"])
    assert found["elbo"].value is not None


def test_the_readme_and_the_log_of_a_run_know_the_label(run):
    assert "--label 0" in (run.folder / "README.md").read_text()
    assert json.loads((run.folder / "spec.json").read_text())["data"]["classes"] == [str(k) for k in range(10)]


def test_the_plan_says_what_is_told_and_makes_no_promise_about_axes():
    check = jj.check("digits", condition="label", objective__beta=1e9, epochs=1)
    assert "told its label" in check.plan["model"] and check.axes is None and "label" in check.axes_why


# -- the report -------------------------------------------------------------------------------------------------------


def test_a_report_shows_a_row_per_label_and_says_under_which_one_it_decodes(run):
    seen = looked(run)
    assert seen["samples"].shape == (10, 10, 8, 8, 1) and seen["sample_labels"].tolist() == [str(k) for k in range(10)]
    assert seen["plane_label"].tolist() == [str(run.model.condition.frequencies.argmax().item())]
    text = run.report(samples=5, limit=50).read_text(encoding="utf-8")
    for said in (
        "One row per label",
        "all under label",
        "under the label of the nearer end",
        "which the model is told",
    ):
        assert said in text
    assert "labels took no part" not in text


def looked(run):
    return look(run.model, run.dataset, "test", 0)


def test_rows_of_samples_share_their_random_numbers(run):
    seen = looked(run)["samples"]
    z, _ = draws(run)
    assert np.allclose(seen[3], run.decode(z, label=3), atol=1e-6)
    assert np.allclose(seen[7], run.decode(z, label=7), atol=1e-6)


def draws(run):
    with isolated(0, "row"), torch.no_grad():
        z, y = run.model.draw(10, torch.zeros(10, dtype=torch.int64))
    return z.numpy(), y


# -- labels that are numbers ------------------------------------------------------------------------------------------


def test_a_model_told_a_number_makes_what_belongs_to_it(aged):
    for age in (25, 40.5, "55"):
        assert abs(aged.sample(200, label=age)[:, 0].mean() - float(age) / 10) < 0.4
    assert aged.classes == () and aged.spec["model"]["condition"]["labels"] == 0


def test_numbers_go_through_every_verb(aged, tmp_path):
    x, y = aged.source
    assert np.isfinite(aged.encode((x, y))).all()
    assert aged.encode(x[:2], labels=[20, 30]).shape == (2, 2)
    assert aged.codes()[1][3] == "" and float(aged.codes()[1][0]) == pytest.approx(y[0], rel=1e-6)
    told = [float(v) for v in aged.between(0, 1, steps=5)[1]]
    assert np.allclose(np.diff(told), (told[-1] - told[0]) / 4, atol=1e-4)
    found = aged.evaluate(samples=5, limit=20)
    assert "not classes" in found["knn"].reason or "told" in found["knn"].reason
    text = aged.report(tmp_path / "r.html", samples=5, limit=20).read_text(encoding="utf-8")
    assert "from blue (2" in text and "has a number as its label" in text and "the one in between" in text


def test_numbers_as_labels_of_a_model_that_is_not_told(tmp_path):
    run = jj.fit("vae", ages(), epochs=1, runs=tmp_path, **SMALL)
    assert run.evaluate(["knn"], limit=20)["knn"].reason == "the labels are numbers, not classes"
    assert "labels took no part in training" in run.report(samples=5, limit=20).read_text(encoding="utf-8")
    assert "numbers in [2" in str(jj.check(ages(), epochs=1).findings)


# -- the command line --------------------------------------------------------------------------------------------------


@pytest.fixture
def call(run, capsys, monkeypatch):
    monkeypatch.setattr(tune, "apply", lambda recorded=None: None)

    def call(*arguments, code=0):
        assert main([*map(str, arguments), "--runs", str(run.folder.parent)]) == code, capsys.readouterr().err
        return capsys.readouterr()

    return call


def test_the_command_line_takes_labels(call, run, tmp_path):
    call("sample", "last", 6, "--label", "3", "--label", "7", "--out", tmp_path / "s.npy")
    assert np.array_equal(np.load(tmp_path / "s.npy"), run.sample(6, label=[3, 7]))
    said = call("sample", "last", 6, "--label", "eight", code=2).err
    assert "unknown label 'eight'" in said and "0, 1, 2" in said
    said = call("interpolate", "last", 0, 1, "--steps", 4, "--label", 3, "--label", 8, "--out", tmp_path / "i.npy").err
    assert "under the labels 3, 3, 8, 8" in said
    assert np.array_equal(np.load(tmp_path / "i.npy"), run.interpolate(0, 1, steps=4, label=[3, 8]))


def test_numbers_below_zero_and_what_numbers_are_given(call, run):
    assert "unknown label '-1.5'" in call("sample", "last", 2, "--label", "-1.5", code=2).err
    assert "given: the label of every example" in call("evaluate", "last", "--metric", "rate", "--limit", 20).out


def test_codes_keep_their_labels_on_the_way_through_a_table(call, run, tmp_path):
    call("encode", "last", "--out", tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    (tmp_path / "few.csv").write_text("\n".join(",".join(row) for row in rows[:6]))
    call("decode", "last", tmp_path / "few.csv", "--out", tmp_path / "d.npy")
    labels = [row[0] for row in rows[1:6]]
    z = np.array([[float(v) for v in row[1:]] for row in rows[1:6]])
    assert labels == ["0", "1", "2", "3", "4"]
    assert np.allclose(np.load(tmp_path / "d.npy"), run.decode(z, label=labels), atol=1e-6)


def test_labels_from_a_file(call, run, tmp_path):
    x = run.dataset.scaled(torch.arange(3)).numpy()
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", np.array([4, 5, 6]))
    call("encode", "last", tmp_path / "x.npy", "--labels", tmp_path / "y.npy", "--out", tmp_path / "z.npy")
    assert np.array_equal(np.load(tmp_path / "z.npy"), run.encode(x, labels=[4, 5, 6]))
    assert "needs the labels" in call("reconstruct", "last", tmp_path / "x.npy", code=1).err


# -- what is refused --------------------------------------------------------------------------------------------------


def test_a_condition_needs_labels(tmp_path):
    for source in (random.normal(size=(40, 3)), (random.normal(size=(40, 3)), [None] * 40)):
        with pytest.raises(DataError, match="`condition` needs labels"):
            jj.fit("vae", source, condition="label", runs=tmp_path)
    assert not list(tmp_path.iterdir())


def test_training_examples_without_any_label(tmp_path):
    x, y = random.normal(size=(40, 3)), np.full(40, -1)
    y[prepare("vae", x).dataset.rows("test")] = 1
    with pytest.raises(DataError, match="no training example has a label"):
        jj.fit("vae", (x, y), condition="label", runs=tmp_path)


REFUSED = [
    (lambda run: run.sample(3, label="x"), UsageError, "unknown label 'x'. Known: 0, 1"),
    (lambda run: run.sample(3, label=-1), UsageError, "unknown label '-1'"),
    (lambda run: run.sample(3, label=3.5), UsageError, "unknown label '3.5'"),
    (lambda run: run.sample(1, label=[1, 2]), UsageError, "one label, or at most 1"),
    (lambda run: run.sample(1, label=[]), UsageError, "one label, or at most 1"),
    (lambda run: run.decode(np.zeros((2, 2))), UsageError, "this model is conditional"),
    (lambda run: run.encode(np.zeros((2, 8, 8))), DataError, "this model is conditional"),
    (lambda run: run.encode(np.zeros((2, 8, 8)), labels=[1]), DataError, "1 entries for 2 examples"),
    (lambda run: run.encode(np.zeros((2, 8, 8)), labels=[1, 0.5]), DataError, "labels of array: they are numbers"),
    (lambda run: run.reconstruct((np.zeros((2, 8, 8)), ["a", "b"])), DataError, "unknown label 'a'"),
    (lambda run: run.pairs(labels=[1, 2]), UsageError, "`labels` belong to a `source`"),
    (lambda run: run.interpolate(0, 1, label="x"), UsageError, "unknown label 'x'"),
    (lambda run: run.model.encode(torch.zeros(2, 8, 8, 1)), DataError, "pass labels `y`"),
    (lambda run: run.model.sample(3, torch.tensor([1, 2])), UsageError, "one label per example"),
]


@pytest.mark.parametrize(("use", "error", "message"), REFUSED)
def test_refused(run, use, error, message):
    with pytest.raises(error, match=message):
        use(run)


def test_a_number_where_training_saw_numbers(aged):
    for use in (lambda: aged.sample(2, label="old"), lambda: aged.sample(2, label="inf")):
        with pytest.raises(UsageError, match="must be a number here"):
            use()
    with pytest.raises(DataError, match="must be a number here"):
        aged.encode((aged.source[0][:2], ["a", "b"]))


def test_labels_for_a_model_that_knows_none(plain):
    for use in (
        lambda: plain.sample(2, label=3),
        lambda: plain.decode(np.zeros((1, 2)), label=3),
        lambda: plain.encode(np.zeros((2, 8, 8)), labels=[1, 2]),
    ):
        with pytest.raises(UsageError, match="fitted with a condition"):
            use()


def test_labels_that_were_an_array_are_passed_again(tmp_path):
    odd = ["odd" if k % 2 else "even" for k in range(1797)]
    run = jj.fit("vae", "digits", labels=odd, condition="label", epochs=0.1, runs=tmp_path, **SMALL)
    assert run.sample(2, label="odd").shape == (2, 8, 8, 1)
    with pytest.raises(DataError, match="has changed"):
        jj.load(run.folder).evaluate(["rate"])
    again = jj.load(run.folder, labels=odd)
    assert again.evaluate(["rate"], limit=20)["rate"].value is not None
