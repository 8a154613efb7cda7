"""What every metric promises, whatever the model."""

import json
import math
from dataclasses import replace

import pytest
import torch

from jamjae import recipes
from jamjae.core import Event, UsageError
from jamjae.data import Dataset
from jamjae.evaluation import METRICS, Measurement, Subject, evaluate, usual
from jamjae.evaluation.base.subject import DRAWN

TITLES = [m.title for m in METRICS.values()]


def dataset(event, x, y=None):
    n = len(x)
    splits = {"train": torch.arange(n // 2), "validation": torch.arange(0), "test": torch.arange(n // 2, n)}
    return Dataset("made", event, x, y, splits)


def binary(n=120, cells=9):
    random = torch.Generator().manual_seed(0)
    y = torch.randint(3, (n,), generator=random)
    x = (torch.rand(n, cells, generator=random) < 0.2 + 0.3 * y[:, None]).float()
    return dataset(Event((cells,), levels=2), x, y)


def real(n=120, cells=6):
    random = torch.Generator().manual_seed(0)
    z = torch.randn(n, 2, generator=random)
    x = z @ torch.randn(2, cells, generator=random) + 0.1 * torch.randn(n, cells, generator=random)
    return dataset(Event((cells,)), x, (z[:, 0] > 0).long())


def subject(data, recipe="vae", latent=(2,), options=None, **more):
    torch.manual_seed(0)
    choice = recipes.override(recipes.find(recipe)(data.event), options or {})
    model, objective = recipes.assemble(choice, data.event, latent)
    model.initialise(data.examples("train")[0])
    return Subject(model, objective.name(), data, **{"samples": 20, **more})


CASES = {
    "binary": lambda: subject(binary()),
    "real": lambda: subject(real()),
    "mixture prior": lambda: subject(real(), "gm-vae"),
    "autoencoder": lambda: subject(real(), "ae"),
    "no labels": lambda: subject(replace(real(), y=None)),
    "two axes of codes": lambda: subject(real(), latent=(2, 3)),
    "missing cells": lambda: subject(with_gaps()),
    "float64": lambda: doubled(subject(real())),
}


def with_gaps():
    data = real()
    x = data.x.clone()
    x[::3, 1] = math.nan
    return replace(data, x=x, event=replace(data.event, missing=True))


def doubled(made):
    made.model.double()
    return made


@pytest.fixture(scope="module", params=CASES, ids=str)
def case(request):
    return CASES[request.param]()


def test_order_and_titles():
    assert list(METRICS)[:4] == ["elbo", "iwae", "rate", "distortion"]
    assert len(set(TITLES)) == len(TITLES)


def test_the_usual_metrics_are_measured_unless_others_are_asked_for():
    found = evaluate(subject(real()))
    assert list(found) == usual() == [n for n in METRICS if n in found] and 12 <= len(found) < len(METRICS)


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_documents_itself(name):
    text = METRICS[name].compute.__doc__
    for part in ("Cost:", "Failure modes:", "Reference:", "http"):
        assert part in text


def test_every_metric_has_a_value_or_a_reason(case):
    for name, m in evaluate(case, METRICS).items():
        assert (m.value is None) == bool(m.reason), str(m)
        assert m.name == name and m.title and m.unit
        assert m.n in (len(case.x), DRAWN)
        if m.value is not None:
            assert math.isfinite(m.value)
            assert m.interval is None or m.interval[0] <= m.value <= m.interval[1]
            assert (m.baseline is None) == (not m.baseline_name)


def test_measurements_survive_json(case):
    for m in evaluate(case, METRICS).values():
        plain = json.loads(json.dumps(m.to_json(), allow_nan=False))
        interval = plain.pop("interval")
        assert Measurement(**plain, interval=interval and tuple(interval)) == m


def test_a_metric_alone_gives_the_same_numbers(case):
    together = evaluate(case, METRICS)
    for name in METRICS:
        fresh = Subject(**{k: getattr(case, k) for k in ("model", "objective_name", "dataset", "samples")})
        assert evaluate(fresh, [name]) == {name: together[name]}


def test_other_seed_other_draws():
    assert evaluate(subject(real()), ["iwae"]) == evaluate(subject(real()), ["iwae"])
    assert evaluate(subject(real(), seed=1), ["iwae"]) != evaluate(subject(real()), ["iwae"])


def test_evaluation_leaves_no_trace():
    made = subject(real(), options={"decoder.dropout": 0.5})
    made.model.train()
    made.model.encoder.eval()
    before = {k: v.clone() for k, v in made.model.state_dict().items()}
    modes = [m.training for m in made.model.modules()]
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    evaluate(made, METRICS)
    assert torch.equal(torch.rand(3), expected)
    assert [m.training for m in made.model.modules()] == modes
    assert all(torch.equal(v, before[k]) for k, v in made.model.state_dict().items())
    assert all(p.grad is None for p in made.model.parameters())


def test_dropout_is_off():
    plain = evaluate(subject(real()), ["reconstruction", "rate"])
    noisy = subject(real(), options={"decoder.dropout": 0.5, "encoder.dropout": 0.5})
    noisy.model.train()
    assert evaluate(noisy, ["reconstruction", "rate"]) == plain


def test_names_choose_and_unknown_names_are_refused():
    made = subject(real())
    assert list(evaluate(made, ["rate", "elbo"])) == ["elbo", "rate"]
    with pytest.raises(UsageError, match="did you mean 'iwae'"):
        evaluate(made, ["iwea"])


def test_limit_and_progress():
    seen = []
    made = subject(real(), limit=25, progress=lambda *done: seen.append(done))
    assert evaluate(made, ["iwae"])["iwae"].n == 25
    iwae = [done for done in seen if done[0] == "iwae"]
    assert iwae[0] == ("iwae", 0, 1, False) and iwae[-1] == ("iwae", 25, 25, True)
    assert [done for _, done, _, part in iwae if part] == sorted(done for _, done, _, part in iwae if part)


@pytest.mark.parametrize(("option", "bad"), [("samples", 0), ("limit", 1)])
def test_bad_options_are_refused(option, bad):
    with pytest.raises(UsageError, match=option):
        subject(real(), **{option: bad})


def test_an_empty_test_split_is_refused():
    data = real()
    with pytest.raises(UsageError, match="test examples"):
        subject(replace(data, splits=data.splits | {"test": torch.arange(0)}))


def test_non_finite_results_are_undefined():
    made = subject(real())
    with torch.no_grad():
        made.model.decoder.layers[-1].bias.fill_(math.inf)
    found = evaluate(made, ["elbo", "distortion"])
    assert all(m.value is None and "not finite" in m.reason for m in found.values())


def test_printed_form():
    m = Measurement("rate", 21.5, (21.2, 21.8), 100, "nats", baseline=3.0, baseline_name="PCA", flag="odd")
    assert str(m) == "rate 21.5 nats [21.2, 21.8], n = 100, PCA 3 (odd)"
    assert str(Measurement("elbo", reason="no density")) == "elbo undefined: no density"


def test_values_per_example_make_the_mean_and_are_not_saved():
    found = evaluate(subject(real()), ["elbo", "rate", "distortion", "reconstruction", "iwae"])
    for name, m in found.items():
        assert m.each is not None, name
        assert len(m.each) == m.n, name
        assert m.each.mean().item() == pytest.approx(m.value, rel=1e-9), name
        assert "each" not in m.to_json(), name
        assert Measurement(**m.to_json()).each is None, name


def test_metrics_say_which_way_is_better():
    assert {m.better for m in METRICS.values()} <= {"", "higher", "lower"}
    assert METRICS["elbo"].better == "higher"
    assert METRICS["kid"].better == "lower"
    assert not METRICS["rate"].better
