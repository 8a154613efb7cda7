"""Korean: nothing English is left on the page but names; what the code says is in the list of words."""

import json
import re

import pytest

from browser.pages import tour
from jamjae.explorer.begin import PAGE

WORDS = json.loads((PAGE / "words.ko.json").read_text(encoding="utf-8"))
CALL = re.compile(r"""(?<![\w.])(?:t|lead)\((?:\w+ \? )?"((?:[^"\\]|\\.)*)"(?: : "((?:[^"\\]|\\.)*)")?""")
TITLE = re.compile(r'\btitle: "([^"]+)"')
NAMES = {
    "jamjae",
    "vae",
    "digits",
    "English",
    "KL",
    "kl",
    "VAE",
    "A",
    "B",
    "x",
    "z",
    "N",
    "p",
    "q",
    "log",
    "loss",
    "train",
}
TEXTS = """() => {
  const said = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (n.textContent.trim() && !e.closest("script, noscript, code, .skip, [hidden]")) said.push(n.textContent.trim());
  }
  const named = [...document.querySelectorAll("[aria-label], [title]")];
  return [...said, ...named.map((e) => e.getAttribute("aria-label") ?? e.title)];
}"""


def english(texts):
    """Texts with words of Latin letters that are no names."""
    names = lambda word: word in NAMES or re.fullmatch(r"z\d+|ε|μ|σ|png|jpg|webp|Enter", word)  # noqa: E731
    clean = (re.sub(r"jamjae \w+ \S+|\d[\d.]*e[+-]?\d+", "", text) for text in texts)
    return [text for text in clean if [w for w in re.findall(r"[A-Za-z]+\d*", text) if not names(w)]]


def test_all_that_the_code_says_is_translated():
    said = set()
    for path in PAGE.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        said |= {s for groups in CALL.findall(text) for s in groups if s} | set(TITLE.findall(text))
    index = (PAGE / "index.html").read_text(encoding="utf-8") + (PAGE / "view.js").read_text(encoding="utf-8")
    said |= set(re.findall(r"data-t>([^<]+)<", index)) | set(re.findall(r'data-label="([^"]+)"', index))
    assert len(said) > 60
    assert sorted(said - set(WORDS)) == []


def test_nothing_english_is_left(at):
    page = at("vae", locale="ko-KR")
    assert page("html").get_attribute("lang") == "ko"
    left = {}
    for tab in tour(page):
        if found := english(page.page.evaluate(TEXTS)):
            left[tab] = sorted(set(found))
    assert left == {}


def test_the_language_is_remembered_and_can_be_changed(at):
    page = at("vae", locale="en-GB")
    assert page("html").get_attribute("lang") == "en"
    page("#language").select_option("ko")
    page.until(lambda: page.text("#tab-axes") == "축")
    page.page.reload()
    page.ready()
    assert page.text("#tab-axes") == "축"
    page("#language").select_option("en")
    page.until(lambda: page.text("#tab-axes") == "Axes")
    assert "Map of the latent space" in page(".map").get_attribute("aria-label")


@pytest.mark.parametrize("word", sorted(w for w in WORDS if "{" in w))
def test_a_translation_keeps_the_places_for_values(word):
    places = re.compile(r"\{\w+\}")
    assert sorted(places.findall(word)) == sorted(places.findall(WORDS[word]))
