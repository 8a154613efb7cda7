"""Every rule on both sides of its threshold, on cases made by hand; what it proposes is what the parts accept."""

import json
import math
from dataclasses import replace

import pytest

from jamjae.core.errors import Undefined
from jamjae.data import read
from jamjae.data.inspect import Finding as Remark
from jamjae.data.inspect import inspect
from jamjae.diagnosis import RULES, Case, Finding, Survival, diagnose, revived, survival
from jamjae.evaluation import METRICS, Measurement
from jamjae.plan import prepare

LN2 = 0.6931471805599453
TINY = {"latent": 2, "encoder.widths": "8", "decoder.widths": "8"}


def spec(recipe="vae", data="digits", **options):
    return prepare(recipe, data, **{**TINY, **options} if recipe == "vae" else options).spec()


def row(step, train=None, validation=None, samples=None, epoch=1.0):
    found = {"event": "row", "step": step, "epoch": epoch, "train": train or {}, "validation": validation or {}}
    return found | ({} if samples is None else {"samples": samples})


def measured(**values):
    """Measurements by name: a value, or a value with its interval, or the fields themselves."""
    found = {}
    for name, value in values.items():
        fields = value if isinstance(value, dict) else {"value": value}
        found[name] = Measurement(name=name, **fields)
    return found


def level(rule, case):
    return RULES[rule](case).level


def interval(value, low, high, /, **details):
    return {"value": value, "interval": (low, high), "n": 100, "details": details}


# -- support and leak -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "expected"), [(0.0, "fine"), (0.01, "fault")])
def test_values_outside_the_support(share, expected):
    found = RULES["outside_support"](Case(spec(), measured=measured(support=interval(share, 0, 1, low=0.0, high=0.5))))
    assert found.level == expected
    assert found.change == (() if expected == "fine" else ("--binarise stochastic", *found.change[1:]))


def test_shades_and_other_numbers_get_another_likelihood():
    far = Case(spec(), measured=measured(support=interval(1.0, 1, 1, low=-3.0, high=2.0)))
    assert RULES["outside_support"](far).change == ("--likelihood gaussian",)


def shared(test=0.0, validation=0.0, train=0.0):
    names = {"shared with test": test, "shared with validation": validation, "repeated in train": train}
    return tuple(Remark("warning", "", "", name, share) for name, share in names.items())


@pytest.mark.parametrize(
    ("remarks", "expected"),
    [
        (shared(test=0.01), "fine"),
        (shared(test=0.011), "fault"),
        (shared(validation=0.5), "fault"),
        (shared(test=0.3, train=0.3), "warning"),
    ],
)
def test_shared_examples(remarks, expected):
    assert level("leak", Case(spec(), remarks=remarks)) == expected


def test_what_inspect_finds_is_what_the_rule_reads(tmp_path):
    import numpy as np

    from jamjae.data.splits import split

    x = np.random.default_rng(0).normal(size=(200, 3)).astype("float32")
    rows = split(200, 0)
    x[rows["test"][:10].numpy()] = x[rows["train"][:10].numpy()]
    found = RULES["leak"](Case(spec(), remarks=tuple(inspect(read(x)))))
    assert found.level == "fault" and found.value == 10 / len(rows["test"]) and "unique" not in str(found.change)


# -- divergence -------------------------------------------------------------------------------------------------------


def learned(train, test, alone, half=1.0):
    lost = (train - test) / (train - alone) if train > alone else None
    details = {"of": "elbo", "train": train, "test": test, "alone": alone, "lost": lost}
    return measured(
        generalisation={**interval(train - test, train - test - half, train - test + half), "details": details}
    )


END = {"event": "end", "reason": "done", "step": 300}
BACK = {"event": "rollback", "step": 3, "to": 0, "lr_scale": 0.5}


@pytest.mark.parametrize(
    ("rows", "train", "expected"),
    [
        ((row(300, {"distortion": 25.0}), END), -20.0, "fine"),
        ((row(300, {"distortion": 25.0}), END), -27.0 - 6.3, "fine"),  # 64 cells: 0.0984 nats each
        ((row(300, {"distortion": 25.0}), END), -27.0 - 6.5, "fault"),  # 0.1016
        ((row(10, {"distortion": 27.0 + 70.0}), END), -27.0 - 0.1, "fault"),  # blew up, learned nothing
        ((row(10, {"distortion": 27.0 + 60.0}), END), -27.0 - 0.1, "fine"),  # 0.94 nats a cell is no explosion
        ((row(10, {"distortion": 1e6}), END), -26.0, "fine"),  # it recovered
        ((BACK, END), -20.0, "warning"),
        ((BACK, BACK), -20.0, "fault"),
        ((BACK, BACK, END), -20.0, "warning"),
    ],
)
def test_divergence(rows, train, expected):
    assert level("divergence", Case(spec(), rows=rows, measured=learned(train, train - 1, -27.0))) == expected


@pytest.mark.parametrize(
    ("beta", "end", "expected"), [(0.01, 12.0, "fine"), (0.01, 34.0, "fault"), (1.0, 12.0, "fault")]
)
def test_a_light_weight_of_the_rate_is_no_divergence(beta, end, expected):
    case = Case(spec("beta-vae", **{"objective.beta": beta}), rows=(row(300, {"distortion": end}), END))
    case = replace(case, measured=learned(-80.0, -81.0, -27.0))  # a code of 68 nats that the bound pays for in full
    assert level("divergence", case) == expected


def test_a_slower_rate_is_the_remedy():
    case = Case(spec(lr=1.0), rows=(BACK, BACK))
    assert RULES["divergence"](case).change == ("--lr 0.001", "--lr 0.001 --clip 1")
    case = Case(spec(lr=1e-3, clip=1.0), rows=(BACK, BACK))
    assert RULES["divergence"](case).change == ("--lr 0.0001",)


# -- collapse ---------------------------------------------------------------------------------------------------------

OLD = tuple(row(n, {"kl": 0.01}) for n in (100, 200, 300))
WAKING = tuple(row(n, {"kl": n / 10_000}) for n in (100, 200, 300))


@pytest.mark.parametrize(
    ("rate", "gain", "rows", "expected"),
    [
        (0.11, (0.5, 1.0), OLD, "fine"),
        (0.09, (0.5, 1.0), OLD, "fault"),
        (5.0, (-0.1, 1.0), OLD, "fault"),
        (5.0, (0.01, 1.0), OLD, "fine"),
        (0.09, (0.5, 1.0), WAKING, "warning"),
        (0.09, (0.5, 1.0), (row(99, {"kl": 0.01}),), "warning"),
        (None, (-0.1, 1.0), OLD, "fault"),
        (None, (0.1, 1.0), OLD, "fine"),
    ],
)
def test_collapse(rate, gain, rows, expected):
    found = measured(rate={"value": rate, "reason": "no rate"}, shuffle=interval(1.0, *gain))
    assert level("collapse", Case(spec(), rows=rows, measured=found)) == expected


def test_collapse_without_numbers_does_not_apply():
    none = measured(rate={"reason": "a generator has no code"}, shuffle={"reason": "the same"})
    with pytest.raises(Undefined, match="no code"):
        RULES["collapse"](Case(spec(), measured=none))


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ({"objective.beta": 100}, "--objective.beta 1"),
        ({"objective.beta": 100, "lr": 1.0}, "--lr 0.001"),
        ({"binarise": "none", "likelihood.variance": "fixed", "likelihood.sigma": 1}, "--likelihood.variance optimal"),
        ({}, "--objective.free-bits 0.1"),
    ],
)
def test_the_remedy_of_a_collapse_is_its_cause(options, first):
    case = Case(spec(**options), rows=OLD, measured=measured(rate=0.0, shuffle=interval(0.0, -1.0, 1.0)))
    assert RULES["collapse"](case).change[0] == first


@pytest.mark.parametrize(
    ("axes", "rate", "expected"), [(None, 0.0, "fine"), (3, 0.0, "fine"), (0, 0.05, "fault"), (0, 2.0, "warning")]
)
def test_predicted_collapse(axes, rate, expected):
    theory = Survival(axes, "why", noise=64.0, largest=4.0)
    found = RULES["predicted_collapse"](
        Case(spec(**{"objective.beta": 64}), survival=theory, measured=measured(rate=rate))
    )
    assert found.level == expected and (found.change == ("--objective.beta 1",)) == (expected != "fine")


def test_without_theory_nothing_is_predicted():
    with pytest.raises(Undefined, match="no prediction"):
        RULES["predicted_collapse"](Case(spec()))


def test_the_prediction_of_a_plan():
    plan = prepare("vae", "digits", **TINY, **{"objective.beta": 1000})
    found = survival(plan.model, plan.objective, plan.dataset)
    assert found.axes == 0 and found.noise == 1000 > found.largest > 1
    assert survival(plan.model, plan.objective, plan.dataset, widest=63).axes is None


# -- overfit ----------------------------------------------------------------------------------------------------------


def course(*losses):
    return tuple(row(10 * n, validation={"loss": v}, epoch=float(n)) for n, v in enumerate(losses, 1))


RISING, FALLING = course(3.0, 1.0, 2.0), course(3.0, 2.0, 1.0)


@pytest.mark.parametrize(
    ("test", "half", "rows", "expected"),
    [
        (-12.6, 1.0, RISING, "fault"),  # 2.6 of 10 nats are lost, at 5 standard errors
        (-12.4, 1.0, RISING, "fine"),
        (-12.6, 1.75, RISING, "fine"),  # 2.9 standard errors
        (-12.6, 1.0, FALLING, "warning"),
        (-12.6, 1.0, (), "fault"),
    ],
)
def test_overfit(test, half, rows, expected):
    found = RULES["overfit"](Case(spec(), rows=rows, measured=learned(-10.0, test, -20.0, half)))
    assert found.level == expected
    assert ("epoch 2" in found.words) == (rows is RISING and expected == "fault")


def test_nothing_learned_is_nothing_lost():
    with pytest.raises(Undefined, match="nothing was learned"):
        RULES["overfit"](Case(spec(), measured=learned(-21.0, -25.0, -20.0)))


# -- games ------------------------------------------------------------------------------------------------------------


def game(n=12, accuracy=0.97, fooling=2.0, gradient=1.0, diversity=0.9, near=None, level=LN2):
    """Twelve rows of a hundred steps: numbers, or functions of the row's number."""

    def at(value, i):
        return value(i) if callable(value) else value

    rows = [{"event": "start", "equilibrium": {"generator.fooling": level}}]
    for i in range(n):
        train = {f"critic.accuracy_{k}": at(accuracy, i) for k in ("real", "fake")}
        train |= {"generator.fooling": at(fooling, i), "generator.gradient_norm": at(gradient, i)}
        samples = {"diversity": at(diversity, i)} | ({} if near is None else {"modes_near": at(near, i)})
        rows.append(row(100 * (i + 1), train, samples=samples))
    return tuple(rows)


GAN = {"recipe": "gan", "data": "ring"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"fooling": 3.9 * LN2}, "fine"),
        ({"fooling": 4.1 * LN2}, "fault"),
        ({"fooling": 4.1 * LN2, "accuracy": 0.94}, "fine"),
        ({"gradient": lambda i: 1.0 if i < 6 else 0.05, "accuracy": lambda i: 0.6 if i < 6 else 0.97}, "fault"),
        ({"fooling": -0.05, "level": -LN2}, "fault"),  # of the original game: log(1 - D) with D = 0.05
        ({"fooling": -0.10, "level": -LN2}, "fine"),
    ],
)
def test_the_critic_overpowers(options, expected):
    assert level("critic_overpowers", Case(spec(**GAN), rows=game(**options))) == expected


def test_a_critic_that_overpowered_once_is_a_warning():
    told = {"event": "trouble", "step": 600, "name": "the critic wins", "text": "..."}
    found = RULES["critic_overpowers"](Case(spec(**GAN), rows=(*game(), told)))
    assert found.level == "warning" and "600" in found.words


def test_games_too_young_and_models_without_a_critic():
    with pytest.raises(Undefined, match="younger"):
        RULES["critic_overpowers"](Case(spec(**GAN), rows=game(4)))
    for name in ("critic_overpowers", "mode_collapse"):
        with pytest.raises(Undefined, match="no critic"):
            RULES[name](Case(spec(), rows=game()))


def modes(near):
    return measured(modes={"value": near, "baseline": 8.0, "details": {"near": near}})


TOLD = ({"event": "trouble", "step": 600, "name": "mode collapse", "text": "..."},)


@pytest.mark.parametrize(
    ("found", "options", "told", "expected"),
    [
        (modes(8), {"near": 8.0}, (), "fine"),
        (modes(7), {"near": 7.0}, (), "fault"),
        (modes(7), {"near": 7.0, "diversity": lambda i: 0.1 + 0.1 * i}, (), "warning"),
        (modes(7), {"near": 7.0, "diversity": lambda i: 0.1 + 0.1 * i}, TOLD, "fault"),
        (modes(7), {"near": 7.0, "diversity": lambda i: (0.1, 0.3, 0.05, 0.2, 0.1, 0.4)[i % 6]}, (), "fault"),
        (modes(8), {"near": 8.0}, TOLD, "warning"),
        (measured(diversity=interval(0.6, 0.51, 0.7)), {}, (), "fine"),
        (measured(diversity=interval(0.4, 0.35, 0.49)), {}, (), "fault"),
        (measured(diversity=interval(0.4, 0.35, 0.51)), {}, (), "fine"),
        (measured(diversity=interval(0.9, 0.8, 1.0), coverage=interval(0.3, 0.2, 0.4)), {}, (), "fault"),
    ],
)
def test_mode_collapse(found, options, told, expected):
    assert level("mode_collapse", Case(spec(**GAN), rows=(*game(**options), *told), measured=found)) == expected


C2ST = {"above": measured(c2st=interval(0.75, 0.71, 0.79)), "below": measured(c2st=interval(0.75, 0.69, 0.81))}


@pytest.mark.parametrize(
    ("accuracy", "found", "expected"),
    [
        (0.54, C2ST["above"], "fault"),
        (0.56, C2ST["above"], "fine"),
        (0.50, C2ST["below"], "fine"),  # as at the equilibrium: nobody can tell
        (0.0, C2ST["above"], "fault"),  # a critic that is wrong is no help, either
        (lambda i: 0.8 if i == 7 else 0.54, C2ST["above"], "fault"),  # one row of the last five
        (lambda i: 0.54 if i < 7 else 0.8, C2ST["above"], "fine"),  # it was, and is no more
        (0.9, {}, "fine"),
    ],
)
def test_the_generator_overpowers(accuracy, found, expected):
    case = Case(spec(**GAN), rows=game(accuracy=accuracy), measured=found)
    assert level("generator_overpowers", case) == expected


def test_a_critic_that_guesses_alone_says_nothing():
    with pytest.raises(Undefined, match="`c2st` was not measured"):
        RULES["generator_overpowers"](Case(spec(**GAN), rows=game(accuracy=0.5)))
    with pytest.raises(Undefined, match="how often the critic is right"):
        RULES["generator_overpowers"](Case(spec(**GAN), rows=tuple(row(100 * i) for i in range(1, 9))))


@pytest.mark.parametrize(
    ("options", "change"),
    [
        ({"lr.critic": 1e-6}, ("--lr.critic 0.0002", "--objective.critic-steps 5")),
        ({"lr.generator": 0.01}, ("--lr.critic 0.01", "--objective.critic-steps 5")),
        (
            {"objective.critic.network.widths": "1", "decoder.widths": "64,32"},
            ("--objective.critic.network.widths 64,32", "--objective.critic-steps 5"),
        ),
        ({"objective.critic_steps": 2}, ("--objective.critic-steps 10",)),
    ],
)
def test_what_makes_a_critic_stronger(options, change):
    case = Case(spec(**GAN, **options), rows=game(accuracy=0.5), measured=C2ST["above"])
    assert RULES["generator_overpowers"](case).change == change


def by_heart(new, seen=0.8, **options):
    """A game whose critic takes so many training examples, and new ones, for real."""
    rows = game(accuracy=seen, **options)
    found = [
        {**r, "validation": {"critic.accuracy_real": new(i) if callable(new) else new}} for i, r in enumerate(rows)
    ]
    return (rows[0], *found[1:])


HEART = ({"event": "trouble", "step": 600, "name": "the critic learns by heart", "text": "..."},)


@pytest.mark.parametrize(
    ("new", "told", "expected"),
    [
        (0.66, (), "fine"),
        (0.64, (), "fault"),
        (0.64, HEART, "fault"),
        (0.66, HEART, "warning"),
        (0.9, (), "fine"),
        (lambda i: 0.5 if i < 8 else 0.75, (), "fine"),
        (lambda i: 0.75 if i % 3 == 0 else 0.55, (), "fault"),  # 0.21 with an error of 0.04
        (lambda i: 0.2 if i % 2 else 0.8, (), "fine"),  # 0.36 with an error of 0.15 is chance
    ],
)
def test_the_critic_memorises(new, told, expected):
    found = RULES["critic_memorises"](Case(spec(**GAN), rows=(*by_heart(new), *told)))
    assert found.level == expected
    if expected == "fault":
        assert found.change[0] == "--objective.critic.noise 0.5"


def test_two_critics_are_not_compared():
    with pytest.raises(Undefined, match="running mean"):
        RULES["critic_memorises"](Case(spec(**GAN, ema=0.99), rows=by_heart(0.1)))
    with pytest.raises(Undefined, match="training examples and with new ones"):
        RULES["critic_memorises"](Case(spec(**GAN), rows=game()))
    with pytest.raises(Undefined, match="less than 5 rows"):
        RULES["critic_memorises"](Case(spec(**GAN), rows=by_heart(0.1)[::3]))


def test_a_critic_with_units_to_spare_gets_fewer():
    wide = spec(**GAN, **{"objective.critic.network.widths": "300,300", "objective.critic.noise": 0.1})
    change = RULES["critic_memorises"](Case(wide, rows=by_heart(0.1))).change
    assert change == ("--objective.critic.network.widths 30,30", "--objective.critic.network.dropout 0.5")


def swinging(rate, n=40, size=1.0):
    """Losses that swing every eight rows, each time so much wider."""
    rows = [{"event": "start", "equilibrium": {}}]
    for i in range(n):
        critic = size * math.sin(2 * math.pi * i / 8) * rate**i
        rows.append(row(50 * (i + 1), {"critic.loss": 1.0 + critic, "generator.loss": 1.0}))
    return tuple(rows)


@pytest.mark.parametrize(
    ("rows", "told", "expected"),
    [
        (swinging(1.02), (), "fault"),
        (swinging(1.3), (), "fault"),  # whose last swing is all that one sees
        (swinging(1.005), (), "fine"),  # 1.10 times as wide in the later half
        (swinging(0.97), (), "fine"),
        (swinging(1.02, size=0.02), (), "fine"),  # nobody feels it
        (swinging(0.97), ({"event": "trouble", "step": 600, "name": "oscillation", "text": "..."},), "warning"),
    ],
)
def test_oscillation(rows, told, expected):
    found = RULES["oscillation"](Case(spec(**GAN), rows=(*rows, *told)))
    assert found.level == expected and ("every 400 steps" in found.measured) == (expected == "fault")


def test_a_swing_takes_rows_and_its_remedy_is_what_is_missing():
    with pytest.raises(Undefined, match="24 rows"):
        RULES["oscillation"](Case(spec(**GAN), rows=swinging(1.02, n=23)))
    change = RULES["oscillation"](Case(spec(**GAN, lr=1e-3), rows=swinging(1.02))).change
    assert change == ("--objective.penalty r1", "--optimiser.betas 0,0.99", "--lr 0.0001")
    still = {"optimiser.betas": "0,0.99", "objective.penalty": "r1", "lr": 1e-3}
    assert RULES["oscillation"](Case(spec(**GAN, **still), rows=swinging(1.02))).change == ("--lr 0.0001",)


def test_equal_rates_are_the_first_remedy():
    fast = spec(**GAN, **{"lr.generator": 0.01})
    first = RULES["mode_collapse"](Case(fast, rows=game(near=3.0), measured=modes(3))).change[0]
    assert first == "--lr.generator 0.0002 --objective.penalty r1"
    fast = spec(**GAN, **{"lr.critic": 0.002})
    assert RULES["critic_overpowers"](Case(fast, rows=game(fooling=5.0))).change[0] == "--lr.critic 0.0002"


# -- all of them ------------------------------------------------------------------------------------------------------


def test_every_rule_is_complete():
    assert all({*r.needs, *r.helps} <= set(METRICS) for r in RULES.values())
    assert len({r.title for r in RULES.values()}) == len(RULES)
    assert all("Reference:" in r.judge.__doc__ for r in RULES.values())


def test_faults_come_first_and_json_comes_back():
    bad = Case(spec(), remarks=shared(test=0.5), measured=measured(support=interval(0.0, 0, 1), rate=9.0))
    found = diagnose(bad)
    assert [f.level for f in found.findings] == sorted(
        (f.level for f in found.findings), key=["fault", "warning", "fine"].index
    )
    assert found.findings[0].rule == "leak" and [f.rule for f in found.troubles] == ["leak"]
    assert set(found.skipped) | {f.rule for f in found.findings} == set(RULES)
    again = json.loads(json.dumps(found.to_json()))
    assert [revived(f) for f in again["findings"]] == found.findings


def test_verified_is_said_by_the_rule_not_by_the_finding():
    case = Case(spec(), remarks=shared(test=0.5))
    doubtful = replace(RULES["leak"], verified=False)
    assert doubtful(case).verified is False and isinstance(doubtful(case), Finding)


def test_options_are_those_that_the_parts_accept():
    case = Case(spec("gan", "ring"))
    assert case.option("objective.beta", 1) == () == case.option("likelihood.variance", "optimal")
    assert case.option("objective.critic.pack", 2) == ("--objective.critic.pack 2",)
    assert case.option("objective.critic.brain", 2) == () == case.option("encoder.widths", 3)
    assert case.option("lr", 0.1) == ("--lr 0.1",) and case.option("luck", 1) == ()


# -- what is only a warning -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "expected"), [(0.21, "warning"), (0.19, "fine")])
def test_holes(low, expected):
    found = RULES["holes"](Case(spec(), measured=measured(holes=interval(low + 0.1, low, low + 0.2))))
    assert found.level == expected and found.change == (("--prior vamp", "--prior mixture") * (expected == "warning"))
    loose = measured(iwae=interval(-90, -91, -89, moved=0.2, samples=50))
    light = Case(spec(**{"objective.beta": 0.1}), measured=loose)
    assert RULES["loose_bound"](light).change == ("--objective.beta 1", "--posterior flow")
    weak = Case(spec(**{"objective.beta": 0.1}), measured=measured(holes=interval(0.5, 0.4, 0.6)))
    assert RULES["holes"](weak).change[0] == "--objective.beta 1"


@pytest.mark.parametrize(("moved", "expected"), [(0.11, "warning"), (0.09, "fine")])
def test_a_bound_that_still_rises(moved, expected):
    found = RULES["loose_bound"](Case(spec(), measured=measured(iwae=interval(-90, -91, -89, moved=moved, samples=50))))
    assert found.level == expected and ("--samples 500" in found.words) == (expected == "warning")
    with pytest.raises(Undefined, match="no chance"):
        RULES["loose_bound"](Case(spec("ae"), measured=measured(iwae=interval(-90, -91, -89, samples=1))))


@pytest.mark.parametrize(("z", "expected"), [(4.1, "warning"), (3.9, "fine")])
def test_copies(z, expected):
    vote = interval(0.6, 0.5, 0.7, extractor="columns", by_extractor={"columns": {"z": z}})
    found = RULES["copying"](Case(spec(), measured=measured(memorisation=vote)))
    assert found.level == expected and found.change == (
        ("--patience 10", "--decoder.widths 64") * (expected == "warning")
    )
    bumps = Case(spec("ae", **{"prior.components": 200}), measured=measured(memorisation=vote))
    together = "--prior.components 10 --patience 10"
    assert next(iter(RULES["copying"](bumps).change), together) == together


@pytest.mark.parametrize(("perplexity", "expected"), [(12.0, "warning"), (13.0, "fine")])
def test_a_book_that_is_hardly_used(perplexity, expected):
    rows = (row(10, {"perplexity": 100.0}), row(500, {"perplexity": perplexity}))
    found = RULES["unused_codebook"](Case(spec("vq-vae", **{"posterior.restart": 0}), rows=rows))
    assert found.level == expected
    if expected == "warning":
        assert found.change == ("--posterior.restart 0.05", "--posterior.codes 32")
    with pytest.raises(Undefined, match="no codebook"):
        RULES["unused_codebook"](Case(spec(), rows=rows))
    large = Case(spec("vq-vae", **{"posterior.codes": 4096, "batch_size": 16}), rows=(row(500, {"perplexity": 7.0}),))
    assert RULES["unused_codebook"](large).level == "fine"  # 16 examples of 4 positions reach 64 entries at most
    with pytest.raises(Undefined, match="younger than 500"):
        RULES["unused_codebook"](Case(spec("vq-vae"), rows=(row(499, {"perplexity": 1.0}),)))


def flat(*losses, train=-27.0, split="validation", step=300, **options):
    rows = tuple(row(step, **{split: {"loss": v}}) for v in losses)
    return Case(spec(**options), rows=rows, measured=learned(train, train - 1, -27.0))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (flat(30.0, 29.94), "fault"),  # 64 cells: 0.00094 nats each
        (flat(30.0, 30.06), "fault"),
        (flat(30.0, 29.93), "fine"),  # 0.00109
        (flat(30.0, 30.07), "fine"),
        (flat(30.0, 29.94, split="train"), "fault"),
        (flat(30.0, 29.94, train=-26.94), "fault"),  # training examples gain 0.00094
        (flat(30.0, 29.94, train=-26.93), "fine"),
    ],
)
def test_a_loss_that_does_not_move(case, expected):
    found = RULES["flat_loss"](case)
    assert found.level == expected and found.change == (("--lr 0.01",) * (expected == "fault"))


def test_a_slow_start_is_sped_up_and_a_short_one_is_not_judged():
    assert RULES["flat_loss"](flat(30.0, 30.0, lr=1e-8)).change == ("--lr 0.001",)
    for young in (flat(30.0), flat(30.0, 30.0, step=99)):
        with pytest.raises(Undefined, match="younger than 100"):
            RULES["flat_loss"](young)
    nothing = measured(generalisation=interval(1.0, 0.5, 1.5, train=1.0, test=0.0))
    with pytest.raises(Undefined, match="without a code"):
        RULES["flat_loss"](Case(spec("ae"), rows=(row(300, {"loss": 1.0}),) * 2, measured=nothing))


def dear(low, rate, **options):
    error = interval(0.05, 0.04, 0.06, difference_interval=[low * 0.04, 0.02])
    error |= {"baseline": 0.04, "baseline_name": "PCA(2)"}
    return Case(spec(**options), measured=measured(rate=rate, reconstruction=error))


@pytest.mark.parametrize(
    ("low", "rate", "expected"),
    [
        (0.11, 1.9, "warning"),
        (0.09, 1.9, "fine"),
        (0.11, 2.1, "fine"),  # more than a nat on each of two axes: something else is wrong
        (0.11, 0.09, "fine"),  # a collapse, and called by that name
        (-0.5, 1.9, "fine"),
    ],
)
def test_a_code_that_is_too_dear(low, rate, expected):
    found = RULES["over_regularised"](dear(low, rate, **{"objective.beta": 4}))
    assert found.level == expected and found.change == (("--objective.beta 1",) * (expected == "warning"))


def test_a_code_at_its_price_is_not_too_dear():
    fixed = {"binarise": "none", "likelihood.variance": "fixed", "likelihood.sigma": 1}
    assert RULES["over_regularised"](dear(0.5, 1.0, **fixed)).change == ("--likelihood.variance optimal",)
    for options in ({}, {"objective.beta": 0.5}):
        with pytest.raises(Undefined, match="no more than the bound"):
            RULES["over_regularised"](dear(0.5, 1.0, **options))


@pytest.mark.parametrize(("high", "expected"), [(-0.051, "warning"), (-0.049, "fine")])
def test_codes_that_mix_the_classes(high, expected):
    known = {**interval(0.6, 0.5, 0.7, difference_interval=[-0.2, high]), "baseline": 0.7}
    found = RULES["weak_clusters"](Case(spec(), rows=OLD, measured=measured(knn=known)))
    assert found.level == expected
    first = "--encoder.widths 256" if expected == "warning" else None
    assert next(iter(found.change), None) == first
    with pytest.raises(Undefined, match="principal components"):
        RULES["weak_clusters"](Case(spec(), measured=measured(knn=interval(0.6, 0.5, 0.7))))


def test_few_active_axes_alone_are_no_fault():
    few = Case(spec(), measured=measured(rate=5.0, shuffle=interval(3.0, 2.0, 4.0), kl_per_axis=1.0, active_units=1.0))
    assert not diagnose(few).troubles


def test_weight_decay_is_the_cause_of_a_collapse():
    case = Case(spec(**{"optimiser.weight_decay": 10}), rows=OLD, measured=measured(rate=0.0))
    assert RULES["collapse"](case).change == ("--optimiser.weight_decay 0",)
    usual = Case(spec(**{"optimiser.weight_decay": 0.01}), rows=OLD, measured=measured(rate=0.0))
    assert RULES["collapse"](usual).change[0] == "--objective.free-bits 0.1"


WARNERS = [name for name, rule in RULES.items() if rule.most == "warning"]


def test_what_only_warns_says_so():
    assert {"holes", "loose_bound", "copying", "unused_codebook", "over_regularised", "weak_clusters"} <= set(WARNERS)
    assert all("warning" in RULES[name].judge.__doc__ for name in WARNERS)
