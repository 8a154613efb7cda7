"""Sliders, the way from A to B, the steps of a VAE, the prior, the numbers."""

import re

import numpy as np
import pytest

NUMBER = r"-?\d[\d,.]*(?:e[+-]?\d+)?"


def numbers(text):
    """The numbers in a text."""
    return [float(v.rstrip(".,").replace(",", "")) for v in re.findall(NUMBER, text)]


def test_a_slider_moves_one_axis(vae):
    vae.tool("axes")
    vae(
        "[role=tabpanel] button",
    ).get_by_text("Reset").click()
    vae.until(lambda: vae.spot() == (0, 0))
    changed = vae.changes()
    axis = int(vae.text(".axis span")[1:])
    vae(".axis input").first.focus()
    for _ in range(30):
        vae.page.keyboard.press("ArrowRight")
    now = vae.settled(vae.spot)
    assert now[axis] > 0.2
    assert now[1 - axis] == 0
    assert changed()
    assert float(vae.text(".axis output")) == pytest.approx(now[axis], abs=0.006)


def test_traverse_moves_until_stopped(vae):
    vae.tool("axes")
    button = vae("[role=tabpanel] button").nth(1)
    assert button.inner_text() == "Traverse"
    button.click()
    pictures = set()
    vae.until(lambda: pictures.add(vae.made()) or len(pictures) > 3)
    assert button.inner_text() == "Stop"
    button.click()
    vae.settled(vae.made)
    assert button.inner_text() == "Traverse"


@pytest.mark.slow
def test_every_axis_has_a_slider(at):
    page = at("wide")
    assert page(".axis").count() == 10
    told = [numbers(text)[0] for text in page(".axis:not(.dead) .kl").all_inner_texts()]
    assert told == sorted(told, reverse=True)


def pin(page, a, b):
    """Pin A and B at two places of the plane, and return where they are."""
    found = []
    for name, place in (("a", a), ("b", b)):
        page.drag([(0.5, 0.5), place])
        found.append(page.settled(page.spot))
        page(f"[data-pin={name}]").click()
    return np.array(found)


def test_from_a_to_b(vae, fitted):
    a, b = pin(vae, (0.25, 0.3), (0.7, 0.75))
    vae.tool("path")
    vae.until(lambda: vae(".strip canvas").count() == 9)
    ways = a + np.linspace(0, 1, 33)[:, None] * (b - a)
    x = fitted("vae").decode(ways.astype(np.float32))
    lengths = np.sqrt(np.square(np.diff(x, axis=0)).mean((1, 2, 3)))
    n, times, mean = numbers(vae.text("#tools .chart + .sub").replace("(", " ").replace(")", " "))
    assert n == 32
    assert times == pytest.approx(lengths.max() / lengths.mean(), rel=0.03)
    assert mean == pytest.approx(lengths.mean(), rel=0.06)
    for i, k in ((0, 0), (8, 32)):
        shades = vae.shades(f".strip canvas >> nth={i}")
        assert np.abs(shades - 255 * x[k, ..., 0]).max() < 6
    assert vae.shades("#tools .chart").any()
    changed = vae.changes()
    vae("#tools input[type=range]").first.focus()
    vae.page.keyboard.press("End")
    vae.page.keyboard.press("Home")
    vae.until(changed)
    np.testing.assert_allclose(vae.settled(vae.spot), a, atol=0.006)
    vae("[role=tabpanel] button").get_by_text("Swap").click()
    vae.until(lambda: np.abs(vae.shades(".strip canvas") - 255 * x[32, ..., 0]).max() < 6)


def test_two_examples_by_chance(vae):
    vae.tool("path")
    vae("[role=tabpanel] button").get_by_text("Two examples by chance").click()
    vae.until(lambda: vae(".strip canvas").count() == 9)
    assert vae(".strip canvas").first.get_attribute("aria-label") == "step 0 of 32"


def test_the_steps_add_up(vae, fitted):
    vae.tool("steps")
    vae.until(lambda: vae("#tools .steps > li").count() == 6)
    vae("[role=tabpanel] button").get_by_text("ε = 0").click()
    vae.until(lambda: "ε = 0.00, 0.00" in vae.text("#tools .steps"))
    steps = vae("#tools .steps > li").all_inner_texts()
    mu = numbers(steps[1].partition("μ = ")[2].partition("σ")[0])
    assert numbers(steps[3].rpartition("z =")[2]) == mu
    distortion, rate, loss = (
        numbers(steps[5].partition(name)[2].partition("=")[2])[0] for name in ("-log p(x | z)", "KL(q", "\nloss")
    )
    assert loss == pytest.approx(distortion + rate, abs=0.02)
    run = fitted("vae")
    row = int(numbers(vae.text("#tools .steps figcaption"))[0])
    x, _ = run.tested(None)
    q = run.model.encode(x[[row]])
    expected = -run.model.decode(q.mean).log_prob(x[[row]]).item()
    assert distortion == pytest.approx(expected, rel=1e-3)
    closed = 0.5 * (q.mean.square() + q.variance - 1 - q.variance.log()).sum().item()
    assert rate == pytest.approx(closed, rel=1e-3)
    vae("[role=tabpanel] button").get_by_text("New ε").click()
    vae.until(lambda: "ε = 0.00, 0.00" not in vae.text("#tools .steps"))


def samples(page):
    """The pictures of the grid."""
    return page("#tools .grid canvas").evaluate_all("all => all.map((c) => c.toDataURL())")


def test_dragging_a_mean_of_the_prior_changes_what_it_makes(vae):
    [(x, y)] = vae.locate((0, 0))
    vae.tool("prior")
    vae.until(lambda: len(samples(vae)) == 32)
    before, spot = vae.settled(lambda: samples(vae)), vae.spot()
    vae.drag([(x, y), (x + 0.1, y), (x + 0.2, y + 0.1)])
    after = vae.settled(lambda: samples(vae))
    assert sum(a != b for a, b in zip(before, after, strict=True)) > 28
    assert vae.spot() == spot
    vae("[role=tabpanel] button").get_by_text("As it was").click()
    vae.until(lambda: samples(vae) == before)
    vae("#tools input[type=range]").first.focus()
    vae.page.keyboard.press("Home")
    vae.until(lambda: samples(vae) != before)
    vae("[role=tabpanel] button").get_by_text("Add a Gaussian").click()
    assert vae("#tools input[type=range]").count() == 4


def test_numbers_are_those_of_the_evaluation(vae, fitted, monkeypatch):
    vae.tool("numbers")
    assert "jamjae evaluate vae" in vae.text("#tools [role=tabpanel]")
    run = fitted("vae")
    found = run.evaluate(["elbo"], samples=20, limit=100)["elbo"]
    try:
        vae.page.reload()
        vae.ready().tool("numbers")
        row = vae("#tools tbody tr").first.inner_text()
    finally:
        (run.folder / "evaluation.json").unlink()
    assert found.title in row
    assert f"{found.value:.3g}" in row
    vae.page.reload()
    vae.ready()
