"""What a rule is: a function of a `Case` (a run as plain data) that returns a `Finding`."""

from .case import USUAL_LR, Case
from .finding import LEVELS, Finding, Level, revived
from .rule import RULES, Diagnosis, Rule, diagnose, rule
from .survival import Survival, survival

__all__ = [
    "LEVELS",
    "RULES",
    "USUAL_LR",
    "Case",
    "Diagnosis",
    "Finding",
    "Level",
    "Rule",
    "Survival",
    "diagnose",
    "revived",
    "rule",
    "survival",
]
