"""The one loop: every model, every objective.

    for every step: a batch
        for every player whose turn it is: reseed, loss, backward, step, whatever learns without gradient
        the running mean of the weights

A non-finite step is never applied: training goes back to the last checkpoint with half the learning rate, twice at
most.
"""

from dataclasses import dataclass
from math import ceil
from pathlib import Path

import torch
from torch import Tensor

from ..core.errors import Diverged
from ..core.seeds import isolated, reseed
from ..data.dataset import Dataset
from ..models.latent import LatentModel
from ..objectives.base import Contest, Objective
from .batches import Batches
from .display import Display
from .interrupt import Flag, on_request
from .keeper import Folder, Memory
from .optimisers import factor
from .pace import Pace
from .settings import Settings
from .state import State
from .stepper import NonFiniteError
from .validation import Validation
from .watch import Watch

ROLLBACKS = 2
START_CELLS = 4_000_000  # values that the data-dependent start looks at: about 50 MB with its copies


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
    folder: Path | None = None,
    display: Display | None = None,
) -> Outcome:
    """Train `model` in place, from the newest checkpoint in `folder` if there is one; without a folder in memory.

    Afterwards the model holds the weights to use: the best of the validation with `patience`, the running mean with
    `ema`, otherwise the last. The caller's random state is given back unchanged.

    Raises:
        Diverged: At the third non-finite step; the last good checkpoint is untouched.
        DiskFull: When a checkpoint cannot be written; the one before it is untouched.
    """
    with isolated(settings.seed, "fit"):
        return Fit(model, objective, dataset, settings, folder, display or Display()).run()


class Fit:
    """One training run."""

    def __init__(
        self,
        model: LatentModel,
        objective: Objective,
        dataset: Dataset,
        settings: Settings,
        folder: Path | None,
        display: Display,
    ) -> None:
        self.model, self.objective, self.settings, self.display = model, objective, settings, display
        self.dataset = dataset.to(settings.device)
        self.keeper = Memory() if folder is None else Folder(folder)
        self.journal = self.keeper.journal
        size = min(settings.batch_size, len(dataset.rows("train")))
        by_blocks = settings.shuffle == "blocks"
        self.batches = Batches(self.dataset, size, settings.seed, objective.labelled, by_blocks)
        self.per_epoch = len(self.batches.rows) / size
        self.total = ceil(settings.epochs * self.per_epoch)
        self.validation = Validation(self.dataset, settings.seed)
        self.initialise()
        self.state = State(model, objective, settings)
        averaged = self.state.ema is not None
        game = isinstance(objective, Contest)
        self.watch = Watch(model, self.dataset, objective.maker, settings.seed, averaged) if game else None

    def initialise(self) -> None:
        """The data-dependent start, before step 0."""
        reseed(self.settings.seed, "initialise")
        rows = min(10_000, max(1000, START_CELLS // self.dataset.event.cells))
        first = self.dataset.rows("train")[:rows]
        x, y = self.dataset.take(first), self.dataset.labels(first)
        self.model.initialise(x, y)
        self.objective.initialise(x)

    def run(self) -> Outcome:
        """Train to the end, to an early stop or to an interruption."""
        self.recover()
        self.display.start(self.state.counters.step, self.total, self.per_epoch)
        try:
            with on_request() as flag:
                reason = self.attempts(flag)
        finally:
            self.display.stop()
        if reason != "interrupted":
            self.finish()
        counters = self.state.counters
        self.journal.add({"event": "end", "reason": reason, "step": counters.step})
        return Outcome(reason, counters.step, counters.seconds)

    def attempts(self, flag: Flag) -> str:
        """The steps, again from the last checkpoint after a non-finite one."""
        while True:
            try:
                return self.steps(flag)
            except NonFiniteError:
                self.roll_back()

    def steps(self, flag: Flag) -> str:
        """The loop itself; why it ended."""
        pace = Pace(self.state.counters)
        while (reason := self.ending(flag)) is None:
            self.play(self.state.counters.step)
            pace.stepped()
            if pace.tick_is_due():
                self.display.tick(self.state.counters.step, self.state.ledger.means(self.state.stepper.names))
            if self.row_is_due(self.state.counters.step):
                self.row()
            if pace.checkpoint_is_due():
                self.save()
        self.save()
        return reason

    def ending(self, flag: Flag) -> str | None:
        """Why training should end here, or None."""
        counters = self.state.counters
        if 0 < self.settings.patience <= counters.waited:
            return "early-stop"
        if counters.step >= self.total:
            return "done"
        return "interrupted" if flag.raised else None

    def play(self, step: int) -> None:
        """One step: every player whose turn it is."""
        batch = self.batches.batch(step)
        for player in self.objective.turns(step) or self.state.players:
            reseed(self.settings.seed, player, step)
            values, norm, learned = self.state.stepper.move(player, batch, step, self.lr(step, player))
            self.state.ledger.add(player, values, norm)
            with torch.no_grad():
                self.objective.after(player, self.model, learned)
        if self.state.ema:
            self.state.ema.update()

    def lr(self, step: int, player: str = "") -> float:
        """The learning rate of a step; a player may have its own."""
        highest = self.settings.player_lr.get(player, self.settings.lr)
        return highest * self.state.counters.lr_scale * factor(self.settings, step, self.total)

    def row_is_due(self, step: int) -> bool:
        """Whether a row ends at this step: every `log_every` epochs, and at the last step."""
        every = self.settings.log_every * self.per_epoch
        return step == self.total or int(step / every) > int((step - 1) / every)

    def row(self) -> None:
        """Write a row: training means since the last one, validation now."""
        if not self.journal.begun():
            self.journal.add(self.header())
        step = self.state.counters.step
        row = {
            "event": "row",
            "step": step,
            "epoch": step / self.per_epoch,
            "train": self.state.ledger.means(self.state.stepper.names),
            "validation": self.validate(),
            "lr": self.lr(step - 1),
            "seconds": round(self.state.counters.seconds, 3),
        }
        if self.watch and (step == self.total or self.watch.due(step)):
            row["samples"] = self.watch.measure(step, self.state.weights())
        self.journal.add(row)
        self.display.row(row)
        self.state.ledger.clear()
        for name, text in self.watch.troubles(row).items() if self.watch else ():
            self.journal.add({"event": "trouble", "step": step, "name": name, "text": text})
            self.display.warn(f"step {step:,}: {text}")

    def header(self) -> dict[str, object]:
        """The journal's first row: which terms add up to the loss, and how long it will be."""
        players = {p: {"parts": parts, "logged": logged} for p, (parts, logged) in self.state.stepper.names.items()}
        length = {"steps_per_epoch": self.per_epoch, "total_steps": self.total}
        return {"event": "start", "players": players, **length, "equilibrium": self.objective.equilibrium()}

    def validate(self) -> dict[str, float]:
        """The validation split now; with early stopping, remember the best weights."""
        if not len(self.validation):
            return {}
        state = self.state
        found = self.validation.measure(state.turn, list(state.players), state.ema.mean if state.ema else None)
        if self.settings.patience and "loss" in found:
            loss, counters = found["loss"], state.counters
            if counters.best_loss is None or loss < counters.best_loss:
                counters.best_loss, counters.waited = loss, 0.0
                state.remember()
            else:
                counters.waited += self.settings.log_every
        return found

    def save(self) -> None:
        """Keep the present state."""
        self.keeper.save(self.state.counters.step, self.state.tensors(), self.state.numbers())

    def recover(self) -> None:
        """Go on from the newest checkpoint, or write the first one."""
        self.keeper.open()
        found = self.keeper.newest(self.display.warn)
        if found is None:
            self.journal.cut(-1, 0)
            self.save()
        else:
            self.state.restore(found[0]["state"], found[1])
            self.cut(self.state.counters.rollbacks)

    def cut(self, rollbacks: int) -> None:
        """Forget what the restored state does not know."""
        self.journal.cut(self.state.counters.step, rollbacks)
        if self.watch:
            self.watch.begin(self.journal.rows())

    def roll_back(self) -> None:
        """Undo everything since the last checkpoint and halve the learning rate; the third time, give up."""
        before = self.state.counters
        found = self.keeper.newest(self.display.warn)
        assert found is not None, "a checkpoint is written before the first step"
        if before.rollbacks == ROLLBACKS:
            raise Diverged(
                f"the loss or a gradient was not finite at step {before.step}, for the third time. The last good "
                f"checkpoint (step {found[0]['step']}) is untouched. Try a smaller --lr "
                f"(now {self.lr(before.step):g}), --clip 1, or `jamjae check` on the data."
            )
        self.state.restore(found[0]["state"], found[1])
        now = self.state.counters
        self.cut(before.rollbacks)
        now.rollbacks, now.lr_scale, now.seconds = before.rollbacks + 1, before.lr_scale / 2, before.seconds
        why = {"step": before.step, "to": now.step, "lr_scale": now.lr_scale, "why": "non-finite step"}
        self.journal.add({"event": "rollback", **why})
        self.display.warn(
            f"step {before.step} was not finite; back to step {now.step} with the learning rate times {now.lr_scale:g}"
        )

    def finish(self) -> None:
        """Load the weights to use and let the objective finish (fit a prior to an autoencoder's codes)."""
        self.state.use(self.state.best or self.state.weights())
        with torch.no_grad():
            self.objective.finish(self.model, self.codes)

    def codes(self) -> Tensor:
        """Codes of the training split (at most 20,000 examples), (N, *L)."""
        assert self.model.posterior is not None
        reseed(self.settings.seed, "codes")
        rows = self.dataset.rows("train")[:20_000].split(1000)
        chunks = [(self.dataset.take(part), self.dataset.labels(part)) for part in rows]
        return torch.cat([self.model.posterior.point(self.model.encode(*chunk)) for chunk in chunks])
