"""A run as plain data: what a rule may look at. Nothing here computes on a model or on examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...core.catalogue import members
from ...core.errors import Undefined
from ...data.inspect import Finding as Remark
from ...evaluation.base import Measurement
from ...objectives.base import Contest, Objective
from ...training.health import Course
from .survival import Survival

Row = dict[str, Any]
Spec = dict[str, Any]
USUAL_LR = 1e-3  # a learning rate at which Adam moves weights of order one by a thousandth a step


@dataclass(frozen=True)
class Case:
    """What is known about a run.

    Arguments:
        spec: The content of spec.json.
        rows: The events of metrics.jsonl.
        measured: Measurements by name.
        remarks: What `data.inspect` says about the data.
        survival: How many latent axes theory keeps alive.
        result: How training ended; empty while it has not, or where it gave up.

    Example:
        >>> Case({"settings": {"lr": 0.1}}).setting("lr")
        0.1
    """

    spec: Spec
    rows: tuple[Row, ...] = ()
    measured: Mapping[str, Measurement] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    survival: Survival = field(default_factory=Survival)
    result: Mapping[str, Any] = field(default_factory=dict)

    def setting(self, name: str) -> Any:
        """An option of the fit; None where the spec has none."""
        return self.spec.get("settings", {}).get(name)

    def part(self, name: str) -> Spec:
        """The spec of the objective or of a part of the model; empty if there is none."""
        held = self.spec if name == "objective" else self.spec.get("model", {})
        return dict(held.get(name) or {})

    def events(self, kind: str) -> list[Row]:
        """The events of a kind."""
        return [row for row in self.rows if row["event"] == kind]

    @property
    def steps(self) -> int:
        """How many steps were logged."""
        return max((row["step"] for row in self.events("row")), default=0)

    def measurement(self, name: str) -> Measurement:
        """A measurement that has a value.

        Raises:
            Undefined: With the reason why it has none.
        """
        found = self.measured.get(name)
        if found is None:
            raise Undefined(f"`{name}` was not measured")
        if found.value is None:
            raise Undefined(found.reason)
        return found

    def number(self, name: str) -> float | None:
        """The value of a measurement; None where there is none."""
        found = self.measured.get(name)
        return None if found is None else found.value

    @property
    def contest(self) -> type[Contest] | None:
        """The objective's class where it is a game; None elsewhere."""
        cls = members(Objective).get(self.part("objective").get("name", ""))
        return cls if cls is not None and issubclass(cls, Contest) else None

    @cached_property
    def course(self) -> Course:
        """The course of the game, as the live rules of training see it."""
        modes = self.measured.get("modes")
        known = 0 if modes is None or modes.baseline is None else int(modes.baseline)
        maker = "generator" if self.contest is None else self.contest.maker
        return Course(tuple(self.events("row")), maker, known, bool(self.setting("ema")))

    def option(self, name: str, value: Any) -> tuple[str, ...]:
        """`--name value` if the run's parts take that option; nothing otherwise.

        Example:
            >>> Case({"objective": {"name": "elbo", "beta": 100.0}}).option("objective.beta", 1)
            ('--objective.beta 1',)
            >>> Case({"objective": {"name": "iwae", "samples": 5}}).option("objective.beta", 1)
            ()
        """
        part, _, rest = name.partition(".")
        spec: Any = self.spec.get("settings", {}) if not rest else self.part(part)
        *way, last = rest.split(".") if rest else [part]
        for step in way:
            spec = (spec or {}).get(step)
        accepted = isinstance(spec, dict) and last in spec
        return (f"--{name.replace('_', '-')} {value}",) if accepted else ()

    def slower(self) -> tuple[str, ...]:
        """A usual learning rate, where the run's was far from it."""
        lr = self.setting("lr") or 0.0
        return (f"--lr {USUAL_LR:g}",) if lr > 10 * USUAL_LR else ()
