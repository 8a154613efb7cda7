"""What the page does without WebAssembly, without WebGL, with a model that is too large for it."""

import numpy as np
import pytest

from browser.pages import Site
from browser.test_page_map import colours
from jamjae.explorer import shown

WITHOUT_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
};
"""


def decodes_on_the_server(page, run):
    """The picture follows the pointer, and the server was asked for it."""
    before = len(page.asked)
    page.drag([(0.5, 0.5), (0.7, 0.3)])
    page.until(lambda: page.spot()[0] > 0.2)
    place = page.settled(page.spot)
    assert any(url.endswith("/decode") for url in page.asked[before:])
    assert np.abs(page.shades() - 255 * run.decode(np.array([place], np.float32))[0, ..., 0]).max() < 6


def test_without_webassembly_the_server_decodes_and_the_page_says_so(opened, site, fitted):
    page = opened()
    page.context.add_init_script("delete globalThis.WebAssembly")
    page.visit(site("vae"))
    page.until(lambda: page("#notice").is_visible())
    assert page.text("#notice") == "vae-001 is decoded on the server: this browser has no WebAssembly"
    decodes_on_the_server(page, fitted("vae"))
    page.tool("drawing")
    page.drag([(0.5, 0.15), (0.5, 0.85)], "canvas.pad")
    page.until(lambda: page("#tools .grid button").count() == 8)


def test_without_webgl_the_map_is_drawn_and_the_page_says_so(opened, site):
    page = opened()
    page.context.add_init_script(WITHOUT_WEBGL)
    page.visit(site("vae"))
    assert page.text("#notice") == "This browser has no WebGL: the map is drawn more slowly."
    page.until(lambda: colours(page.seen()) > 500)
    page(".dots input").uncheck()
    page.until(lambda: colours(page.seen()) < 300)


@pytest.mark.slow
def test_a_lost_webgl_context_comes_back(at):
    page = at("vae")
    page(".tiles input").uncheck()
    page.until(lambda: colours(page.seen()) > 500)
    page.page.evaluate("""() => {
      const gl = document.querySelectorAll(".map canvas")[1].getContext("webgl");
      window.lost = gl.getExtension("WEBGL_lose_context");
      lost.loseContext();
    }""")
    page.until(lambda: colours(page.seen()) < 300)
    page.page.evaluate("lost.restoreContext()")
    page.until(lambda: colours(page.seen()) > 500)


SAID = {
    "en-GB": "vae-001 is decoded on the server: the decoder is too large for a page",
    "ko-KR": "vae-001의 디코딩은 서버에서 합니다: 디코더가 페이지에 담기에는 너무 큽니다",
}


@pytest.mark.parametrize("locale", ["en-GB", pytest.param("ko-KR", marks=pytest.mark.slow)])
def test_a_model_that_is_too_large_is_decoded_on_the_server(monkeypatch, opened, fitted, locale):
    monkeypatch.setattr(shown, "LARGE", 10)
    site = Site([shown.Shown(fitted("vae"))])
    page = opened(locale=locale).visit(site)
    page.until(lambda: page("#notice").is_visible() and page.text("#notice") == SAID[locale])
    assert not any(url.endswith(".gz") for url in page.asked)
    if locale == "en-GB":
        decodes_on_the_server(page, fitted("vae"))
    site.stop()
