"""What a rule says about a run: a number beside its threshold, plain words, what to change, where it is from."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["fault", "warning", "fine"]
LEVELS: tuple[Level, ...] = ("fault", "warning", "fine")


@dataclass(frozen=True)
class Finding:
    """One answer of one rule.

    Arguments:
        rule: Name of the rule.
        level: "fault" (results mislead until it is mended), "warning" (look at it), "fine" (looked for, not there).
        measured: The number and its threshold, in words.
        value: The number.
        threshold: Where the rule begins to speak.
        words: What it means, in plain words.
        change: What to type after `jamjae fit --like RUN`: alternatives, the surest first; empty where no option helps.
        effect: What to expect of the change.
        source: Reference.
        verified: Whether the rule was calibrated on planted faults and finds nine in ten, with nine in ten alarms true.

    Example:
        >>> print(Finding("overfit", "fine", measured="3 % of what was learned is lost on new examples, below 25 %"))
        fine: overfit: 3 % of what was learned is lost on new examples, below 25 %
    """

    rule: str
    level: Level
    measured: str = ""
    value: float | None = None
    threshold: float | None = None
    words: str = ""
    change: tuple[str, ...] = ()
    effect: str = ""
    source: str = ""
    verified: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; read back with `revived`."""
        return asdict(self) | {"change": list(self.change)}

    def __str__(self) -> str:
        return f"{self.level}: {self.rule.replace('_', ' ')}: {self.measured}{'. ' if self.words else ''}{self.words}"


def revived(json: dict[str, Any]) -> Finding:
    """A finding from its JSON.

    Example:
        >>> revived(Finding("leak", "fault", change=("--test 0.2",)).to_json()).change
        ('--test 0.2',)
    """
    return Finding(**{**json, "change": tuple(json["change"])})
