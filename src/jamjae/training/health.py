"""The health of a game: rules over the rows of the log, each a pure function that names a trouble in plain words.

A trouble is told when it begins, not at every row. Nothing is remembered beside the rows, so a run that was stopped and
resumed tells the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import Any

import numpy as np

Row = dict[str, Any]

HELD = 500  # steps, and two rows at least, for which a state must hold before it is called by its name
SILENT = 5  # rows: what comes back sooner is the same trouble
SURE, FALLEN = 0.95, 0.1  # accuracy of a critic that wins; what is left of the maker's gradient
BY_HEART = 0.15  # accuracy on training examples less accuracy on new ones
ALIKE, GROWING = 0.5, 1.1  # diversity of samples that have collapsed; gain within 500 steps of one that comes
LOST = 0.1  # share of the modes, from one row to the next
FEWEST, MOST = 24, 40  # rows in which a swing is looked for
AGAIN, AGAINST = 0.5, -0.4  # autocorrelation after a whole swing, and on the way there after half of one
GROWN, FELT = 1.25, 0.1  # later amplitude over earlier; amplitude over the size of the losses


@dataclass(frozen=True)
class Course:
    """How a game went so far.

    Arguments:
        rows: The rows of metrics.jsonl, the newest last.
        maker: The player whose work the critic judges.
        modes: How many modes the data has; 0 where nobody knows.
        averaged: Whether validation uses the running mean of the weights, and training the weights themselves.
    """

    rows: tuple[Row, ...]
    maker: str = "generator"
    modes: int = 0
    averaged: bool = False

    def lately(self) -> tuple[Row, ...]:
        """The rows of the last 500 steps, at least two; none while the game is younger."""
        if len(self.rows) < 2 or self.rows[-1]["step"] < HELD:
            return ()
        recent = sum(row["step"] > self.rows[-1]["step"] - HELD for row in self.rows)
        return self.rows[-max(2, recent) :]

    def looks(self) -> list[dict[str, float]]:
        """What samples looked like in the last 500 steps, at least twice; empty while the game is younger."""
        looked = tuple(row for row in self.rows if "samples" in row)
        return [row["samples"] for row in replace(self, rows=looked).lately()]

    def until(self, rows: int) -> "Course":
        """The course without its last rows."""
        return replace(self, rows=self.rows[: len(self.rows) - rows])

    def of_maker(self, name: str, rows: tuple[Row, ...]) -> list[float]:
        """A number of the maker in training, at every one of the rows that has it."""
        key = name if self.maker == "model" else f"{self.maker}.{name}"
        return [row["train"][key] for row in rows if key in row["train"]]


Rule = Callable[[Course], str]
RULES: dict[str, Rule] = {}


def rule(f: Rule) -> Rule:
    """Register a rule under its own name. It answers with the trouble in words, or with nothing."""
    RULES[f.__name__.replace("_", " ")] = f
    return f


def begun(course: Course) -> dict[str, str]:
    """The troubles that begin at the newest row, by name."""
    held = {name: text for name, find in RULES.items() if (text := find(course))}
    before = [course.until(n) for n in range(1, SILENT + 1)]
    return {name: text for name, text in held.items() if not any(RULES[name](earlier) for earlier in before)}


def accuracies(rows: tuple[Row, ...], split: str, kinds: tuple[str, ...] = ("real", "fake")) -> list[float]:
    """The critic's accuracy at every row, by default on real and made examples alike; empty where some row has none."""
    keys = [f"critic.accuracy_{kind}" for kind in kinds]
    if not all(key in row[split] for row in rows for key in keys):
        return []
    return [fmean(row[split][key] for key in keys) for row in rows]


@rule
def the_critic_wins(course: Course) -> str:
    """Accuracy above 0.95 for 500 steps, and the maker's gradient below a tenth of what it usually was before.

    Before: the median of the rows in which the critic was not so sure, or the first row of all. A median of all rows
    would follow a gradient that dies slowly.
    """
    sure = accuracies(course.lately(), "train")
    if not sure or min(sure) <= SURE:
        return ""
    open_ = tuple(row for row in course.rows if not accuracies((row,), "train")[0] > SURE)
    usual, now = (course.of_maker("gradient_norm", rows) for rows in (open_ or course.rows[:1], course.rows[-1:]))
    if not usual or not now or now[0] >= FALLEN * median(usual):
        return ""
    fall = f"down {median(usual) / now[0]:.0f}x" if now[0] > 0 else "gone"
    return f"the critic wins: accuracy {sure[-1]:.2f}, gradient of the {course.maker} {fall}"


@rule
def the_critic_learns_by_heart(course: Course) -> str:
    """Accuracy on training examples more than 0.15 above that on validation examples, for 500 steps."""
    seen, new = (accuracies(course.lately(), split) for split in ("train", "validation"))
    if course.averaged or not seen or not new or min(a - b for a, b in zip(seen, new, strict=True)) <= BY_HEART:
        return ""
    return f"the critic learns by heart: accuracy {seen[-1]:.2f} on training examples, {new[-1]:.2f} on new ones"


@rule
def mode_collapse(course: Course) -> str:
    """Modes that no samples are near, for 500 steps; where modes are not known, samples half as varied as the data.

    While variety still grows, as it does at a start, nothing has collapsed.
    """
    found = course.looks()
    name, full = ("modes_near", course.modes) if course.modes else ("diversity", ALIKE)
    values = [f[name] for f in found]
    if not values or max(values) >= full or values[-1] > GROWING * values[0]:
        return ""
    if course.modes:
        return f"mode collapse: {values[-1]:.0f} of {course.modes} modes"
    return f"mode collapse: samples are {values[-1]:.2g} times as varied as the data"


@rule
def mode_hopping(course: Course) -> str:
    """More than a tenth of all modes lost from one look at samples to the next, while most are still there."""
    near = [found["modes_near"] for found in course.looks()[-2:]] if course.modes else []
    if not near or near[0] - near[1] <= LOST * course.modes or near[1] < course.modes / 2:
        return ""
    return f"mode hopping: samples were near {near[0]:.0f} of {course.modes} modes, now they are near {near[1]:.0f}"


@rule
def oscillation(course: Course) -> str:
    """The critic's loss less the maker's swings: a period shows in its autocorrelation, and the swings grow."""
    steps, wider = swinging(course) or (0, 0.0)
    said = f"oscillation: the losses swing every {steps:,} steps or so, {wider:.1f} times as wide as before"
    return said if steps else ""


def swinging(course: Course) -> tuple[int, float] | None:
    """Period in steps of a growing swing of the losses, and how much wider it is than before; 0 where there is none,
    and None where there are too few rows to see one."""
    rows = course.rows[-MOST:]
    maker = course.of_maker("loss", rows)
    critic = [row["train"]["critic.loss"] for row in rows if "critic.loss" in row["train"]]
    if not FEWEST <= len(critic) == len(maker):
        return None
    size = fmean(map(abs, critic)) + fmean(map(abs, maker))
    period, wider = swing(np.array(critic) - np.array(maker), FELT * size)
    return period * (rows[-1]["step"] - rows[-2]["step"]), wider


def swing(d: np.ndarray, felt: float) -> tuple[int, float]:
    """Period of a growing swing in d (n,), in rows, and how much wider its later half is; 0 where there is none.

    It is looked for in d over a width that grows as d does, exponentially; otherwise the last swing of a game that runs
    away would be all that counts.
    """
    n, t = len(d), np.arange(len(d))
    width = max(1.0, growth(np.diff(d))) ** (2 * t / n)
    d = d - np.polyval(np.polyfit(t, d, 1, w=1 / width), t)
    if np.sqrt(np.square(d[n // 2 :]).mean()) <= felt or growth(d) <= GROWN:
        return 0, 0.0
    steady = d / width
    again = np.array([np.mean(steady[: n - lag] * steady[lag:]) for lag in range(n // 2)]) / np.mean(steady * steady)
    turned = np.flatnonzero(again < AGAINST)
    if not len(turned) or again[turned[0] :].max() <= AGAIN:
        return 0, 0.0
    return int(turned[0] + again[turned[0] :].argmax()), growth(d)


def growth(d: np.ndarray) -> float:
    """How much wider the later half of d (n,) is, by its root mean square; 1 where nothing moves in the earlier one."""
    early, late = (float(np.sqrt(np.square(half).mean())) for half in (d[: len(d) // 2], d[len(d) // 2 :]))
    return late / early if early > 0 else 1.0
