"""What the live rules of training say: at the end, and what they said on the way."""

from ...core.errors import Undefined
from ...training.health import HELD, RULES, Course
from .case import Case


def of_age(case: Case) -> Course:
    """The course of the game.

    Raises:
        Undefined: Where it is too young to be judged.
    """
    if len(case.course.rows) < 2 or case.steps < HELD:
        raise Undefined(f"the game is younger than {HELD} steps")
    return case.course


def now(case: Case, name: str) -> str:
    """The trouble in words if it holds at the last row; empty if it does not."""
    return RULES[name](of_age(case))


def earlier(case: Case, name: str) -> list[int]:
    """The steps at which the trouble began."""
    return [row["step"] for row in case.events("trouble") if row["name"] == name]
