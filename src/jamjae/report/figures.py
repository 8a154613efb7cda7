"""The pictures of a run, in the order of the report, each with a caption that says what is to be seen."""

from collections.abc import Callable

from ..plots import kl, mosaic, pictures, points, scatter, strip
from . import captions, lessons
from .embed import svg
from .facts import Facts
from .picture import Picture, drawn, is_points, sheet
from .sounds import players
from .written import beside

Maker = Callable[[Facts, str], Picture | None]
COLUMNS = 10


def draw(facts: Facts, prefix: str) -> dict[str, Picture]:
    """Every picture that the run's arrays allow, by key; `prefix` makes the ids of the page unique."""
    makers: tuple[Maker, ...] = (reconstructions, samples, latent_map, plane, ways, axes, moved, *lessons.MAKERS)
    found = (make(facts, prefix) for make in makers)
    return {picture.key: picture for picture in found if picture is not None}


def reconstructions(facts: Facts, prefix: str) -> Picture | None:
    if "originals" not in facts.arrays:
        return None
    before, after = facts.arrays["originals"], facts.arrays["reconstructions"]
    label = "Examples and their reconstructions"
    if is_points(facts):
        drawing = svg(points.moves(before, after), f"{prefix}-reconstruction", label)
    elif facts.written is not None:
        drawing = beside(facts.written, before[:30], after[:30], label, ("example", "restored"))
    elif before.ndim == 4:
        drawing = sheet(facts, pictures.paired(before, after, COLUMNS), f"{prefix}-reconstruction", label)
    else:
        (under, low, high), (over, _, _) = drawn(facts, before[:30]), drawn(facts, after[:30])
        figure = pictures.pairs(under, over, COLUMNS, low, high)
        drawing = svg(figure, f"{prefix}-reconstruction", label)
    drawing += players(facts, "originals", "reconstructions")
    return Picture("reconstruction", drawing, captions.reconstruction(facts, is_points(facts)))


def samples(facts: Facts, prefix: str) -> Picture | None:
    made, label = facts.arrays["samples"], "Samples from the model"
    if "sample_labels" in facts.arrays:
        names = tuple(map(str, facts.arrays["sample_labels"]))
        drawing = sheet(facts, made, f"{prefix}-samples", f"{label} by label", names)
    elif is_points(facts):
        drawing = svg(points.cloud(facts.arrays["data"], made), f"{prefix}-samples", label)
    elif facts.written is not None:
        drawing = sheet(facts, made[None, :30], f"{prefix}-samples", label)
    else:
        drawing = sheet(facts, mosaic.arranged(made[:60], COLUMNS), f"{prefix}-samples", label)
    drawing += players(facts, "samples")
    return Picture("samples", drawing, captions.samples(facts, is_points(facts)))


def latent_map(facts: Facts, prefix: str) -> Picture | None:
    if "codes" not in facts.arrays:
        return None
    flat, share = scatter.project(facts.arrays["codes"])
    names = tuple(str(name) for name in facts.data.get("classes", ()))
    figure = scatter.latent_map(flat, facts.arrays.get("labels"), names)
    drawing = svg(figure, f"{prefix}-map", "Map of the codes of test examples", names)
    return Picture("map", drawing, captions.latent_map(facts, share))


def plane(facts: Facts, prefix: str) -> Picture | None:
    if "plane" not in facts.arrays:
        return None
    decoded, label = facts.arrays["plane"], "The decoded latent plane"
    if is_points(facts):
        drawing = svg(points.mesh(facts.arrays["data"], decoded), f"{prefix}-plane", label)
    else:
        drawing = sheet(facts, decoded[::-1], f"{prefix}-plane", label)
    return Picture("plane", drawing, captions.plane(facts, is_points(facts)))


def ways(facts: Facts, prefix: str) -> Picture | None:
    if "strips" not in facts.arrays:
        return None
    between = facts.arrays["strips"]
    label = f"Interpolation between pairs of {'examples' if facts.encodes else 'draws'}"
    if is_points(facts):
        drawing = svg(points.paths(facts.arrays["data"], between), f"{prefix}-strips", label)
    else:
        ends = (facts.arrays[name] for name in ("first", "last") if name in facts.arrays)
        drawing = sheet(facts, strip.framed(between, *ends), f"{prefix}-strips", label)
    return Picture("strips", drawing, captions.strips(facts, is_points(facts)))


def axes(facts: Facts, prefix: str) -> Picture | None:
    if "kl" not in facts.arrays:
        return None
    drawing = svg(kl.per_axis(facts.arrays["kl"], facts.arrays["dead"]), f"{prefix}-kl", "KL of every latent axis")
    return Picture("kl", drawing, captions.axes(facts))


def moved(facts: Facts, prefix: str) -> Picture | None:
    if "traversals" not in facts.arrays:
        return None
    decoded = facts.arrays["traversals"]
    names = tuple(f"z{n}" for n in facts.arrays["traversal_axes"])
    label = "Traversals: " + ", ".join(names)
    if is_points(facts):
        drawing = svg(points.paths(facts.arrays["data"], decoded, names), f"{prefix}-traversals", label)
    else:
        drawing = sheet(facts, decoded, f"{prefix}-traversals", label, names)
    return Picture("traversals", drawing, captions.traversals(facts, names, is_points(facts)))
