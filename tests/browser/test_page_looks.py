"""Light and dark, narrow screens, and what axe-core finds."""

import numpy as np
import pytest

from browser.pages import axe, tour

RUN = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
PAPER = "getComputedStyle(document.body).backgroundColor"


def brightness(page):
    """Of the paper, 0 to 255."""
    return np.mean([int(v) for v in page.page.evaluate(PAPER)[4:-1].split(",")])


def test_light_and_dark_follow_the_system_until_one_is_chosen(at):
    page = at("vae", color_scheme="dark")
    assert brightness(page) < 40
    page("#theme").select_option("light")
    assert brightness(page) > 215
    page.page.reload()
    page.ready()
    assert brightness(page) > 215
    page("#theme").select_option("auto")
    assert brightness(page) < 40
    page.page.emulate_media(color_scheme="light")
    page.until(lambda: brightness(page) > 215)


@pytest.mark.parametrize(
    "kinds", [("vae",), pytest.param(("vae", "again"), marks=pytest.mark.slow)], ids=["one", "two"]
)
def test_a_phone_needs_no_horizontal_scrolling(at, kinds):
    page = at(*kinds, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    for tab in page("[role=tab]").evaluate_all("all => all.map((t) => t.id)"):
        page(f"#{tab}").click()
        page.settled(lambda: page("[role=tabpanel]").inner_text())
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 360, tab
    assert page(".map").first.bounding_box()["width"] > 300


OTHERS = (("light", "en"), ("dark", "en"), ("light", "ko"))
LOOKS = [("dark", "ko"), *(pytest.param(*look, marks=pytest.mark.slow) for look in OTHERS)]


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_axe_finds_nothing_serious(at, scheme, language):
    source = axe()
    page = at("vae", color_scheme=scheme, reduced_motion="reduce", locale={"en": "en-GB", "ko": "ko-KR"}[language])
    page.page.evaluate(source)
    found = {}
    for tab in tour(page):
        for v in page.page.evaluate(RUN):
            if v["impact"] in ("serious", "critical"):
                found.setdefault(v["id"], []).append([tab, v["help"], [n["html"][:160] for n in v["nodes"][:3]]])
    assert found == {}
