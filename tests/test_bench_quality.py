"""The benchmark of quality: a short study runs, is kept and not run again; the page says what was found."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no part of the package

from benchmarks import quality
from benchmarks.quality import Arm, Study

TINY = Study(
    title="Does it run?",
    data="digits",
    options={"epochs": 0.2, "latent": 2},
    arms={"vae": Arm("vae"), "held": Arm("capacity-vae", {"latent": 3, "objective.capacity": 4.0})},
    metrics={"rate": ("nats", "rate"), "classes": ("count", "classes")},
    seeds=2,
    limit=50,
)


def results(**values):
    """Two arms, seeds 0, 1, ..., and one metric."""
    return [
        {"study": "tiny", "arm": arm, "epochs": 0.2, "seed": seed, "values": {"rate": v}, "seconds": 1.0}
        for arm, found in values.items()
        for seed, v in enumerate(found)
    ]


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(quality, "STUDIES", {"tiny": TINY})


def test_a_study_runs(tiny, monkeypatch):
    seen = []
    fitted = quality.fitted
    monkeypatch.setattr(
        quality, "fitted", lambda study, recipe, options: seen.append(options) or fitted(study, recipe, options)
    )
    first, second = quality.play("tiny", 1, 1.0, [])
    assert (first["arm"], second["arm"], second["seed"]) == ("vae", "held", 1)
    assert seen[1]["objective.capacity"] == 4.0 and seen[1]["latent"] == 3 and seen[0]["latent"] == 2
    assert first["values"]["classes"] is not None or "classes" in first["undefined"]
    assert "loss" in first["last"]


def test_what_was_made_is_not_made_again(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(quality, "play", None)
    kept = tmp_path / "quality.json"
    quality.keep(kept, results(vae=[1.0, 2.0], held=[2.0, 4.0]), quality.key)
    quality.main(["--jobs", "1", "--kept", str(kept), "--page", str(tmp_path / "page.md")])
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| `vae` | 2 | 1.50 ± 0.50 | – | 1 |" in page
    assert "| `held` − `vae` |  | +1.50 [-4.85, +7.85] | – |  |" in page
    assert "$ jamjae fit capacity-vae digits --epochs 0.2 --latent 3 --objective.capacity 4.0 --seed 0" in page


def test_a_seed_that_only_one_arm_has_makes_no_difference():
    found = results(vae=[1.0, 2.0, 3.0], held=[2.0, 4.0])
    assert quality.difference(found, "held", "vae", "rate", "nats") == "+1.50 [-4.85, +7.85]"
    assert quality.difference(found, "held", "vae", "unknown", "nats") == "–"


def test_a_page_without_results_says_so(tiny):
    assert "Not measured yet." in quality.page([])


def test_the_page_of_the_site_has_every_study():
    text = (Path(__file__).parents[1] / "docs/quality.md").read_text(encoding="utf-8")
    assert all(study.title in text for study in quality.STUDIES.values())


@pytest.mark.parametrize("name", quality.STUDIES)
def test_every_study_asks_for_recipes_and_metrics_that_exist(name):
    from jamjae.evaluation import METRICS
    from jamjae.recipes import find

    study = quality.STUDIES[name]
    assert set(study.metrics) <= set(METRICS) and all(kind in quality.FORMATS for kind, _ in study.metrics.values())
    for chosen in study.arms.values():
        find(chosen.recipe)


def test_unknown_names_are_refused():
    with pytest.raises(SystemExit, match="unknown factorz"):
        quality.main(["--only", "factorz"])


def test_a_fit_that_was_stopped_is_no_result():
    from types import SimpleNamespace

    ended = SimpleNamespace(folder="runs/x", rows=[{"event": "end", "reason": "done"}])
    assert quality.whole(ended) is ended
    with pytest.raises(SystemExit, match="runs/x: interrupted"):
        quality.whole(SimpleNamespace(folder="runs/x", rows=[{"event": "end", "reason": "interrupted"}]))
