"""The Korean page: every sentence translated, numbers and names left alone, particles that fit."""

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
from jamjae import report
from jamjae.core import UsageError
from jamjae.evaluation import METRICS
from jamjae.evaluation.base import Measurement
from jamjae.recipes import RECIPES
from jamjae.report import translation, words
from jamjae.report.limits import LIMITS
from jamjae.report.particles import final, with_particle
from jamjae.report.sections import SECTIONS, about
from jamjae.report.translation import FIELD, PLACE, missing, translate, translated
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
