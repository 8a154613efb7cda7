"""The benchmark of modes: a short game is played, kept and not played again; the page says what was published."""

import json
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no part of the package

from benchmarks import modes
from benchmarks.paper_networks import Maxout, Normalised

from jamjae.data import read


def result(**changes):
    found = {"name": "gan", "data": "ring", "seed": 0, "epochs": 25.0, "steps": 25_000, "troubles": [], "seconds": 60.0}
    return {**found, "at_least_one": 7, "at_least_20": 6, "high_quality": 0.98, "reverse_kl": 0.1, **changes}


@pytest.mark.parametrize("name", modes.ENTRIES)
def test_a_short_game_is_played(name):
    found = modes.play(name, "ring", 0, epochs=0.05, examples=2000, latent=2)
    assert {**result(), **found}.keys() == result().keys()
    assert 0 <= found["at_least_20"] <= found["at_least_one"] <= 8 and found["steps"] > 0


def test_a_perfect_sampler_finds_everything():
    data = read("grid")
    found = modes.counted(data.x[:2500], data.modes)
    assert found["at_least_one"] == found["at_least_20"] == 25 and found["high_quality"] > 0.97
    assert 0 <= found["reverse_kl"] < 0.02
    one = modes.counted(data.modes.centres[:1].expand(2500, 2), data.modes)
    assert one["at_least_one"] == one["at_least_20"] == 1
    assert one["reverse_kl"] == pytest.approx(torch.tensor(25.0).log().item())


def test_what_was_played_is_not_played_again(tmp_path, monkeypatch):
    played = tmp_path / "modes.json"
    games = [result(epochs=2.0, at_least_one=0), result(), result(seed=1)]
    modes.keep(played, reversed(games), modes.key)
    assert modes.kept(played) == games and modes.key(games[2]) == ("ring", "gan", 25.0, 1)
    monkeypatch.setattr(modes, "play", None)
    options = ["--seeds", "2", "--only", "gan", "--data", "ring", "--jobs", "1"]
    modes.main([*options, "--kept", str(played), "--page", str(tmp_path / "page.md")])
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert (
        "| GAN, as in the paper | 25 | 2 | 7.0 ± 0.0 | 6.0 ± 0.0 | 98.0 ± 0.0 % | 0.10 ± 0.00 | 60 | 6.3 ± 0.5 |"
        in page
    )
    assert [r["seed"] for r in json.loads(played.read_text())] == [0, 0, 1]


def test_the_page_of_the_site_has_the_published_figures():
    page = (Path(__file__).parents[1] / "docs/modes.md").read_text(encoding="utf-8")
    for entry in modes.ENTRIES.values():
        assert entry.about in page and all(figure in page for pair in entry.published.values() for figure in pair)


def test_the_networks_of_the_paper():
    torch.manual_seed(0)
    units = Maxout((2,), (1,), widths=(3,), pieces=4)
    x = torch.randn(5, 2)
    pieces = units.hidden[0](x).reshape(5, 3, 4)
    assert torch.allclose(units(x), units.last(pieces.max(-1).values))
    normal = Normalised((2,), (3,), context=1, widths=(4, 4))
    assert normal(x, torch.zeros(5, 1)).shape == (5, 3)
    assert len([m for m in normal.modules() if isinstance(m, torch.nn.BatchNorm1d)]) == 2


def test_unknown_names_are_refused():
    with pytest.raises(SystemExit, match="unknown gam"):
        modes.main(["--only", "gam"])
