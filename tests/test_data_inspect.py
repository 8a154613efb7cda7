"""Inspection: each trouble is found, named and given a remedy; clean data raise no alarm."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from jamjae.data import Finding, inspect, read
from jamjae.data.inspect import deviations
from jamjae.data.rows import hashes, repeated

RNG = np.random.default_rng(0)
CLEAN = RNG.normal(size=(400, 3))


def alarms(source, **options):
    return [f for f in inspect(read(source, **options)) if f.level != "info"]


def only(source, **options):
    (finding,) = alarms(source, **options)
    return finding


def test_clean_data_raise_no_alarm():
    assert alarms(CLEAN) == []
    assert alarms((CLEAN, np.arange(400) % 4)) == []


@pytest.mark.parametrize("name", ["digits", "ring", "grid", "moons", "shapes"])
def test_built_in_sets_raise_no_alarm(name):
    assert alarms(name) == []


def test_counts_shape_range_and_notes_are_told():
    told = " ".join(
        str(f) for f in inspect(read(np.full((10, 2, 2), 100, "u1") + np.arange(10, dtype="u1")[:, None, None]))
    )
    for part in (
        "10 examples: 7 train, 1 validation, 2 test",
        "image of 2 x 2 x 1",
        "values lie in [0.39",
        "255 counts as 1",
    ):
        assert part in told


def spoilt(column, value):
    x = CLEAN.copy()
    x[:, column] = value
    return x


def test_constant_columns():
    finding = only(spoilt(1, 5.0))
    assert finding.level == "warning" and "1 of 3 columns never change in training: column 1." in finding.what
    assert "Remove" in finding.remedy


def test_nothing_to_learn_is_an_error():
    levels = {f.level for f in inspect(read(np.full((50, 2), 3.0)))}
    assert "error" in levels


def test_constant_pixels_are_no_alarm():
    x = RNG.random((400, 4, 4))
    x[:, 0] = 0
    findings = inspect(read(x))
    assert all(f.level == "info" for f in findings)
    assert any("4 of 16 pixel values never change" in f.what for f in findings)


def test_columns_of_very_different_scale():
    assert "differ in scale" in only(CLEAN * [1.0, 1.0, 1e4]).what
    assert alarms(CLEAN * [1.0, 1.0, 50.0] + 1e6) == []


def test_pictures_outside_the_unit_interval():
    assert "Divide by 255" in only(RNG.random((400, 3, 3)) * 255).remedy
    assert "outside [0, 1]" in only(RNG.normal(size=(400, 3, 3))).what


def test_pictures_that_are_too_dark():
    finding = only(RNG.integers(0, 17, (400, 3, 3)))
    assert "reach only 0.0627 of the range" in finding.what and "own maximum" in finding.remedy


def test_repeated_examples():
    x = CLEAN.copy()
    x[:200] = x[0]
    found = " ".join(f.what for f in alarms(x))
    assert "repeat an earlier one exactly" in found
    assert "are also in the training split" in found


def test_duplicates_between_splits_are_counted():
    dataset = read(CLEAN)
    train = dataset.x[dataset.rows("train")]
    dataset.x[dataset.rows("test")[:7]] = train[:7]
    dataset.x[dataset.rows("validation")[:2]] = train[:2]
    assert [f.what for f in inspect(dataset) if f.level == "warning"] == [
        "2 of 40 validation examples are also in the training split.",
        "7 of 80 test examples are also in the training split.",
    ]


def test_few_examples():
    found = " ".join(f.what for f in alarms(RNG.normal(size=(20, 30))))
    assert "Fewer training examples (14) than values per example (30)" in found
    assert "test split has only 4" in found and "validation split has only 2" in found


def test_no_test_split():
    assert only(CLEAN, test=0).what == "There is no test split."


def test_rare_classes():
    y = np.zeros(400, int)
    y[:5] = 1
    assert "1 of 2 classes have less than a tenth of the largest: 1." in only((CLEAN, y)).what


def test_a_class_that_is_never_trained_on():
    dataset = read((CLEAN, np.arange(400) % 4))
    dataset.y[dataset.rows("train")] %= 3
    assert "Not in the training split: 3." in [f.what for f in inspect(dataset)]


def test_labels_that_are_row_numbers():
    assert "row numbers" in only((CLEAN, np.arange(400))).what


def test_no_label_at_all():
    assert only((CLEAN, [-1] * 400)).what == "No example has a label."


def test_values_that_went_bad_later():
    dataset = read(CLEAN)
    x = dataset.x.clone()
    x[dataset.rows("train")[3], 1] = torch.nan
    assert any(f.level == "error" and "NaN" in f.what for f in inspect(replace(dataset, x=x)))


def test_every_alarm_has_a_remedy_and_findings_are_frozen():
    for source in (
        np.full((50, 2), 3.0),
        RNG.normal(size=(5, 30)),
        (CLEAN, np.arange(400)),
        RNG.normal(size=(9, 3, 3)),
    ):
        assert all(f.remedy for f in alarms(source))
    with pytest.raises(FrozenInstanceError):
        Finding("info", "a").what = "b"
    assert str(Finding("warning", "Few.", "Add.")) == "warning: Few. Add."


@given(
    st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=1, max_size=60),
    st.sampled_from(["u1", "f4", "i8"]),
)
@settings(max_examples=60, deadline=None)
def test_hashes_tell_equal_rows_from_others(rows, dtype):
    x = torch.from_numpy(np.array(rows, dtype))
    assert repeated(hashes(x, torch.arange(len(x)))) == len(rows) - len({tuple(r) for r in rows})


def test_hashing_in_parts_changes_nothing(monkeypatch):
    x = torch.from_numpy(CLEAN)
    whole = hashes(x, torch.arange(400))
    monkeypatch.setattr("jamjae.data.rows._CHUNK", 100)
    assert torch.equal(hashes(x, torch.arange(400)), whole)
    assert len(hashes(x, torch.arange(0))) == 0


def test_deviations_survive_large_offsets():
    x = 1.7e9 // 128 * 128 + 128.0 * RNG.integers(0, 9, 4000)  # neighbours among 32-bit floats
    found = deviations(read(x), torch.arange(4000))
    assert found.item() == pytest.approx(x.std(), rel=1e-9)
