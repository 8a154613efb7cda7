"""Pictures for readers of study notes: one example step by step, why the trick, which variance, the nearest pairs."""

import math

import numpy as np
from markupsafe import Markup

from ..plots import estimates, gaussian, pictures, points, style
from . import extremes
from . import lesson_captions as captions
from .captions import percent, short
from .embed import svg
from .facts import Facts
from .picture import Picture, is_points, sheet

ESTIMATORS = ("without the trick", "with the trick", "score function")
HEADINGS = (
    "start",
    "variance: at the start",
    "after a step",
    "logarithm: at the start",
    "after a step",
    "samples differ",
)


def walk(facts: Facts, prefix: str) -> Picture | None:
    """The way of one example, a list of steps with small pictures."""
    if "walk_z" not in facts.arrays:
        return None
    items = Markup("").join(
        Markup('<li class="step"><p class="of">{}</p>{}<p class="fine">{}</p></li>').format(title, drawing, text)
        for title, drawing, text in steps(facts, prefix)
    )
    return Picture("walk", Markup('<ol class="steps">{}</ol>').format(items), captions.walk(facts))


def steps(facts: Facts, prefix: str) -> list[tuple[str, Markup, str]]:
    """Title, drawing and words of every step."""
    a = facts.arrays
    names = tuple(f"z{n}" for n in a["walk_axes"])

    def bars(name: str, label: str, colour: str = style.MAIN) -> Markup:
        return svg(gaussian.bars(a[f"walk_{name}"], names, colour), f"{prefix}-walk-{name}", label)

    cloud = svg(gaussian.spread(a["walk_mu"], a["walk_sigma"], names), f"{prefix}-walk-mu", "Mean and deviation")
    found = [
        ("1. The example x", example(facts, "walk_x", f"{prefix}-walk-x"), captions.walk_start(facts)),
        ("2. The encoder: μ and σ", cloud, "A dot is the mean μ of an axis, the bar two deviations σ to either side."),
        ("3. Chance: ε", bars("epsilon", "Noise", style.OTHER), captions.walk_noise()),
        ("4. The code: z = μ + σ · ε", bars("z", "Code"), "The mean, moved by the noise as far as the deviation says."),
        ("5. The decoder", decoded(facts, prefix), "What the decoder makes of z."),
        ("6. The loss", Markup(""), captions.walk_loss(facts)),
    ]
    return [*found, ("7. The update", Markup(""), captions.walk_step(facts))]


def example(facts: Facts, name: str, key: str) -> Markup:
    """One example; a point of the plane has no picture of its own."""
    if is_points(facts):
        return Markup("")
    return sheet(facts, facts.arrays[name][None, None], key, "The example" if name == "walk_x" else "What is decoded")


def decoded(facts: Facts, prefix: str) -> Markup:
    """The decoded picture; of points, the way from the example (open) to what is decoded (filled)."""
    if not is_points(facts):
        return example(facts, "walk_decoded", f"{prefix}-walk-decoded")
    way = np.stack([facts.arrays["walk_x"], facts.arrays["walk_decoded"]])[None]
    return svg(points.paths(facts.arrays["data"], way), f"{prefix}-walk-decoded", "From the example to what is decoded")


def trick(facts: Facts, prefix: str) -> Picture | None:
    """The gradient by three estimators."""
    if "trick" not in facts.arrays:
        return None
    drawing = svg(estimates.rows(facts.arrays["trick"], ESTIMATORS), f"{prefix}-trick", "Draws of the gradient")
    return Picture("trick", drawing, captions.trick(facts))


def variance(facts: Facts, prefix: str) -> Picture | None:
    """Variance against its logarithm, in numbers."""
    if "walk_z" not in facts.arrays:
        return None
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in HEADINGS)
    body = Markup("").join(line(row) for row in extremes.table())
    table = Markup('<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>')
    return Picture("variance", table.format(head, body), captions.variance())


def line(row: extremes.Row) -> Markup:
    """A row of the table."""
    return Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(text) for text in cells(row)))


def cells(row: extremes.Row) -> tuple[str, ...]:
    """Its cells in words.

    Example:
        >>> cells(extremes.row(0.0))
        ('ln σ² = 0', '1', '−4 (no deviation)', '1', '0.0067', '0 %')
    """
    variances = map(seen, (row.plain, row.plain_after, row.logarithm, row.logarithm_after))
    apart = "not a number" if math.isnan(row.apart) else percent(row.apart)
    return (f"ln σ² = {row.start:.0f}".replace("-", "−"), *variances, apart)


def seen(value: float) -> str:
    """A variance; in words where it is none.

    Example:
        >>> seen(-2.3), seen(float("inf")), seen(0.0067)
        ('−2.3 (no deviation)', 'infinite', '0.0067')
    """
    if math.isinf(value):
        return "infinite"
    return short(value) + (" (no deviation)" if value < 0 else "")


def nearest(facts: Facts, prefix: str) -> Picture | None:
    """Samples above the training examples that they are nearest to."""
    if "near_samples" not in facts.arrays:
        return None
    made, known = facts.arrays["near_samples"], facts.arrays["near_examples"]
    key, label = f"{prefix}-nearest", "Samples and the training examples nearest to them"
    if is_points(facts):
        drawing = svg(points.moves(known, made), key, label)
    else:
        drawing = sheet(facts, pictures.paired(made, known, len(made)), key, label)
    return Picture("nearest", drawing, captions.nearest(facts, is_points(facts)))


MAKERS = (walk, trick, variance, nearest)
