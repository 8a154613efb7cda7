"""Training with critics: exact to the bit when stopped, terms that add up, validation of every player."""

import math
import signal
from hashlib import sha256

import pytest
import torch
from safetensors.torch import save
from torch import nn

import jamjae as jj
from adversarial import dataset, pair
from jamjae.posteriors import Gaussian as Posterior
from jamjae.training import Settings, fit, validation
from jamjae.training.display import Display
from jamjae.training.journal import read_rows
from jamjae.training.loop import Fit


class StopAt(Display):
    """Presses Ctrl-C at a step."""

    def __init__(self, step: int) -> None:
        self.at = step

    def row(self, row: dict) -> None:
        if row["step"] == self.at:
            signal.raise_signal(signal.SIGTERM)


CASES = {
    "r1 and ema": ("adversarial", {"penalty": "r1"}, {"ema": 0.9, "lr_schedule": "linear"}),
    "gradient penalty": ("adversarial", {"game": "wasserstein", "penalty": "gradient-penalty", "critic_steps": 3}, {}),
    "clip": ("adversarial", {"game": "wasserstein", "penalty": "clip", "critic_steps": 2}, {"optimiser": "RMSprop"}),
    "spectral": ("adversarial", {"game": "hinge", "critic": {"spectral_norm": True}}, {"player_lr": {"critic": 4e-3}}),
    "spectral, averaged": ("adversarial", {"critic": {"spectral_norm": True}, "penalty": "r1"}, {"ema": 0.9}),
    "all that is shown": (
        "adversarial",
        {"critic": {"pack": 2, "deviation": True, "noise": 0.5, "fade": {"name": "linear", "steps": 20}}},
        {},
    ),
    "codes": ("aae", {"game": "density-ratio", "penalty": "r1"}, {"ema": 0.9}),
    "halves": ("factor", {}, {}),
    "three players": ("vae-gan", {"penalty": "gradient-penalty"}, {}),
}


def digest(*modules: nn.Module) -> str:
    state = nn.ModuleList(modules).state_dict()
    return sha256(save({k: v.contiguous().clone() for k, v in state.items()})).hexdigest()


def logged(folder) -> list[dict]:
    rows = read_rows(folder / "metrics.jsonl")
    return [{k: v for k, v in r.items() if k != "seconds"} for r in rows if r["event"] != "end"]


@pytest.mark.parametrize("case", CASES)
def test_a_stopped_and_resumed_fit_is_exact_and_the_parts_add_up(case, tmp_path):
    name, options, changes = CASES[case]
    settings = Settings(epochs=10, batch_size=16, checkpoint_every=7, lr=1e-3, **changes)  # 30 steps, a row every 3
    ended, found = [], []
    for kind, stops in (("whole", ()), ("stopped", (6, 15))):
        (tmp_path / kind).mkdir()
        for stop in (*stops, 10**6):
            model, objective = pair(name, **options)
            torch.manual_seed(stop)  # whatever happened before must not matter
            outcome = fit(model, objective, dataset(), settings, tmp_path / kind, StopAt(stop))
            assert outcome.reason == ("done" if stop == 10**6 else "interrupted")
        ended.append(digest(model, objective))
        found.append(logged(tmp_path / kind))
    assert ended[0] == ended[1] and found[0] == found[1]
    header, rows = found[0][0], [row for row in found[0] if row["event"] == "row"]
    assert set(header["players"]) == set(objective.players(model)) and len(rows) == 10
    for row in rows:
        for split in ("train", "validation"):
            for player, terms in header["players"].items():
                prefix = "" if player == "model" else f"{player}."
                values = [row[split][f"{prefix}{part}"] for part in terms["parts"]]
                assert row[split][f"{prefix}loss"] == pytest.approx(sum(values)) and all(map(math.isfinite, values))
    assert all((name in header["players"]["critic"]["parts"]) for name in ("real", "fake"))


def test_limits_on_the_weights_hold_after_every_step(tmp_path):
    model, objective = pair("adversarial", penalty="clip")
    fit(model, objective, dataset(), Settings(epochs=2, batch_size=16, lr=0.1), tmp_path)
    assert max(p.abs().max().item() for p in objective.critic.parameters()) <= 0.01
    (tmp_path / "spectral").mkdir()
    model, objective = pair("adversarial", critic={"spectral_norm": True})
    fit(model, objective, dataset(), Settings(epochs=20, batch_size=16, lr=0.02), tmp_path / "spectral")
    for weight in objective.critic.spectral(objective.critic.network).values():
        assert torch.linalg.svdvals(weight)[0].item() == pytest.approx(1.0, abs=0.05)


def test_an_accuracy_is_logged_where_there_is_one(tmp_path):
    for game, there in (("non-saturating", True), ("wasserstein", False)):
        (tmp_path / game).mkdir()
        fit(*pair("adversarial", game=game), dataset(), Settings(epochs=1, batch_size=16), tmp_path / game)
        row = next(row for row in logged(tmp_path / game) if row["event"] == "row")
        for split in ("train", "validation"):
            assert ("critic.accuracy_real" in row[split]) == there == ("critic.accuracy_fake" in row[split])
            assert not there or 0 <= row[split]["critic.accuracy_real"] <= 1


def test_validation_leaves_out_what_does_not_fill_a_group(tmp_path):
    model, objective = pair("adversarial", critic={"pack": 3})
    trained = Fit(model, objective, dataset(), Settings(batch_size=15), tmp_path, Display())
    found = trained.validate()  # 23 examples: 7 packs
    assert math.isfinite(found["critic.loss"]) and found["critic.loss"] == found["critic.real"] + found["critic.fake"]
    few = dataset()
    few.splits["validation"] = few.splits["validation"][:2]
    assert Fit(model, objective, few, Settings(batch_size=15), tmp_path, Display()).validate() == {}


def test_validation_means_are_those_of_the_whole_split(tmp_path, monkeypatch):
    """In chunks or at once: every example counts the same, whatever a term belongs to."""
    model, objective = pair("factor")
    trained = Fit(model, objective, dataset(), Settings(batch_size=16), tmp_path, Display())
    trained.state.turn.eval()
    monkeypatch.setattr(Posterior, "forward", lambda self, h: jj.core.Delta(h[..., 0], 1))
    monkeypatch.setattr("jamjae.objectives.factor.draw_and_rate", lambda q, p: (q.mean, q.mean.square().sum(-1)))
    monkeypatch.setattr("jamjae.objectives.factor.permuted", lambda z: z)
    whole = trained.validate()
    monkeypatch.setattr(validation, "CHUNK", 5)
    parts = trained.validate()
    for key in ("distortion", "rate", "kl", "elbo"):
        assert parts[key] == pytest.approx(whole[key], rel=1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")  # torch's own compiler uses it
@pytest.mark.parametrize("case", ["r1 and ema", "gradient penalty", "spectral", "all that is shown", "three players"])
def test_a_compiled_fit_agrees_with_a_plain_one(case, tmp_path):
    name, options, changes = CASES[case]
    found = []
    for compiled in (False, True):
        (tmp_path / str(compiled)).mkdir()
        model, objective = pair(name, **options)
        settings = Settings(epochs=2, batch_size=16, compile=compiled, **changes)
        fit(model, objective, dataset(), settings, tmp_path / str(compiled))
        found.append([row["train"] for row in logged(tmp_path / str(compiled)) if row["event"] == "row"])
    for plain, compiled in zip(*found, strict=True):
        assert compiled == pytest.approx(plain, rel=1e-3, abs=1e-4)
