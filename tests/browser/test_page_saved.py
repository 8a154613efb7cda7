"""The explorer as one file: opened from the disk, with the network off, it asks for nothing."""

import pytest

from browser.pages import Opened
from jamjae.explorer import save


@pytest.fixture(scope="module")
def file(fitted, tmp_path_factory):
    """The saved page of a run."""
    return save([fitted("vae")], tmp_path_factory.mktemp("saved") / "page.html")


@pytest.fixture
def offline(opened, file) -> Opened:
    """The file, opened without a network."""
    page = opened(offline=True)
    page.page.goto(file.as_uri())
    return page.ready()


def test_everything_works_without_a_network(offline, file):
    page = offline
    changed = page.changes()
    page.drag([(0.5, 0.5), (0.25, 0.25)])
    page.until(changed)
    page(".map").focus()
    page.page.keyboard.press("Enter")
    page.until(lambda: page(".given").is_visible())
    tabs = page("[role=tab]").evaluate_all("all => all.map((t) => t.id)")
    assert "tab-training" not in tabs
    for tab in tabs:
        page(f"#{tab}").click()
        page.page.wait_for_selector("[role=tabpanel] > *")
    page.tool("drawing")
    page.drag([(0.5, 0.15), (0.5, 0.85)], "canvas.pad")
    page.until(lambda: page("#tools .grid button").count() == 8)
    page.tool("likelihood")
    page.until(lambda: "log-likelihood" in page.text("#tools p.sub"))
    page.tool("steps")
    page.until(lambda: page("#tools .steps > li").count() == 6)
    page("#language").select_option("ko")
    page.until(lambda: page.text("#tab-axes") == "축")
    assert [url for url in page.asked if not url.startswith("blob:")] == [file.as_uri()]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ae", "wide", "gan", "conditional"])
def test_every_kind_of_run_can_be_saved(opened, fitted, tmp_path, kind):
    page = opened(offline=True)
    page.page.goto(save([fitted(kind), fitted("vae")], tmp_path / "page.html").as_uri())
    page.ready()
    assert page("h2").all_inner_texts() == [f"{kind}-001", "vae-001"]
    changed = page.changes()
    page.drag([(0.5, 0.5), (0.25, 0.25)])
    page.until(changed)
