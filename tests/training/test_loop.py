"""The loop: it learns, logs what adds up, stops early, keeps the running mean, leaves the caller's randomness alone."""

import math
from pathlib import Path

import pytest
import torch

from jamjae.core import Diverged, UsageError
from jamjae.training import Settings, fit
from jamjae.training.display import Display
from jamjae.training.journal import read_rows
from jamjae.training.keeper import Folder, Memory
from jamjae.training.optimisers import factor, names


def rows_of(folder: Path) -> list[dict]:
    return [r for r in read_rows(folder / "metrics.jsonl") if r["event"] == "row"]


@pytest.mark.parametrize("recipe", ["ae", "vae", "beta-vae", "iwae", "gm-vae"])
def test_training_lowers_the_loss_and_the_parts_add_up(make, folder: Path, recipe: str) -> None:
    outcome = fit(*make(recipe), Settings(epochs=180, batch_size=16, lr=3e-3), folder)
    rows = rows_of(folder)
    header = read_rows(folder / "metrics.jsonl")[0]
    assert outcome.reason == "done" and outcome.step == 450 == rows[-1]["step"]
    assert rows[-1]["train"]["loss"] < rows[0]["train"]["loss"]
    for row in rows:
        for found in (row["train"], row["validation"]):
            parts = [found[p] for p in header["players"]["model"]["parts"]]
            assert found["loss"] == sum(parts)


def test_an_autoencoder_is_the_same_with_and_without_its_prior(make, folder: Path) -> None:
    settings = Settings(epochs=10)
    weights = []
    for i, options in enumerate(({}, {"prior": "gaussian"})):
        model, objective, dataset = make("ae", **options)
        torch.manual_seed(0)
        for part in (model.encoder, model.decoder):
            for p in part.parameters():
                torch.nn.init.normal_(p, std=0.1)
        (folder / str(i)).mkdir()
        fit(model, objective, dataset, settings, folder / str(i))
        weights.append(torch.cat([p.flatten() for p in (*model.encoder.parameters(), *model.decoder.parameters())]))
    assert torch.equal(*weights)


def test_an_autoencoders_prior_is_fitted_to_its_codes(make, folder: Path) -> None:
    model, objective, dataset = make("ae")
    before = model.prior.loc.clone()
    fit(model, objective, dataset, Settings(epochs=5), folder)
    x, _ = dataset.examples("train")
    codes = model.posterior.point(model.encode(x))
    assert not torch.equal(before, model.prior.loc)
    assert model.latent().log_prob(codes).mean() > torch.distributions.Normal(0, 1).log_prob(codes).sum(-1).mean()


def test_the_callers_random_state_is_untouched(make, folder: Path) -> None:
    parts = make()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit(*parts, Settings(epochs=2), folder)
    assert torch.equal(torch.rand(3), expected)


def test_early_stopping_keeps_the_best_weights(make, folder: Path) -> None:
    model, objective, dataset = make("ae", **{"encoder.widths": (64,), "decoder.widths": (64,)})
    outcome = fit(model, objective, dataset, Settings(epochs=3000, lr=1e-2, patience=20), folder)
    losses = [r["validation"]["loss"] for r in rows_of(folder)]
    assert outcome.reason == "early-stop"
    assert len(losses) - losses.index(min(losses)) == 21
    model.eval()
    x, _ = dataset.examples("validation")
    with torch.no_grad():
        again = -model.decode(model.encode(x).mean).log_prob(x).mean().item()
    assert again == pytest.approx(min(losses), rel=1e-5)


def test_the_running_mean_is_what_is_used(make, folder: Path) -> None:
    results = {}
    for decay in (0.0, 0.5):
        (folder / str(decay)).mkdir()
        model, objective, dataset = make()
        fit(model, objective, dataset, Settings(epochs=4, batch_size=40, ema=decay), folder / str(decay))
        results[decay] = model.decoder.layers[0].weight.detach()
    model, objective, dataset = make()
    mean = None
    for steps in range(5):  # the trajectory, one fit for each prefix
        (folder / f"prefix{steps}").mkdir()
        model, objective, dataset = make()
        if steps:
            fit(model, objective, dataset, Settings(epochs=steps, batch_size=40), folder / f"prefix{steps}")
        w = model.decoder.layers[0].weight.detach().clone()
        mean = w if mean is None else torch.lerp(mean, w, 0.5)
    assert torch.allclose(results[0.5], mean, atol=1e-6)
    assert not torch.allclose(results[0.0], mean, atol=1e-6)


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_learning_rates_are_logged_as_scheduled(make, folder: Path, schedule: str) -> None:
    settings = Settings(epochs=10, batch_size=40, lr=0.01, lr_schedule=schedule)
    fit(*make(), settings, folder)
    assert [r["lr"] for r in rows_of(folder)] == [0.01 * factor(settings, t, 10) for t in range(10)]


@pytest.mark.parametrize("name", names())
def test_every_optimiser_by_name_trains_and_saves(make, folder: Path, name: str) -> None:
    model, objective, dataset = make()
    before = model.decoder.layers[0].weight.detach().clone()
    if name == "Muon":  # torch's Muon takes matrices only
        with pytest.raises(UsageError, match="2D"):
            fit(model, objective, dataset, Settings(epochs=2, optimiser=name), folder)
        return
    fit(model, objective, dataset, Settings(epochs=2, optimiser=name), folder)
    assert not torch.equal(before, model.decoder.layers[0].weight)


def test_an_unknown_optimiser_or_option_names_the_nearest(make, folder: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'Adam'"):
        fit(*make(), Settings(optimiser="Adm"), folder)
    with pytest.raises(UsageError, match="did you mean 'betas'"):
        fit(*make(), Settings(optimiser_options={"beta": 0.9}), folder)
    with pytest.raises(UsageError, match="did you mean 'epochs'"):
        Settings.read({"epoch": 3})


def test_clipping_bounds_the_step(make, folder: Path) -> None:
    model, objective, dataset = make()
    before = [p.detach().clone() for p in model.parameters()]
    options = {"optimiser": "SGD", "lr": 1.0, "clip": 1e-3, "epochs": 1, "batch_size": 40}
    fit(model, objective, dataset, Settings(**options), folder)
    moved = torch.cat([(p - b).flatten() for p, b in zip(model.parameters(), before, strict=True)])
    assert moved.norm().item() == pytest.approx(1e-3, rel=1e-3)


class Listening(Display):
    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.rows: list[dict] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def row(self, row: dict) -> None:
        self.rows.append(row)


def poison(monkeypatch, at: set[int], times: int = 1000) -> list[int]:
    """Make the gradient of these steps infinite, at most `times` times."""
    from jamjae.training.stepper import Stepper

    seen: list[int] = []
    honest = Stepper.move

    def move(self, player, batch, step, lr):
        if step in at and len(seen) < times:
            seen.append(step)
            batch.x = batch.x * math.nan
        return honest(self, player, batch, step, lr)

    monkeypatch.setattr(Stepper, "move", move)
    return seen


def test_a_non_finite_step_is_rolled_back_with_half_the_rate(make, folder: Path, monkeypatch) -> None:
    seen = poison(monkeypatch, {17}, times=1)
    display = Listening()
    model, objective, dataset = make()
    outcome = fit(model, objective, dataset, Settings(epochs=30, batch_size=40, checkpoint_every=10), folder, display)
    rows = rows_of(folder)
    assert seen == [17] and outcome.reason == "done"
    assert [r["step"] for r in rows] == list(range(1, 31))
    assert [r["lr"] for r in rows] == [1e-3] * 10 + [5e-4] * 20
    (event,) = [r for r in read_rows(folder / "metrics.jsonl") if r["event"] == "rollback"]
    assert (event["step"], event["to"], event["lr_scale"]) == (17, 10, 0.5)
    assert len(display.warnings) == 1
    assert all(torch.isfinite(p).all() for p in model.parameters())


@pytest.mark.parametrize("options", [{}, {"ema": 0.9}, {"patience": 10, "lr": 0.1}])
def test_in_memory_it_is_the_same_fit_rollbacks_included(make, folder: Path, monkeypatch, options) -> None:
    """Twice back to a state in the middle of a row of the log, whose sums have to come back, too."""
    settings = Settings(**{"epochs": 30, "batch_size": 40, "checkpoint_every": 7, "log_every": 5, **options})
    before, ends = sorted(folder.parent.rglob("*")), []
    for where in (None, folder):
        model, objective, dataset = make()
        display = Listening()
        with monkeypatch.context() as patch:
            seen = poison(patch, {9}, times=2)
            outcome = fit(model, objective, dataset, settings, where, display)
        weights = torch.cat([v.flatten() for v in model.state_dict().values()])
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in display.rows]
        ends.append(((outcome.reason, outcome.step), rows, weights))
        assert seen == [9, 9] and len(display.warnings) == 2
        assert where or sorted(folder.parent.rglob("*")) == before, "nothing is written"
    assert ends[0][:2] == ends[1][:2] and torch.equal(ends[0][2], ends[1][2])


def test_the_log_in_memory_forgets_what_the_one_in_the_folder_forgets(folder: Path) -> None:
    rows = [{"event": "start"}, {"event": "row", "step": 1}, {"event": "rollback", "step": 2}]
    later = [{"event": "row", "step": 3}, {"event": "rollback", "step": 1}, {"event": "end", "step": 1}]
    memory, disk = Memory(), Folder(folder)
    assert memory.newest(print) is None and not memory.journal.begun()
    for log in (memory.journal, disk.journal):
        for row in (*rows, *later):
            log.add(row)
        log.cut(2, 1)
    assert memory.journal.rows() == disk.journal.rows() == rows and memory.journal.begun()


def test_the_third_non_finite_step_stops_and_leaves_the_last_good_checkpoint(make, folder: Path, monkeypatch) -> None:
    poison(monkeypatch, {17})
    with pytest.raises(Diverged, match=r"step 17, for the third time.*step 10") as error:
        fit(*make(), Settings(epochs=30, batch_size=40, checkpoint_every=10), folder)
    assert error.value.exit_code == 4
    assert sorted(p.name for p in (folder / "checkpoints").iterdir()) == ["000000000", "000000010"]


def test_a_bf16_fit_agrees_with_float32(make, folder: Path) -> None:
    last = {}
    for precision in ("float32", "bf16"):
        (folder / precision).mkdir()
        fit(*make(), Settings(epochs=200, precision=precision), folder / precision)
        last[precision] = rows_of(folder / precision)[-1]["train"]["loss"]
    assert last["bf16"] == pytest.approx(last["float32"], rel=0.03)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")  # torch's own compiler uses it
@pytest.mark.parametrize("recipe", ["ae", "vae", "iwae", "gm-vae"])
def test_a_compiled_fit_agrees_with_a_plain_one_and_resumes_exactly(make, folder: Path, recipe: str) -> None:
    last = []
    for name, compiled, epochs in (("plain", False, (4,)), ("compiled", True, (4,)), ("resumed", True, (2, 4))):
        (folder / name).mkdir()
        for upto in epochs:
            model, objective, dataset = make(recipe)
            fit(model, objective, dataset, Settings(epochs=upto, batch_size=20, compile=compiled), folder / name)
        last.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    assert torch.allclose(last[0], last[1], atol=1e-4)
    assert torch.equal(last[1], last[2])
