"""Every workload runs in a tiny setting, for jamjae's own methods, plain PyTorch and the floors."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no part of the package

from benchmarks import bounds, images
from benchmarks.__main__ import WORKLOADS
from benchmarks.timing import Goal, Lane, Method, Options, Table, race

TINY = Options(examples=256, rounds=1, threads=1, peers=False)
COMPILED = ("jamjae --compile", "jamjae --compile bf16")  # half a minute each, and tested with the training


@pytest.fixture(autouse=True)
def no_compilers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the compiled methods out."""
    absent = Method.absent
    monkeypatch.setattr(Method, "absent", lambda m, o: "slow" if m.name in COMPILED else absent(m, o))


QUICK = ("start",)  # the others start a process a method


def marked(name: str) -> object:
    """The workload, slow unless it is quick."""
    return name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)


@pytest.mark.parametrize("name", [marked(n) for n in WORKLOADS if n != "iwae"])
def test_a_workload_runs(name: str) -> None:
    table = WORKLOADS[name](TINY)
    ran = [lane for lane in table.lanes if lane.rounds]
    assert any("jamjae" in lane.name or "fit" in lane.name for lane in ran)
    assert all(cost > 0 for lane in ran for cost in lane.values("seconds"))
    assert all(lane.why for lane in table.lanes if not lane.rounds)
    assert table.goals or name == "conv"
    assert all(line.count("median") == 0 for line in table.lines())


def test_the_bound_of_a_few_images() -> None:
    table = bounds.iwae(TINY, samples=100, count=2)
    (first,) = table.lane("jamjae").values("bound")
    assert -1000 < first < 0
    assert "skipped: peers are switched off" in "\n".join(table.lines())


def test_a_missing_peer_says_so() -> None:
    (lane,) = race([Method("nobody", "methods.with_nobody:train", needs="no_such_toolkit")], Options(rounds=1))
    assert lane.why == "no_such_toolkit is not installed" and not lane.rounds


def test_a_method_that_dies_says_why() -> None:
    with pytest.raises(RuntimeError, match="no_such_option"):
        race([Method("wrong", "methods.products:dense", {"no_such_option": 1})], TINY)


def test_pictures_are_random_and_said_to_be_without_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAMJAE_DATA", raising=False)
    assert "random" in images.write(tmp_path / "x.npy", 5)
    x = images.grey(str(tmp_path / "x.npy"))
    assert x.shape == (5, 784) and 0 <= x.min() < x.max() <= 1


def test_ratios_are_taken_round_by_round() -> None:
    a, b = (
        Lane("a", [{"seconds": s, "rss": 1} for s in (1.0, 4.0)]),
        Lane("b", [{"seconds": s, "rss": 1} for s in (2.0, 2.0)]),
    )
    assert a.over(b, "seconds") == [0.5, 2.0]
    table = Table("t", [b, a])
    table.aim("a", "b", 1.2)
    table.aim("b", "a", 1.3)
    assert [g.met for g in table.goals] == [False, True]
    assert str(table.goals[0]).endswith("NOT met") and "1.25x [0.5, 2]" in str(table.goals[0])


def test_a_goal_is_judged_by_the_median() -> None:
    assert Goal("g", 1.0, [0.1, 1.0, 9.0]).met and not Goal("g", 1.0, [0.1, 1.1, 1.2]).met
