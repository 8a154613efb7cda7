"""Gaps filled in: against models whose conditional distributions are known, and against the verb's own promises."""

import csv
import json
import math

import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal

import jamjae as jj
from jamjae import conformal, data, filling
from jamjae.cli import main
from jamjae.core import Event
from jamjae.core.errors import DataError, Undefined, UsageError
from jamjae.corruptions import Masking
from jamjae.likelihoods import Bernoulli, Gaussian
from jamjae.networks import MLP
from jamjae.objectives import IWAE
from jamjae.objectives.base import Batch
from jamjae.rowwise import Way, filled, keys
from oracles.exact import assembled, evidence, linear_gaussian, z_score

pytestmark = pytest.mark.usefixtures("untuned")
W = np.random.default_rng(0).normal(size=(2, 6))


def linear(**encoder):
    """The linear-Gaussian model of five cells, any of which may be missing; its encoder is off."""
    model = assembled(Event((5,), missing=True), Gaussian(Event((5,), missing=True), "fixed", sigma=0.7), 2)
    model.load_state_dict(linear_gaussian(**encoder).state_dict())
    return model


def conditional(model, x):
    """Mean and variance of the missing cells of x (5,) given the others, in closed form."""
    p, gone = evidence(model), x.isnan()
    mean, cov = p.mean, p.covariance_matrix
    gain = cov[gone][:, ~gone] @ torch.linalg.inv(cov[~gone][:, ~gone])
    rest = cov[gone][:, gone] - gain @ cov[~gone][:, gone]
    return mean[gone] + gain @ (x - mean)[~gone], rest.diagonal()


def marginal(model, seen, x):
    """log p of the observed cells of x (n, 5), in closed form."""
    p = evidence(model)
    return MultivariateNormal(p.mean[seen], p.covariance_matrix[seen][:, seen]).log_prob(x[:, seen])


@pytest.mark.parametrize(("method", "samples"), [("importance", 40_000), ("gibbs", 20_000)])
@pytest.mark.parametrize("gone", [[1], [0, 3, 4]])
def test_both_methods_find_the_exact_conditional_distribution(method, samples, gone):
    model = linear(shift=0.3, scale=1.3)
    torch.manual_seed(0)
    x = evidence(model).sample()
    x[gone] = math.nan
    with torch.no_grad():
        found = filling.METHODS[method](model, x[None], None, samples)
    mean, variance = conditional(model, x)
    np.testing.assert_allclose(found.mean[gone], mean, atol=0.05)
    np.testing.assert_allclose(found.draws[:, gone].mean(0), mean, atol=0.06)
    np.testing.assert_allclose(found.draws[:, gone].var(0), variance, rtol=0.1)
    assert (found.draws[:, ~x.isnan()] == x[~x.isnan()]).all()


def test_intervals_of_the_exact_model_cover_as_they_say():
    """900 hidden cells; a share of 0.9 has a standard error of 0.01. The encoder is for complete rows, and widened."""
    model = linear(scale=2.5)
    torch.manual_seed(1)
    x = evidence(model).sample((300,))
    gone = torch.zeros_like(x, dtype=torch.bool)
    gone[:, :3] = True
    gone = gone.gather(1, torch.rand(x.shape).argsort(1))
    rows = filled(model, x.masked_fill(gone, math.nan), None, Way(samples=300, draws=0))
    covered = (rows.low <= x.numpy()) & (x.numpy() <= rows.high)
    assert abs(covered[gone.numpy()].mean() - 0.9) < 0.03


def test_the_bound_is_that_of_the_observed_cells():
    model = linear(scale=2.5)
    torch.manual_seed(2)
    x = evidence(model).sample((20,))
    x[:, 2] = math.nan
    exact = marginal(model, [0, 1, 3, 4], x)
    for corruption, within in ((None, 0.1), (Masking(model.event, 0.5), 0.2)):
        with torch.no_grad():
            terms = IWAE(4000, corruption).terms("model", model, Batch(x, None, 20), torch.tensor(0))
        assert (terms.parts["bound"] + exact).abs().max() < within


def test_with_masking_the_encoder_sees_less_and_the_bound_is_of_all_that_is_there():
    model, seen = linear(), []
    x = torch.randn(500, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x[:, 0] = math.nan
    fill = model.encoder.filled
    model.encoder.filled = lambda x: seen.append(x) or fill(x)
    torch.manual_seed(3)
    one = IWAE(1, Masking(model.event, 0.4)).terms("model", model, Batch(x, None, 500), torch.tensor(0))
    (shown,) = seen
    assert shown[:, 0].isnan().all() and abs(shown[:, 1:].isnan().double().mean() - 0.4) < 0.05
    exact = marginal(model, [1, 2, 3, 4], x)
    assert z_score(one.parts["bound"].detach(), -exact) > 3, "a worse encoder, a lower bound"


def test_classes_have_the_probabilities_of_the_exact_posterior():
    """One observed bit, one missing, a code in one dimension: p(x_2 = 1 | x_1 = 1) by quadrature."""
    event = Event((2,), levels=2, missing=True)
    model = assembled(event, Bernoulli(event), 1)
    with torch.no_grad():
        model.decoder.layers[0].weight.copy_(torch.tensor([[2.0], [-3.0]]))
        model.decoder.layers[0].bias.zero_()
        found = filling.importance(model, torch.tensor([[1.0, math.nan]], dtype=torch.float64), None, 40_000)
    z = torch.linspace(-9, 9, 4001)
    weight = (-z.square() / 2).exp() * (2 * z).sigmoid()
    exact = (weight * (-3 * z).sigmoid()).sum() / weight.sum()
    assert found.mean[1] == 0.0 and abs(found.classes[1, 1] - exact) < 0.01
    assert abs(found.classes[1].sum().item() - 1) < 1e-4


def test_factors_are_the_conformal_quantiles():
    random = np.random.default_rng(0)
    scores = np.abs(random.normal(size=(99, 2)))
    scores[15:, 1] = np.nan  # too few: the factor of both together
    own, pooled = conformal.factors(scores, 0.9)
    assert own == np.sort(scores[:, 0])[89] and pooled == np.sort(scores[~np.isnan(scores)])[103]
    assert conformal.factors(scores[:5], 0.99) is None
    x = 3 * random.normal(size=5000)
    made = conformal.scores(x, 0 * x, 0 * x - 1, 0 * x + 1, np.ones(1))
    (factor,) = conformal.factors(made[:2500, None], 0.8)
    assert abs((made[2500:] <= factor).mean() - 0.8) < 0.03


def rows(n, seed, share=0.2):
    """Six columns, most of whose spread lies in two directions, in float64; and the same with gaps."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 2)) @ W + 0.3 * random.normal(size=(n, 6)) + 100.1
    return x, np.where(random.random(x.shape) < share, np.nan, x)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    options = {"epochs": 60, "test": 0, "validation": 40, "runs": tmp_path_factory.mktemp("runs")}
    return jj.fit("miwae", rows(700, 0)[1], missing=True, **options)


def test_gaps_are_filled_in_and_the_rest_stays_to_the_bit(run):
    full, x = rows(200, 1)
    gone = np.isnan(x)
    before, state = x.copy(), torch.get_rng_state()
    found = run.impute(x, draws=3)
    assert torch.equal(torch.get_rng_state(), state) and np.array_equal(x, before, equal_nan=True)
    assert found.values.dtype == np.float64 and np.array_equal(found.missing, gone)
    assert np.array_equal(found.values[~gone], x[~gone]) and (found.draws[:, ~gone] == x[~gone]).all()
    assert np.isfinite(found.values).all() and np.isfinite(found.draws).all() and found.draws.shape == (3, 200, 6)
    assert (found.low <= found.values)[gone].all() and (found.values <= found.high)[gone].all()
    assert np.isnan(found.low[~gone]).all() and np.isnan(found.trust).sum() == (~gone.any(1)).sum()
    error, spread = (found.values - full)[gone].std(), (full - full.mean(0))[gone].std()
    assert error < 0.6 * spread
    covered = ((found.low <= full) & (full <= found.high))[gone].mean()
    assert found.calibrated and 0.82 < covered < 0.97


def test_a_row_depends_on_itself_and_on_the_seed(run):
    _, x = rows(12, 2)
    x[3] = x[7]
    found = run.impute(x, calibrate=False)
    alone, other = run.impute(x[7:8], calibrate=False), run.impute(x[7:8], calibrate=False, seed=1)
    assert np.array_equal(alone.values[0], found.values[3]) and np.array_equal(alone.draws[:, 0], found.draws[:, 3])
    gone = np.isnan(x[7])
    assert gone.any() and (found.draws[:, 3][:, gone] != found.draws[:, 7][:, gone]).all(), "equal rows draw afresh"
    assert (other.values[0][gone] != alone.values[0][gone]).all()
    assert len({key for _, key in keys(torch.tensor(x), None)}) == np.isnan(x).any(1).sum()


def test_gibbs_agrees_with_importance(run):
    _, x = rows(10, 4)
    one, two = (run.impute(x, method=m, samples=1000, calibrate=False) for m in ("importance", "gibbs"))
    width = (one.high - one.low)[one.missing]
    assert (np.abs(one.values - two.values)[one.missing] < 0.25 * width).all()


def test_factors_stretch_the_intervals(run):
    _, x = rows(20, 5)
    own, held = run.impute(x, calibrate=False), run.impute(x)
    assert own.factors is None and held.factors.shape == (6,)
    np.testing.assert_allclose(held.high - held.values, (own.high - own.values) * held.factors, rtol=1e-3, atol=1e-4)


def test_nothing_missing(run):
    x, _ = rows(5, 6)
    found = run.impute(x)
    assert np.array_equal(found.values, x) and not found.missing.any() and found.summary()["trust"] is None


def test_all_verbs_take_gaps(run):
    _, x = rows(40, 7)
    assert np.isfinite(run.encode(x)).all() and np.isfinite(run.reconstruct(x)).all()
    assert np.isfinite(run.score(x, by="likelihood", samples=10, quantile=0.9).scores).all()
    assert run.resume(epochs=61).result["step"] > 0


def test_what_cannot_be_filled_in_says_why(run, tmp_path):
    x, gaps = rows(60, 8)
    tiny = {"epochs": 1, "latent": 2, "runs": tmp_path}
    with pytest.raises(Undefined, match="fitted on examples without gaps: fit with missing=True"):
        jj.fit("vae", x, **tiny).impute(gaps)
    with pytest.raises(Undefined, match="a point has no density"):
        jj.fit("ae", gaps, missing=True, **tiny).impute(gaps, calibrate=False)
    with pytest.raises(UsageError, match=r"unknown method 'gibs'.*gibbs"):
        run.impute(gaps, method="gibs")
    for wrong in ({"interval": 1.0}, {"draws": 501}, {"draws": -1}):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            run.impute(gaps, **wrong)
    with pytest.raises(UsageError, match="calibrate=False"):
        jj.load(run.folder).impute(gaps)


def test_reading_gaps():
    _, x = rows(50, 9)
    with pytest.raises(DataError, match=r"a cell that nobody knows, fit with missing=True \(--missing\)"):
        data.read(x)
    found = data.read(x, missing=True)
    assert found.event.missing and any(f"{np.isnan(x).sum()} of 300 cells are missing" in note for note in found.notes)
    assert not [f for f in data.inspect(found) if f.level == "error"]
    assert not data.read(np.nan_to_num(x)).event.missing and data.read(np.nan_to_num(x), missing=True).event.missing
    x[0, 0] = np.inf
    with pytest.raises(DataError, match="the first is inf at row 0, column 0"):
        data.read(x, missing=True)
    x[:, 0] = np.nan
    with pytest.raises(DataError, match="every value of column 0 is missing"):
        data.read(x, missing=True)
    bits = data.read(np.array([[0.0, np.nan], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]), missing=True)
    assert bits.event.levels == 2 and bits.take(torch.arange(1)).isnan().sum() == 1
    with pytest.raises(UsageError, match="`binarise` needs examples without gaps"):
        data.read(np.array([[[0.5, 0.2]], [[0.1, np.nan]], [[0.3, 0.4]]]), missing=True, binarise="threshold")


def test_a_vector_with_gaps_has_an_encoder_that_sees_them():
    parts = jj.recipes.find("vae")(Event((3,), missing=True))
    assert parts.encoder["name"] == "tabular" and jj.recipes.find("vae")(Event((3,))).encoder["name"] == "mlp"


def test_a_skip_is_a_linear_map_beside_the_layers():
    torch.manual_seed(0)
    net = MLP((3,), (2,), widths=(4,), skip=True)
    x = torch.randn(5, 3)
    torch.testing.assert_close(net(x), net.layers(x) + x @ net.across.weight.T)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("table")
    random, lines = np.random.default_rng(0), ["size,colour,sold,note"]
    for k in range(300):
        size = random.normal()
        colour = "red" if size > 0 else "blue"
        cells = [f"{size:.3f}", colour, str(random.poisson(3)), f"free text {k}"]
        lines.append(",".join("NA" if random.random() < 0.15 and j < 3 else cell for j, cell in enumerate(cells)))
    (folder / "shop.csv").write_text("\n".join(lines) + "\n")
    main(["fit", "miwae", str(folder / "shop.csv"), "--epochs", "60", "--runs", str(folder / "runs")])
    return folder


def impute(folder, *options):
    main(["impute", "last", str(folder / "shop.csv"), "--samples", "50", "--runs", str(folder / "runs"), *options])


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_is_written_as_it_came_with_its_gaps_filled_in(table, capsys):
    impute(table, "-o", str(table / "full.csv"), "--intervals", "--draws", "2")
    said = capsys.readouterr().out
    before, after, drawn = (read(table / name) for name in ("shop.csv", "full.csv", "full-2.csv"))
    gone = sum(row[c] == "NA" for row in before for c in ("size", "colour", "sold"))
    assert f"filled in: {gone} of 900 cells" in said and "full-1.csv" in said
    assert list(drawn[0]) == list(before[0])
    right = []
    for old, new, other in zip(before, after, drawn, strict=True):
        assert all(new[c] == other[c] == old[c] for c in old if old[c] != "NA")
        assert new["colour"] in ("red", "blue") and new["sold"].isdigit() and math.isfinite(float(other["size"]))
        assert (new["size_low"] != "") == (old["size"] == "NA") == (new["size_high"] != "")
        if old["size"] == "NA":
            assert float(new["size_low"]) <= float(new["size"]) <= float(new["size_high"])
        if old["colour"] == "NA" and old["size"] != "NA" and abs(float(old["size"])) > 0.5:
            assert 0.5 <= float(new["colour_probability"]) <= 1
            right.append(new["colour"] == ("red" if float(old["size"]) > 0 else "blue"))
    assert len(right) > 10 and np.mean(right) > 0.9


def test_the_summary_and_a_table_without_gaps(table, capsys):
    impute(table, "-o", str(table / "again.parquet"), "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["calibrated"] and told["files"] == [str(table / "again.parquet")] and told["missing"] > 100
    impute(table, "-o", str(table / "full.csv"))
    main(["impute", "last", str(table / "full.csv"), "--runs", str(table / "runs"), "-o", str(table / "same.csv")])
    assert "nothing is missing" in capsys.readouterr().out
    assert (table / "same.csv").read_bytes() == (table / "full.csv").read_bytes()
