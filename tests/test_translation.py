"""The Korean page: every sentence translated, numbers and names left alone, particles that fit."""

import ast
import html
import json
import re
import subprocess
import sys
import tempfile
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import jamjae as jj
from jamjae import again, comparison, diagnosis, report
from jamjae.cli import main
from jamjae.comparison import Against, Cell, Difference, claims
from jamjae.comparison.text import sentence
from jamjae.core import UsageError
from jamjae.evaluation import METRICS
from jamjae.evaluation.base import Measurement
from jamjae.recipes import RECIPES
from jamjae.report import translation, words
from jamjae.report.limits import LIMITS
from jamjae.report.particles import final, with_particle
from jamjae.report.sections import SECTIONS, about
from jamjae.report.translation import FIELD, PLACE, missing, translate, translated
from jamjae.training import health
from test_report import EVENTS, NAUGHTY, Page, attributes, facts, usual

GROUPS = json.loads((Path(translation.__file__).parent / "ko.json").read_text(encoding="utf-8"))
RUNS = {
    "vae": ("vae", "digits", {"latent": 12}),
    "ae": ("ae", "digits", {"latent": 2}),
    "r1-gan": ("r1-gan", "ring", {}),
    "vq-vae": ("vq-vae", "digits", {}),
    "conditional vae": ("vae", "digits", {"condition": "label", "latent": 2}),
    "student-t vae": ("vae", "moons", {"likelihood": "student-t"}),
}
WHOLE = ("vae", "r1-gan")  # judged by all usual metrics, the others by a few
WIDTHS = {"encoder.widths": "16", "decoder.widths": "16"}
SMALL = {**WIDTHS, "latent": 2, "epochs": 1, "samples": 5, "limit": 100}
FEW = ("elbo", "kl_per_axis", "surgery", "knn", "modes", "completeness", "continuity", "memorisation")
ENGLISH = re.compile(r"(?:[A-Za-z]{2,}[ ,]+){2,}[a-z]{2,}")  # three words in a row


@cache
def gathered(name):
    """Facts about a run of a few steps, with metrics on 60 examples."""
    recipe, data, options = RUNS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = jj.fit(recipe, data, epochs=1, name="run", runs=folder(), **options)
        found = run.evaluate(None if name in WHOLE else FEW, samples=3, limit=60)
        return report.gather(run.model, run.dataset, run.rows, found, run.spec, folder=run.folder.name)


@cache
def folder():
    return tempfile.mkdtemp()


# -- nothing is left in English ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_the_korean_page_has_no_english_sentence(name):
    english = report.page([gathered(name)])
    assert missing(english, "ko") == []
    korean = translated(english, "ko")
    assert '<span lang="en"' not in korean
    bare = re.sub(r"<style>.*?</style>|<code>.*?</code>|<[^>]*>", "\n", korean, flags=re.S)
    assert [line for line in html.unescape(bare).splitlines() if ENGLISH.search(line)] == []


@pytest.mark.parametrize(
    ("recipe", "options", "said"),
    [
        ("vae", {"latent": 4, "epochs": 30, **WIDTHS}, "잘못된 것을 찾지 못했습니다."),
        ("vae", {"objective.beta": 100, "epochs": 15, **WIDTHS}, "결함: 코드를 무시하는 디코더"),
        ("gan", {"epochs": 1}, "게임을 시작한 지 500단계가 되지 않았습니다"),
    ],
)
def test_a_korean_diagnosis_has_no_english_sentence(recipe, options, said):
    run = jj.fit(recipe, "digits", runs=folder(), **options)
    facts = replace(usual("point"), measurements=(), diagnosis=run.examine(100), folder=run.folder.name)
    assert untranslated(report.page([facts])) == []
    korean = report.page([facts], "ko")
    assert "<li>가능도의 지지집합을 벗어난 데이터: 테스트 예시 100개의 0.0%에" in korean  # a field ends at the colon
    assert said in korean and '<a href="#diagnosis">진단</a>' in korean and "<h2>진단</h2>" in korean


@pytest.mark.filterwarnings("ignore")
def test_a_korean_comparison_has_no_english_sentence(tmp_path):
    metrics = ["elbo", "coverage", "continuity"]
    found = jj.compare("ae,vae", "digits", seeds=2, metrics=metrics, runs=folder(), **SMALL)
    runs = [jj.load(arm.runs[0], runs=folder()) for arm in found.arms]
    shown = [
        replace(usual("point"), title=arm.title, spec=run.spec, measurements=())
        for arm, run in zip(found.arms, runs, strict=True)
    ]
    assert found.claims and untranslated(report.comparison.comparison_page(found, shown)) == []
    page = report.write_comparison(found, shown, tmp_path / "page.html", "ko").read_text(encoding="utf-8")
    assert "“VAE의 잠재 공간은 연속이고" in page and "vae과" not in page
    assert '<span translate="no">vae</span>' in page and "드러나지 않음" in page


@pytest.mark.filterwarnings("ignore")
def test_a_korean_sweep_has_no_english_sentence(tmp_path):
    swept = {"objective.beta": "0.5,4", "metrics": ["rate", "distortion", "knn"], "runs": folder(), **SMALL}
    english, korean = (
        jj.sweep("vae", "digits", language=language, report=tmp_path / f"{language}.html", **swept).report.read_text(
            encoding="utf-8"
        )
        for language in ("en", "ko")
    )
    assert untranslated(english) == []
    assert "정보율과 왜곡" in korean and "<li>재구성만</li>" in korean and ">정보율(nat)<" in korean
    assert korean.count("objective.beta") >= english.count("objective.beta")  # a name: it stays


def untranslated(english):
    """What a page lacks in Korean, and what looks like English in the result."""
    korean = translated(english, "ko")
    bare = re.sub(r"<style>.*?</style>|<code>.*?</code>|<[^>]*>", "\n", korean, flags=re.S)
    lines = html.unescape(bare).splitlines()
    return [*missing(english, "ko"), *(line for line in lines if ENGLISH.search(line))]


def test_two_runs_side_by_side_are_translated():
    pair = [usual("colour image", "ae"), usual("colour image")]
    pair = [replace(one, measurements=()) for one in pair]
    assert missing(report.page(pair), "ko") == []


@pytest.mark.parametrize("kind", EVENTS)
def test_every_kind_of_data_is_translated(kind):
    assert missing(report.page([replace(usual(kind), measurements=())]), "ko") == []


def sentences():
    """Everything that the report may say and that stands in a list somewhere."""
    for one in words.METRICS.values():
        yield from (text for text in (one.means, one.limits) if text)
    yield from (*words.TERMS, *words.TERMS.values(), *(text for _, text in LIMITS))
    for held in (words.LIKELIHOODS, words.POSTERIORS, words.PRIORS, words.CONDITIONS, words.BINARISED):
        yield from held.values()
    yield from (text for section in SECTIONS for text in (section.title, section.text))
    yield from (about(report.Facts("a run", recipe)) for recipe in (*RECIPES, "by hand"))
    yield from (text for m in METRICS.values() for text in (m.title, m.unit))
    yield from (rule.title for rule in diagnosis.RULES.values())


def test_everything_that_a_report_may_say_is_translated():
    lacking = [text for text in sentences() if translate(translation.plain(text), "ko") is None]
    assert lacking == [], "add these to src/jamjae/report/ko.json (see CONTRIBUTING.md)"


def test_reasons_and_flags_in_the_source_are_translated():
    source = "".join(p.read_text(encoding="utf-8") for p in Path(jj.evaluation.__file__).parent.rglob("*.py"))
    said = re.findall(
        r'raise Undefined\("([^"]+)"\)|baseline_name="(\w[^"]+)"|(?:flag|WORSE|WEAK|CHANCE) ?= ?"(\w[^"]+)"', source
    )
    found = {next(filter(None, groups)) for groups in said}
    assert len(found) > 40
    assert [text for text in sorted(found) if translate(text, "ko") is None] == []


# -- whatever a diagnosis or a comparison may say ---------------------------------------------------------------------

SPEAKERS = [
    *(path for path in Path(diagnosis.__file__).parent.glob("*.py")),
    *(Path(diagnosis.__file__).parent / "base" / name for name in ("case.py", "live.py")),
    *(Path(comparison.__file__).parent / f"{name}.py" for name in ("claims", "comparison", "difference", "verdict")),
    *(Path(comparison.__file__).parent / f"{name}.py" for name in ("meaning", "swept")),
]


def spoken(path):
    """Texts of three words or more in a module, x in place of every field; not docstrings, usage errors and keys."""
    waiting = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        called = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)] if isinstance(node, ast.Raise) else []
        key = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        if key or "UsageError" in called or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        else:
            waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", SPEAKERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_everything_that_rules_and_comparisons_say_is_translated(path):
    said = [translation.plain(text).lstrip("; ") for text in spoken(path) if len(re.findall(r"[A-Za-z]{2,}", text)) > 2]
    typed = re.compile(r"--\w|^objective\.")
    said = [text for text in said if not typed.search(text) and text not in health.RULES]
    assert [text for text in said if not any(translate(one, "ko") for one in as_shown(text))] == [], (
        "add these to src/jamjae/report/ko.json (see CONTRIBUTING.md)"
    )
    assert said or path.stem in ("__init__", "case", "live")


def as_shown(text):
    """A text as it may stand in a page: by itself, as a claim, as the verb of a finding, with the arm it is about."""
    verb = f"continuity, vae {text}: vae 1, ae 2; difference 1 over 5 seeds: holds here."
    return text, f"“{text}”", verb, text.replace("(x)", "(vae: x)")


def test_findings_without_numbers_are_translated():
    known, unknown = Cell(1.5, 0.1, None, 5, "", ""), Cell(None, None, None, 0, "the data has no classes", "")
    for cells in ((known, unknown), (unknown, known), (unknown, unknown)):
        why = "undefined: gan: the data has no classes; vae: not measured"
        against = Against("gan", "vae", Difference(reason=why), "undefined", why)
        said = sentence(
            claims.Finding("coverage", "reaches more of the data", "gan", "vae", cells, against, "not shown", why)
        )
        found = translate(said, "ko")
        assert found is not None and "데이터에 클래스가 없습니다" in found and not ENGLISH.search(found)


# -- the file of sentences --------------------------------------------------------------------------------------------


def test_translations_use_only_the_fields_of_their_sentence():
    pairs = [(source, target) for group in GROUPS.values() for source, target in group.items()]
    assert len({translation.plain(source) for source, _ in pairs}) == len(pairs)  # nothing twice
    for source, target in pairs:
        fields = {name for name, _ in FIELD.findall(source)}
        assert {name for name, _ in PLACE.findall(target)} == fields, source
        assert translation.plain(source) == source, "spaces as they come out of the page"


def test_every_particle_has_two_forms():
    used = {forms for group in GROUPS.values() for target in group.values() for _, forms in PLACE.findall(target)}
    assert used - {""} <= {"은/는", "이/가", "을/를", "과/와", "으로/로"}


@pytest.mark.parametrize(
    ("word", "forms", "expected"),
    [
        ("코드", "은/는", "코드는"),
        ("표본", "이/가", "표본이"),
        ("라벨", "으로/로", "라벨로"),
        ("군집", "으로/로", "군집으로"),
        ("10", "을/를", "10을"),
        ("0.7", "으로/로", "0.7로"),
        ("3.2", "이/가", "3.2가"),
        ("95 %", "이/가", "95 %가"),
        ("VAE", "은/는", "VAE는"),
        ("GAN", "은/는", "GAN은"),
        ("KL", "으로/로", "KL로"),
        ("증거 하한(ELBO)", "은/는", "증거 하한(ELBO)은"),
        ("“적어도”", "을/를", "“적어도”를"),
    ],
)
def test_particles_follow_the_last_sound(word, forms, expected):
    assert with_particle(word, forms) == expected


def test_a_word_without_a_known_end_is_taken_as_open():
    assert final("z") == final("ε") == final("()") == final("") == 0


# -- how sentences are found ------------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch):
    """A vocabulary of a few sentences."""

    def use(pairs):
        groups = {"g": pairs}
        monkeypatch.setattr(translation.json, "loads", lambda text: groups)
        translation.vocabulary.cache_clear(), translate.cache_clear()

    yield use
    monkeypatch.undo()
    translation.vocabulary.cache_clear(), translate.cache_clear()


def test_the_most_literal_sentence_wins(small):
    small({"{n} of {m} modes": "둘", "{a} modes": "하나", "{n} of {m}": "셋"})
    assert translate("3 of 8 modes", "ko") == "둘" and translate("3 of 8", "ko") == "셋"


def test_fields_are_translated_themselves_and_numbers_stay(small):
    small({"The {what} has {n}.": "{what|은/는} {n}개입니다.", "code": "코드", "{n} axes": "축 {n}"})
    assert translate("The code has 3 axes.", "ko") == "코드는 축 3개입니다."
    assert translate("The code has −1.5e−05.", "ko") == "코드는 −1.5e−05개입니다."
    assert translate("The word has 3 axes.", "ko") is None  # nobody knows this word


def test_names_are_held_as_they_are_but_no_sentence_is(small):
    small({"All under {name:any}.": "모두 {name}.", "{a:word} on {b:word}": "{b}의 {a}"})
    assert translate("All under big cats.", "ko") == "모두 big cats."
    assert translate("All under one. And two.", "ko") is None
    assert translate("vae on digits", "ko") == "digits의 vae" and translate("vae on my digits", "ko") is None


def test_what_is_missing_is_english_and_marked(small):
    small({"Known.": "압니다."})
    page = '<p>Known. Unknown <b>&amp; more</b></p><svg><text>never</text></svg><img alt="Known."><code>Known.</code>'
    found = translated(page, "ko")
    assert '<p>압니다. <span lang="en">Unknown</span> <b><span lang="en">&amp; more</span></b></p>' in found
    assert "<text>never</text>" in found and 'alt="압니다."' in found and "<code>Known.</code>" in found
    assert missing(page, "ko") == ["Unknown", "& more", "never"]


# -- pages ------------------------------------------------------------------------------------------------------------


def test_english_is_the_page_itself_and_other_languages_are_refused():
    one = usual("point")
    assert report.page([one], "en") == translated(report.page([one]), "en")
    with pytest.raises(UsageError, match=r"language.*ko"):
        report.page([one], "kr")


def test_a_run_refuses_an_unknown_language_before_it_measures_anything(tmp_path):
    run = jj.fit("ae", "digits", latent=2, epochs=1, runs=tmp_path)
    with pytest.raises(UsageError, match="language"):
        run.report(language="kr")
    assert not (run.folder / "evaluation.json").exists()


@pytest.mark.parametrize("verb", [jj.compare, jj.sweep])
@pytest.mark.parametrize("wrong", [{"language": "kr"}, {"language": "ko", "report": False}])
def test_compare_and_sweep_refuse_a_language_before_anything_is_fitted(verb, wrong, tmp_path, monkeypatch):
    monkeypatch.setattr(again, "begin", lambda *_, **__: pytest.fail("something was fitted"))
    with pytest.raises(UsageError, match=r"language|only pages are translated; got 'ko'"):
        verb("vae", "digits", runs=tmp_path, **{"report": True, "latent": "2,3", **wrong})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["compare", "sweep"])
def test_the_command_line_passes_the_language_on(verb, tmp_path, capsys):
    words_ = {"compare": ["ae,vae", "digits", "--report"], "sweep": ["vae", "digits", "--latent", "2,3"]}[verb]
    assert main([verb, *words_, "--language", "kr", "--epochs", "1", "--runs", str(tmp_path)]) == 2
    assert "ko" in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_the_command_line_has_the_option():
    done = subprocess.run([sys.executable, "-m", "jamjae.cli", "report", "--help"], capture_output=True, text=True)
    assert "--language" in done.stdout and "Korean" in done.stdout


def test_the_structure_of_the_page_is_the_same():
    english, korean = (Page(report.page([usual("colour image")], language)) for language in ("en", "ko"))
    assert english.ids == korean.ids
    assert [dict(page.tags)["html"] for page in (english, korean)] == [{"lang": "en"}, {"lang": "ko"}]
    tags = [[tag for tag, _ in page.tags if tag != "span"] for page in (english, korean)]
    assert tags[0] == tags[1]


@pytest.mark.filterwarnings("ignore:no installed font")
@pytest.mark.parametrize("text", [NAUGHTY, '"><img src=x onerror=alert(1)>', "&amp; {n}"])
def test_nothing_a_user_wrote_becomes_markup_in_korean(text):
    pages = []
    for word in ("word", text):
        one = facts(EVENTS["vector"], name=word, classes=(word, "b", "c"), notes=(word,), title=word)
        found = (Measurement("elbo", reason=word, title=word), Measurement("rate", 1.0, flag=word, unit=word))
        pages.append(Page(report.page([replace(one, notes=(word,), folder=word, measurements=found)], "ko")))
    assert text in pages[1].words
    assert attributes(pages[0]) == attributes(pages[1])
    tags = [[tag for tag, _ in page.tags if tag != "span"] for page in pages]
    assert tags[0] == tags[1]


def test_what_users_named_is_not_translated():
    one = facts(EVENTS["vector"], name="Samples", classes=("Training", "light", "dark"), measured=[])
    english = report.page([one])
    assert [text for text in missing(english, "ko") if text != "vae on Samples"] == []
    korean = translated(english, "ko")
    assert '데이터: <span translate="no">Samples</span>' in korean
    for name in ("Training", "light", "dark"):
        assert f'<span translate="no">{name}</span>' in korean  # in the list of classes
        assert re.search(rf'<text [^>]*translate="no"[^>]*>{name}</text>', korean)  # and on the map
