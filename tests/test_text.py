"""Text end to end: what is read, what is refused, a density that is one, sentences in and out of every verb."""

import itertools
import json
import math
import os
import random
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.cli import main
from jamjae.core import Event
from jamjae.core.catalogue import build
from jamjae.core.errors import DataError, JamjaeError, Undefined, UsageError
from jamjae.core.seeds import isolated
from jamjae.data import read
from jamjae.data.forms import Text, revive
from jamjae.data.forms.text import line
from jamjae.data.forms.tokens import Bytes, Words
from jamjae.data.read import find_like
from jamjae.evaluation import METRICS
from jamjae.evaluation.accuracy import frequent
from jamjae.explorer.pack import pack
from jamjae.explorer.shown import Shown
from jamjae.likelihoods import Likelihood
from jamjae.networks import Causal, Embedding
from jamjae.recipes import RECIPES, assemble

pytestmark = pytest.mark.usefixtures("untuned")
KOREAN = ["오늘은 날씨가 좋다", "고양이가 잔다", "나는 밥을 먹었다", "비가 온다 😀", "abc"]
SMALL = {
    "likelihood__network__width": 16,
    "likelihood__network__blocks": 1,
    "likelihood__width": 8,
    "encoder__width": 16,
    "decoder__widths": "16",
    "latent": 3,
}


def sentences(n=120):
    """Sentences of a small grammar, the same every time."""
    rng = random.Random(0)
    who, what, how = ["나는", "너는", "고양이는"], ["물을", "밥을", "<b>책을</b>"], ["산다", "본다"]
    return [" ".join(rng.choice(part) for part in (who, what, how)) for _ in range(n)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    source = runs / "grammar.txt"
    source.write_text("\n".join(sentences()), encoding="utf-8")
    return jj.fit(
        "text-vae", source, tokens="words", vocabulary=280, epochs=2, lr_schedule="constant", runs=runs, **SMALL
    )


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding, note",
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("cp949", "CP949")],
)
def test_lines_of_any_common_encoding_are_the_same_text(tmp_path, encoding, note):
    path = tmp_path / "x.txt"
    lines = [s for s in KOREAN if "😀" not in s]
    path.write_bytes("\r\n".join([lines[0], "", "  \t", *lines[1:], ""]).encode(encoding))
    found = read(path)
    assert found.form.readable(found.x.numpy()) == lines
    assert any("2 blank lines" in said for said in found.notes)
    assert any(note in said for said in found.notes)
    assert not any(said for said in found.notes if "read as" in said) or note


def test_hangul_is_the_same_however_it_is_stored(tmp_path):
    apart = [unicodedata.normalize("NFD", s) for s in KOREAN]
    assert apart != KOREAN
    (tmp_path / "x.txt").write_text("\n".join(apart), encoding="utf-8")
    one, other = read(tmp_path / "x.txt"), read(KOREAN)
    assert torch.equal(one.x, other.x) and one.form.readable(one.x.numpy()) == KOREAN


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "empty: it holds no line"),
        (b" \n\t\n", "empty: it holds no line"),
        (b"good\nbad \xe9\x20here\n", r"x.txt is neither UTF-8 nor CP949: byte 9 \(line 2\) is 0xe9.*Save it as UTF-8"),
        (b"\xef\xbb\xbfgood\n\xff\xff", r"byte 8 \(line 2\) is 0xff"),
        (b"\x7fELF\0\0", "zero byte in line 1"),
        ("a\nb".encode("utf-16-le"), "zero byte in line 1"),
        (b"\xff\xfea", "broken UTF-16"),
    ],
    ids=["empty", "blank", "latin-1", "mark", "binary", "no mark", "half"],
)
def test_what_is_no_text_is_refused_with_its_place(tmp_path, content, said):
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "x.txt")


def test_a_huge_line_is_cut_and_counted(tmp_path):
    (tmp_path / "x.txt").write_text("\n".join(["가나다 " * 1_000_000, *KOREAN]), encoding="utf-8")
    found = read(tmp_path / "x.txt", length=12, tokens="words", vocabulary=300)
    assert found.event.shape == (12,) and found.form.readable(found.x.numpy()[:1])[0].startswith("가")
    assert any("texts do not fit into 12 words and are cut" in said for said in found.notes)


def test_a_folder_of_files_has_its_sub_folders_as_labels(tmp_path):
    for name in ("슬픔/a.txt", "슬픔/b.txt", "기쁨/c.txt", "기쁨/d.txt"):
        path = tmp_path / unicodedata.normalize("NFD", name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"두 줄의\n글 {name[-5]}", encoding="utf-8")
    path.with_name("broken.txt").write_bytes(b"\xff")
    path.with_name("none.txt").write_bytes(b"  ")
    found = read(tmp_path)
    assert len(found) == 4 and found.classes == ("기쁨", "슬픔")
    assert found.form.readable(found.x.numpy())[0] == "두 줄의\n글 c"
    assert any("Skipped 2 files: broken.txt" in said for said in found.notes)
    with pytest.raises(DataError, match=r"broken\.txt.*Mend or remove"):
        read(tmp_path, strict=True)


@pytest.mark.parametrize("ending, by", [("csv", ","), ("tsv", "\t")])
def test_a_column_of_a_table_and_its_labels(tmp_path, ending, by):
    path = tmp_path / f"t.{ending}"
    rows = [("001", '"한 줄\n두 줄"', "a"), ("002", "", "b"), ("003", "NA", "b"), ("004", "셋", "")]
    path.write_text("\n".join(by.join(row) for row in [("id", "글", "y"), *rows]), encoding="utf-8")
    found = read(path, text="글", labels="y")
    assert found.form.readable(found.x.numpy()) == ["한 줄\n두 줄", "NA", "셋"]
    assert found.y.tolist() == [0, 1, -1] and found.classes == ("a", "b")
    with pytest.raises(UsageError, match=r"unknown column of t\.[ct]sv '글자'.*글, id, y|did you mean"):
        read(path, text="글자")


def test_lists_arrays_and_pairs_of_strings():
    alike = [read(KOREAN), read(np.array(KOREAN)), read(np.array(KOREAN, object)), read((KOREAN, list("aabba")))]
    assert all(torch.equal(one.x, alike[0].x) for one in alike)
    assert alike[3].classes == ("a", "b")
    with pytest.raises(DataError, match="row 2 is float, not a text"):
        read(["a", "b", math.nan, "c"])
    with pytest.raises(DataError, match="row 1 holds half a character"):
        read(["a", "\ud800", "b", "c"])


@pytest.mark.parametrize(
    "options, said",
    [
        ({"tokens": "letters"}, "tokens"),
        ({"vocabulary": 300}, "`vocabulary` is for tokens=words"),
        ({"tokens": "words", "vocabulary": 10}, "at least 256"),
        ({"length": 1}, "`length` must be 2"),
        ({"size": 8}, "`size` is for folders of pictures"),
    ],
)
def test_options_without_a_meaning_are_refused(options, said):
    with pytest.raises(UsageError, match=said):
        read(KOREAN, **options)


def test_options_of_text_are_for_text():
    with pytest.raises(UsageError, match="`length` is for text"):
        read("digits", length=5)


def test_the_length_covers_95_percent_in_eights_and_at_most_64():
    texts = ["a" * n for n in range(1, 21)] * 50
    assert read(texts).event.shape == (24,)  # 95 % have at most 19 letters, and an end
    assert read(["a" * 200] * 5).event.shape == (64,)


def test_pieces_are_learned_from_the_training_split_only():
    texts = [f"common {n % 7}" for n in range(200)]
    held = [int(n) for name in ("validation", "test") for n in read(texts).splits[name]]
    for n in held:
        texts[n] = "zyzzyva zyzzyva"
    pieces = read(texts, tokens="words", vocabulary=300).form.tokens.pieces
    assert any("common" in p for p in pieces) and not any("zy" in p for p in pieces)


# -- the form ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", [Bytes(), Words.learned(KOREAN, 300)], ids=["bytes", "words"])
def test_a_form_is_its_own_inverse_and_survives_its_spec(tokens):
    form = Text(tokens, 40)
    again = revive(json.loads(json.dumps(form.spec())))
    given = [*KOREAN, "", " 두 칸  띄움\n", "never seen: Ω"]
    assert form.readable(form.values(given)) == given
    assert np.array_equal(again.values(given), form.values(given)) and again.event == form.event
    x = form.values(["", "가"])
    assert x[0].tolist() == [tokens.count] + [-1] * 39 and form.cut(x) == 0


def test_a_cut_text_ends_at_a_whole_character():
    form = Text(Bytes(), 7)
    x = form.values(["가나다"])
    assert form.cut(x) == 1 and form.readable(x) == ["가나"]


def test_what_a_model_writes_is_safe_to_print():
    form = Text(Bytes(), 12)
    x = np.array([[*b"\x1b[2J\xffok\n!", 256, -1, -1]])
    assert form.lines(x) == ["\ufffd[2J\ufffdok !"] and line("\u202e") == "\ufffd"
    assert form.content(x, ".txt").decode() == "\ufffd[2J\ufffdok !\n"


def tampered(change):
    spec = Text(Words.learned(KOREAN, 300), 8).spec()
    inner = json.loads(spec["tokeniser"])
    change(spec, inner)
    return {**spec, "tokeniser": spec["tokeniser"] if "tokeniser" in change(spec, inner) else json.dumps(inner)}


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda s, i: {"tokeniser": s.update(tokeniser="{")}, "no JSON of a tokeniser"),
        (lambda s, i: {"tokeniser": s.update(tokeniser="x" * (8 << 20) + "x")}, "at most"),
        (lambda s, i: i["model"].update(type="WordPiece") or (), "byte-level pairs"),
        (lambda s, i: i.update(normalizer={"type": "Replace"}) or (), "byte-level pairs"),
        (lambda s, i: i["model"]["vocab"].update({"가": 5}) or (), "byte-level pairs"),
        (lambda s, i: s.update(length=10**9) or (), "`length` from 1"),
        (lambda s, i: s.update(tokens="os.system") or (), "bytes or words"),
    ],
    ids=["broken", "large", "other", "normaliser", "letters", "length", "kind"],
)
def test_a_tampered_spec_is_refused(change, said):
    with pytest.raises(DataError, match=said):
        revive(tampered(change))


def test_without_the_package_bytes_still_work(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tokenizers", None)
    assert read(KOREAN).form.tokens.kind == "bytes"
    with pytest.raises(JamjaeError, match=r"pip install 'jamjae\[text\]'"):
        read(KOREAN, tokens="words")


# -- the likelihood ---------------------------------------------------------------------------------------------------

EVENT = Event((3,), "text", missing=True, levels=4)
END = 3


def likelihood(seed=0, **options):
    with isolated(seed):
        small = {
            "name": "autoregressive",
            "network": {"name": "causal", "width": 8, "blocks": 1, "heads": 2},
            "width": 4,
        }
        found = build(Likelihood, {**small, **options}, event=EVENT).double()
        for weight in found.parameters():
            torch.nn.init.normal_(weight, std=0.7)
    return found


def every():
    """Every text of at most three tokens: those that end, and those that are cut."""
    rows = []
    for n in range(4):
        for tokens in itertools.product(range(END), repeat=n):
            rows.append([*tokens, END, -1, -1][:3])
    return torch.tensor(rows)


def test_the_probabilities_of_all_texts_add_up_to_one():
    p = likelihood()(torch.randn(5, 1, 4).double())
    x = every()
    assert len(x) == 1 + 3 + 9 + 27 and len(x.unique(dim=0)) == len(x)
    torch.testing.assert_close(p.log_prob(x).exp().sum(-1), torch.ones(5).double(), rtol=0, atol=1e-9)


def test_draws_come_as_often_as_their_probability_says():
    p = likelihood()(torch.randn(4, generator=torch.Generator().manual_seed(1)).double())
    with isolated("draws"):
        counts = Counter(map(tuple, p.sample((20_000,)).tolist()))
    x = every()
    assert set(counts) <= set(map(tuple, x.tolist()))
    share = torch.tensor([counts[tuple(row)] for row in x.tolist()]).double() / 20_000
    exact = p.log_prob(x).exp().detach()
    error = (exact * (1 - exact) / 20_000).sqrt()
    assert ((share - exact).abs() < 4.5 * error + 1e-9).all()  # 40 comparisons: one run in 3,000 would fail by chance


def test_nothing_counts_after_the_end_and_cells_add_up():
    p = likelihood()(torch.randn(2, 5, 4).double())
    x = torch.tensor([[1, END, -1]] * 5)
    cells = p.cells(x)
    assert cells.shape == (2, 5, 3) and (cells[..., 2] == 0).all() and (cells[..., :2] < 0).all()
    torch.testing.assert_close(p.log_prob(x), cells.sum(-1))


def test_the_point_takes_the_most_probable_token_at_every_place():
    model = likelihood(2).eval()
    h = torch.randn(6, 4, generator=torch.Generator().manual_seed(3)).double()
    found = model.point(model(h))
    for row, one in zip(found, h, strict=True):
        for place in range(3):
            if (row[:place] == END).any():
                assert row[place] == -1
                continue
            tried = row.repeat(4, 1)
            tried[:, place], tried[:, place + 1 :] = torch.arange(4), -1
            assert model(one).log_prob(tried).argmax() == row[place]
    assert torch.equal(found, model.point(model(h)))


def test_words_are_hidden_in_training_only():
    model = likelihood(word_dropout=1.0)
    x, other = torch.tensor([[0, 1, 2]]), torch.tensor([[1, 0, 2]])
    h = torch.zeros(1, 4).double()
    last = [model(h).cells(v)[0, 2].item() for v in (x, other)]
    assert last[0] == last[1]  # nothing of what came before is seen
    model.eval()
    last = [model(h).cells(v)[0, 2].item() for v in (x, other)]
    assert last[0] != last[1]
    some = likelihood(word_dropout=0.5)
    values = {round(some(h).log_prob(x).item(), 9) for _ in range(30)}
    assert 1 < len(values) <= 4  # two tokens can be hidden or not


def test_a_causal_network_starts_from_the_frequencies():
    network = Causal((3,), (3, 4), width=8)
    network.initialise(torch.tensor([[0, 0, 3], [0, 3, -1]]))
    expected = torch.tensor([3.5, 0.5, 0.5, 2.5]) / 7
    torch.testing.assert_close(network.out.bias.softmax(0), expected)


def test_what_is_missing_has_no_part_in_the_embedding():
    network = Embedding((4,), (2,), event=EVENT, width=8)
    x = torch.tensor([[1, 2, -1, -1], [1, 2, 0, 1], [-1, -1, -1, -1]])
    before = network(x).detach()
    with torch.no_grad():
        network.place[2:] = torch.randn(2, 8)
    after = network(x).detach()
    assert torch.equal(before[0], after[0]) and not torch.equal(before[1], after[1]) and after.isfinite().all()
    assert torch.equal(network.filled(torch.tensor([[1, -1]])), torch.tensor([[1, -1]]))


def test_the_importance_weighted_bound_rises_to_the_exact_log_probability():
    """log p(x) by quadrature over the only axis of the code, and the bounds below it."""
    with isolated(4):
        names = {
            "name": "autoregressive",
            "network": {"name": "causal", "width": 8, "blocks": 1, "heads": 2},
            "width": 4,
        }
        choice = RECIPES["text-vae"](EVENT)
        choice = jj.recipes.override(choice, {"likelihood": names, "encoder.width": 8, "decoder.widths": "8"})
        model, _ = assemble(choice, EVENT, (1,))
    model = model.double().eval()
    x = every()[:12]
    z = torch.linspace(-8, 8, 4001).double()[:, None, None].expand(-1, len(x), 1)
    with torch.no_grad(), isolated(5):
        joint = model.log_joint(x, z) + math.log(16 / 4000)
        exact = joint.logsumexp(0)
        weights = model.log_weights(x, 3000)
    assert weights.shape == (3000, 12)
    elbo, many = weights.mean(0), weights.logsumexp(0) - math.log(3000)
    assert (elbo < exact + 1e-3).all() and (many > elbo - 1e-3).all()
    torch.testing.assert_close(many, exact, rtol=0, atol=0.05)


# -- a run ------------------------------------------------------------------------------------------------------------


def test_every_verb_speaks_in_sentences(run, capsys, tmp_path):
    words = run.readable(run.sample(3))
    assert len(words) == 3 and all(isinstance(s, str) for s in words)
    assert run.readable(run.reconstruct(["나는 물을 산다"])) == run.readable(run.decode(run.encode(["나는 물을 산다"])))
    way = run.readable(run.interpolate("나는 물을 산다", "너는 밥을 본다", steps=4))
    assert [way[0], way[-1]] == run.readable(run.reconstruct(["나는 물을 산다", "너는 밥을 본다"]))
    folder = str(run.folder)
    for asked in (
        ["sample", folder, "3"],
        ["reconstruct", folder, "--limit", "3"],
        ["interpolate", folder, "--from", "나는 물을 산다", "--to", "너는 밥을 본다", "--steps", "3"],
    ):
        assert main(asked) == 0
        *said, path = capsys.readouterr().out.strip("\n").split("\n")
        assert len(said) == 3 and path.endswith(".txt")
        written = Path(path).read_text(encoding="utf-8").split("\n")[:-1]
        assert written == [s.split(" -> ")[-1] for s in said]
    assert main(["encode", folder, "--out", str(tmp_path / "codes.csv")]) == 0
    assert main(["score", folder, run.spec["data"]["source"], "--samples", "5", "--quantile", "0.9"]) == 0


def test_sentences_are_for_runs_on_text(run):
    with pytest.raises(UsageError, match="both be sentences"):
        run.interpolate("나는", 3)
    with pytest.raises(DataError, match=r"these examples are text; the model was fitted on .* image"):
        find_like(["text"], Event((8, 8, 1), "image"))


def test_a_run_goes_on_to_the_bit_and_reads_its_data_again(run, tmp_path):
    options = {"tokens": "words", "vocabulary": 280, "lr_schedule": "constant", "runs": tmp_path, **SMALL}
    half = jj.fit("text-vae", run.spec["data"]["source"], epochs=1, **options)
    jj.load(half.folder).resume(epochs=2)
    assert jj.load(half.folder).result["weights_sha256"] == run.result["weights_sha256"]


def test_every_metric_has_a_value_or_a_reason(run):
    found = run.evaluate(list(METRICS), samples=4, limit=24)
    assert set(found) == set(METRICS)
    assert all(m.value is not None or m.reason for m in found.values())
    for name in ("elbo", "iwae", "rate", "active_units", "shuffle", "accuracy", "support"):
        assert found[name].value is not None, name
    assert found["support"].value == 0
    tokens = (run.dataset.examples("test", 24)[0] >= 0).sum().item()
    expected = math.exp(-24 * found["elbo"].value / tokens)
    assert found["elbo"].details["perplexity"] == pytest.approx(expected, rel=1e-6)


def test_accuracy_counts_tokens_at_their_places(run):
    found = run.evaluate(["accuracy"], limit=20)["accuracy"]
    x = run.dataset.examples("test", 20)[0]
    back = torch.from_numpy(run.reconstruct(run.readable(x.numpy())))
    by_hand = [((a == b) & (a >= 0)).sum().item() / (a >= 0).sum().item() for a, b in zip(x, back, strict=True)]
    assert found.value == pytest.approx(np.mean(by_hand))
    assert frequent(torch.tensor([[0, 2], [0, -1], [1, -1]]), 3).tolist() == [0, 2]


def test_the_report_prints_sentences_and_no_markup_of_theirs(run):
    page = run.report(samples=4, limit=20).read_text(encoding="utf-8")
    assert page.count('class="lines"') > 5 and "고양이는" in page
    assert "&lt;b&gt;책을&lt;/b&gt;" in page and "<b>책을" not in page
    assert "<pre>" in run._repr_html_()


def test_the_explorer_serves_sentences(run):
    shown = Shown(run)
    about = json.loads(shown.get("about", {}).body)
    assert "one number after the other" in about["local"]
    x = run.dataset.examples("test", 2)[0].numpy()
    lines = np.frombuffer(json.dumps(run.form.lines(x)).encode(), np.uint8)
    assert shown.call("examples", {"rows": [0, 1]}).body == pack({"x": x.astype(np.float32), "lines": lines})
    assert b"lines" in shown.call("decode", {"z": [0.0, 0.0, 0.0]}).body
    assert shown.atlas.errors.min() >= 0 and shown.atlas.errors.max() <= 1


def test_a_decoder_that_writes_step_by_step_is_no_graph(run, tmp_path):
    with pytest.raises(Undefined, match="a graph is a single pass; --format weights"):
        run.export("onnx", tmp_path / "onnx")
    run.export("weights", tmp_path / "weights")
    with pytest.raises(UsageError, match="cannot be shown without a server"):
        jj.explorer.saved.save(run, tmp_path / "page.html")


def test_every_recipe_takes_text_or_says_why_not():
    event = Text(Bytes(), 8).event
    took = []
    for name, recipe in RECIPES.items():
        try:
            choice = recipe(event)
            assemble(choice, event, choice.latent or (2,))
            took.append(name)
        except UsageError as why:
            assert any(word in str(why) for word in ("text", "categories", "numbers", "pictures")), (name, why)
    assert {"ae", "vae", "beta-vae", "iwae", "vq-vae", "aae", "text-vae"} <= set(took)
    assert not {"gan", "vamp-vae", "wgan", "vae-gan", "sigma-vae", "linear-ae", "contractive-ae"} & set(took)


@pytest.mark.slow
@pytest.mark.skipif("JAMJAE_DATA" not in os.environ, reason="needs JAMJAE_DATA with text/ in it")
def test_real_korean_keeps_its_code(tmp_path):
    source = Path(os.environ["JAMJAE_DATA"], "text", "korean-chat.csv")
    small = {k: v for k, v in SMALL.items() if k != "latent"} | {"likelihood__network__width": 32, "encoder__width": 32}
    run = jj.fit("text-vae", source, text="Q", tokens="words", vocabulary=1000, epochs=4, runs=tmp_path, **small)
    found = run.evaluate(["rate", "shuffle"], limit=500)
    assert found["rate"].interval[0] > 1 and found["shuffle"].interval[0] > 0
    assert len(set(run.readable(run.sample(20)))) > 5
