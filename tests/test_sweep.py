"""The verb `sweep`: the grid, what is swept, reuse, the curve, and each term of the loss on its own."""

import json

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae import again
from jamjae.cli import main
from jamjae.comparison import grid
from jamjae.core import Event, UsageError
from jamjae.objectives import ELBO
from jamjae.objectives.base import Batch
from jamjae.plots import tradeoff
from jamjae.sweeping import ABLATION

SMALL = {"encoder.widths": "8", "decoder.widths": "8", "latent": 2, "epochs": 0.5}
QUICK = {"metrics": ["rate", "distortion"], "limit": 60, "samples": 2}
OPTIONS = [word for name, value in SMALL.items() for word in (f"--{name}", str(value))]
FEW = ["--metric", "rate", "--metric", "distortion", "--limit", "60", "--samples", "2"]


pytestmark = pytest.mark.usefixtures("untuned")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def found(runs):
    return jj.sweep("vae", "digits", points=2, runs=runs, **SMALL, **QUICK, **{"objective.beta": "0.5..8"})


# -- the grid ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "points", "values"),
    [
        ("0.1..10", 3, [0.1, 1, 10]),
        ("1..9.9", 3, [1, 5.45, 9.9]),
        ("0..100", 3, [0, 50, 100]),
        ("-1..1", 5, [-1, -0.5, 0, 0.5, 1]),
        ("1e-4..1e-2", 3, [1e-4, 1e-3, 1e-2]),
        ("0.12345..16", 2, [0.12345, 16]),
    ],
)
def test_ranges(text, points, values):
    assert grid.spaced(text, points) == pytest.approx(values)


def test_a_logarithmic_range_has_equal_ratios_to_three_digits():
    found = np.array(grid.spaced("0.1..16", 8))
    assert found[1:] / found[:-1] == pytest.approx(160 ** (1 / 7), rel=0.01) and found[[0, -1]].tolist() == [0.1, 16]


def accepts(**kinds):
    """Whether options are of the kinds that are asked for; others take anything."""
    return lambda options: all(isinstance(options[name], kind) for name, kind in kinds.items() if name in options)


def test_what_is_swept():
    anything = accepts()
    assert grid.swept({"lr": "0.1..0.3", "epochs": 5}, 3, anything) == ("lr", pytest.approx([0.1, 0.2, 0.3]))
    assert grid.swept({"beta": "0.5,1,4", "epochs": 5}, 3, anything) == ("beta", [0.5, 1, 4])
    assert grid.swept({"beta": [0.5, 1], "epochs": 5}, 3, anything) == ("beta", [0.5, 1])
    assert grid.swept({"lr": "0.1..0.3", "widths": "200,200"}, 2, anything)[0] == "lr"
    takes = accepts(beta=(int, float), widths=(str, int))
    assert grid.swept({"beta": "1,2", "widths": "200,200"}, 2, takes) == ("beta", [1, 2])
    assert grid.swept({"latent": "2..9"}, 4, accepts(latent=int)) == ("latent", [2, 4, 7, 9])
    assert grid.swept({"beta": "1..2"}, 3, accepts(beta=(int, float))) == ("beta", [1, 1.5, 2])


@pytest.mark.parametrize(
    "options", [{"lr": 0.1}, {"lr": "0.1..0.3", "clip": "1..2"}, {"lr": "2..1"}, {"a": "1,2", "b": "1,2"}]
)
def test_exactly_one_option_is_swept(options):
    with pytest.raises(UsageError):
        grid.swept(options, 3, accepts())


# -- the verb ----------------------------------------------------------------------------------------------------------


def test_one_run_a_value_measured_alike(found, runs):
    assert [p.value for p in found.points] == [0.5, 8] and found.metrics == ["rate", "distortion"]
    for point in found.points:
        run = jj.load(point.run, runs=runs)
        assert run.spec["objective"]["beta"] == point.value
        assert point.measured["rate"].value == pytest.approx(run.evaluate(["rate"], limit=60)["rate"].value)


def test_the_ablation_leaves_out_one_term_or_none(found, runs):
    specs = {name: jj.load(point.run, runs=runs).spec["objective"] for name, point in found.ablation.items()}
    assert {name: (s["beta"], s["distortion"]) for name, s in specs.items()} == {
        "reconstruction only": (0, 1),
        "KL only": (1, 0),
        "both": (1, 1),
    }
    rates = {name: point.measured["rate"].value for name, point in found.ablation.items()}
    assert rates["KL only"] < rates["both"] < rates["reconstruction only"]


def test_a_second_sweep_fits_nothing_and_a_wider_one_only_what_is_missing(found, runs, monkeypatch):
    made = []
    begin = again.begin
    monkeypatch.setattr(again, "begin", lambda *a, **k: made.append(1) or begin(*a, **k))
    options = {**SMALL, **QUICK, "runs": runs}
    assert [p.run for p in jj.sweep("vae", "digits", points=2, objective__beta="0.5..8", **options).points] == [
        p.run for p in found.points
    ]
    jj.sweep("vae", "digits", objective__beta="0.5,1,2", report=False, **options)
    assert made == [1], "only 2: 1 was fitted for the ablation"


def test_the_page_has_the_curve_the_pictures_and_the_ablation(found):
    page = found.report.read_text(encoding="utf-8")
    assert found.report.name == "sweep.html" and page.count("<h1") == 1
    for part in ("tradeoff", "pictures", "ablation", "numbers"):
        assert f'<section id="{part}">' in page
    assert all(f"objective.beta {value}" in page for value in ("0.5", "8")) and all(name in page for name in ABLATION)
    assert "another may differ more" in page and "<script" not in page


def test_a_model_without_an_encoder_is_swept_by_what_applies(tmp_path):
    small = {"decoder.widths": "8", "latent": 2, "epochs": 0.2, "limit": 60}
    found = jj.sweep("gan", "digits", lr="1e-4,1e-3", runs=tmp_path, **small)
    assert found.metrics == ["coverage"] and found.ablation == {}
    page = found.report.read_text(encoding="utf-8")
    assert 'id="tradeoff"' not in page and "over-coverage" not in page.partition("<body>")[0]
    [(reason, names)] = found.undefined.items()
    assert set(names) == {"rate", "distortion", "elbo"} and "only generates" in reason and reason in str(found)


def test_points_of_the_plane_have_a_page_too(tmp_path):
    options = {**SMALL, **QUICK, "epochs": 0.1, "runs": tmp_path}
    found = jj.sweep("vae", "ring", lr="1e-3,1e-2", **options)
    assert found.report.read_text(encoding="utf-8").count("<svg") >= 5


def test_what_would_change_the_test_examples_is_not_swept(tmp_path):
    for name in ("seed", "test"):
        with pytest.raises(UsageError, match=f"`{name}` cannot be swept"):
            jj.sweep("vae", "digits", runs=tmp_path, **{name: "1..5"}, points=2)
    with pytest.raises(UsageError, match="exactly one option"):
        jj.sweep("vae", "digits", runs=tmp_path, epochs=1)
    with pytest.raises(UsageError, match=r"vae: .*betta"):
        jj.sweep("vae", "digits", runs=tmp_path, objective__betta="1,2")
    assert not list(tmp_path.iterdir())


def test_the_callers_random_state_stays(tmp_path):
    before = torch.get_rng_state()
    jj.sweep("vae", "digits", objective__beta="1,2", runs=tmp_path, **SMALL, **QUICK)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_command_line(found, runs, capsys):
    arguments = ["sweep", "vae", "digits", "--objective.beta", "0.5..8", "--points", "2", *OPTIONS, *FEW]
    assert main([*arguments, "--runs", str(runs)]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == str(runs / "sweep.html") and "KL only" in said
    table = said[said.index("objective.beta") :].partition("\n\n")[0]
    assert max(map(len, table.splitlines())) <= 100 and "±" in table
    assert main([*arguments, "--runs", str(runs), "--json"]) == 0
    assert [p["value"] for p in json.loads(capsys.readouterr().out)["points"]] == [0.5, 8]


def test_plain_options_are_swept_too_and_only_by_this_verb(runs, capsys):
    arguments = ["--lr", "1e-3..2e-3", "--points", "2", *OPTIONS, *FEW, "--runs", str(runs), "--json"]
    assert main(["sweep", "ae", "digits", *arguments]) == 0
    assert [p["value"] for p in json.loads(capsys.readouterr().out)["points"]] == [0.001, 0.002]
    assert main(["fit", "ae", "digits", "--lr", "1e-3..2e-3", "--runs", str(runs)]) == 2
    assert main(["sweep", "ae", "digits", "--epochs", "1", "--runs", str(runs)]) == 2
    assert "exactly one option" in capsys.readouterr().err


# -- the weight of the reconstruction ----------------------------------------------------------------------------------


def losses(**options):
    """Gradients of a small VAE under an ELBO, by parameter."""
    event = Event((4,), levels=2)
    small = {"encoder": "mlp", "encoder.widths": "8", "decoder": "mlp", "decoder.widths": "8"}
    choice = jj.recipes.override(jj.recipes.find("vae")(event), small)
    with jj.core.isolated("elbo"):
        model, _ = jj.recipes.assemble(choice, event, (2,))
        x = torch.rand(16, 4).round()
        terms = ELBO(**options).terms("model", model, Batch(x, None, 16), torch.tensor(0))
    terms.loss.backward()
    return terms, {name: p.grad for name, p in model.named_parameters()}


def test_with_the_kl_alone_the_decoder_has_no_gradient_at_all():
    terms, slopes = losses(distortion=0.0)
    of_decoder = [g for name, g in slopes.items() if name.startswith("decoder")]
    assert of_decoder and all(g is None or not g.any() for g in of_decoder)
    assert any(g is not None and g.any() for name, g in slopes.items() if name.startswith("encoder"))
    assert torch.equal(terms.loss, terms.parts["rate"].mean()) and not terms.parts["distortion"].any()


def test_the_gradient_is_the_weighted_sum_of_both_terms():
    half, plain, alone = (losses(distortion=w, beta=b)[1] for w, b in ((0.5, 2.0), (1.0, 0.0), (0.0, 1.0)))
    for name, slope in half.items():
        zero = torch.zeros_like(slope)
        expected = 0.5 * (zero if plain[name] is None else plain[name]) + 2 * (
            zero if alone[name] is None else alone[name]
        )
        torch.testing.assert_close(slope, expected, rtol=1e-4, atol=1e-7)


def test_what_is_a_bound_and_what_is_nothing():
    assert ELBO().bound == "lower" and ELBO(distortion=0.5).bound is None and ELBO(distortion=2.0).bound is None
    for wrong in ({"distortion": -1.0}, {"distortion": 0.0, "beta": 0.0}):
        with pytest.raises(UsageError, match="distortion"):
            ELBO(**wrong)


# -- the figures -------------------------------------------------------------------------------------------------------


def test_the_dotted_line_goes_through_the_best_bound():
    figure = tradeoff.rate_distortion(
        [1.0, 2.0, 5.0], [9.0, 6.0, 5.0], list("abc"), [(0.5, 1.5), None, None], [None] * 3
    )
    [dotted] = [line for line in figure.axes[0].lines if line.get_linestyle() == ":"]
    x, y = dotted.get_data()
    assert np.array(x) + np.array(y) == pytest.approx([8.0, 8.0])
    assert [text.get_text() for text in figure.axes[0].texts] == ["a", "b", "c"]
