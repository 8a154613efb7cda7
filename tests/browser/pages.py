"""Help for the tests of the page: Chromium or the reason why not, a server in a thread, and an opened page."""

import io
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from jamjae.explorer import address, server
from jamjae.explorer.begin import PAGE, assets
from jamjae.explorer.shown import Shown

FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PATIENCE = 20.0  # seconds that a busy machine may take
AXE = Path(__file__).parents[2] / ".browser-tools/axe.min.js"
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (e) => violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


def missing(what: str) -> None:
    """Skip, or fail where the tests of the page are required."""
    if os.environ.get("JAMJAE_BROWSER") == "required":
        pytest.fail(f"{what}; JAMJAE_BROWSER=required")
    pytest.skip(what)


def chromium() -> str:
    """The path of a Chromium."""
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    return found or missing("these tests need chromium (or google-chrome) on PATH")  # type: ignore[return-value]


def axe() -> str:
    """The source of axe-core."""
    if not AXE.is_file():
        missing("this test needs axe-core: make browser-tools")
    return AXE.read_text(encoding="utf-8")


def until(met: Callable[[], Any], page: Any = None, patience: float = PATIENCE) -> Any:
    """What `met` returns once it is true; the page goes on meanwhile."""
    end = time.monotonic() + patience
    while not (found := met()):
        assert time.monotonic() < end, f"not met within {patience} s"
        page.wait_for_timeout(30) if page else time.sleep(0.03)
    return found


class Site:
    """The explorer of runs, served by a thread."""

    def __init__(self, shown: Sequence[Shown]) -> None:
        self.cookies: list[Any] = []
        token = secrets.token_urlsafe(32)
        sockets = address.listen("127.0.0.1", 0)
        port = sockets[0].getsockname()[1]
        self.root = f"http://127.0.0.1:{port}/"
        self.address = f"{self.root}?token={token}"
        for one in shown:
            one.prepare()
        runs = {secrets.token_hex(8): one for one in shown}
        application = server.app(runs, assets(PAGE), token, address.names("127.0.0.1", port))
        self.server = server.prepared(application)
        self.thread = threading.Thread(target=self.server.run, args=(sockets,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Stop answering."""
        self.server.should_exit = True
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


class Opened:
    """A page in a browser context of its own, and what it said and asked for."""

    def __init__(self, browser: Any, expected: Sequence[str] = (), **options: Any) -> None:
        self.expected = expected
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.context.set_default_timeout(1000 * PATIENCE)
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))

    def visit(self, site: Site, query: str = "") -> "Opened":
        """Open the page; the first visit of a site takes the token, and later ones its cookie."""
        if site.cookies:
            self.context.add_cookies(site.cookies)
        self.page.goto(site.root + query if site.cookies else site.address)
        site.cookies = self.context.cookies()
        return self.ready()

    def ready(self) -> "Opened":
        """Wait for the page and for its first picture."""
        self.page.wait_for_selector("html[data-ready=true]")
        self.page.wait_for_selector(".made figcaption:not(:empty)")
        return self

    def __call__(self, selector: str) -> Any:
        return self.page.locator(selector)

    def text(self, selector: str) -> str:
        """What an element shows."""
        return self(selector).first.inner_text()

    def tool(self, name: str) -> None:
        """Open a tool by its name in the page."""
        self(f"#tab-{name}").click()

    def made(self, canvas: str = ".made canvas") -> str:
        """The pixels of a plain canvas."""
        return self(canvas).first.evaluate("c => c.toDataURL()")

    def changes(self, canvas: str = ".made canvas") -> Callable[[], bool]:
        """Whether the canvas looks different from now."""
        before = self.made(canvas)
        return lambda: self.made(canvas) != before

    def seen(self, selector: str = ".map") -> np.ndarray:
        """What the screen shows of an element, (height, width, 3)."""
        return np.asarray(Image.open(io.BytesIO(self(selector).first.screenshot())).convert("RGB"))

    def until(self, met: Callable[[], Any]) -> Any:
        """What `met` returns once it is true."""
        return until(met, self.page)

    def drag(self, places: Sequence[tuple[float, float]], selector: str = ".map") -> None:
        """Press, move and let go; places are shares of the element's box."""
        self(selector).first.scroll_into_view_if_needed()
        box = self(selector).first.bounding_box()
        at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
        self.page.mouse.move(*at[0])
        self.page.mouse.down()
        for place in at[1:]:
            self.page.mouse.move(*place)
        self.page.mouse.up()

    def spot(self) -> tuple[float, ...]:
        """Where the decoded picture is from, as its caption says."""
        inside = self.text(".made figcaption").partition("(")[2].partition(")")[0]
        return tuple(float(v.replace("−", "-")) for v in inside.split(","))

    def locate(self, *places: Sequence[float]) -> list[tuple[float, float]]:
        """Where places of the plane are on the map, as shares of its box: found by going to two of them."""
        shares, seen = np.array([(0.4, 0.4), (0.6, 0.6)]), []
        for share in shares:
            self.drag([(0.5, 0.5), tuple(share)])
            seen.append(self.settled(self.spot))
        low, high = np.array(seen)
        return [tuple(shares[0] + (np.array(place) - low) / (high - low) * (shares[1] - shares[0])) for place in places]

    def settled(self, read: Callable[[], Any]) -> Any:
        """What is read once it no longer changes."""
        last: list[Any] = []

        def calm() -> bool:
            last.append(read())
            return len(last) > 3 and last[-1] == last[-2] == last[-3]

        self.until(calm)
        return last[-1]

    def shades(self, canvas: str = ".made canvas") -> np.ndarray:
        """The red channel of a plain canvas, (height, width)."""
        read = "c => [c.height, Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)]"
        height, values = self(canvas).first.evaluate(read)
        return np.array(values).reshape(height, -1, 4)[..., 0]

    def wrong(self) -> list[str]:
        """Errors that no test expects, and broken rules of the policy."""
        said = [text for text in self.said if not any(e in text for e in self.expected)]
        return said + list(self.page.evaluate("window.violations ?? []"))

    def close(self) -> None:
        """Close the context."""
        self.context.close()


def tour(page: Opened) -> Iterator[str]:
    """Pin two places, pick an example, and open tool after tool, with something drawn on the pad; ids of the tabs."""
    page(".map").focus()
    for key in ("a", "ArrowUp", "b", "Enter"):
        page.page.keyboard.press(key)
    page.until(lambda: page(".given").is_visible())
    for tab in page("[role=tab]").evaluate_all("all => all.map((t) => t.id)"):
        page(f"#{tab}").click()
        page.settled(lambda: page("[role=tabpanel]").inner_text())
        if tab == "tab-drawing":
            page.drag([(0.5, 0.15), (0.5, 0.85)], "canvas.pad")
            page.until(lambda: page("#tools .grid button").count() == 8)
        yield tab
