"""Pictures: every kind of example and every degenerate array gives a figure; no global state moves."""

import io
import itertools
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from jamjae.plots import kl, losses, manifold, mosaic, pictures, points, scatter, strip, style, traversals

EVENTS = {
    "grey image": (6, 5, 1),
    "colour image": (4, 4, 3),
    "two-channel image": (4, 4, 2),
    "point": (2,),
    "vector": (7,),
    "single number": (1,),
}


@pytest.fixture(params=EVENTS.values(), ids=EVENTS)
def event(request):
    return request.param


def drawn(figure: Figure) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg")
    return file.getvalue()


def noise(*shape):
    return np.random.default_rng(0).uniform(size=shape).astype(np.float32)


def test_every_picture_draws_every_kind_of_example(event):
    some = noise(5, *event)
    drawn(pictures.grid(some, columns=3))
    drawn(pictures.pairs(some, some, columns=2))
    drawn(manifold.plane(noise(3, 3, *event)))
    drawn(strip.strips(some, noise(5, 4, *event), some))
    assert "z12" in drawn(traversals.traversals(noise(2, 4, *event), (3, 12)))


@pytest.mark.parametrize("value", [0.0, 1.0, np.nan, np.inf, -1e30])
def test_constant_missing_and_extreme_values_are_drawn(event, value):
    drawn(pictures.grid(np.full((1, *event), value, np.float32)))


def test_pairs_of_vectors_lie_over_one_another():
    figure = pictures.pairs(noise(5, 7), noise(5, 7) + 1, columns=3)
    under, over = (c.get_segments() for c in figure.axes[0].collections[1:])
    assert len(under) == len(over) == 6 and np.allclose(under[0][:, 0], over[0][:, 0])


def test_mosaic_puts_each_image_in_its_place():
    images = np.arange(6.0).reshape(2, 3, 1, 1, 1) / 5
    sheet = mosaic.mosaic(np.broadcast_to(images, (2, 3, 4, 4, 1)), times=2, gap=3)
    assert sheet.shape == (2 * 8 + 3, 3 * 8 + 2 * 3, 4)
    assert [sheet[11 * r + 4, 11 * k + 4, 0] for r, k in itertools.product(range(2), range(3))] == [
        0,
        51,
        102,
        153,
        204,
        255,
    ]
    assert set(np.unique(sheet[8:11, :, 3])) == {0} and sheet[0, 0, 3] == 255


def test_places_without_an_image_are_transparent():
    sheet = mosaic.mosaic(mosaic.arranged(np.ones((3, 4, 4, 1)), 2))
    assert [sheet[5 * r, 5 * k, 3] for r, k in itertools.product(range(2), range(2))] == [255, 255, 255, 0]


def test_missing_cells_are_grey_and_colours_stay():
    red = np.zeros((1, 1, 2, 2, 3))
    red[..., 0] = 1
    red[0, 0, 0, 0] = np.nan
    sheet = mosaic.mosaic(red)
    assert sheet[0, 0].tolist() == [128, 128, 128, 255] and sheet[1, 1].tolist() == [255, 0, 0, 255]


@pytest.mark.parametrize("rows", [(), ("a", "a long name")])
def test_a_sheet_with_names_is_as_high_as_its_pictures(rows):
    box = pictures.sheet(np.ones((2, 10, 8, 8, 1)), rows=rows).axes[0].get_position()
    assert box.height == pytest.approx(1) and box.width == pytest.approx(0.775 if rows else 1, abs=0.01)


@pytest.mark.parametrize("n", [1, 2, 300])
@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("labels", [None, "same", "many", "numbers", "unknown"])
def test_latent_map_of_any_size(n, axes, labels):
    y = {None: None, "same": np.zeros(n, int), "many": np.arange(n) - 1}.get(labels)
    y = {"numbers": noise(n), "unknown": np.full(n, np.nan, np.float32)}.get(labels, y)
    drawn(scatter.latent_map(noise(n, axes), y, ("only",)))


def test_numbers_colour_the_map_from_blue_to_orange_and_lift_a_single_axis():
    y = np.array([20.0, 60.0, np.nan], np.float32)
    figure = scatter.latent_map(np.array([[1.0], [2.0], [3.0]]), y)
    dots = figure.axes[0].collections[0]
    placed = {
        round(float(x)): (float(h), shade[:3])
        for (x, h), shade in zip(dots.get_offsets(), dots.get_facecolor(), strict=True)
    }
    assert [placed[k][0] for k in (1, 2, 3)] == [20.0, 60.0, 20.0]
    for number, colour in ((1, style.MAIN), (2, style.OTHER), (3, style.INK)):
        assert np.allclose(placed[number][1], matplotlib.colors.to_rgb(colour))


def test_terms_of_a_player_share_a_panel_with_their_levels():
    rows = [{"epoch": e, "train": {"a": 1.0 / e, "b": 2.0}, "validation": {"a": 1.1 / e}} for e in (1.0, 2.0, 3.0, 4.0)]
    figure = losses.together(rows, {"a": "real", "b": "fake"}, {"b": 7.0})
    axes = figure.axes[0]
    solid = [line for line in axes.lines if line.get_linestyle() == "-"]
    dotted = [line for line in axes.lines if line.get_linestyle() == ":"]
    assert len(solid) == 2 and [line.get_ydata()[0] for line in dotted] == [7.0] and axes.get_ylim()[1] >= 7.0
    assert "real" in drawn(figure) and "fake" in drawn(figure)
    assert losses.panel(rows, "a", 5.0).axes[0].get_ylim()[1] >= 5.0


def test_latent_map_keeps_10000_points_as_a_picture_of_bounded_size():
    codes = noise(30_000, 2)
    text = drawn(scatter.latent_map(codes, np.arange(30_000) % 10))
    assert text.count("<use") < 100 and len(text) < 1_500_000
    figure = scatter.latent_map(codes)
    assert len(figure.axes[0].collections[0].get_offsets()) == 10_000


def test_projection_keeps_the_widest_directions():
    wide = np.random.default_rng(1).normal(size=(500, 4)) * [0.1, 3.0, 0.2, 2.0]
    flat, share = scatter.project(wide)
    assert np.allclose(flat.std(0), [3.0, 2.0], rtol=0.1) and 0.98 < share < 1
    constant, everything = scatter.project(np.ones((5, 3)))
    assert np.allclose(constant, 0) and everything == 1.0


def test_kl_is_sorted_and_dead_axes_are_hollow():
    figure = kl.per_axis(np.array([0.001, 2.0, 0.5, 0.0]))
    bars = figure.axes[0].patches
    assert [round(b.get_height(), 3) for b in bars] == [2.0, 0.5, 0.05, 0.05]
    assert [b.get_facecolor()[3] for b in bars] == [1.0, 1.0, 0.0, 0.0]
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["z1", "z2", "z0", "z3"]
    assert "2 dead" in drawn(figure)


@pytest.mark.parametrize("values", [[0.0], [3.0], [np.nan, 1.0], [0.0] * 200])
def test_kl_of_degenerate_axes(values):
    drawn(kl.per_axis(np.array(values)))


def rows(n, start=5.0):
    yield {"event": "start", "players": {}}
    for k in range(n):
        value = start / (k + 1)
        yield {"event": "row", "epoch": k + 1.0, "train": {"loss": value}, "validation": {"loss": value + 0.1}}


@pytest.mark.parametrize("n", [0, 1, 2, 50])
def test_loss_curves_of_any_length(n):
    drawn(losses.panel(list(rows(n)), "loss"))
    drawn(losses.curves(list(rows(n)), ("loss", "absent")))


def test_numbers_that_are_none_break_the_curve_and_nothing_else():
    log = [{"epoch": k, "train": {"loss": v}} for k, v in enumerate([3.0, None, float("nan"), float("inf"), 1.0])]
    figure = losses.panel(log, "loss")
    y = figure.axes[0].lines[0].get_ydata()
    assert np.isfinite(y).tolist() == [True, False, False, False, True]
    drawn(figure)


def test_a_far_higher_start_is_cut_off_and_said():
    log = [{"epoch": 0.0, "train": {"loss": 9000.0}}, *rows(30)]
    figure = losses.panel(log, "loss")
    assert figure.axes[0].get_ylim()[1] < 10 and "9,000" in drawn(figure)


@pytest.mark.parametrize("n", [1, 700])
def test_points_in_the_plane(n):
    data = noise(n, 2)
    for figure in (
        points.cloud(data, data),
        points.moves(data, data + 1),
        points.mesh(data, noise(4, 4, 2)),
        points.paths(data, noise(3, 5, 2), ("a", "b", "c")),
    ):
        drawn(figure)
        assert np.diff(figure.axes[0].get_xlim()) == pytest.approx(np.diff(figure.axes[0].get_ylim()))


@pytest.mark.parametrize("name", ["<script>", "$x_{$", "a & b", "", "line\nbreak", "x" * 500, "\\frac{", "Ünï"])
def test_any_class_name_is_text_and_nothing_else(name):
    text = drawn(scatter.latent_map(noise(4, 2), np.zeros(4, int), (name,)))
    assert "<script>" not in text


def test_hangul_is_drawn_or_falls_back_with_one_warning(monkeypatch):
    if style.hangul() is not None:
        assert style.words("잠재")["s"] == "잠재"
        drawn(scatter.latent_map(noise(4, 2), np.zeros(4, int), ("고양이",)))
    monkeypatch.setattr(style, "hangul", lambda: None)
    style._warn_once.cache_clear()
    with pytest.warns(UserWarning, match="fonts-noto-cjk") as caught:
        assert style.words("잠재 1")["s"] == "?? 1"
        assert style.words("강아지")["s"] == "???"
    assert len(caught) == 1
    drawn(scatter.latent_map(noise(4, 2), np.zeros(4, int), ("고양이",)))


def luminance(colour: str) -> float:
    c = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


def test_colours_can_be_seen_on_white_and_on_black():
    for colour, least in [(style.INK, 4.0), (style.MAIN, 3.0), *((c, 1.8) for c in style.CLASSES)]:
        light = luminance(colour)
        assert 1.05 / (light + 0.05) >= least and (light + 0.05) / 0.05 >= least, colour


def test_nothing_global_moves_and_the_background_is_transparent():
    before = matplotlib.rcParams.copy()
    figure = pictures.grid(noise(3, 4, 4, 1))
    figure.savefig(file := io.BytesIO(), format="png")
    assert matplotlib.rcParams.copy() == before
    assert figure.get_facecolor()[3] == 0 and file.getvalue()[:4] == b"\x89PNG"
    sources = Path(style.__file__).parent.glob("*.py")
    assert not any("import pyplot" in path.read_text() or "matplotlib.pyplot" in path.read_text() for path in sources)
