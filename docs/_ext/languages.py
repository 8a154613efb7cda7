"""Sphinx: pages below `ko/` are Korean, and every page of the book links its twin in the other language."""

from typing import Any

from sphinx import locale
from sphinx.application import Sphinx

KOREAN, ENGLISH = "ko/", "book/"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to the build."""
    app.connect("html-page-context", tell)
    return {"parallel_read_safe": True}


def tell(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: object) -> None:
    """The language of a page, the theme's own words in it, and where its twin is."""
    korean = name.startswith(KOREAN)
    context["language"] = "ko" if korean else "en"
    translator, _ = locale.init([locale._LOCALE_DIR], context["language"])
    app.builder.templates.environment.install_gettext_translations(translator)  # type: ignore[attr-defined]
    other = twin(name)
    if other in app.env.found_docs:
        context["twin"] = (app.builder.get_relative_uri(name, other), "English" if korean else "한국어")


def twin(name: str) -> str:
    """The same chapter in the other language.

    Example:
        >>> twin("book/elbo"), twin("ko/elbo")
        ('ko/elbo', 'book/elbo')
    """
    if name.startswith(KOREAN):
        return ENGLISH + name.removeprefix(KOREAN)
    return KOREAN + name.removeprefix(ENGLISH)
