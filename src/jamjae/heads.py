"""Heads: small learners of scikit-learn that predict a label from features such as codes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .core.errors import UsageError, unknown

PASSES = 1000  # of the logistic regression, at most
CLASSES, NUMBERS = "classes", "numbers"


def logistic(seed: int) -> Any:
    """Logistic regression on standardised features, with a penalty of |W|^2 / 2."""
    from sklearn.linear_model import LogisticRegression  # slow to import, and needed here only

    return _standardised(LogisticRegression(max_iter=PASSES))


def ridge(seed: int) -> Any:
    """Linear regression on standardised features, with a penalty of |w|^2."""
    from sklearn.linear_model import Ridge

    return _standardised(Ridge())


def neighbours(seed: int) -> Any:
    """The vote of the 15 nearest training examples."""
    from sklearn.neighbors import KNeighborsClassifier

    return _standardised(KNeighborsClassifier(15))


def near_mean(seed: int) -> Any:
    """The mean of the 15 nearest training examples."""
    from sklearn.neighbors import KNeighborsRegressor

    return _standardised(KNeighborsRegressor(15))


def forest(seed: int) -> Any:
    """A forest of 100 random trees for classes."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(random_state=seed)


def regression_forest(seed: int) -> Any:
    """A forest of 100 random trees for numbers."""
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(random_state=seed)


HEADS: dict[str, dict[str, Callable[[int], Any]]] = {  # by what is predicted; the first is the usual one
    CLASSES: {"logistic": logistic, "forest": forest, "knn": neighbours},
    NUMBERS: {"ridge": ridge, "forest": regression_forest, "knn": near_mean},
}


def made(head: Any, kind: str, seed: int) -> Any:
    """A head that has learned nothing yet: by name (None: the usual one), or a copy of a scikit-learn object.

    Where the object would draw at random without a seed, it gets this one.

    Raises:
        UsageError: For an unknown name, or an object that predicts something else.
    """
    if head is None or isinstance(head, str):
        known = HEADS[kind]
        if head is not None and head not in known:
            raise unknown(f"head for labels that are {kind}", head, known)
        return known[head or next(iter(known))](seed)
    from sklearn.base import clone, is_classifier, is_regressor

    fits = is_classifier if kind == CLASSES else is_regressor
    if not fits(head):
        wanted = "classifier" if kind == CLASSES else "regressor"
        raise UsageError(
            f"`head` must be a {wanted} of scikit-learn, because the labels are {kind}; got {head!r}. Pass "
            f'head="{next(iter(HEADS[kind]))}".'
        )
    copy = clone(head)
    free = {k: seed for k, v in copy.get_params().items() if k.split("__")[-1] == "random_state" and v is None}
    return copy.set_params(**free)


def called(head: Any, kind: str) -> str:
    """The name of a head in words."""
    return str(head or next(iter(HEADS[kind]))) if head is None or isinstance(head, str) else type(head).__name__


def probabilities(fitted: Any, features: np.ndarray, classes: int) -> np.ndarray | None:
    """Probability of every class, (n, classes), 0 for those that no training example had; None where the head has none.

    The head was fitted to class numbers.
    """
    if not hasattr(fitted, "predict_proba"):
        return None
    found = np.zeros((len(features), classes))
    found[:, fitted.classes_.astype(int)] = fitted.predict_proba(features)
    return found


def _standardised(learner: Any) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), learner)
