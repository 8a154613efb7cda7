"""From a run folder to the `Case` that the rules of `diagnosis` judge: measured once, on a limited part of the data."""

from dataclasses import replace

from . import data
from .core.catalogue import build
from .core.files import read_json
from .core.seeds import isolated
from .diagnosis import RULES, Case, Survival, survival
from .evaluation import FEWEST, Measurement, evaluate
from .evaluation.base.measurement import revived
from .evaluation.base.subject import Progress
from .kept import Kept
from .objectives.base import Objective

DIAGNOSIS = "diagnosis.json"
LIMIT, SAMPLES = 1000, 100
SECONDS, PASSES = 2.5, 30  # of a quick look; passes through the networks that an example of it costs, at most
FEW, MANY = 50, 200  # examples of a quick look
CELLS, VALUES = 1000, 50_000_000  # of an example and of a data set that a quick look looks at


def case(run: Kept, limit: int | None = LIMIT, quick: bool = False, progress: Progress | None = None) -> Case:
    """What is known about a run. Neither the run nor the caller's random state changes.

    Arguments:
        run: The run.
        limit: At most so many test examples; None for all.
        quick: Leave out what takes longer than a moment.
        progress: As in `Run.evaluate`.
    """
    dataset = run.dataset
    look = not quick or dataset.x.numel() <= VALUES
    known = Case(
        spec=run.spec,
        rows=tuple(run.rows),
        remarks=tuple(data.inspect(dataset)) if look else (),
        survival=predicted(run, CELLS if quick else None),
        result=run.result,
    )
    return replace(known, measured=measured(run, asked(known, quick), limit, progress))


def asked(known: Case, quick: bool) -> list[str]:
    """The metrics that the rules look at."""
    rules = [rule for rule in RULES.values() if known.contest is not None or not rule.game]
    return list(dict.fromkeys(name for r in rules for name in (*r.needs, *(() if quick else r.helps))))


def measured(run: Kept, names: list[str], limit: int | None, progress: Progress | None) -> dict[str, Measurement]:
    """What was evaluated before, and what is missing, measured now."""
    path = run.folder / "evaluation.json"
    before = {k: revived(m) for k, m in read_json(path).items()} if path.is_file() else {}
    missing = [name for name in names if name not in before]
    if len(run.dataset.rows("test")) < FEWEST:
        return before | {name: Measurement(reason="there is no test split to measure on") for name in missing}
    return before | evaluate(run.subject(SAMPLES, limit, progress), missing)


def predicted(run: Kept, widest: int | None) -> Survival:
    """How many axes theory keeps alive."""
    with isolated("survival"):
        objective = build(Objective, run.spec["objective"])
    return survival(run.model, objective, run.dataset, *(() if widest is None else (widest,)))


def affordable(seconds: float, examples: int) -> int:
    """Test examples of a quick look after a training that took so many seconds for so many examples; 0 for none.

    A step goes forwards and backwards, which is about three passes.

    Example:
        >>> affordable(10.0, 100_000), affordable(600.0, 10_000)
        (200, 0)
    """
    fits = int(SECONDS * 3 * examples / (PASSES * max(seconds, 1e-9)))
    return min(MANY, fits) if fits >= FEW else 0
