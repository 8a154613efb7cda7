"""The explorer without a browser: what a run shows, how it is packed, the page as one file, its vendored code."""

import base64
import gzip
import json
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.atlas import Atlas, Plane
from jamjae.core.errors import UsageError
from jamjae.explorer import begin, pack, saved, shown
from jamjae.explorer.notebook import Frame, widget

VENDOR = begin.PAGE / "vendor"
WORDS = json.loads((begin.PAGE / "words.ko.json").read_text(encoding="utf-8"))
SCRIPTS = sorted(begin.PAGE.glob("*.js"))


def unpacked(body: bytes) -> dict[str, np.ndarray]:
    """What the page reads."""
    length = int.from_bytes(body[:4], "little")
    table, base = json.loads(body[4 : 4 + length]), 4 + length
    found = {}
    for name, entry in table.items():
        count = int(np.prod(entry["shape"]))
        values = np.frombuffer(body, pack.KINDS[entry["kind"]], count, base + entry["at"])
        found[name] = values.reshape(entry["shape"])
    return found


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")

    def fit(recipe, **options):
        return jj.fit(recipe, "digits", epochs=1, threads=1, runs=runs, **options)

    return {
        "vae": fit("vae", latent=3),
        "flat": fit("vae", latent=2),
        "ae": fit("ae", latent=2),
        "gan": fit("gan", latent=4),
        "mixture": fit(
            "vae", latent=2, prior="mixture", **{"prior.means": ((-3, 0), (3, 0)), "prior.scales": (0.5, 1)}
        ),
        "conditional": fit("vae", latent=2, condition="label"),
    }


@pytest.fixture(scope="module")
def seen(fitted):
    return {name: shown.Shown(run) for name, run in fitted.items()}


def about(one):
    return json.loads(one.get("about", {}).body)


def test_arrays_come_back_from_their_packing():
    given = {"a": np.arange(5, dtype=np.uint8), "b": np.eye(3, dtype=np.float32), "c": np.array([-1, 7], np.int32)}
    found = unpacked(pack.pack({**given, "nothing": None}))
    assert found.keys() == given.keys()
    for name, array in given.items():
        assert np.array_equal(found[name], array) and found[name].dtype == array.dtype


def test_a_plane_places_what_lies_on_it():
    axes = np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]], np.float32)
    plane = Plane(np.array([1.0, 2.0, 3.0], np.float32), axes, 1.0)
    assert plane.place(plane.mean + np.array([[2.0, -1.0]], np.float32) @ axes) == pytest.approx(
        np.array([[2.0, -1.0]])
    )


def test_points_are_the_test_examples_where_the_encoder_puts_them(fitted, seen):
    run, points = fitted["flat"], unpacked(seen["flat"].get("points", {}).body)
    x, y = run.dataset.examples("test", None, run.settings.seed)
    with torch.no_grad():
        q = run.model.encode(x)
        restored = run.model.reconstruct(x)
    assert points["codes"] == pytest.approx(q.mean.numpy(), abs=1e-5)
    assert points["places"] == pytest.approx(points["codes"])  # two axes are their own plane
    assert points["deviations"] == pytest.approx(q.variance.sqrt().numpy(), abs=1e-5)
    assert points["errors"] == pytest.approx((restored - x).square().flatten(1).mean(1).numpy(), abs=1e-5)
    assert np.array_equal(points["classes"], y.numpy())
    exact = torch.distributions.Normal(0, 1).log_prob(q.mean).sum(1)
    assert points["densities"] == pytest.approx(exact.numpy(), abs=1e-4)


def test_more_axes_are_seen_on_the_plane_of_two_principal_components(fitted, seen):
    from sklearn.decomposition import PCA

    points, plane = unpacked(seen["vae"].get("points", {}).body), about(seen["vae"])["plane"]
    exact = PCA(2, svd_solver="full").fit(points["codes"].astype(float))
    assert np.abs(np.array(plane["axes"]) @ exact.components_.T) == pytest.approx(np.eye(2), abs=1e-2)
    assert plane["explained"] == pytest.approx(exact.explained_variance_ratio_.sum(), abs=1e-3)
    assert not plane["flat"] and about(seen["flat"])["plane"]["flat"]


def test_a_map_by_tsne_keeps_neighbours_together(fitted):
    pytest.importorskip("openTSNE")
    from sklearn.manifold import trustworthiness

    one = shown.Shown(fitted["vae"], limit=150, layout="tsne")
    points = unpacked(one.get("points", {}).body)
    assert trustworthiness(points["codes"], points["places"], n_neighbors=5) > 0.9
    assert "draws" not in points and about(one)["plane"]["layout"] == "tsne"
    again = unpacked(shown.Shown(fitted["vae"], limit=150, layout="tsne").get("points", {}).body)
    assert np.array_equal(points["places"], again["places"])


def test_an_unknown_layout_is_refused(fitted):
    with pytest.raises(UsageError, match="plane, tsne"):
        Atlas(fitted["vae"].subject(), "umap")


def test_axes_come_by_their_kl(fitted, seen):
    run, said = fitted["vae"], about(seen["vae"])
    kl = [a["kl"] for a in said["axes"]]
    assert kl == sorted(kl, reverse=True) and len(kl) == 3
    x, _ = run.dataset.examples("test", None, run.settings.seed)
    with torch.no_grad():
        q = run.model.encode(x)
    m, s = q.mean.double(), q.variance.sqrt().double()
    exact = (0.5 * (m**2 + s**2 - 1) - s.log()).mean(0)
    for a in said["axes"]:
        assert a["kl"] == pytest.approx(exact[a["axis"]].item(), abs=1e-4)
        assert a["mean"] == pytest.approx(m[:, a["axis"]].mean().item(), abs=1e-4)


def test_an_autoencoder_has_no_deviations_and_a_generator_shows_draws(seen):
    ae, gan = about(seen["ae"]), about(seen["gan"])
    assert not ae["spreads"] and ae["encodes"] and all(a["kl"] is None for a in ae["axes"])
    assert not gan["encodes"] and gan["points"] == 2000
    points = unpacked(seen["gan"].get("points", {}).body)
    assert points.keys() == {"places", "codes", "densities", "draws"}
    with pytest.raises(UsageError, match="draws"):
        seen["gan"].call("examples", {"rows": [0]})


def test_a_mixture_says_where_its_gaussians_are(seen):
    parts = about(seen["mixture"])["prior"]["components"]
    assert parts["means"] == [[-3, 0], [3, 0]] and np.array(parts["deviations"]) == pytest.approx(
        np.array([[0.5] * 2, [1] * 2])
    )
    assert sum(w for (w,) in parts["weights"]) == pytest.approx(1)
    assert about(seen["vae"])["prior"]["components"] == {"weights": [[1]], "means": [[0] * 3], "deviations": [[1] * 3]}


def test_verbs_do_what_the_run_does(fitted, seen):
    run, one = fitted["vae"], seen["vae"]
    z = [[0.1, -0.2, 0.3], [1, 2, 3]]
    assert unpacked(one.call("decode", {"z": z}).body)["x"] == pytest.approx(run.decode(z), abs=1e-6)
    x = unpacked(one.call("examples", {"rows": [3, 0]}).body)["x"]
    assert np.array_equal(x, run.dataset.examples("test", None, run.settings.seed)[0][[3, 0]].numpy())
    code = unpacked(one.call("encode", {"x": x.ravel().tolist()}).body)
    kept = unpacked(one.call("posterior", {"rows": [3, 0]}).body)
    assert code["mean"] == pytest.approx(kept["mean"], abs=1e-5)
    assert code["deviation"] == pytest.approx(kept["deviation"], abs=1e-5)
    assert unpacked(one.call("draws", {"n": 5, "seed": 1}).body)["x"] == pytest.approx(run.sample(5, seed=1), abs=1e-6)


def test_the_terms_of_the_loss_are_those_of_training(fitted, seen):
    run, one = fitted["vae"], seen["vae"]
    x, _ = run.dataset.examples("test", None, run.settings.seed)
    z = torch.tensor([[0.3, -0.1, 0.2]])
    said = json.loads(one.call("terms", {"row": 4, "z": z.tolist()}).body)
    with torch.no_grad():
        logits = run.model.decode(z).base.logits
        q = run.model.encode(x[[4]])
    bce = torch.nn.functional.binary_cross_entropy_with_logits(logits, x[[4]], reduction="sum")
    kl = (0.5 * (q.mean**2 + q.variance - 1 - q.variance.log())).sum()
    assert said["distortion"] == pytest.approx(bce.item(), rel=1e-5) and said["kl"] == pytest.approx(
        kl.item(), rel=1e-4
    )


def test_a_column_holds_real_values_of_one_cell(fitted, seen):
    found = unpacked(seen["vae"].call("column", {"cell": 20}).body)["values"]
    train = fitted["vae"].subject().train[0].flatten(1)[:, 20]
    assert np.array_equal(found, train.numpy())


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("decode", {"z": [[1, 2]]}),
        ("decode", {"z": [["a", "b", "c"]]}),
        ("decode", {"z": []}),
        ("decode", {"z": [[1e400, 0, 0]]}),
        ("decode", {"z": {"a": 1}}),
        ("decode", {"z": [[0.0] * 3] * 1025}),
        ("encode", {"x": [1, 2, 3]}),
        ("examples", {"rows": []}),
        ("examples", {"rows": [-1]}),
        ("examples", {"rows": [10**9]}),
        ("examples", {"rows": [0.5]}),
        ("examples", {"rows": "0"}),
        ("examples", {"rows": list(range(65))}),
        ("column", {"cell": 64}),
        ("column", {"cell": "3"}),
        ("draws", {"n": 0}),
        ("draws", {"n": 5, "seed": "x"}),
        ("terms", {"row": None, "z": [[0, 0, 0]]}),
    ],
)
def test_what_does_not_fit_is_refused(seen, verb, body):
    with pytest.raises(UsageError):
        seen["vae"].call(verb, body)


def test_what_does_not_exist_is_a_key_error(seen):
    for ask in (
        lambda: seen["vae"].get("secrets", {}),
        lambda: seen["vae"].call("run", {}),
        lambda: seen["vae"].call("decode", {}),
    ):
        with pytest.raises(KeyError):
            ask()


def test_a_conditional_model_is_told_the_label(fitted, seen):
    run, one = fitted["conditional"], seen["conditional"]
    said = about(one)
    assert said["conditional"] and said["classes"] == [str(k) for k in range(10)]
    for label in ("3", "8"):
        found = unpacked(one.call("decode", {"z": [[0, 0]], "label": label}).body)["x"]
        assert found == pytest.approx(run.decode([[0, 0]], label=label), abs=1e-6)


def test_numbers_have_no_infinity_for_a_browser():
    assert json.loads(shown.as_json({"a": [float("inf"), float("nan"), 1.5], "b": (2,)}).body) == {
        "a": [None, None, 1.5],
        "b": [2],
    }


def test_other_weights_are_seen(tmp_path):
    run = jj.fit("vae", "digits", latent=2, epochs=1, threads=1, runs=tmp_path)
    one = shown.Shown(run)
    before = unpacked(one.get("points", {}).body)["codes"]
    version = about(one)["version"]
    jj.load(run.folder).resume(epochs=2)
    assert json.loads(one.get("log", {}).body)["version"] != version
    assert about(one)["version"] != version
    after = unpacked(one.get("points", {}).body)["codes"]
    assert not np.allclose(before, after)
    assert json.loads(one.get("log", {"after": "0"}).body)["rows"][-1]["epoch"] > 1


def test_the_log_is_thinned_and_goes_on_where_it_was_left(seen, monkeypatch):
    rows = [{"event": "row", "step": i, "train": {"loss": 1.0}} for i in range(1, 100_001)]
    monkeypatch.setattr(type(seen["vae"].run), "rows", property(lambda self: rows))
    found = json.loads(seen["vae"].get("log", {}).body)["rows"]
    assert len(found) <= shown.ROWS
    assert [r["step"] for r in json.loads(seen["vae"].get("log", {"after": "99998"}).body)["rows"]] == [99999, 100000]


# -- one file ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(fitted, tmp_path_factory):
    pytest.importorskip("onnx")
    return jj.explorer.save(
        [fitted["flat"], fitted["gan"]], tmp_path_factory.mktemp("page") / "잠재 공간.html"
    ).read_text(encoding="utf-8")


def parts_of(page):
    found = re.findall(r'<script type="application/octet-stream" data-part="([^"]+)">([^<]*)</script>', page)
    return {name: base64.b64decode(text) for name, text in found}


def test_the_file_holds_everything_and_asks_for_nothing(page):
    parts = parts_of(page)
    assert {
        "runs",
        "0/about",
        "0/points",
        "0/decoder",
        "0/encoder",
        "0/pictures",
        "1/about",
        "1/decoder",
    } <= parts.keys()
    assert "1/encoder" not in parts  # a generator has none
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'") and "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
    for kind, tag in (("script", "module"), ("style", None)):
        opening = f'<{kind} type="{tag}">' if tag else f"<{kind}>"
        content = page.split(opening)[1].split(f"</{kind}>")[0]
        assert f"'sha256-{saved.digest(content.encode())}'" in policy


def test_modules_come_after_those_they_import(page):
    names = [name.removeprefix("module/") for name in parts_of(page) if name.startswith("module/")]
    files = {name: content for name, (content, _) in begin.assets(begin.PAGE).items()}
    for i, name in enumerate(names):
        assert {n.decode() for n in saved.IMPORT.findall(files[name])} <= set(names[:i])
    assert names[-1] == "main.js" and {p.name for p in SCRIPTS} - {"boot.js"} <= set(names)


def test_pictures_in_the_file_are_the_examples(fitted, page):
    content = unpacked(gzip.decompress(parts_of(page)["0/pictures"]))
    x = fitted["flat"].dataset.examples("test", None, fitted["flat"].settings.seed)[0].numpy()
    found = content["scale"][0] + content["x"] * content["scale"][1]
    assert found == pytest.approx(x, abs=float(content["scale"][1]) / 2 + 1e-6)


def test_a_run_too_large_for_a_page_is_refused_with_the_reason(fitted, monkeypatch, tmp_path):
    monkeypatch.setattr(shown, "LARGE", 10)
    with pytest.raises(UsageError, match="too large for a page"):
        jj.explorer.save([fitted["flat"]], tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


def test_a_notebook_gets_a_frame_that_may_only_run_scripts(fitted):
    pytest.importorskip("onnx")
    frame = widget(fitted["flat"])
    shown_as = frame._repr_html_()
    assert 'sandbox="allow-scripts"' in shown_as and shown_as.count('"') == 8  # the page's own are escaped
    assert "MB" in repr(frame) and Frame(b"<p>", 5)._repr_html_().endswith('srcdoc="&lt;p&gt;"></iframe>')


def test_a_run_shows_itself_in_a_notebook(fitted):
    card = fitted["flat"]._repr_html_()
    assert fitted["flat"].folder.name in card and "data:image/png" in card and "vae on digits" in card


# -- the page's files -------------------------------------------------------------------------------------------------


def test_vendored_code_is_what_was_checked():
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    for name, digest in manifest["sha256"].items():
        path = VENDOR / name
        content = path.read_bytes() if path.exists() else gzip.decompress((VENDOR / f"{name}.gz").read_bytes())
        assert sha256(content).hexdigest() == digest
    assert manifest["version"] in (Path(__file__).parents[1] / "scripts/web.py").read_text()
    assert "MIT License" in (VENDOR / "LICENCE.txt").read_text()


def said_by(path):
    """English that a script hands to t() or lead(), or marks for translation."""
    text = path.read_text(encoding="utf-8")
    patterns = (
        r'\b(?:t|lead)\(\s*"((?:[^"\\]|\\.)*)"',
        r'data-label="([^"]*)"',
        r"data-t>([^<]+)<",
        r'title: "((?:[^"\\]|\\.)*)"',
    )
    return {found for pattern in patterns for found in re.findall(pattern, text)} - {""}


@pytest.mark.parametrize("path", [*SCRIPTS, begin.PAGE / "index.html"], ids=lambda p: p.name)
def test_what_the_page_says_has_a_korean_sentence(path):
    assert said_by(path) - WORDS.keys() == set()


def test_korean_sentences_keep_their_fields():
    for english, korean in WORDS.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", korean)), english


def test_scripts_load_nothing_from_elsewhere_and_evaluate_no_text():
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://(?!www\.w3\.org)", text), path
        assert not re.search(r"\beval\(|new Function|innerHTML\s*[+]?=(?!=)|document\.write", text), path


def test_an_atlas_of_every_recipe_is_finite_or_says_none(tmp_path):
    for recipe in ("vq-vae", "iaf-vae", "vamp-vae", "bernoulli-vae", "hvae"):
        options = {"prior.components": 20} if recipe == "vamp-vae" else {}
        run = jj.fit(recipe, "digits", epochs=0.1, threads=1, runs=tmp_path, **options)
        atlas = Atlas(run.subject(limit=20))
        for values in (atlas.codes, atlas.deviations, atlas.errors, atlas.densities, atlas.draws, atlas.rates):
            assert values is None or np.isfinite(values).all(), recipe
        assert len(atlas.ordered) == atlas.codes.shape[1] and atlas.plane.place(atlas.codes).shape == (20, 2)
