"""Pictures for one HTML file: figures as inline SVG without style attributes, sheets of images as inline PNG.

The page's content security policy forbids style attributes, so they become presentation attributes; these also rank
below
any style sheet, which is how the page recolours a figure for a dark background.
"""

import base64
import io
import re
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image

from ..plots.mosaic import mosaic
from ..plots.style import words

DPI = 170  # of the dots inside an SVG: sharp at twice their printed size
WIDE = 1100  # pixels of a sheet of images, about


def svg(figure: Figure, key: str, label: str, names: Sequence[str] = ()) -> Markup:
    """A figure as inline SVG; `key`, unique in the page, starts its ids; screen readers read `label`.

    Its words stay text, which the browser draws and a translation may change; not so `names`, given by the user (but
    those in Markup are jamjae's own).
    """
    text = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": key}):
        figure.savefig(text, format="svg", dpi=DPI)
    root = ElementTree.fromstring(text.getvalue())
    _clean(root)
    _rename(root, key)
    kept = {words(name)["s"] for name in names if not isinstance(name, Markup)}
    for element in (element for element in root.iter("text") if element.text in kept):
        element.set("translate", "no")
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib.update({"class": "plot", "role": "img", "aria-label": label})
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _clean(element: Element) -> None:
    """Local names, no metadata, no style sheet, no style attributes, short paths."""
    element.tag = element.tag.rpartition("}")[2]
    for child in list(element):
        if child.tag.rpartition("}")[2] in ("metadata", "style"):
            element.remove(child)
        else:
            _clean(child)
    given = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    for rule in given.pop("style", "").split(";"):
        name, _, value = rule.partition(":")
        if value and name.strip() != "font-family":
            given[name.strip()] = value.strip()
    if "d" in given:
        given["d"] = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}", " ".join(given["d"].split()))
    if given.get("href", "").startswith("data:"):
        given["href"] = "".join(given["href"].split())
    element.attrib.clear()
    element.attrib.update(given)
    element.tail = None
    element.text = (element.text or "").strip() or None


def _rename(root: Element, key: str) -> None:
    """Ids that something refers to start with `key`; the others go."""
    used = set(re.findall(r"""(?:href="|url\()#([^")]+)""", ElementTree.tostring(root, encoding="unicode")))
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name in used:
            element.attrib["id"] = f"{key}-{name}"
        for attribute, value in element.attrib.items():
            if value.startswith("#") and attribute == "href":
                element.attrib[attribute] = f"#{key}-{value[1:]}"
            elif value.startswith("url(#"):
                element.attrib[attribute] = f"url(#{key}-{value[5:]}"


def png(images: np.ndarray, low: float, high: float, label: str, rows: tuple[str, ...] = ()) -> Markup:
    """A sheet of images (R, K, H, W, C) as an inline PNG, `rows` named at the left.

    Every cell is several pixels wide, because browsers that fit the picture to the page would blur single pixels.
    """
    columns, width = images.shape[1], images.shape[3]
    times = max(1, round(WIDE / (columns * width)))
    picture = mosaic(images, low, high, times, gap=max(2, round(0.04 * width * times)))
    names = Markup("").join(titled("li", name) for name in rows)
    sheet = Markup('<img class="sheet" alt="{}" width="{}" height="{}" src="data:image/png;base64,{}">').format(
        label, picture.shape[1], picture.shape[0], encoded(picture)
    )
    return Markup('<div class="named"><ol>{}</ol>{}</div>').format(names, sheet) if rows else sheet


def titled(tag: str, title: str, style: str = "") -> Markup:
    """A title as an element; a name given by the user is never translated, jamjae's own words, in Markup, may be.

    Example:
        >>> print(titled("li", "Samples"), titled("li", Markup("Samples")))
        <li translate="no">Samples</li> <li>Samples</li>
    """
    kept = Markup("") if isinstance(title, Markup) else Markup(' translate="no"')
    shown = Markup(' class="{}"').format(style) if style else Markup("")
    return Markup("<{0}{1}{2}>{3}</{0}>").format(tag, shown, kept, title)


def encoded(picture: np.ndarray) -> str:
    """An 8-bit picture (H, W, 4) as PNG in base 64, in grey if it has no colours."""
    red, green, blue, opaque = np.moveaxis(picture, -1, 0)
    grey = bool((red == green).all() and (green == blue).all())
    image = Image.fromarray(np.ascontiguousarray(np.stack([red, opaque], -1)) if grey else picture)
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
