"""Reports: one file that stands alone, for every kind of data, with nothing of the user's taken for markup."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import numpy as np
import pytest
import torch

from jamjae import recipes, report
from jamjae.core import DataError, Event, UsageError
from jamjae.data.dataset import Dataset
from jamjae.evaluation.base import Measurement
from jamjae.report import words
from jamjae.report.command import command
from jamjae.report.curves import named
from jamjae.report.looks import look
from jamjae.report.sections import about, comparable

VOID = {"meta", "img", "input", "br", "line", "circle", "path", "use", "image", "link", "rect", "hr"}
NAUGHTY = '<script>alert("x")</script>'
ROWS = [
    {"event": "start", "players": {"model": {"parts": ["distortion", "rate"], "logged": ["kl"]}}},
    {"event": "row", "step": 1, "epoch": 1.0, "train": {"loss": 9.0, "distortion": 8.0, "rate": 1.0, "kl": 1.0}},
    {"event": "row", "step": 2, "epoch": 2.0, "train": {"loss": float("nan")}, "validation": {"loss": 8.5}},
    {"event": "rollback", "step": 3, "to": 2, "lr_scale": 0.5, "why": "non-finite step"},
    {"event": "end", "reason": "early-stop", "step": 4},
]
MEASURED = [
    Measurement("elbo", -98.42, (-99.9, -96.9), 400, "nats", -200.4, "every cell on its own", title="Prediction"),
    Measurement("iwae", reason="a point has no density"),
    Measurement("odd", 3.0, None, 5, "axes", flag="look out"),
]


class Page(HTMLParser):
    """Checks nesting, and keeps tags, ids, links and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.tags, self.ids, self.words = [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += " " + data


def dataset(event, n=40, labelled=True, test=None, **changes):
    g = torch.Generator().manual_seed(0)
    x = torch.rand(n, *event.shape, generator=g)
    if event.levels:
        x = (x * event.levels).floor().clamp(max=event.levels - 1)
    y = torch.arange(n) % 3 if labelled else None
    cut = n // 2 if test is None else n - test
    splits = {"train": torch.arange(cut), "validation": torch.arange(0), "test": torch.arange(cut, n)}
    given = {"name": "toy", "classes": ("a", "b", "c") if labelled else (), "fingerprint": "f" * 64}
    return Dataset(event=event, x=x, y=y, splits=splits, **given | changes)


def facts(event, recipe="vae", latent=2, rows=ROWS, measured=MEASURED, data=None, title="", **changes):
    data = dataset(event, **changes) if data is None else data
    small = {"encoder": "mlp", "encoder.widths": "8", "decoder": "mlp", "decoder.widths": "8"}
    torch.manual_seed(0)
    choice = recipes.override(recipes.find(recipe)(event), small)
    model, objective = recipes.assemble(choice, event, (latent,))
    model.initialise(data.take(torch.arange(len(data))))
    spec = {"recipe": recipe, "latent": [latent], "seed": 0, "jamjae": "0.1.0", "versions": {"torch": "2"}}
    spec |= {"model": model.spec(), "objective": objective.spec(), "data": {"source": "toy.npy", "name": data.name}}
    return report.gather(model, data, rows, measured, spec, title=title, folder="toy-vae-001")


EVENTS = {
    "binary image": Event((6, 5, 1), "image", 0.0, 1.0, levels=2),
    "colour image": Event((4, 4, 3), "image", 0.0, 1.0),
    "vector": Event((7,)),
    "point": Event((2,)),
    "number": Event((1,)),
}


@cache
def usual(kind, recipe="vae"):
    return facts(EVENTS[kind], recipe)


@cache
def written(*runs):
    """The page about usual runs, each (kind, recipe)."""
    return report.page([usual(*run) for run in runs])


@pytest.fixture(params=EVENTS)
def text(request):
    return written((request.param, "vae"))


def said(*runs):
    return " ".join(Page(written(*runs)).words.split())


def test_writing_replaces_the_file_by_the_page(tmp_path):
    path = tmp_path / "r.html"
    path.write_text("old")
    assert report.write(usual("point"), path) == path and path.read_text(encoding="utf-8") == written(("point",))
    assert list(tmp_path.iterdir()) == [path]


def test_the_page_is_well_formed_and_names_every_picture(text):
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {"about", "numbers", "reconstruction", "samples", "map", "plane", "strips", "kl", "traversals"} <= set(
        page.ids
    )
    assert len(text.encode()) < 1_000_000


def test_the_page_asks_for_nothing_and_runs_nothing(text):
    page = Page(text)
    fetched = [
        v for _, attrs in page.tags for k, v in attrs.items() if k in ("src", "href", "action", "srcset", "data")
    ]
    assert fetched and all(v.startswith(("data:image/png;base64,", "#")) for v in fetched)
    assert "http://" not in text and "https://" not in text
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "base", "form"}
    assert not any(k == "style" or k.startswith("on") for _, attrs in page.tags for k in attrs)


def test_the_policy_allows_exactly_the_style_sheet_of_the_page(text):
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for _, a in Page(text).tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'") and f"'sha256-{digest}'" in policy and "unsafe" not in policy
    assert text.count("<style") == 1 and "@@" not in style and "url(" not in style


def test_every_reference_inside_a_figure_is_there(text):
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    assert used <= set(Page(text).ids)


def test_the_same_facts_give_the_same_page():
    assert report.page([facts(EVENTS["binary image"])]) == written(("binary image", "vae"))


@pytest.mark.parametrize("latent", [1, 12])
def test_every_width_has_a_report(latent):
    page = Page(report.page([facts(EVENTS["binary image"], latent=latent)]))
    assert "plane" not in page.ids and "map" in page.ids


def test_a_point_gets_scatter_pictures_and_an_image_gets_sheets():
    point, image = written(("point", "vae")), written(("colour image", "vae"))
    assert 'class="sheet"' not in point and "A blue line leads" in point
    assert image.count('class="sheet"') == 7 and "Odd rows" in image


# -- degenerate runs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVENTS)
def test_one_example_one_axis_one_row(kind):
    page = Page(report.page([facts(EVENTS[kind], latent=1, n=2, test=1, rows=ROWS[:2], measured=[])]))
    assert "numbers" not in page.ids and "training" in page.ids


@pytest.mark.parametrize("kind", ["colour image", "vector", "point"])
def test_constant_data(kind):
    event = EVENTS[kind]
    data = dataset(event)
    Page(report.page([facts(event, data=replace(data, x=torch.full_like(data.x, 0.5)))]))


def test_without_labels_rows_or_a_test_split():
    data = dataset(EVENTS["vector"], labelled=False, test=0)
    page = Page(report.page([facts(EVENTS["vector"], data=data, rows=[])]))
    assert "training" not in page.ids and "the pictures show the train split" in page.words


def test_missing_cells():
    event = Event((7,), missing=True)
    data = dataset(event)
    data.x[::3, 2] = torch.nan
    model, _ = recipes.assemble(recipes.find("vae")(event), event, (2,))
    model.initialise(data.take(torch.arange(40)))
    looked = look(model, replace(data, x=data.x.nan_to_num(0.0)), "test", 0)
    assert np.isfinite(looked["codes"]).all()


def test_no_examples_is_an_error():
    empty = replace(
        dataset(EVENTS["vector"]), splits={name: torch.arange(0) for name in ("train", "validation", "test")}
    )
    with pytest.raises(DataError, match="no examples"):
        report.gather(None, empty, [], [], {})
    with pytest.raises(UsageError, match="at least one run"):
        report.page([])


# -- what users write -------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:no installed font")
@pytest.mark.parametrize("text", [NAUGHTY, '"><img src=x onerror=alert(1)>', "고양이 🐈 &amp;", "{{ 7 * 7 }}", "$x_{$"])
def test_nothing_a_user_wrote_becomes_markup(text):
    harmless, naughty = (spoken_to(word) for word in ("word", text))
    assert text in naughty.words
    names = [[tag for tag, _ in page.tags if tag != "span"] for page in (harmless, naughty)]
    assert names[0] == names[1]
    assert attributes(harmless) == attributes(naughty)


def attributes(page: Page) -> set[tuple[str, str]]:
    """Which attributes its tags have, the marks of languages aside."""
    return {(tag, name) for tag, given in page.tags if tag != "span" for name in given}


def spoken_to(text) -> Page:
    """A report in which everything that users write is `text`."""
    data = dataset(EVENTS["vector"], name=text, classes=(text, "b", "c"), notes=(text,))
    found = [Measurement("elbo", reason=text, title=text), Measurement("rate", 1.0, flag=text, unit=text)]
    one = facts(data.event, data=data, measured=found, title=text)
    spec = {**one.spec, "versions": {text: text}, "data": {"source": text}}
    return Page(report.page([replace(one, notes=(text,), folder=text, spec=spec)]))


def test_korean_is_marked_as_korean():
    page = report.page([facts(EVENTS["vector"], name="포도주")])
    assert '<span lang="ko">포도주</span>' in page and '<html lang="en">' in page


# -- what it says ------------------------------------------------------------------------------------------------------


def test_numbers_have_interval_baseline_and_reason():
    text = said(("vector", "vae"))
    assert "−98.4 nats" in text and "95 % −99.9 to −96.9" in text and "every cell on its own −200.4" in text
    assert "Not defined here" in text and "a point has no density" in text and "look out" in text
    assert words.METRICS["elbo"].limits in text


def test_training_says_what_went_wrong():
    text = said(("vector", "vae"))
    assert "At step 3 a step was not finite" in text and "ended early: early-stop" in text


def test_a_prior_fitted_afterwards_is_said_and_a_point_has_no_kl():
    both = said(("colour image", "ae"), ("colour image", "vae"))
    assert "samples come from a mixture prior fitted to the codes afterwards" in both
    assert "A plain autoencoder has no KL" in both
    assert "fitted to the codes afterwards" not in said(("colour image", "vae"))


def test_two_runs_stand_side_by_side_and_none_is_called_better():
    text = written(("binary image", "ae"), ("binary image", "vae"))
    page = Page(text)
    assert "ae on toy" in page.words and "vae on toy" in page.words
    assert text.count("<figure") >= 14 and "No winner is named" in page.words
    assert "under different likelihoods" not in page.words
    assert len(page.ids) == len(set(page.ids))


def test_runs_that_cannot_be_compared_say_so():
    one = usual("vector")
    other_data = replace(one, data={**one.data, "fingerprint": "0" * 64})
    laplace = replace(one, spec={**one.spec, "model": {**one.spec["model"], "likelihood": {"name": "laplace"}}})
    assert "different data" in comparable([one, other_data])[0]
    assert "different likelihoods" in comparable([one, laplace])[0]
    told = replace(one, spec={**one.spec, "model": {**one.spec["model"], "condition": {"name": "label"}}})
    assert "log p(x | label)" in comparable([one, told])[0] and len(comparable([told, told])) == 1
    assert len(comparable([one, one])) == 1 and comparable([one]) == []
    assert comparable([one, laplace])[0] in report.page([one, laplace])


def test_the_page_claims_nothing_from_the_never_list():
    leads = [about(report.Facts("a run", recipe)) for recipe in recipes.RECIPES]
    text = " ".join([said(("binary image", "ae"), ("binary image", "vae")), *leads]).lower()
    for claim in ("disentangl", "converged", "outperform", "best model", "anonymous", "fid ", "human-level", "secure"):
        assert claim not in text, claim


# -- gathering ----------------------------------------------------------------------------------------------------


def test_gathering_leaves_model_mode_and_random_state_alone():
    event = EVENTS["binary image"]
    data = dataset(event)
    model, objective = recipes.assemble(recipes.find("vae")(event), event, (2,))
    model.train()
    model.decoder.eval()
    weights = {k: v.clone() for k, v in model.state_dict().items()}
    state = torch.get_rng_state()
    spec = {"recipe": "vae", "latent": [2], "model": model.spec(), "objective": objective.spec()}
    one, two = (report.gather(model, data, [], [], spec, seed=s) for s in (0, 0))
    other = report.gather(model, data, [], [], spec, seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    assert model.encoder.training and not model.decoder.training
    assert all(torch.equal(v, weights[k]) for k, v in model.state_dict().items())
    assert all(np.array_equal(v, two.arrays[k]) for k, v in one.arrays.items())
    assert not np.array_equal(one.arrays["samples"], other.arrays["samples"])


def test_pictures_show_what_they_say():
    event = Event((2,))
    data = dataset(event)
    model, _ = recipes.assemble(recipes.find("vae")(event), event, (2,))
    model.initialise(data.take(torch.arange(40)))
    seen = look(model, data, "test", 0)
    (left, right), (bottom, top) = seen["plane_range"]
    corners = torch.tensor([[left, bottom], [right, bottom], [left, top]])
    decoded = model.likelihood.point(model.decode(corners)).detach().numpy()
    assert np.allclose([seen["plane"][0, 0], seen["plane"][0, -1], seen["plane"][-1, 0]], decoded, atol=1e-5)
    ends = model.reconstruct(torch.from_numpy(seen["first"])).detach().numpy()
    assert np.allclose(seen["strips"][:, 0], ends, atol=1e-5)
    assert abs(left + 2.05) < 0.2 and abs(right - 2.05) < 0.2  # 2 % and 98 % of a standard normal
    assert seen["kl"].argmax() == seen["traversal_axes"][0]


def test_measurements_come_back_from_their_json():
    stored = json.loads(json.dumps({m.name: m.to_json() for m in MEASURED}))
    data = dataset(EVENTS["vector"])
    model, _ = recipes.assemble(recipes.find("vae")(data.event), data.event, (2,))
    assert report.gather(model, data, [], stored, {"recipe": "vae"}).measurements == tuple(MEASURED)


# -- the command ----------------------------------------------------------------------------------------------------


def test_the_command_says_what_was_chosen_and_quotes_it():
    spec = {
        "recipe": "vae",
        "latent": [2],
        "data": {"source": "my data; rm -rf.npy", "binarise": "threshold", "labels": "y.npy"},
        "options": {"prior": {"name": "mixture", "components": 10, "means": None}, "encoder.widths": [64, 32]},
        "settings": {"epochs": 3.0, "lr": 1e-3, "batch_size": 64, "device": "cuda", "optimiser_options": {"eps": 1e-4}},
    }
    assert command(spec) == (
        "jamjae fit vae 'my data; rm -rf.npy' --latent 2 --labels y.npy --binarise threshold --epochs 3 "
        "--batch-size 64 --optimiser.eps 0.0001 --prior mixture --prior.components 10 --encoder.widths 64,32"
    )


def test_what_the_command_line_cannot_say_has_no_command():
    spec = {"recipe": "vae", "latent": [2], "data": {"source": "mnist"}}
    assert command(spec) and not command({**spec, "data": {"source": None}})
    assert command({**spec, "options": {"prior.means": [[0.0, 1.0]]}}).endswith("--prior.means '[[0,1]]'")
    assert not command({**spec, "options": {"encoder": [{"name": "mlp"}]}})


def test_curves_that_repeat_one_another_are_drawn_once():
    row = {"loss": 9.0, "distortion": 8.0, "rate": 1.0, "kl": 1.0, "gradient_norm": 3.0}
    seen = {"loss": 9.5, "elbo": -9.5}
    assert list(named([{"train": row, "validation": seen}])) == ["loss", "distortion", "rate"]
    assert list(named([{"train": {**row, "rate": 4.0}, "validation": {"elbo": -9.0}}])) == [*list(row)[:4], "elbo"]
    assert named([{"train": {"loss": 2.0, "bound": 2.0, "kl": 1.0}}]) == {"bound": "loss = bound", "kl": "kl"}
    assert named([{"train": {"critic.loss": 1.0, "critic.real": 0.5}}]) == {
        "critic.loss": "loss",
        "critic.real": "real",
    }


def test_numbers_keep_their_order_whatever_the_first_run_lacks():
    lacking = [Measurement("elbo", reason="no density", title="Bound"), Measurement("knn", 0.5, title="Neighbours")]
    having = [Measurement("elbo", -9.0, title="Bound"), Measurement("knn", 0.6, title="Neighbours")]
    two = [
        facts(EVENTS["vector"], measured=lacking, title="one"),
        facts(EVENTS["vector"], measured=having, title="two"),
    ]
    text = report.page(two)
    assert text.index("<h3>Bound") < text.index("<h3>Neighbours") and "Not defined here" not in text
