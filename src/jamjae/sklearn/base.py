"""What the estimators share: from arguments to a fit in memory, the fitted model, rows of a table in and out.

Constructor arguments are stored unchanged and checked in `fit`, as scikit-learn asks. All rows of X are for training:
there is no test split, because cross-validation holds out rows itself, and a validation split only where `options`
ask for one, or for `patience`, which needs it.

The fitted model computes in float64. Results in float32 would differ in the last digits by how many rows are handed
over together, and scikit-learn asks that they do not.
"""

import warnings
from collections.abc import Mapping
from math import ceil
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from ..core.catalogue import build
from ..core.errors import DataError, UsageError, require
from ..core.seeds import isolated
from ..core.threads import threads
from ..data.dataset import Dataset
from ..data.like import like
from ..models.latent import LatentModel
from ..plan import DATA_OPTIONS, Plan, prepare
from ..run import begin
from ..training import Outcome
from ..training import fit as train
from ..training.display import Display

FLOATS = (np.float64, np.float32)  # the first one is for numbers of other types
NAMES = {name: name for name in ("latent", "epochs", "batch_size", "lr", "likelihood")}  # arguments by option
NAMES |= {"objective.beta": "beta", "seed": "random_state", "recipe": "recipe", "runs": "runs"}
FIXED = {*DATA_OPTIONS, "condition", "data", "like", "source"} - {"validation"}


class Estimator(BaseEstimator):
    """Base of the estimators: a constructor adds its arguments, among them `recipe`, `options`, `runs` and
    `random_state`.

    Attributes of a fitted estimator: `model_`, the `LatentModel` in float64; `n_iter_`, passes over X; and
    scikit-learn's `n_features_in_` and `feature_names_in_`.
    """

    recipe: str
    options: Mapping[str, Any] | None
    runs: str | Path | None
    random_state: Any

    networks = ("encoder", "decoder")  # which have the `widths`, and which have them in the opposite order
    mirrored = ("decoder",)
    gaps = False  # whether NaN in X is a missing cell; an error otherwise

    def _fitted(self, X: Any) -> Dataset:
        """Fit the model to X; X as the model saw it."""
        x: np.ndarray = validate_data(self, X, dtype=FLOATS, ensure_min_samples=2, ensure_all_finite=self._finite)
        plan = prepare(self.recipe, x, **self._options())
        self._suits(plan)
        if plan.warning:
            warnings.warn(plan.warning, stacklevel=3)
        outcome = trained(plan, self.runs)
        self.model_ = restored(*stored(plan.model))
        self.n_iter_ = ceil(outcome.step / plan.steps_per_epoch)
        return plan.dataset

    @property
    def _finite(self) -> bool | str:
        return "allow-nan" if self.gaps else True

    def _options(self) -> dict[str, Any]:
        """The options of `jamjae.fit` that arguments and `options` stand for, those that X decides included."""
        given = {name: plain(value) for name, value in self.get_params(deep=False).items()}
        own = {option: given[name] for option, name in NAMES.items() if name in given}
        own |= self._widths(given.get("widths"))
        more = {k.replace("__", "."): plain(v) for k, v in (self.options or {}).items()}
        for name in more:
            if name in own:
                raise UsageError(f"`options` must not hold {name!r}: it is the argument `{NAMES.get(name, 'widths')}`.")
            if name in FIXED:
                raise UsageError(f"`options` must not hold {name!r}: the data are X alone, without labels.")
        own |= {"seed": seed(self.random_state), "test": 0, "validation": None if self._holds_out(more) else 0}
        own |= {"missing": True} if self.gaps else {}
        return {name: value for name, value in {**own, **more}.items() if name not in ("recipe", "runs")}

    def _widths(self, widths: Any) -> dict[str, Any]:
        """Options that give every network its hidden layers."""
        if widths is None:
            return {}
        return {f"{name}.widths": widths[::-1] if name in self.mirrored else widths for name in self.networks}

    def _holds_out(self, options: dict[str, Any]) -> bool:
        """Whether a tenth of the rows is set aside for validation, if `options` do not say how many."""
        return bool(options.get("patience"))

    def _suits(self, plan: Plan) -> None:
        """Refuse, before it is trained, a model that cannot do what the estimator promises."""

    def _rows(self, X: Any) -> tuple[Tensor, Any]:
        """X as the model sees it, and the type of its numbers.

        Raises:
            DataError: For other values than 0 and 1 where training saw nothing else.
        """
        check_is_fitted(self)
        x = validate_data(self, X, dtype=FLOATS, reset=False, ensure_all_finite=self._finite)
        event = self.model_.event
        found = like(x, event).double()
        if event.levels == 2 and not ((found == 0) | (found == 1) | found.isnan()).all():
            raise DataError("every value was 0 or 1 in training, and now some are not. Fit to rows that have them all.")
        return found, x.dtype

    def _sampled(self, n: int, noise: bool, random_state: Any) -> np.ndarray:
        """n rows from z ~ p(z), (n, features)."""
        check_is_fitted(self)
        require(n >= 1, "`n` must be at least 1", n, "Pass n=64.")
        state = self.random_state if random_state is None else random_state
        with isolated(seed(state), "sample"), torch.no_grad():
            return self.model_.sample(n, noise=noise).numpy()

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {**state, "model_": stored(state["model_"])} if "model_" in state else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "model_" in state:
            self.model_ = restored(*state["model_"])


class Teller(Display):
    """What the user must know of a fit, as a warning of scikit-learn's."""

    def warn(self, text: str) -> None:
        warnings.warn(text, ConvergenceWarning, stacklevel=2)


def trained(plan: Plan, runs: str | Path | None) -> Outcome:
    """How the fit ended, after which the plan's model holds the weights to use; in memory, or as a run in `runs`.

    Raises:
        KeyboardInterrupt: If somebody stopped it: half a fit is none.
    """
    if runs is None:
        with threads(plan.settings.threads):
            outcome = train(plan.model, plan.objective, plan.dataset, plan.settings, None, Teller())
    else:
        ended = begin(plan, None, runs).train(plan.model, plan.objective, Teller()).outcome
        assert ended is not None, "it was trained just now"
        outcome = ended
    if outcome.reason == "interrupted":
        raise KeyboardInterrupt
    return outcome


def seed(random_state: Any) -> int:
    """The seed of a `random_state`: a whole number is its own; otherwise one is drawn.

    Example:
        >>> seed(7), seed(np.random.RandomState(0)) == seed(np.random.RandomState(0))
        (7, True)
    """
    random = check_random_state(random_state)
    return int(random_state) if isinstance(random_state, Integral) else int(random.randint(2**31 - 1))


def plain(value: Any) -> Any:
    """Numbers as Python has them: a search hands over those of numpy.

    Example:
        >>> plain(np.float64(0.5)), plain((np.int64(3), "a")), plain(np.arange(2))
        (0.5, (3, 'a'), (0, 1))
    """
    if isinstance(value, np.ndarray):
        return plain(tuple(value.tolist()))
    if isinstance(value, (tuple, list)):
        return tuple(plain(v) for v in value)
    return value.item() if isinstance(value, np.generic) else value


def stored(model: LatentModel) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A model as its spec and plain arrays, as small as they were trained."""
    found = {k: (v.float() if v.is_floating_point() else v).cpu().numpy() for k, v in model.state_dict().items()}
    return model.spec(), found


def restored(spec: dict[str, Any], weights: dict[str, np.ndarray]) -> LatentModel:
    """The inverse of `stored`."""
    with isolated("load"):  # weights are drawn before they are read
        model = build(LatentModel, spec)
    model.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
    return model.double().eval()
