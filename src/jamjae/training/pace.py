"""When to show, when to save: time is only looked at here."""

import time
from math import ceil

from .state import Counters

CHECKPOINT_SECONDS = 30.0
TICK_SECONDS = 0.2
WARM, PROBED = 20, 40  # steps of this process between which the speed is measured


class Pace:
    """Counts steps and seconds of one process.

    Checkpoints fall on multiples of a number of steps. That number is probed once (about 30 seconds' worth) and
    becomes part of the training state, so that a rollback goes back to the same step in a run that was interrupted and
    in one that was not.
    """

    def __init__(self, counters: Counters) -> None:
        self.counters = counters
        self.begun = time.perf_counter() - counters.seconds
        self.shown = self.now = self.warm = time.perf_counter()
        self.here = 0

    def stepped(self) -> None:
        """A step is done."""
        self.counters.step += 1
        self.here += 1
        self.now = time.perf_counter()
        self.counters.seconds = self.now - self.begun
        if self.here == WARM:
            self.warm = self.now
        if self.here == PROBED and not self.counters.every:
            step = max((self.now - self.warm) / (PROBED - WARM), 1e-6)
            self.counters.every = max(WARM, ceil(CHECKPOINT_SECONDS / step))

    def tick_is_due(self) -> bool:
        """About five times a second."""
        due = self.now - self.shown > TICK_SECONDS
        if due:
            self.shown = self.now
        return due

    def checkpoint_is_due(self) -> bool:
        """At multiples of the probed number of steps."""
        return bool(self.counters.every) and self.counters.step % self.counters.every == 0
