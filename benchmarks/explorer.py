"""How fast the explorer's page is, in Chromium: dragging, opening, many points, the page as one file.

python -m benchmarks.explorer            all of it, as a table
python -m benchmarks.explorer --moves 50
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from jamjae import fit
from jamjae.explorer import save
from jamjae.explorer.shown import Shown
from jamjae.run import Run

POINTS = 70_000
DRAG = "performance.getEntriesByName('drag to picture').map((e) => e.duration)"
DECODE = """async (width) => {
  const [{ Model }, { source }] = [await import("/asset/model.js"), await import("/asset/source.js")];
  const from = source();
  const [{ id }] = await from.runs();
  const model = new Model(from, id, await from.get(id, "about"));
  await model.load();
  const times = [];
  for (let i = 0; i < 100; i++) {
    const z = Float32Array.from({ length: width }, () => Math.random() - 0.5);
    const begun = performance.now();
    await model.decode(z);
    times.push(performance.now() - begun);
  }
  return times;
}"""
FRAMES = """() => {
  window.gaps = [];
  let last = performance.now();
  const tick = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(tick); });
}"""
REDRAWN = """async () => {
  const box = document.querySelector(".dots input");
  box.click();
  const begun = performance.now();
  box.click();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - begun;
}"""


def dragged(page: Any, moves: int) -> tuple[float, float]:
    """Median milliseconds from the pointer's event to the drawn picture, and between two frames meanwhile."""
    page.tool("steps" if page("#tab-steps").count() else "axes")
    box = page(".map").bounding_box()
    page.page.evaluate("performance.clearMeasures()")
    page.page.evaluate(FRAMES)
    angles = np.linspace(0, 6 * np.pi, moves)
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    for angle in angles:
        x, y = 0.5 + 0.3 * np.cos(angle), 0.5 + 0.3 * np.sin(angle)
        page.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.page.mouse.up()
    return median(page.page.evaluate(DRAG)), median(page.page.evaluate("gaps.splice(0)"))


def panned(page: Any, moves: int) -> tuple[float, float]:
    """The median and the longest time between two frames while the map is panned, in milliseconds."""
    box = page(".map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.keyboard.down("Shift")
    page.page.mouse.down()
    page.page.evaluate(FRAMES)
    for k in range(moves):
        page.page.mouse.move(x + 80 * np.sin(k / 8), y + 80 * np.cos(k / 8))
    gaps = page.page.evaluate("gaps.splice(0)")
    page.page.mouse.up()
    page.page.keyboard.up("Shift")
    return median(gaps), max(gaps)


def opened_in(page: Any, go: Callable[[], Any]) -> float:
    """Seconds until the first picture is there."""
    begun = time.perf_counter()
    go()
    page.ready()
    return time.perf_counter() - begun


def runs(folder: Path) -> Iterator[tuple[str, Run]]:
    """What is looked at: untrained networks are as fast as trained ones."""
    noise = np.random.default_rng(0)
    pictures = noise.random((600, 28, 28, 1), np.float32)
    yield "mlp", fit("vae", pictures, latent=2, epochs=1, runs=folder, name="mlp")
    large = noise.random((600, 64, 64, 3), np.float32)
    yield "conv", fit("vae", large, latent=2, epochs=1, runs=folder, name="conv", encoder="conv", decoder="conv")
    many = noise.normal(size=(2 * POINTS, 4)).astype(np.float32)
    yield "many", fit("vae", many, latent=2, epochs=1, test=0.5, batch_size=4096, runs=folder, name="many")


@contextmanager
def chrome() -> Iterator[Any]:
    """Chromium with software rendering."""
    from playwright.sync_api import sync_playwright
    from tests.browser.pages import FLAGS, chromium

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()


def measured(folder: Path, moves: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, the figure, the goal."""
    from tests.browser.pages import Opened, Site

    found = dict(runs(folder))
    with chrome() as browser:
        for kind, goal in (("mlp", "2 ms"), ("conv", "10 ms")):
            page = Opened(browser)
            first = opened_in(page, partial(page.visit, Site([Shown(found[kind])])))
            yield f"{kind}: first picture after opening", f"{first:.2f} s", "1.5 s"
            decode = median(page.page.evaluate(DECODE, 2))
            yield f"{kind}: decode", f"{decode:.1f} ms", goal
            whole, frame = dragged(page, moves)
            yield f"{kind}: pointer to picture", f"{whole:.1f} ms", "16.7 ms"
            yield f"{kind}: frame while dragging", f"{frame:.1f} ms", "16.7 ms"
            page.close()
        page = Opened(browser)
        site = Site([Shown(found["many"], limit=None)])
        yield f"{POINTS:,} points: open", f"{opened_in(page, partial(page.visit, site)):.2f} s", ""
        yield f"{POINTS:,} points: drawn", f"{page.page.evaluate(REDRAWN):.0f} ms", "1000 ms"
        usual, longest = panned(page, moves)
        yield f"{POINTS:,} points: frame while panning", f"{usual:.0f} ms, at most {longest:.0f} ms", "100 ms"
        page.close()
        page, file = Opened(browser, offline=True), save([found["mlp"]], folder / "page.html")
        yield "one file: ready", f"{opened_in(page, partial(page.page.goto, file.as_uri())):.2f} s", "2 s"
        page.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=200)
    options = parser.parse_args()
    print("| what | measured | goal |\n| --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for row in measured(Path(folder), options.moves):
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
