"""A run in a few lines of HTML, for a notebook."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from ..core.errors import JamjaeError
from ..core.files import read_json
from ..data.forms import revive
from ..evaluation import METRICS
from ..plots.mosaic import arranged
from .captions import short
from .embed import png

SHOWN = ("iwae", "elbo", "rate", "active_units", "reconstruction", "completeness", "coverage", "continuity", "kid")
COLUMNS = 10


def glance(folder: Path, spec: Mapping[str, Any], sample: Callable[[int], np.ndarray]) -> str:
    """Name, recipe and data; pictures that the run makes, where they are pictures, or lines; what was measured of it.

    Arguments:
        folder: The run's folder.
        spec: Its spec.
        sample: Makes n examples, (n, *event); raises a `JamjaeError` where there are no weights yet.
    """
    samples = None
    with suppress(JamjaeError):
        samples = sample(2 * COLUMNS)
    text = Markup("<p><b>{}</b> &middot; {} on {} &middot; latent {}</p>")
    latent = " x ".join(map(str, spec["latent"]))
    said = [text.format(folder.name, spec["recipe"], spec["data"]["name"], latent)]
    if samples is not None and samples.ndim == 4 and samples.shape[-1] in (1, 3, 4):
        said.append(png(arranged(samples, COLUMNS), float(samples.min()), float(samples.max()), "samples"))
    form = revive(spec["data"].get("form"))
    if samples is not None and form is not None and not form.drawn:
        said.append(Markup("<pre>{}</pre>").format("\n".join(form.lines(samples[:COLUMNS]))))
    rows = list(numbers(folder / "evaluation.json"))
    if rows:
        said.append(Markup("<table>{}</table>").format(Markup("").join(rows)))
    return str(Markup("\n").join(said))


def numbers(path: Path) -> list[Markup]:
    """A row for each of the headline numbers that were measured and have a value."""
    found = read_json(path) if path.is_file() else {}
    row = Markup("<tr><td>{}</td><td>{} {}</td><td>{}</td></tr>")
    measured = [(name, found[name]) for name in SHOWN if found.get(name, {}).get("value") is not None]
    return [row.format(METRICS[name].title, short(m["value"]), m["unit"], interval(m)) for name, m in measured]


def interval(m: Mapping[str, Any]) -> str:
    """The 95 % interval in words."""
    return "" if m["interval"] is None else f"95 % {short(m['interval'][0])} to {short(m['interval'][1])}"
