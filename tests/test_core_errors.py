"""Errors name the argument, the rule, the value and what to type; they know the exit code."""

import pytest

from jamjae.core import Damaged, DataError, DiskFull, Diverged, JamjaeError, Undefined, UsageError, build, require
from jamjae.core.errors import unknown
from jamjae.likelihoods import Likelihood
from jamjae.networks import Conv, Network
from jamjae.priors import Mixture, Prior


def test_exit_codes():
    codes = {e: e.exit_code for e in (UsageError, DataError, Undefined, Damaged, DiskFull, Diverged)}
    assert codes == {UsageError: 2, DataError: 1, Undefined: 1, Damaged: 1, DiskFull: 3, Diverged: 4}
    assert all(issubclass(e, JamjaeError) for e in codes)
    assert issubclass(UsageError, ValueError) and issubclass(DataError, ValueError)


def test_require_gives_rule_value_and_remedy():
    require(True, "never shown", got=0)
    with pytest.raises(UsageError, match=r"^`n` must be positive; got -1\. Pass n=1\.$"):
        require(False, "`n` must be positive", got=-1, instead="Pass n=1.")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("gausian", r"unknown prior 'gausian'; did you mean 'gaussian'\? Known: .*gaussian"),
        ("zzz", r"unknown prior 'zzz'\. Known: .*mixture"),
        ({}, r"choose the prior before its options\. Known"),
    ],
)
def test_unknown_names_list_the_known_ones_nearest_first(typed, message):
    with pytest.raises(UsageError, match=message):
        build(Prior, typed)


def test_unknown_without_any_known():
    assert str(unknown("part", "x", [])) == "unknown part 'x'. Known: none."


def test_unknown_options_list_the_options_and_hide_the_sizes():
    with pytest.raises(UsageError, match=r"unknown option of mlp 'width'; did you mean 'widths'\?") as caught:
        build(Network, {"name": "mlp", "width": 3})
    assert "inputs" not in str(caught.value)


@pytest.mark.parametrize(
    ("family", "spec", "message"),
    [
        (Network, {"name": "mlp", "widths": "2,x"}, r"`mlp.widths`: .*integer.*; got \['2', 'x'\]"),
        (Network, {"name": "mlp", "widths": "0"}, r"`widths` must be positive; got \(0,\)"),
        (Network, {"name": "mlp", "activation": "sine"}, r"`activation` must be one of relu, .*; got 'sine'"),
        (Network, {"name": "mlp", "dropout": 1.0}, r"`dropout` must be in \[0, 1\); got 1.0"),
        (Network, {"name": "conv", "channels": ()}, r"`channels` needs at least one stage; got \(\)"),
        (Likelihood, {"name": "gaussian", "variance": "fixed"}, r"variance='fixed' needs `sigma`; got None.*sigma=1"),
        (Likelihood, {"name": "laplace", "sigma": -1}, r"`sigma` must be positive; got -1"),
        (Likelihood, {"name": "gaussian", "variance": "own"}, r"`gaussian.variance`: input should be 'fixed'"),
        (Likelihood, {"name": "gaussian", "floor": 0}, r"`floor` must be positive; got 0"),
        (Likelihood, {"name": "categorical", "classes": 1}, r"`classes` must be at least 2; got 1"),
        (Prior, {"name": "mixture", "components": 0}, r"`components` must be at least 1; got 0"),
        (Prior, {"name": "mixture", "spread": 0}, r"`spread` must be positive"),
    ],
)
def test_bad_values_are_refused(family, spec, message):
    with pytest.raises(UsageError, match=message):
        build(family, spec)


def test_a_convolution_needs_an_image():
    with pytest.raises(UsageError, match=r"`conv` needs an image \(height, width, channels\) on one side.*mlp"):
        Conv((2,), (3,))


def test_designed_mixtures_must_fit_together():
    with pytest.raises(UsageError, match="`scales` must have 2 entries, one per component"):
        Mixture((1,), means=((0.0,), (1.0,)), scales=(1.0,))
    with pytest.raises(UsageError, match="every mean must have 2 numbers"):
        Mixture((2,), means=((0.0,), (1.0,)))
    with pytest.raises(UsageError, match="`scales` must be positive"):
        Mixture((2,), scales=(1.0, -1.0))
