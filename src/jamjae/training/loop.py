"""The one loop: every model, every objective.

    for every step: a batch; for every player whose turn it is: reseed, loss, backward, step; then the running mean of the weights

A non-finite step is never applied: training goes back to the last checkpoint with half the learning rate, at most twice.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..core.errors import Diverged
from ..core.files import sweep
from ..core.seeds import isolated, reseed
from ..data.dataset import Dataset
from ..models.latent import LatentModel
from ..objectives.base import Objective
from . import checkpoint
from .batches import Batches
from .display import Display
from .ema import EMA
from .interrupt import on_request
from .journal import Journal
from .optimisers import factor
from .settings import Settings
from .stepper import NonFinite, Stepper
from .turn import Turn
from .validation import Validation

ROLLBACKS = 2
CHECKPOINT_SECONDS = 30.0
TICK_SECONDS = 0.2


@dataclass(frozen=True)
class Outcome:
    """How a fit ended: "done", "early-stop" or "interrupted"; steps and seconds in total."""

    reason: str
    step: int
    seconds: float


def fit(
    model: LatentModel,
    objective: Objective,
    dataset: Dataset,
    settings: Settings,
    folder: Path,
    display: Display | None = None,
) -> Outcome:
    """Train `model` in place, from the newest checkpoint in `folder` if there is one.

    Afterwards the model holds the weights to use: the best of the validation with `patience`, the running mean with `ema`, otherwise
    the last. The caller's random state is given back unchanged.

    Raises:
        Diverged: After three non-finite steps; the last good checkpoint is untouched.
        DiskFull: When a checkpoint cannot be written.
    """
    with isolated(settings.seed, "fit"):
        return Fit(model, objective, dataset, settings, folder, display or Display()).run()


class Fit:
    """One training run: what changes from step to step, and how it is saved."""

    def __init__(
        self,
        model: LatentModel,
        objective: Objective,
        dataset: Dataset,
        settings: Settings,
        folder: Path,
        display: Display,
    ) -> None:
        self.model, self.objective, self.settings, self.display = model, objective, settings, display
        self.dataset = dataset.to(settings.device)
        self.folder, self.journal = folder / "checkpoints", Journal(folder / "metrics.jsonl")
        rows = len(dataset.rows("train"))
        size = min(settings.batch_size, rows)
        self.per_epoch = rows / size
        self.total = ceil(settings.epochs * self.per_epoch)
        self.batches = Batches(self.dataset, size, settings.seed)
        self.validation = Validation(self.dataset, settings.seed)
        self.prepare()

    def prepare(self) -> None:
        """The state before step 0."""
        self._initialise()
        self.turn = Turn(self.model, self.objective, self.settings.precision).to(self.settings.device).train()
        self.players = self.objective.players(self.model)
        self.stepper = Stepper(self.turn, self.players, self.settings)
        self.ema = EMA(self.turn, self.settings.ema) if self.settings.ema else None
        self.sums: dict[str, Tensor] = {}
        self.best: dict[str, Tensor] = {}
        self.counters: dict[str, Any] = {
            "step": 0,
            "seconds": 0.0,
            "lr_scale": 1.0,
            "rollbacks": 0,
            "every": self.settings.checkpoint_every,
            "counts": {},
            "terms": {},
            "best_loss": None,
            "waited": 0.0,
        }

    def _initialise(self) -> None:
        reseed(self.settings.seed, "initialise")
        rows = self.dataset.rows("train")[:10_000]
        self.model.initialise(self.dataset.take(rows.to(self.dataset.x.device)))

    # -- the loop ------------------------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """Train to the end, to an early stop or to an interruption."""
        self.recover()
        self.display.start(self.counters["step"], self.total, self.per_epoch)
        try:
            with on_request() as flag:
                reason = self._attempts(flag)
        finally:
            self.display.stop()
        if reason != "interrupted":
            self.finish()
        self.journal.add({"event": "end", "reason": reason, "step": self.counters["step"]})
        return Outcome(reason, self.counters["step"], self.counters["seconds"])

    def _attempts(self, flag: Any) -> str:
        while True:
            try:
                return self._steps(flag)
            except NonFinite:
                self.roll_back()

    def _steps(self, flag: Any) -> str:
        c = self.counters
        reason = "done"
        begun = tick = time.perf_counter() - c["seconds"]
        for step in self._ahead():
            self.play(step)
            c["step"] = step + 1
            now = time.perf_counter()
            c["seconds"] = now - begun
            if now - tick > TICK_SECONDS:
                tick = now
                self.display.tick(step + 1, self.means())
            if self.row_is_due(step + 1):
                self.row()
            if self.patience_is_over():
                reason = "early-stop"
            elif flag.raised and c["step"] < self.total:
                reason = "interrupted"
            if reason != "done":
                break
            self.checkpoint_if_due(now)
        self.save()
        return reason

    def _ahead(self) -> Iterator[int]:
        self._probe = (self.counters["step"] + 20, 0.0)
        while self.counters["step"] < self.total:
            if self.patience_is_over():
                return
            yield self.counters["step"]

    def play(self, step: int) -> None:
        """One step: every player whose turn it is."""
        batch = self.batches.batch(step)
        lr = self.settings.lr * self.counters["lr_scale"] * factor(self.settings, step, self.total)
        for player in self.objective.turns(step) or self.players:
            reseed(self.settings.seed, player, step)
            values, norm, state = self.stepper.move(player, batch, step, lr)
            self.add(player, torch.cat([values, norm[None]]))
            with torch.no_grad():
                self.objective.after(player, self.model, state)
        if self.ema:
            self.ema.update()

    # -- metrics -------------------------------------------------------------------------------------------------

    def add(self, player: str, values: Tensor) -> None:
        """Add a step's means to the sums since the last row."""
        if player not in self.sums:
            self.sums[player] = torch.zeros_like(values, dtype=torch.float64)
            self.counters["counts"][player] = 0
        self.sums[player] += values
        self.counters["counts"][player] += 1

    def means(self) -> dict[str, float]:
        """Means over the steps since the last row: the loss, its parts, what is logged, the gradient's norm."""
        found: dict[str, float] = {}
        for player, sums in self.sums.items():
            prefix = "" if player == "model" else f"{player}."
            parts, logged = self.stepper.names[player]
            values = (sums / self.counters["counts"][player]).tolist()
            named = dict(zip([*parts, *logged, "gradient_norm"], values, strict=True))
            found |= {prefix + k: v for k, v in {"loss": sum(values[: len(parts)]), **named}.items()}
        return found

    def row_is_due(self, step: int) -> bool:
        """Whether a row ends at this step: every `log_every` epochs, and at the last step."""
        every = self.settings.log_every * self.per_epoch
        return step == self.total or int(step / every) > int((step - 1) / every)

    def row(self) -> None:
        """Write a row: training means since the last one, validation now."""
        step = self.counters["step"]
        if not any(r["event"] == "start" for r in self.journal.rows()[:1]):
            self._header()
        measured = self._validate()
        row = {
            "event": "row",
            "step": step,
            "epoch": step / self.per_epoch,
            "train": self.means(),
            "validation": measured,
            "lr": self.settings.lr * self.counters["lr_scale"] * factor(self.settings, step - 1, self.total),
            "seconds": round(self.counters["seconds"], 3),
        }
        self.journal.add(row)
        self.display.row(row)
        self.sums = {}

    def _header(self) -> None:
        players = {p: {"parts": parts, "logged": logged} for p, (parts, logged) in self.stepper.names.items()}
        self.journal.add(
            {"event": "start", "players": players, "steps_per_epoch": self.per_epoch, "total_steps": self.total}
        )

    def _validate(self) -> dict[str, float]:
        if not len(self.validation):
            return {}
        weights = self.ema.mean if self.ema else None
        found = self.validation.measure(self.turn, list(self.players), weights)
        self.remember(found)
        return found

    def remember(self, found: dict[str, float]) -> None:
        """Keep the best weights where early stopping is on."""
        if not self.settings.patience:
            return
        loss = found.get("loss", next(iter(found.values())))
        if self.counters["best_loss"] is None or loss < self.counters["best_loss"]:
            self.counters["best_loss"], self.counters["waited"] = loss, 0.0
            self.best = {k: v.detach().clone() for k, v in self.weights().items()}
        else:
            self.counters["waited"] += self.settings.log_every

    def patience_is_over(self) -> bool:
        """Whether early stopping stops here."""
        return 0 < self.settings.patience <= self.counters["waited"]

    # -- state ---------------------------------------------------------------------------------------------------

    def weights(self) -> dict[str, Tensor]:
        """The weights to use now: the running mean or the live ones."""
        return self.ema.mean if self.ema else self.turn.state_dict()

    def tensors(self) -> dict[str, Tensor]:
        """Every tensor of the training state."""
        groups = {
            "weights": self.turn.state_dict(),
            "ema": self.ema.mean if self.ema else {},
            "best": self.best,
            "optimiser": self.stepper.state(),
            "sums": self.sums,
        }
        return {f"{group}/{k}": v for group, found in groups.items() for k, v in found.items()}

    def save(self) -> None:
        """Write a checkpoint."""
        self.counters["terms"] = dict(self.stepper.names)
        checkpoint.write(self.folder, self.counters["step"], self.tensors(), self.counters)

    def recover(self) -> None:
        """Go on from the newest checkpoint, or write the first one."""
        sweep(self.folder.parent)
        found = checkpoint.newest(self.folder, self.display.warn)
        if found is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.journal.cut(-1, 0)
            self.save()
        else:
            self.restore(*found)
            self.journal.cut(self.counters["step"], self.counters["rollbacks"])

    def restore(self, manifest: dict[str, Any], tensors: dict[str, Tensor]) -> None:
        """Put a checkpoint's state back."""
        groups: dict[str, dict[str, Tensor]] = {g: {} for g in ("weights", "ema", "best", "optimiser", "sums")}
        for key, value in tensors.items():
            group, _, name = key.partition("/")
            groups[group][name] = value.to(self.settings.device)
        self.turn.load_state_dict(groups["weights"])
        if self.ema:
            for k, v in groups["ema"].items():
                self.ema.mean[k].copy_(v)
        self.stepper.restore(groups["optimiser"])
        self.best, self.sums = groups["best"], groups["sums"]
        self.counters.update(manifest["state"])
        self.stepper.names = {player: (parts, logged) for player, (parts, logged) in self.counters["terms"].items()}

    def checkpoint_if_due(self, now: float) -> None:
        """Save at multiples of the recorded number of steps; find that number from the first steps' speed."""
        c = self.counters
        if not c["every"]:
            first, since = self._probe
            if c["step"] == first:
                self._probe = (first, now)
            elif since and c["step"] == first + 20:
                c["every"] = max(20, ceil(CHECKPOINT_SECONDS / max((now - since) / 20, 1e-6)))
        elif c["step"] % c["every"] == 0:
            self.save()

    def roll_back(self) -> None:
        """Undo everything since the last checkpoint and halve the learning rate; the third time, give up."""
        step, rollbacks = self.counters["step"], self.counters["rollbacks"] + 1
        scale = self.counters["lr_scale"] / 2
        found = checkpoint.newest(self.folder, self.display.warn)
        assert found is not None, "a checkpoint is written before the first step"
        if rollbacks > ROLLBACKS:
            raise Diverged(
                f"the loss or a gradient was not finite at step {step}, for the third time. The last good checkpoint (step "
                f"{found[0]['step']}) is untouched. Try a smaller --lr (now {self.settings.lr * scale * 2:g}), --clip 1, or "
                "`jamjae check` on the data."
            )
        self.restore(*found)
        self.journal.cut(self.counters["step"], rollbacks - 1)
        self.counters["rollbacks"], self.counters["lr_scale"] = rollbacks, scale
        to = self.counters["step"]
        self.journal.add({"event": "rollback", "step": step, "to": to, "lr_scale": scale, "why": "non-finite step"})
        self.display.warn(f"step {step} was not finite; back to step {to} with the learning rate x {scale:g}")

    def finish(self) -> None:
        """Load the weights to use and let the objective finish (fit a prior to an autoencoder's codes)."""
        final = self.best or self.weights()
        self.turn.load_state_dict({k: v.clone() for k, v in final.items()})
        self.turn.eval()
        with torch.no_grad():
            self.objective.finish(self.model, self.codes)

    def codes(self) -> Tensor:
        """Codes of the training split (at most 20,000 examples), (N, *L)."""
        rows = self.dataset.rows("train")[:20_000].to(self.dataset.x.device)
        reseed(self.settings.seed, "codes")
        assert self.model.posterior is not None
        found = [self.model.posterior.point(self.model.encode(self.dataset.take(r))) for r in rows.split(1000)]
        return torch.cat(found)
