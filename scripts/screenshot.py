"""A picture of the explorer for the README: `python scripts/screenshot.py RUN docs/images/explorer.png`.

Needs Playwright (`pip install playwright`) and a Chromium on the machine.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import jamjae as jj

SIZE = {"width": 1400, "height": 830}
GRAPHICS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


def shoot(page: Path, target: Path) -> None:
    """Open the saved page, walk between two examples, and look."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=GRAPHICS)
        seen = browser.new_page(viewport=SIZE, device_scale_factor=1, locale="en-US")
        seen.goto(page.as_uri())
        seen.wait_for_selector("html[data-ready=true]", state="attached")
        seen.click("#tab-path")
        seen.get_by_role("button", name="Two examples by chance").click()
        seen.wait_for_selector(".strip canvas")
        seen.wait_for_timeout(4000)  # the tiles behind the points
        seen.screenshot(path=target)
        browser.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser("screenshot", description=__doc__)
    parser.add_argument("run")
    parser.add_argument("picture", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shoot(jj.explorer.save([jj.load(asked.run)], Path(folder) / "page.html"), asked.picture)


if __name__ == "__main__":
    main()
