"""A model beside principal components, example by example."""

from typing import Any

from torch import Tensor

from .measurement import normal


def beside(learned: Tensor, simple: Tensor | None, width: int, worse: str, details: dict[str, Any]) -> dict[str, Any]:
    """Baseline, flag and details of a mean over examples.

    Arguments:
        learned: One number per example, larger is better, (n,).
        simple: The same with principal components; None where there are none.
        width: How many components they are.
        worse: The flag where the model is worse, with 95 % confidence.
        details: More details.
    """
    if simple is None:
        return {"details": details}
    low, high = normal(learned - simple)
    return {
        "baseline": simple.mean().item(),
        "baseline_name": f"PCA({width})",
        "flag": worse if high < 0 else "",
        "details": details | {"difference": (learned - simple).mean().item(), "difference_interval": [low, high]},
    }
