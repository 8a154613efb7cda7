"""`VAEImputer` keeps scikit-learn's contract, and does what it says."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from jamjae.core.errors import Undefined, UsageError
from jamjae.sklearn import VAEImputer

TINY = {"epochs": 1, "latent": 2, "samples": 5}


@parametrize_with_checks([VAEImputer(**TINY)])
def test_the_contract(estimator, check):
    check(estimator)


def test_only_gaps_change_and_they_are_better_than_the_mean():
    random = np.random.default_rng(0)
    full = random.normal(size=(500, 1)) @ np.ones((1, 4)) + 0.2 * random.normal(size=(500, 4))
    gone = random.random(full.shape) < 0.2
    x = np.where(gone, np.nan, full)
    imputer = VAEImputer(epochs=40, samples=50, options={"lr": 0.005}, random_state=0)
    pipeline = make_pipeline(StandardScaler(), imputer).set_output(transform="default")
    found = pipeline[0].inverse_transform(pipeline.fit_transform(x))
    np.testing.assert_allclose(found[~gone], full[~gone], rtol=1e-12)
    assert np.isfinite(found).all() and np.std((found - full)[gone]) < 0.6 * np.std(full[gone])
    scaled = pipeline[0].transform(x)
    assert np.array_equal(imputer.transform(scaled)[~gone], scaled[~gone])
    assert np.array_equal(imputer.transform(scaled[7:8])[0], imputer.transform(scaled)[7])
    assert imputer.get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3"]


def test_what_cannot_fill_in_says_why_before_it_is_trained():
    with pytest.raises(Undefined, match="no density"):
        VAEImputer(recipe="ae").fit(np.arange(20.0).reshape(10, 2))
    with pytest.raises(UsageError, match="samples"):
        VAEImputer(samples=0).fit(np.arange(20.0).reshape(10, 2))


def test_options_that_are_arguments_are_refused():
    with pytest.raises(UsageError, match="must not hold 'latent'"):
        VAEImputer(options={"latent": 3}).fit(np.zeros((5, 2)))
