"""Events are checked when they are made."""

import dataclasses

import pytest

from jamjae.core import Event, UsageError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "picture"}, r"`kind` must be one of vector, image, sequence, table, text, audio; got 'picture'"),
        ({"shape": (2, 0)}, r"`shape` must hold positive sizes; got \(2, 0\)"),
        ({"low": 1.0, "high": 1.0}, r"`low` must be below `high`; got \(1.0, 1.0\)"),
        ({"low": float("nan")}, r"`low` must be below `high`"),
    ],
)
def test_bad_events_are_refused(arguments, message):
    with pytest.raises(UsageError, match=message):
        Event(**arguments)


def test_events_count_cells_and_are_values():
    event = Event((28, 28, 3), "image", 0.0, 1.0)
    assert event.cells == 2352 and Event(()).cells == 1
    assert event == Event((28, 28, 3), "image", 0.0, 1.0) and hash(event) == hash(dataclasses.replace(event))
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.kind = "vector"
