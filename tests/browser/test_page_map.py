"""The map: points, the decoded picture under the pointer, examples picked by mouse and by keyboard."""

import numpy as np
import pytest


def colours(seen):
    """How many pixels have a colour: points of classes have, paper and ink have none."""
    spread = seen.astype(int).max(2) - seen.astype(int).min(2)
    return int((spread > 60).sum())


KINDS = ["vae", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("ae", "wide", "gan", "conditional"))]


@pytest.mark.parametrize("kind", KINDS)
def test_shows_its_points(at, kind):
    page = at(kind)
    assert kind in page.text("h2")
    assert page.until(lambda: colours(page.seen()) > 500)
    if page(".tiles").is_visible():
        page(".tiles input").uncheck()
    page(".dots input").uncheck()
    page.until(lambda: colours(page.seen()) < 300)
    changed = page.changes()
    page.drag([(0.5, 0.5), (0.2, 0.3)])
    page.until(changed)


def test_dragging_changes_the_picture_and_says_where(vae):
    changed, before = vae.changes(), vae.spot()
    vae.drag([(0.5, 0.5), (0.3, 0.4), (0.2, 0.2)])
    vae.until(changed)
    now = vae.until(lambda: vae.spot() != before and vae.spot())
    assert now[0] < 0 < now[1]
    assert vae.page.evaluate("performance.getEntriesByName('drag to picture').length") > 0


def test_the_picture_is_the_decoders(vae, fitted):
    vae.drag([(0.5, 0.5), (0.7, 0.3)])
    place = vae.settled(vae.spot)
    event = fitted("vae").model.event
    expected = fitted("vae").decode(np.array([place], np.float32))[0, ..., 0]
    assert np.abs(vae.shades() - 255 * expected).max() < 6  # the caption has two digits of the place
    assert (event.low, event.high) == (0, 1)


def test_clicking_a_point_picks_its_example(vae, fitted):
    run = fitted("vae")
    codes = run.subject(limit=10_000).codes().numpy()
    row = int(np.square(codes - [0.5, 0.3]).sum(1).argmin())
    [(x, y)] = vae.locate(codes[row])
    box = vae(".map").bounding_box()
    vae.page.evaluate("document.querySelector('.given').hidden = true")  # what another test picked
    vae.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    said = vae.until(lambda: vae(".given").is_visible() and vae.text(".given figcaption"))
    picked = int(said.split()[1].rstrip(","))
    assert np.hypot(*(codes[picked] - codes[row])) < 0.05  # a point may lie upon another
    x, y = run.tested(None)
    assert np.abs(vae.shades(".given canvas") - 255 * x[picked, ..., 0].numpy()).max() <= 1
    assert said == f"example {picked}, class {run.classes[int(y[picked])]}"
    np.testing.assert_allclose(vae.settled(vae.spot), codes[picked], atol=0.006)


@pytest.mark.slow
def test_a_generators_points_have_no_examples_behind_them(at):
    page = at("gan")
    page(".map").focus()
    page.page.keyboard.press("Enter")
    page.drag([(0.5, 0.5), (0.4, 0.4)])
    assert not page(".given").is_visible()
    assert {"tab-drawing", "tab-steps"}.isdisjoint(page("[role=tab]").evaluate_all("tabs => tabs.map(t => t.id)"))


def test_the_wheel_zooms_and_the_button_goes_back(vae):
    vae(".tiles input").uncheck()
    vae.until(lambda: colours(vae.seen()) > 500)
    first = vae.seen().astype(int)
    vae(".map").hover()
    vae.page.mouse.wheel(0, -600)
    vae.until(lambda: np.abs(vae.seen() - first).mean() > 1)
    vae("button.home").click()
    vae.until(lambda: np.abs(vae.seen() - first).mean() < 1)
    vae(".tiles input").check()


def test_colours_by_error_have_a_scale(vae):
    vae("select.colour").select_option("error")
    assert vae(".legend .ramp").count() == 1
    vae("select.colour").select_option("class")
    assert vae(".legend li").count() == 10


def reach(page, met):
    """Press Tab until the element with the focus is the one."""
    for _ in range(30):
        page.page.keyboard.press("Tab")
        if page.page.evaluate(f"(e => {met})(document.activeElement)"):
            return
    raise AssertionError(f"Tab does not lead to {met}")


def test_keys_alone(at):
    page = at("vae")
    keys = page.page.keyboard
    keys.press("Tab")
    assert page.page.evaluate("document.activeElement.className") == "skip"
    reach(page, "e.classList.contains('map')")
    before, changed = page.spot(), page.changes()
    for _ in range(8):
        keys.press("ArrowRight")
    page.until(lambda: page.spot()[0] > before[0])
    page.until(changed)
    assert page.spot()[1] == before[1]
    keys.press("a")
    for _ in range(8):
        keys.press("ArrowUp")
    page.until(lambda: page.spot()[1] > before[1])
    keys.press("b")
    keys.press("Enter")
    page.page.wait_for_selector(".given:not([hidden])")
    reach(page, "e.getAttribute('role') === 'tab'")
    keys.press("ArrowRight")
    assert page("#tab-path").get_attribute("aria-selected") == "true"
    assert page.page.evaluate("document.activeElement.id") == "tab-path"
    page.until(lambda: page(".strip canvas").count() == 9)
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    assert page.page.evaluate("document.activeElement.id") == "tab-training"


def test_what_is_picked_while_the_decoder_loads_stays_picked(opened, site):
    page, held = opened(), []
    page.page.route("**/decoder", lambda route: held.append(route))
    page.visit(site("vae"))
    page.until(lambda: held)
    page(".map").focus()
    page.page.keyboard.press("Enter")
    said = page.until(lambda: page(".given").is_visible() and page.text(".given figcaption"))
    with page.page.expect_response("**/decoder"):
        held[0].continue_()
    page.until(lambda: page(".tiles input").is_checked())
    page.tool("steps")
    assert page.until(lambda: page("#tools figcaption").count() and page.text("#tools figcaption")) == said
