"""The benchmark of anomalies: a small table is scored, kept and not scored again; intervals and the page by hand."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no part of the package

from benchmarks import anomaly


def result(score="combined", name="cardio", seed=0, auc=0.9, **changes):
    about = {"set": name, "fit": "vae" if score in anomaly.SCORES else score, "score": score, "seed": seed}
    sizes = {"rows": 200, "columns": 3, "anomalies": 20}
    return {**about, **sizes, "auc": auc, "ap": auc / 2, "seconds": 3.0, **changes}


@pytest.fixture
def folder(tmp_path):
    """`glass` is 190 points near a line and 10 far off it."""
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 1)) * [1.0, 50.0, 1.0] + 0.1 * random.normal(size=(200, 3))
    x[:10, 0] += 8
    np.savez(tmp_path / anomaly.SETS["glass"], X=np.column_stack([x, np.full(200, 7)]), y=np.arange(200) < 10)
    return tmp_path


def test_the_halves_are_every_other_table_in_the_alphabet():
    assert len(anomaly.ORDER) == 20 and anomaly.ORDER[:3] == ["breastw", "cardio", "fault"]
    assert anomaly.ORDER[0::2] == anomaly.TUNED and anomaly.ORDER[1::2] == anomaly.HELD
    assert anomaly.SETS["magic.gamma"] == "22_magic.gamma.npz"


def test_columns_have_one_scale_and_constant_ones_are_zero(folder):
    x, y = anomaly.table("glass", 0, folder)
    assert x.dtype == np.float32 and y.sum() == 10
    np.testing.assert_allclose(x.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(0), [1, 1, 1, 0], atol=1e-5)


def test_large_tables_are_drawn_with_their_share_of_anomalies():
    y = (np.random.default_rng(0).random(49_097) < 0.0715).astype(int)
    rows = anomaly.drawn(y, 3)
    assert len(rows) == len(set(rows)) == 5_000 and abs(y[rows].mean() - y.mean()) < 2e-4
    assert np.array_equal(rows, anomaly.drawn(y, 3)) and not np.array_equal(rows, anomaly.drawn(y, 4))
    assert np.array_equal(anomaly.drawn(y[:5_000], 3), np.arange(5_000))


def test_one_fit_gives_all_scores_and_finds_what_is_off_the_line(folder, monkeypatch):
    import jamjae as jj

    fit = jj.fit
    monkeypatch.setattr(jj, "fit", lambda *a, **o: fit(*a, epochs=30, encoder__widths="16", decoder__widths="16", **o))
    found = anomaly.play("vae", "glass", 1, folder)
    assert [r["score"] for r in found] == list(anomaly.SCORES)
    assert all(r.keys() == result().keys() and r["fit"] == "vae" and r["seed"] == 1 for r in found)
    assert found[0]["auc"] > 0.95 and found[0]["ap"] > 0.4


def test_every_peer_is_scored(folder, monkeypatch):
    """With a detector that has the interface of PyOD's: it is fitted without labels and asked for nothing else."""
    fitted = []

    class Detector:
        def __init__(self, **options):
            fitted.append(options)

        def fit(self, x):
            self.decision_scores_ = np.abs(x).sum(1).astype(float)

    class Module:
        def __getattr__(self, name):
            return Detector

    monkeypatch.setattr(anomaly, "import_module", lambda name: Module())
    for name in anomaly.PEERS:
        (found,) = anomaly.play(name, "glass", 2, folder)
        assert found["score"] == found["fit"] == name and found["auc"] > 0.5
    seeded = [options.get("random_state") for options in fitted]
    assert seeded == [2, 2, 2, None, None, 2]


def test_the_difference_is_paired_and_the_interval_over_tables():
    one = {"a": {0: 0.9, 1: 0.8}, "b": {0: 0.7}, "c": {0: 1.0}}
    two = {"a": {0: 0.8, 1: 0.8, 2: 0.1}, "b": {0: 0.4}}
    apart = anomaly.paired(one, two)
    assert {k: [round(v, 9) for v in values] for k, values in apart.items()} == {"a": [0.1, 0.0], "b": [0.3]}
    value, low, high = anomaly.interval(apart)
    assert value == pytest.approx((0.05 + 0.3) / 2)
    assert (low, high) == pytest.approx((0.025, 0.3))  # "a" twice and three of four seeds 0: 1 / 64 < 2.5 % < 5 / 64
    random = np.random.default_rng(1)
    many = {str(k): [v] for k, v in enumerate(random.normal(1.0, 2.0, 60))}
    value, low, high = anomaly.interval(many)
    error = np.std([v for (v,) in many.values()]) / np.sqrt(60)
    assert (low, high) == pytest.approx((value - 1.96 * error, value + 1.96 * error), abs=0.15 * error)
    assert [anomaly.verdict(*i) for i in ((0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1))] == [
        "above",
        "below",
        "no difference shown",
    ]


def test_what_was_scored_is_not_scored_again(tmp_path, monkeypatch):
    path, names = tmp_path / "anomaly.json", ("cardio", "glass")
    every = [result(score, name, auc=0.9) for score in anomaly.SCORES for name in names]
    every += [result("KNN", "cardio", auc=0.7), result("KNN", "glass", auc=0.85)]
    anomaly.keep(path, every, anomaly.key)
    monkeypatch.setattr(anomaly, "play", None)
    options = ["--seeds", "1", "--only", "vae,KNN", "--sets", "cardio,glass", "--jobs", "1"]
    anomaly.main([*options, "--kept", str(path), "--page", str(tmp_path / "page.md")])
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| PyOD KNN | 0.775 | +0.125 [+0.050, +0.200] | 2 of 2 | above |" in page
    assert "| jamjae `combined` | 0.900 |  |  |  | 0.450 |" in page
    assert "| cardio | held out | 200 | 3 | 10.0% | 0.900 | 0.900 |" in page
    with pytest.raises(SystemExit, match="unknown KMM"):
        anomaly.main(["--only", "KMM"])


def test_seeds_that_are_not_finished_do_not_count():
    found = [result(name=name, seed=seed, auc=0.8) for name in ("cardio", "glass") for seed in (0, 1)]
    found += [result("KNN", name, seed, auc=0.9) for name in ("cardio", "glass") for seed in (0, 1)][:3]
    assert anomaly.whole_seeds(found) == [r for r in found if r["seed"] == 0]
    assert "ROC AUC, `combined` beside PyOD: below: KNN.\n" in anomaly.said(anomaly.whole_seeds(found), anomaly.HELD)


def test_the_page_of_the_site_is_that_of_the_results_that_are_kept():
    kept = anomaly.kept(anomaly.KEPT)
    assert anomaly.page(kept) == anomaly.PAGE.read_text(encoding="utf-8")
    found = anomaly.whole_seeds(kept)
    seeds = {r["seed"] for r in found}
    assert len(seeds) == 5 and len(found) == 20 * len(seeds) * (len(anomaly.SCORES) + len(anomaly.PEERS))
