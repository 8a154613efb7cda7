"""Exported graphs say what the run says: every kind of recipe, every likelihood and posterior, in every format."""

import json
import math
import re
from functools import cache

import numpy as np
import onnx as onnx_package
import pytest
import torch
import yaml

import jamjae as jj
from jamjae.cli import main
from jamjae.conditions import Label
from jamjae.core import Event, build
from jamjae.core.catalogue import members
from jamjae.core.errors import Damaged, JamjaeError, Undefined, UsageError
from jamjae.export import FORMATS, Decoder, Encoder, onnx, torch_export
from jamjae.export.base import graphs
from jamjae.export.check import Reference
from jamjae.likelihoods import Likelihood
from jamjae.models import LatentModel
from jamjae.networks import Network
from jamjae.plan import prepare
from jamjae.posteriors import Posterior
from jamjae.priors import Prior
from jamjae.recipes import RECIPES
from test_every_recipe import plan, small

CHANCE = {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"}
CHANCE |= {"Dropout"}
HELD = [name for name in RECIPES if name != "text-vae"]  # its decoder writes one number after the other
REFUSED = "autoregressive"  # the likelihood that does
FIT = ("batch_size", "epochs", "log_every")


@cache
def kind(name: str) -> tuple:
    """What the graphs of a recipe consist of: two recipes of a kind differ in their weights."""
    model = plan(name).model
    parts = (model.decoder, model.likelihood, model.encoder, model.posterior)
    return (*(part and part.name() for part in parts), len(plan(name).latent))


def kinds() -> list[str]:
    """The first recipe of every kind that a graph can hold."""
    return sorted({kind(name): name for name in sorted(HELD, reverse=True)}.values())


def tiny(name, **options):
    """A recipe with small networks, and its data; not trained."""
    given = {k: v for k, v in small(name).items() if k not in FIT}
    return prepare(name, "digits", **{**given, **options})


def real(found):
    """Examples and labels of a plan's data."""
    return found.dataset.examples("test", 20)


def agrees(model, examples, packed=onnx.packed, opened=onnx.opened):
    """Export all graphs of a model and compare them; the files by name."""
    reference, files = Reference(model, lambda: examples), {}
    for graph in graphs(model):
        files[graph.name] = packed(graph, {})
        assert reference.difference(graph, opened(files[graph.name])) <= 1e-4
    assert set(files) == ({"decoder"} if model.encoder is None else {"encoder", "decoder"})
    return files


def same_as_the_verbs(model, files, examples):
    """The graphs against what `model` itself says, in batches that no one traced: they are not their own reference."""
    x, y = examples[0][:5], None if model.condition is None else examples[1][:5]
    with torch.no_grad():
        model.eval()
        z = torch.randn(5, *model.decoder.inputs, generator=torch.Generator().manual_seed(1))
        label = () if y is None else (y.numpy(),)
        wanted = model.likelihood.point(model.decode(z, y)).numpy()
        assert np.allclose(onnx.opened(files["decoder"])(z.numpy(), *label)[0], wanted, atol=1e-4)
        if model.encoder is not None:
            q = model.encode(x, y)
            made = onnx.opened(files["encoder"])(x.float().numpy(), *label)
            assert np.allclose(made[0], model.posterior.point(q).numpy(), atol=1e-4)
            assert len(made) == 1 or np.allclose(made[1], q.variance.log().numpy(), atol=1e-3)


def without_chance(content):
    proto = onnx_package.load_from_string(content)
    onnx_package.checker.check_model(proto)
    assert not CHANCE & {node.op_type for node in proto.graph.node}
    return proto


# -- every recipe -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", kinds())
def test_every_kind_of_recipe_computes_the_same_in_onnx_runtime(name):
    found = tiny(name)
    files = agrees(found.model, real(found))
    for content in files.values():
        without_chance(content)
    same_as_the_verbs(found.model, files, real(found))


CONDITIONS = pytest.mark.parametrize("told", [{}, {"condition": "label"}], ids=["", "label"])


@pytest.mark.slow
@CONDITIONS
@pytest.mark.parametrize("name", sorted(HELD))
def test_every_recipe_computes_the_same_in_onnx_runtime(name, told):
    found = tiny(name, **told)
    files = agrees(found.model, real(found))
    assert all(without_chance(content) for content in files.values())
    same_as_the_verbs(found.model, files, real(found))


@pytest.mark.slow
@CONDITIONS
@pytest.mark.parametrize("name", kinds())
def test_every_kind_of_recipe_is_the_same_as_torch_exports(name, told):
    found = tiny(name, **told)
    agrees(found.model, real(found), torch_export.packed, torch_export.opened)


@pytest.mark.parametrize("name", ["vae", "gan"])
def test_conditional_graphs_take_a_label(name):
    found = tiny(name, condition="label")
    files = agrees(found.model, real(found))
    same_as_the_verbs(found.model, files, real(found))
    decoder = onnx.opened(files["decoder"])
    z = np.ones((3, *found.latent), np.float32)
    a, b, unknown = decoder(z, np.array([1, 7, -1]))[0]
    assert np.abs(a - b).max() > 1e-4 and np.abs(a - unknown).max() > 1e-4


@pytest.mark.parametrize("name", ["ae", "iaf-vae", "gan"])
def test_the_same_as_torch_exports(name):
    found = tiny(name)
    agrees(found.model, real(found), torch_export.packed, torch_export.opened)


# -- every part -------------------------------------------------------------------------------------------------------


def mlp(inputs, outputs, context=0):
    return build(Network, {"name": "mlp", "widths": (8,)}, inputs=inputs, outputs=outputs, context=context)


def values(event, n=20):
    """Values that an event may take, some of them missing where it says so."""
    random = torch.Generator().manual_seed(0)
    u = torch.rand(n, *event.shape, generator=random)
    if event.levels:
        x = (u * event.levels).long()
        x = x if event.levels > 2 else x.float()
    else:
        bounded = math.isfinite(event.low) and math.isfinite(event.high)
        x = event.low + (event.high - event.low) * u if bounded else 0.1 + 20 * u
    gone = torch.rand(x.shape, generator=random) < 0.3
    return torch.where(gone, torch.nan if x.is_floating_point() else -1, x) if event.missing else x


def around(likelihood=None, posterior=None):
    """A model of these parts, started from data, and the data."""
    likelihood = likelihood or build(Likelihood, "gaussian", event=Event((3,)))
    posterior = posterior or build(Posterior, "gaussian", latent=(2,))
    event, latent = likelihood.event, posterior.latent
    priors = sorted(members(Prior).items(), key=lambda entry: entry[0] == "gaussian")  # it comes last, so it is taken
    supports = {prior.support: name for name, prior in priors}
    prior = build(Prior, supports[posterior.support], event=event, latent=latent, entries=posterior.entries, context=0)
    coder = mlp(event.shape, posterior.features)
    model = LatentModel(prior, mlp(latent, likelihood.features), likelihood, coder, posterior)
    x = values(event)
    model.initialise(x)
    return model, (x, None)


PARTS = [
    pytest.param(family, cls, n, id=f"{name}-{n}")
    for family in (Likelihood, Posterior)
    for name, cls in sorted(members(family).items())
    for n, _ in enumerate(cls.examples())
]


@pytest.mark.slow
@pytest.mark.parametrize("format", [onnx, torch_export])
@pytest.mark.parametrize("family, cls, n", [p for p in PARTS if not p.id.startswith(REFUSED)])
def test_every_likelihood_and_posterior(family, cls, n, format):
    part = list(cls.examples())[n]
    model, examples = around(**{family.__name__.lower(): part})
    agrees(model, examples, format.packed, format.opened)


@pytest.mark.parametrize("family, cls, n", [p for p in PARTS if p.id.startswith(REFUSED)])
def test_a_likelihood_that_writes_is_refused(family, cls, n):
    model, _ = around(list(cls.examples())[n])
    with pytest.raises(Undefined, match="--format weights"):
        graphs(model)


def test_categories_and_missing_cells_are_floats_and_nan():
    """The graph takes NaN for a missing category, where torch takes -1, and says the same."""
    event = Event((4,), "sequence", missing=True, levels=3)
    model, (x, _) = around(build(Likelihood, "categorical", event=event))
    assert (x < 0).any()
    files = agrees(model, (x, None))
    seen = torch.where(x < 0, torch.nan, x.float()).numpy()
    with torch.no_grad():
        wanted = model.eval().encode(x).mean.numpy()
    assert np.allclose(onnx.opened(files["encoder"])(seen)[0], wanted, atol=1e-5)
    made = onnx.opened(files["decoder"])(wanted)[0]
    assert made.dtype == np.float32 and set(np.unique(made)) <= {0.0, 1.0, 2.0}


def test_labels_may_be_numbers():
    condition = Label(0)
    likelihood = build(Likelihood, "gaussian", event=Event((3,)))
    decoder = mlp((2,), likelihood.features, condition.width)
    model = LatentModel(build(Prior, "gaussian", latent=(2,)), decoder, likelihood, condition=condition)
    x, y = values(Event((3,))), torch.linspace(-4, 9, 20)
    model.initialise(x, y)
    run = onnx.opened(agrees(model, (x, y))["decoder"])
    with torch.no_grad():
        z, label = torch.zeros(2, 2), torch.tensor([3.5, torch.nan])
        wanted = model.likelihood.point(model.decode(z, label)).numpy()
    assert np.allclose(run(z.numpy(), label.numpy())[0], wanted, atol=1e-5)


@pytest.mark.parametrize(
    "name, outputs",
    [("vae", 2), ("ae", 1), ("bernoulli-vae", 1), ("vq-vae", 1), ("iaf-vae", 1), ("hvae", 1)],
)
def test_a_variance_is_told_where_every_axis_has_one(name, outputs):
    assert len(Encoder(plan(name).model).outputs) == outputs


def test_an_encoder_that_is_not_there():
    with pytest.raises(Undefined, match="only generates"):
        onnx.encoder(plan("gan").model)


# -- a run ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    small = {"encoder__widths": "8", "decoder__widths": "8", "condition": "label"}
    run = jj.fit("vae", "digits", latent=2, epochs=1, runs=runs, **small)
    run.evaluate(["elbo", "rate", "modes", "reconstruction"], samples=5, limit=50)
    run.examine(50, quick=True)
    return run


@pytest.fixture(scope="module")
def made(run, tmp_path_factory):
    """The run as ONNX, in a folder below one that did not exist; the caller's random state and the mode stay."""
    before, mode = torch.get_rng_state(), run.model.training
    made = run.export(out=tmp_path_factory.mktemp("made") / "new" / "onnx")
    assert torch.equal(torch.get_rng_state(), before) and run.model.training == mode
    return made


def test_onnx_files_hold_what_they_are_and_no_paths(run, made):
    assert made.folder.parts[-2:] == ("new", "onnx") and set(made.differences) == {"encoder", "decoder"}
    for name, difference in made.differences.items():
        assert 0 <= difference <= 1e-4
        content = (made.folder / f"{name}.onnx").read_bytes()
        proto = without_chance(content)
        told = {entry.key: entry.value for entry in proto.metadata_props}
        assert told["run"] == run.folder.name and told["recipe"] == "vae" and told["jamjae"] == jj.__version__
        assert json.loads(told["event"])["shape"] == [8, 8, 1] and json.loads(told["latent"]) == [2]
        assert json.loads(told["classes"]) == [str(k) for k in range(10)]
        assert told["weights_sha256"] == run.result["weights_sha256"]
        assert b"site-packages" not in content and b".py" not in content
        ports = [*proto.graph.input, *proto.graph.output]
        sizes = {p.name: [d.dim_param or d.dim_value for d in p.type.tensor_type.shape.dim] for p in ports}
        wanted = {"x": ["n", 8, 8, 1], "label": ["n"]}
        wanted |= {"z": ["n", 2]} if name == "decoder" else {"mean": ["n", 2], "log_variance": ["n", 2]}
        assert sizes == wanted
        assert proto.opset_import[0].version == 20


def test_a_graph_says_what_encode_and_decode_say(run, made):
    folder = made.folder
    x, y = run.dataset.examples("test", 30)
    mean, deviation = run.encode((x.numpy(), y.numpy()), deviation=True)
    found = onnx.opened((folder / "encoder.onnx").read_bytes())(x.numpy(), y.numpy())
    assert np.allclose(found[0], mean, atol=1e-5) and np.allclose(np.exp(found[1] / 2), deviation, rtol=1e-4)
    decoded = onnx.opened((folder / "decoder.onnx").read_bytes())(mean, y.numpy())[0]
    assert np.allclose(decoded, run.decode(mean, label=y.tolist()), atol=1e-5)


def test_torch_export_files_load_without_jamjae(run, tmp_path):
    made = run.export("torch-export", tmp_path / "pt2")
    extra = {torch_export.ABOUT: ""}
    program = torch.export.load(made.folder / "decoder.pt2", extra_files=extra)
    assert json.loads(extra[torch_export.ABOUT])["run"] == run.folder.name
    z, y = torch.zeros(3, 2), torch.tensor([0, 1, 2])
    assert np.allclose(program.module()(z, y)[0].detach().numpy(), run.decode(z.numpy(), label=[0, 1, 2]), atol=1e-6)
    assert b"jamjae/networks" not in (made.folder / "decoder.pt2").read_bytes()


def test_weights_are_two_copies(run, tmp_path):
    folder = run.export("weights", tmp_path / "weights").folder
    assert {path.name for path in folder.iterdir()} == {"weights.safetensors", "spec.json"}
    for path in folder.iterdir():
        assert path.read_bytes() == (run.folder / path.name).read_bytes()


@pytest.fixture(scope="module")
def hub(run, tmp_path_factory):
    return run.export("hub", tmp_path_factory.mktemp("hub") / "model").folder


def test_a_hub_folder_is_a_run_with_the_same_samples(run, hub):
    again = jj.load(hub)
    assert np.array_equal(again.sample(5, label=3), run.sample(5, label=3))
    names = {"weights.safetensors", "spec.json", "result.json", "evaluation.json", "README.md"}
    assert {path.name for path in hub.iterdir()} == names
    for name in names - {"README.md"}:
        assert (hub / name).read_bytes() == (run.folder / name).read_bytes()


def test_the_model_card_says_what_was_measured(run, hub):
    text = (hub / "README.md").read_text(encoding="utf-8")
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["library_name"] == "jamjae" and head["datasets"] == ["digits"] and "vae" in head["tags"]
    assert head["metrics"] == ["elbo", "rate", "reconstruction"]
    measured = json.loads((run.folder / "evaluation.json").read_text(encoding="utf-8"))
    for name in ("elbo", "rate", "reconstruction"):
        assert f"`{name}`" in text
        assert measured[name]["flag"] in text and f"{measured[name]['n']} |" in text
    row = next(line for line in text.splitlines() if "`elbo`" in line)
    shown = [float(number.replace("\u2212", "-")) for number in re.findall(r"\u2212?\d+\.\d+", row)]
    assert np.allclose(shown[:3], [measured["elbo"]["value"], *measured["elbo"]["interval"]], atol=0.06)
    assert measured["modes"]["reason"] in text
    for title in ("## How to load it", "## Numbers", "## Diagnosis", "## What these numbers do not show"):
        assert title in text
    assert "told the label of every example" in text and "no detector of unfamiliar data" in text


def test_the_card_names_faults_and_what_to_type(run, hub):
    found = json.loads((run.folder / "diagnosis.json").read_text(encoding="utf-8"))["findings"]
    text = (hub / "README.md").read_text(encoding="utf-8")
    assert all(finding["measured"] in text for finding in found)
    assert ("jamjae fit --like" in text) == any(finding["change"] for finding in found)


def test_the_code_of_the_card_runs(hub):
    (code,) = re.findall(r"```python\n(.*?)```", (hub / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(code.replace('"FOLDER"', repr(str(hub))), {})


def test_a_published_spec_keeps_paths_to_itself(tmp_path):
    x = np.random.default_rng(0).random((60, 4)).astype(np.float32)
    np.save(tmp_path / "mine.npy", x)
    run = jj.fit("ae", tmp_path / "mine.npy", latent=2, epochs=1, runs=tmp_path / "runs")
    run.report(samples=5, limit=20)
    folder = run.export("hub").folder
    assert folder == run.folder / "hub"
    assert all(str(tmp_path).encode() not in path.read_bytes() for path in folder.iterdir())
    assert np.array_equal(jj.load(folder).encode(x), run.encode(x))


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_an_unknown_format(run, tmp_path):
    with pytest.raises(UsageError, match="unknown format 'onx'; did you mean 'onnx'"):
        run.export("onx", tmp_path / "x")


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_that_exists_stays_as_it_is(run, tmp_path, format):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="must not exist yet"):
        run.export(format, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("wrong, said", [(0.01, r"0\.0\d+"), (np.nan, "nan")])
def test_a_graph_that_differs_leaves_nothing_behind(run, tmp_path, monkeypatch, wrong, said):
    plain = torch_export.opened

    def opened(content):
        compute = plain(content)
        return lambda *given: [made + (wrong if len(made) == 7 else 0) for made in compute(*given)]

    monkeypatch.setattr(torch_export, "opened", opened)
    with pytest.raises(JamjaeError, match=rf"encoder differs from the model by {said}, more than 0\.0001; nothing was"):
        run.export("torch-export", tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_a_graph_that_sums_over_the_batch_is_noticed(run):
    """A wrong shape that numpy would stretch in silence."""
    reference = Reference(run.model, lambda: run.dataset.examples("test", 20))
    plain = torch_export.opened(torch_export.packed(Decoder(run.model), {}))
    assert reference.difference(Decoder(run.model), plain) <= 1e-4
    with pytest.raises(JamjaeError, match=r"gives shapes \[\(1, 8, 8\)\], not \[\(1, 8, 8, 1\)\]"):
        reference.difference(Decoder(run.model), lambda *given: [plain(*given)[0][..., 0]])


def test_nothing_is_left_when_the_disk_refuses(run, tmp_path, monkeypatch):
    from jamjae.core import files

    def refuse(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write", refuse)
    with pytest.raises(JamjaeError, match="no room"):
        run.export("weights", tmp_path / "new")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("lacking", ["onnx", "onnxscript", "onnxruntime"])
def test_a_missing_extra_says_what_to_type(run, tmp_path, monkeypatch, lacking):
    import importlib

    whole = importlib.import_module

    def without(name, *given):
        if name == lacking:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return whole(name, *given)

    monkeypatch.setattr(onnx, "import_module", without)
    said = re.escape(f'{lacking}, which is not installed. Type: pip install "jamjae[onnx]"')
    with pytest.raises(JamjaeError, match=said):
        run.export("onnx", tmp_path / "new")
    assert not list(tmp_path.iterdir())
    assert run.export("weights", tmp_path / "new").folder.is_dir()


@pytest.mark.parametrize("format", FORMATS)
def test_damaged_weights(tmp_path, format):
    run = jj.fit("ae", "digits", latent=2, epochs=0.2, runs=tmp_path / "runs")
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Damaged, match="SHA-256"):
        jj.load(run.folder).export(format, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_card_needs_numbers(tmp_path):
    run = jj.fit("ae", "digits", latent=2, epochs=0.2, runs=tmp_path)
    with pytest.raises(UsageError, match=f"jamjae report {run.folder.name}"):
        run.export("hub")
    assert not (run.folder / "hub").exists()


def test_a_run_on_an_array_needs_it_again(tmp_path):
    x = np.random.default_rng(0).random((60, 4)).astype(np.float32)
    run = jj.fit("ae", x, latent=2, epochs=1, runs=tmp_path)
    with pytest.raises(UsageError, match="pass it again"):
        jj.load(run.folder).export("torch-export")
    assert jj.load(run.folder, x).export("torch-export").folder == run.folder / "torch-export"


def test_seven_examples_are_made_of_fewer():
    found = plan("ae")
    x = real(found)[0][:3]
    reference = Reference(found.model, lambda: (x, None))
    assert len(reference.x) == 7 and torch.equal(reference.x[3], x[0])


# -- the command line -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untuned")
def test_the_command(run, tmp_path, capsys):
    given = ["export", run.folder.name, "-o", str(tmp_path / "new"), "--format", "torch-export"]
    given += ["--runs", str(run.folder.parent)]
    assert main(given) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(tmp_path / "new")
    assert len(re.findall(r"(?:encoder|decoder): differs from torch by [\d.e-]+ at most", said.err)) == 2
    assert main(given) == 2 and "must not exist yet" in capsys.readouterr().err


def test_nothing_of_onnx_is_imported_before_it_is_needed():
    import subprocess
    import sys

    code = "import sys, jamjae.export.onnx; assert not {'onnx', 'onnxscript', 'onnxruntime'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
