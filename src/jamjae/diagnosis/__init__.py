# ruff: noqa: I001  (the rules are asked in the order of their imports)
"""Diagnosis: one rule per file, from what was measured to plain words, what to change and what to expect of it.

A rule is a function from a `Case` to a `Finding` and computes nothing heavy: what it needs was measured before.
"""

from .base import RULES, Case, Diagnosis, Finding, Rule, Survival, diagnose, revived, rule, survival

from .outside_support import outside_support
from .leak import leak
from .divergence import divergence
from .predicted_collapse import predicted_collapse
from .collapse import collapse
from .overfit import overfit
from .critic_overpowers import critic_overpowers
from .generator_overpowers import generator_overpowers
from .critic_memorises import critic_memorises
from .oscillation import oscillation
from .mode_collapse import mode_collapse
from .holes import holes
from .loose_bound import loose_bound
from .copying import copying
from .unused_codebook import unused_codebook
from .flat_loss import flat_loss
from .over_regularised import over_regularised
from .weak_clusters import weak_clusters

__all__ = [
    "RULES",
    "Case",
    "Diagnosis",
    "Finding",
    "Rule",
    "Survival",
    "collapse",
    "copying",
    "critic_memorises",
    "critic_overpowers",
    "diagnose",
    "divergence",
    "flat_loss",
    "generator_overpowers",
    "holes",
    "leak",
    "loose_bound",
    "mode_collapse",
    "oscillation",
    "outside_support",
    "over_regularised",
    "overfit",
    "predicted_collapse",
    "revived",
    "rule",
    "survival",
    "unused_codebook",
    "weak_clusters",
]
