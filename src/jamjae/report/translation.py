"""Pages in other languages: the finished English page, sentence by sentence.

Everything that jamjae says is written in English, and translated at the very end: the text between the tags of the page
(and what screen readers read) is looked up in a file of sentences, `ko.json`. A sentence may have fields:

    "{values} go into the encoder.": "{values|이/가} 인코더로 들어갑니다."

A field holds numbers, symbols, or a phrase that has a translation itself; `{name:word}` holds one word and `{name:any}`
anything within a sentence, unchanged. A translation may use a field with a particle, `{values|이/가}`. Of several that
match, the sentence with the most literal text wins. What is inside `code`, `pre`, `style`, or an element with
translate="no" (what users named) stays as it is. Figures hold their words as text, so they are translated, too, and the
reader's browser draws them: no font is needed where the page is written.
"""

import html
import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from ..core.errors import unknown
from .particles import with_particle

LANGUAGES = ("en", "ko")
TOKENS = re.compile(r"<style>.*?</style>|<!doctype[^>]*>|<[^>]+>|[^<]+", re.S | re.I)
NAME = re.compile(r"</?([\w-]+)")
READ = re.compile(r'(?<= )(alt|aria-label)="([^"]*)"')
FIELD = re.compile(r"\{(\w+)(?::(any|word))?\}")
HOLDS = {None: ".+?", "word": r"\S+", "any": r"(?:(?![.?!]\s).)+?"}
PLACE = re.compile(r"\{(\w+)(?:\|([^}]*))?\}")
SENTENCES = re.compile(r"(?<=[.?!”])\s+(?=[A-Z“0-9−])")
WORD = re.compile(r"[a-z]{3,}|\b[A-Z][a-z]+\b")
VOID = {"meta", "img", "input", "br", "line", "circle", "path", "use", "image", "link", "rect", "hr"}
KEPT = {"code", "pre", "style"}


def check(language: str) -> str:
    """The language, if there is one of that name.

    Raises:
        UsageError: If there is none.
    """
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    return language


def translated(page: str, language: str) -> str:
    """An English page in another language; what has no translation stands in English, in a span that says so."""
    return page if check(language) == "en" else "".join(out for out, _ in pieces(page, language))


def missing(page: str, language: str) -> list[str]:
    """The English sentences of a page that have no translation, in their order, each once."""
    return list(dict.fromkeys(text for _, lacking in pieces(page, language) for text in lacking))


def pieces(page: str, language: str) -> Iterator[tuple[str, list[str]]]:
    """Tags and texts of a page, translated, and what could not be."""
    kept: list[bool] = []  # of every open element: whether its text stays as it is
    drawn = 0  # depth inside a figure, where a span has no place
    for token in TOKENS.findall(page):
        if not token.startswith("<"):
            yield (token, []) if any(kept) else text(token, language, drawn > 0)
            continue
        tag = NAME.match(token)
        name = tag[1] if tag else ""
        if name and name not in VOID and not token.startswith("<style") and not token.endswith("/>"):
            if token.startswith("</"):
                kept.pop()
                drawn -= name in ("svg", "title")
            else:
                kept.append(name in KEPT or 'translate="no"' in token or (name == "span" and 'lang="' in token))
                drawn += name in ("svg", "title")
        yield attributes(token, language)


def attributes(tag: str, language: str) -> tuple[str, list[str]]:
    """A tag with what screen readers say of it translated, or left in English, and what was left."""
    lacking: list[str] = []

    def said(match: re.Match[str]) -> str:
        found = translate(plain(html.unescape(match[2])), language)
        lacking.extend([html.unescape(match[2])] if found is None else [])
        return match[0] if found is None else f'{match[1]}="{html.escape(found)}"'

    return READ.sub(said, tag), lacking


def text(token: str, language: str, drawn: bool) -> tuple[str, list[str]]:
    """A text between two tags, translated, and the sentences in it that have no translation."""
    said = plain(html.unescape(token))
    if not said:
        return token, []
    before, after = (" " * bool(re.search(pattern, token)) for pattern in (r"^\s", r"\s$"))
    whole = translate(said, language)
    if whole is not None:
        return before + closed(html.escape(whole, quote=False)) + after, []
    out, lacking = [], []
    for sentence in SENTENCES.split(said):
        found = translate(sentence, language)
        lacking += [sentence] if found is None else []
        escaped = html.escape(sentence if found is None else found, quote=False)
        out.append(escaped if found is not None or drawn else f'<span lang="en">{escaped}</span>')
    return before + closed(" ".join(out)) + after, lacking


def closed(said: str) -> str:
    """Text in which no line ends between a number and its percent sign."""
    return said.replace(" %", "\u00a0%")


def plain(said: str) -> str:
    """Text with single ordinary spaces.

    Example:
        >>> plain("  p(x\u00a0|\u2060\u00a0z) \\n  ")
        'p(x | z)'
    """
    return " ".join(said.replace("\u2060", "").split())


@lru_cache(maxsize=20_000)
def translate(said: str, language: str) -> str | None:
    """A sentence or phrase in another language; itself where it holds no words; None where nothing matches.

    Example:
        >>> translate("Samples", "ko"), translate("−0.5", "ko"), translate("Nobody wrote this.", "ko")
        ('생성', '−0.5', None)
    """
    phrases, templates = vocabulary(language)
    if said in phrases:
        return phrases[said]
    for pattern, fields, target in templates:
        match = pattern.fullmatch(said)
        filled = None if match is None else fill(match, fields, target, language)
        if filled is not None:
            return filled
    if not WORD.search(said):
        return said
    parts = SENTENCES.split(said)
    found = [translate(part, language) for part in parts] if len(parts) > 1 else [None]
    return None if None in found else " ".join(part for part in found if part is not None)


def fill(match: re.Match[str], fields: dict[str, bool], target: str, language: str) -> str | None:
    """The translation with its fields; None if one of them has none."""
    held: dict[str, str] = {}
    for name, verbatim in fields.items():
        found = match[name] if verbatim else translate(match[name], language)
        if found is None:
            return None
        held[name] = found
    return PLACE.sub(lambda m: with_particle(held[m[1]], m[2]) if m[2] else held[m[1]], target)


Template = tuple[re.Pattern[str], dict[str, bool], str]


@cache
def vocabulary(language: str) -> tuple[dict[str, str], list[Template]]:
    """Phrases without fields, and the others from the most to the least literal."""
    groups = json.loads((Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8"))
    pairs = {plain(source): target for group in groups.values() for source, target in group.items()}
    phrases = {source: target for source, target in pairs.items() if not FIELD.search(source)}
    rest = sorted((source for source in pairs if source not in phrases), key=literal, reverse=True)
    return phrases, [(*compiled(source), pairs[source]) for source in rest]


def literal(source: str) -> int:
    """How many characters of a template are not in fields."""
    return len(FIELD.sub("", source))


def compiled(source: str) -> tuple[re.Pattern[str], dict[str, bool]]:
    """The pattern of a template, and for every field whether it stays as it is.

    Example:
        >>> compiled("{n} of {total}")[0].fullmatch("3 of 10").groupdict()
        {'n': '3', 'total': '10'}
    """
    parts = FIELD.split(source)
    pattern, fields = re.escape(parts[0]), {}
    for name, kind, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{name}>{HOLDS[kind]})" + re.escape(rest)
        fields[name] = kind is not None
    return re.compile(pattern), fields
