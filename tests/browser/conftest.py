"""Tests of the page in Chromium. Without Chromium or Playwright they are skipped, or fail: JAMJAE_BROWSER=required."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from browser.pages import FLAGS, Opened, Site, chromium, missing
from jamjae import fit
from jamjae.explorer.shown import Shown
from jamjae.run import Run

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "vae": ("vae", {"latent": 2}),
    "again": ("vae", {"latent": 2, "lr": 2e-3}),
    "split": ("vae", {"latent": 2, "seed": 1}),
    "ae": ("ae", {"latent": 2}),
    "wide": ("vae", {"latent": 10}),
    "gan": ("gan", {}),
    "conditional": ("vae", {"latent": 2, "condition": "label"}),
}


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """A small run on the bundled digits by its kind, fitted once."""
    runs, found = tmp_path_factory.mktemp("runs"), dict[str, Run]()

    def one(kind: str) -> Run:
        recipe, options = KINDS[kind]
        if kind not in found:
            found[kind] = fit(recipe, "digits", name=kind, runs=runs, epochs=3, **options)
        return found[kind]

    return one


@pytest.fixture(scope="session")
def site(fitted: Callable[[str], Run]) -> Iterator[Callable[..., Site]]:
    """A server of some kinds of runs, started once and kept."""
    shown, sites = dict[str, Shown](), dict[tuple[str, ...], Site]()

    def served(*kinds: str) -> Site:
        for kind in kinds:
            shown.setdefault(kind, Shown(fitted(kind)))
        if kinds not in sites:
            sites[kinds] = Site([shown[kind] for kind in kinds])
        return sites[kinds]

    yield served
    for one in sites.values():
        one.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Chromium; its event loop is gone before the tests of the next folder."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("these tests need playwright: pip install playwright")
    path = chromium()
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Opened]]:
    """A page in a context of its own; in the end it must have broken no rule of its policy and logged no error but
    those that the test expects."""
    pages = list[Opened]()

    def one(expected: Sequence[str] = (), **options: Any) -> Opened:
        pages.append(Opened(browser, expected, **options))
        return pages[-1]

    yield one
    wrong = [text for page in pages for text in page.wrong()]
    for page in pages:
        page.close()
    assert wrong == []


@pytest.fixture
def at(opened: Callable[..., Opened], site: Callable[..., Site]) -> Callable[..., Opened]:
    """The page of some kinds of runs, opened and ready."""
    return lambda *kinds, **options: opened(**options).visit(site(*kinds))


@pytest.fixture(scope="package")
def _lasting(browser: Any, site: Callable[..., Site]) -> Iterator[Opened]:
    page = Opened(browser)
    yield page.visit(site("vae"))
    page.close()


@pytest.fixture
def vae(_lasting: Opened) -> Iterator[Opened]:
    """One page of a VAE with two axes for many tests: opening it takes longer than most of them."""
    _lasting("button.home").click()
    yield _lasting
    assert _lasting.wrong() == []
