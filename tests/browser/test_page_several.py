"""Several runs side by side; runs and servers that go away while they are shown."""

import shutil

import pytest

from browser.pages import Site
from jamjae.explorer.shown import Shown
from jamjae.run import load

GONE = "The server does not answer"


def test_runs_side_by_side_pick_the_same_example(at):
    page = at("vae", "again")
    assert page("article.run").count() == 2
    assert page("main.one").count() == 0
    page(".map").nth(1).focus()
    page.page.keyboard.press("Enter")
    page.until(lambda: page(".given:visible").count() == 2)
    said = page.until(lambda: set(page(".given figcaption").all_inner_texts()))
    page.until(lambda: len(set(page(".given figcaption").all_inner_texts())) == 1)
    assert said.pop().startswith("example ")
    assert page("article.run.active h2").all_inner_texts() == ["again-001"]
    shown = page(".given canvas").evaluate_all("all => all.map((c) => c.toDataURL())")
    assert shown[0] == shown[1]
    made = page(".made canvas").evaluate_all("all => all.map((c) => c.toDataURL())")
    assert made[0] != made[1]


@pytest.mark.slow
def test_another_split_has_other_examples(at):
    page = at("vae", "split")
    page(".map").first.focus()
    page.page.keyboard.press("Enter")
    page.until(lambda: page(".given:visible").count() == 1)
    page.settled(lambda: page(".made figcaption").all_inner_texts())
    assert page(".given:visible").count() == 1


@pytest.fixture
def own(fitted, tmp_path):
    """A copy of a run, and a site of its own."""
    folder = tmp_path / "copy"
    shutil.copytree(fitted("vae").folder, folder)
    site = Site([Shown(load(folder))])
    yield folder, site
    if site.thread.is_alive():
        site.stop()


def test_a_run_that_is_deleted_while_it_is_shown(own, opened):
    folder, site = own
    page = opened(["400", "500", "cannot", "went wrong"]).visit(site)
    shutil.rmtree(folder)
    changed = page.changes()
    page.drag([(0.5, 0.5), (0.2, 0.2)])
    page.until(changed)
    page.page.reload()
    page.page.wait_for_selector("html[data-ready=true]")
    said = page("#notice").inner_text() if page("#notice").is_visible() else ""
    assert str(folder) not in page("body").inner_text()
    assert said or page.text(".made figcaption")


def test_a_server_that_is_stopped_while_it_is_shown(own, opened):
    _, site = own
    page = opened(["ERR_CONNECTION_REFUSED", GONE]).visit(site)
    page.tool("steps")  # waits until the decoder is in the page
    page.until(lambda: page("#tools .steps > li").count() == 6)
    page.tool("axes")
    site.stop()
    changed = page.changes()
    page.drag([(0.5, 0.5), (0.2, 0.2)])
    page.until(changed)
    page.tool("likelihood")
    page.until(lambda: GONE in page.text("#tools p.sub"))
    page.tool("training")
    page.until(lambda: GONE in page.text("#tools p.sub"))
    page.tool("path")
    page.drag([(0.5, 0.5), (0.7, 0.7)])
    assert page("#tools [role=tab][aria-selected=true]").inner_text() == "A to B"
