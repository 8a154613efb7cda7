"""The health of a game: planted faults are named once, a healthy game is left in peace, watching changes nothing."""

import json
import math
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from jamjae import recipes
from jamjae.core import isolated
from jamjae.data import read
from jamjae.report.game import at_rest, level
from jamjae.training import Settings, fit, loop
from jamjae.training.display import Display
from jamjae.training.health import HELD, RULES, SILENT, Course, begun, swing
from jamjae.training.journal import read_rows
from jamjae.training.watch import Watch

LN2 = math.log(2)


# -- rules on rows --------------------------------------------------------------------------------------------------


def rows(count=20, every=100, **series):
    """A healthy log; `series` replaces numbers: a value, or a function of the row's number."""
    usual = {
        "critic.loss": 1.35,
        "critic.accuracy_real": 0.6,
        "critic.accuracy_fake": 0.65,
        "generator.loss": 0.75,
        "generator.gradient_norm": 1.0,
        "validation.critic.accuracy_real": 0.58,
        "validation.critic.accuracy_fake": 0.64,
        "samples.diversity": 0.95,
        "samples.modes": 8.0,
        "samples.modes_near": 8.0,
    }
    found = []
    for n in range(count):
        row = {"event": "row", "step": (n + 1) * every, "train": {}, "validation": {}, "samples": {}}
        for key, value in {**usual, **series}.items():
            split, _, rest = key.partition(".")
            split, name = (split, rest) if split in row else ("train", key)
            row[split][name] = value(n) if callable(value) else value
        found.append(row)
    return tuple(found)


def told(course):
    """What is told row by row: (step, name)."""
    return [
        (course.rows[n]["step"], name)
        for n in range(len(course.rows))
        for name in begun(replace(course, rows=course.rows[: n + 1]))
    ]


def test_a_healthy_game_is_left_in_peace():
    random = np.random.default_rng(0)
    noisy = rows(
        300,
        **{
            "critic.loss": lambda n: 1.35 + 0.03 * random.normal(),
            "generator.loss": lambda n: 0.75 + 0.03 * random.normal(),
            "generator.gradient_norm": lambda n: math.exp(0.3 * random.normal()),
            "samples.diversity": lambda n: 0.9 + 0.05 * random.normal(),
            "critic.accuracy_real": lambda n: 0.6 + 0.03 * random.normal(),
        },
    )
    assert told(Course(noisy, modes=8)) == [] == told(Course(noisy))


def test_every_rule_says_when_it_speaks():
    assert list(RULES) == [
        "the critic wins",
        "the critic learns by heart",
        "mode collapse",
        "mode hopping",
        "oscillation",
    ]
    assert all(f.__doc__ for f in RULES.values())


def wins(at=20, accuracy=0.99, left=0.02, **more):
    return rows(
        40,
        **{
            "critic.accuracy_real": lambda n: accuracy if n >= at else 0.7,
            "critic.accuracy_fake": lambda n: accuracy if n >= at else 0.7,
            "generator.gradient_norm": lambda n: left if n >= at else 1.0,
            "validation.critic.accuracy_real": 0.9,
            "validation.critic.accuracy_fake": 0.9,
        }
        | more,
    )


def test_a_critic_that_wins_is_named_after_500_steps():
    course = Course(wins(), modes=8)
    assert told(course) == [(2500, "the critic wins")]  # the fifth row of it: 2,100, 2,200, ..., 2,500
    text = begun(replace(course, rows=course.rows[:25]))["the critic wins"]
    assert text == "the critic wins: accuracy 0.99, gradient of the generator down 50x"


@pytest.mark.parametrize(
    "course",
    [
        Course(wins(accuracy=0.94)),
        Course(wins(left=0.2)),
        Course(wins(at=37)),  # less than 500 steps
        Course(wins(**{"critic.accuracy_fake": lambda n: 0.99 if n % 5 else 0.8})),
    ],
    ids=["not sure enough", "the gradient is still there", "too short", "it loses now and then"],
)
def test_a_strong_critic_alone_is_no_trouble(course):
    assert told(course) == []


def test_a_gradient_that_dies_slowly_is_noticed():
    """From the first row on the critic is sure, and the gradient halves every two rows: no median can follow that."""
    dying = {"generator.gradient_norm": lambda n: 0.5 ** (n / 2)}
    assert told(Course(wins(at=0, **dying))) == [(800, "the critic wins")]


def test_a_gradient_of_nothing_is_gone():
    course = Course(wins(left=0.0))
    assert "generator gone" in begun(replace(course, rows=course.rows[:25]))["the critic wins"]


def test_games_without_right_and_wrong_have_no_winner():
    bare = tuple(
        {**row, "train": {k: v for k, v in row["train"].items() if "accuracy" not in k}, "validation": {}}
        for row in wins()
    )
    assert told(Course(bare)) == []


def test_a_critic_that_learns_by_heart():
    seen = {"critic.accuracy_real": 0.95, "critic.accuracy_fake": 0.95}
    course = Course(rows(20, **seen))
    assert told(course) == [(500, "the critic learns by heart")]
    assert "0.95 on training examples, 0.61 on new ones" in begun(replace(course, rows=course.rows[:5])).popitem()[1]
    assert told(replace(course, averaged=True)) == []  # two critics are compared: that tells nothing


def test_collapse_with_and_without_known_modes():
    known = Course(rows(20, **{"samples.modes_near": 3.0}), modes=8)
    assert told(known) == [(500, "mode collapse")]
    assert begun(replace(known, rows=known.rows[:5])) == {"mode collapse": "mode collapse: 3 of 8 modes"}
    alike = Course(rows(20, **{"samples.diversity": 0.123}))
    assert told(alike) == [(500, "mode collapse")]
    assert "samples are 0.12 times as varied" in begun(replace(alike, rows=alike.rows[:5]))["mode collapse"]
    assert told(Course(rows(20, **{"samples.diversity": 0.123}), modes=8)) == []  # the modes say more


def test_a_start_without_all_modes_is_no_collapse():
    growing = rows(40, **{"samples.modes_near": lambda n: min(8.0, 1.0 + n // 4)})
    assert told(Course(growing, modes=8)) == []
    varied = rows(40, **{"samples.diversity": lambda n: min(0.9, 0.1 + 0.02 * n)})
    assert told(Course(varied)) == []


def test_hopping_between_modes():
    course = Course(rows(20, **{"samples.modes_near": lambda n: 8.0 if n != 12 else 6.0}), modes=8)
    assert told(course) == [(1300, "mode hopping")]
    assert told(Course(rows(20, **{"samples.modes_near": lambda n: 25.0 - (n == 12)}), modes=25)) == []


def test_a_trouble_is_told_once_and_again_when_it_is_back():
    at = (*range(10, 30), *range(50, 60))
    course = Course(rows(80, **{"samples.diversity": lambda n: 0.2 if n in at else 0.9}))
    assert told(course) == [(1500, "mode collapse"), (5500, "mode collapse")]


def test_flickering_is_one_trouble():
    course = Course(rows(60, every=600, **{"samples.diversity": lambda n: 0.9 if n % 4 == 3 else 0.2}))
    assert told(course) == [(1200, "mode collapse")]
    assert SILENT >= 4 and HELD == 500


def test_two_rows_at_least_make_a_trouble():
    assert told(Course(rows(1, every=5000, **{"samples.diversity": 0.1}))) == []
    assert told(Course(rows(3, every=5000, **{"samples.diversity": 0.1}))) == [(10_000, "mode collapse")]


def growing(n, period=8, growth=1.0, noise=0.05, seed=0):
    random = np.random.default_rng(seed)
    t = np.arange(n)
    return np.sin(2 * np.pi * t / period) * (1 + growth * t / n) + noise * random.normal(size=n)


def test_a_growing_swing_is_named_with_its_period():
    d = growing(60)
    course = Course(rows(60, **{"critic.loss": lambda n: 1.35 + 0.5 * d[n], "generator.loss": lambda n: 0.75}))
    found = told(course)
    assert found[0][1] == "oscillation" and len(found) <= 2
    text = begun(replace(course, rows=course.rows[: found[0][0] // 100]))["oscillation"]
    assert "every 800 steps" in text


@pytest.mark.parametrize("rate", [1.02, 1.1, 1.35, 2.0])
@pytest.mark.parametrize("period", [8, 12, 16])
def test_a_swing_that_runs_away_is_a_swing(rate, period):
    t = np.arange(40)
    found, wider = swing(np.sin(2 * np.pi * t / period + 1) * rate**t, 0.0)
    assert abs(found - period) <= 1 and 0.5 < wider / rate**20 < 2


def test_what_does_not_grow_or_is_not_felt_is_no_oscillation():
    steady = growing(60, growth=0.0)
    for size, d in ((0.5, steady), (0.02, growing(60))):
        changed = {"critic.loss": lambda n, d=d, size=size: 1.35 + size * d[n]}
        assert [name for _, name in told(Course(rows(60, **changed)))] == []


@pytest.mark.parametrize("kind", ["white", "walk", "decay"])
def test_noise_is_rarely_taken_for_a_swing(kind):
    random, seen = np.random.default_rng(0), 0
    for _ in range(400):
        noise = random.normal(size=40)
        d = {"white": noise, "walk": noise.cumsum(), "decay": 5 * np.exp(-np.arange(40) / 8) + 0.1 * noise}[kind]
        seen += swing(d, 0.0)[0] > 0
    assert seen <= 8  # 2 %, without the condition on the size, which noise of a healthy game does not meet


# -- whole games ----------------------------------------------------------------------------------------------------


class Listener(Display):
    """Keeps what is told; asks to stop after some row."""

    def __init__(self, stop: int = 0) -> None:
        self.stop_at, self.told = stop, []

    def warn(self, text: str) -> None:
        self.told.append(text)

    def row(self, row: dict) -> None:
        if row["step"] == self.stop_at:
            signal.raise_signal(signal.SIGTERM)


def game(recipe="gan", data="ring", **options):
    """A small game on points of the plane."""
    dataset = read(data)
    rows = dataset.splits["train"]
    dataset = replace(dataset, splits={**dataset.splits, "train": rows[:1000], "validation": rows[1000:1200]})
    small = {"decoder.widths": (32,), "objective.critic.network.widths": (32,)}
    choice = recipes.override(recipes.find(recipe)(dataset.event), small | options)
    with isolated(1):
        return *recipes.assemble(choice, dataset.event, (2,), len(dataset.classes)), dataset


def settings(epochs, **more):
    return Settings(**{"epochs": epochs, "batch_size": 50, "lr": 1e-3, "log_every": 5, "checkpoint_every": 150} | more)


def events(folder, kind="trouble"):
    return [row for row in read_rows(folder / "metrics.jsonl") if row["event"] == kind]


def test_a_collapsed_generator_is_named_while_it_trains(tmp_path: Path):
    model, objective, data = game()
    with torch.no_grad():
        model.decoder.layers[-1].weight.zero_()  # every sample is the same point, whatever z is
        model.decoder.layers[-1].bias.copy_(torch.tensor([1.0, 0.0]))
    display = Listener()
    fit(model, objective, data, settings(27, player_lr={"generator": 1e-9}), tmp_path, display)
    assert display.told == ["step 500: mode collapse: 1 of 8 modes"]
    (event,) = events(tmp_path)
    assert event == {"event": "trouble", "step": 500, "name": "mode collapse", "text": "mode collapse: 1 of 8 modes"}
    last = events(tmp_path, "row")[-1]["samples"]
    assert last["diversity"] == pytest.approx(0, abs=1e-3) and last["modes_near"] == 1.0 >= last["modes"]


def test_a_critic_that_wins_is_named_while_it_trains(tmp_path: Path):
    model, objective, data = game(data="moons", **{"objective.game": "minimax"})
    with torch.no_grad():
        model.decoder.layers[-1].bias.fill_(6.0)  # far from the data, and it hardly moves: easily told apart
    display = Listener()
    fit(model, objective, data, settings(27, player_lr={"generator": 1e-6, "critic": 5e-3}), tmp_path, display)
    texts = [text for text in display.told if "the critic wins" in text]
    assert len(texts) == 1 and "accuracy 1.00, gradient of the generator down" in texts[0]
    # Nor do its samples vary as the data do: where modes are not known, that is how collapse shows.
    assert any("mode collapse: samples are 0.1" in text for text in display.told) and len(display.told) == 2


def test_a_game_that_goes_well_is_left_in_peace(tmp_path: Path):
    model, objective, data = game("r1-gan", "moons")
    display = Listener()
    fit(model, objective, data, settings(35, ema=0.98), tmp_path, display)
    assert display.told == [] == events(tmp_path)
    last = events(tmp_path, "row")[-1]["samples"]
    assert set(last) == {"diversity"} and 0.7 < last["diversity"] < 1.3


def test_watching_changes_nothing(tmp_path: Path, monkeypatch):
    ended = []
    for watched in (True, False):
        folder = tmp_path / str(watched)
        folder.mkdir()
        model, objective, data = game()
        if not watched:
            monkeypatch.setattr(loop, "Contest", ())  # nothing is an instance of it
        fit(model, objective, data, settings(5, ema=0.9), folder)
        ended.append(torch.cat([p.flatten() for p in model.parameters()]))
        assert ("samples" in events(folder, "row")[0]) == watched
    assert torch.equal(*ended)


def test_a_resumed_game_tells_what_a_whole_one_tells(tmp_path: Path):
    found = []
    for name, stops in (("whole", (0,)), ("stopped", (200, 0))):
        folder, told = tmp_path / name, []
        folder.mkdir()
        for stop in stops:
            model, objective, data = game()
            with torch.no_grad():
                model.decoder.layers[-1].weight.zero_()
            display = Listener(stop)
            fit(model, objective, data, settings(27, ema=0.9, player_lr={"generator": 1e-9}), folder, display)
            told += display.told
        log = [{k: v for k, v in row.items() if k != "seconds"} for row in read_rows(folder / "metrics.jsonl")]
        found.append((told, [json.dumps(row) for row in log if row["event"] != "end"]))
    assert found[0] == found[1] and len(found[0][0]) == 1


def test_samples_are_looked_at_every_hundred_steps(tmp_path: Path):
    fit(*game(), settings(15, log_every=2), tmp_path)
    assert [row["step"] for row in events(tmp_path, "row") if "samples" in row] == [40, 160, 280, 300]


def test_rows_without_a_look_tell_nothing_new():
    course = Course(rows(60, every=50, **{"samples.modes_near": 3.0}), modes=8)
    sparse = tuple({k: v for k, v in row.items() if k != "samples" or n % 2} for n, row in enumerate(course.rows))
    assert told(replace(course, rows=sparse)) == [(500, "mode collapse")]


def test_the_weights_in_use_are_the_ones_measured():
    model, objective, data = game()
    watch = Watch(model, data, "generator", seed=0, averaged=True)
    turn = torch.nn.ModuleDict({"model": model, "objective": objective})
    live = watch.measure(1, turn.state_dict())
    still = {k: torch.zeros_like(v) if k.startswith("model.decoder") else v for k, v in turn.state_dict().items()}
    assert watch.measure(1, still)["diversity"] == 0.0 < live["diversity"]
    assert watch.measure(1, turn.state_dict()) == live != watch.measure(2, turn.state_dict())
    assert model.training


def test_games_log_where_they_come_to_rest(tmp_path: Path):
    for name, recipe in (("gan", "gan"), ("vae", "vae")):
        (tmp_path / name).mkdir()
        if recipe == "gan":
            fit(*game(), settings(1), tmp_path / name)
        else:
            data = read("ring")
            choice = recipes.find("vae")(data.event)
            fit(*recipes.assemble(choice, data.event, (2,)), data, settings(0.1), tmp_path / name)
    (start,) = events(tmp_path / "gan", "start")
    assert start["equilibrium"]["critic.loss"] == pytest.approx(2 * LN2, abs=1e-12)
    assert start["equilibrium"]["generator.fooling"] == pytest.approx(LN2, abs=1e-12)
    assert set(start["equilibrium"]) <= set(events(tmp_path / "gan", "row")[0]["train"])
    assert events(tmp_path / "vae", "start")[0]["equilibrium"] == {}
    assert all("samples" not in row for row in events(tmp_path / "vae", "row"))


@pytest.mark.parametrize(
    ("options", "critic", "fooling"),
    [
        ({}, 1.386, 0.693),
        ({"objective.game": "minimax"}, 1.386, -0.693),
        ({"objective.game": "non-saturating", "objective.game.smoothing": 0.1}, 1.376, 0.799),
        ({"objective.game": "hinge"}, 2.0, 0.0),
        ({"objective.game": "least-squares"}, 0.25, 0.125),
    ],
    ids=str,
)
def test_the_lines_follow_from_the_options(options, critic, fooling):
    _, objective, _ = game(**options)
    found = objective.equilibrium()
    assert found["critic.loss"] == pytest.approx(critic, abs=5e-4)
    assert found["generator.fooling"] == pytest.approx(fooling, abs=5e-4)


def test_the_sentence_names_the_levels():
    text = at_rest([{"event": "start", "equilibrium": {"critic.loss": 2 * LN2, "generator.fooling": LN2}}])
    assert "2 ln 2 = 1.386 (the loss of the critic)" in text
    assert "ln 2 = 0.693 (what the generator pays for being found out)" in text
    assert at_rest([{"event": "start", "equilibrium": {}}]) == at_rest([]) == ""
    assert level(0.1254) == "0.125" and level(-1.0) == "−1"
