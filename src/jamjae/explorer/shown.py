"""A run as the page sees it: JSON and packed arrays. No HTTP here, and no mathematics."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np

from ..atlas import Atlas
from ..core.errors import JamjaeError, Undefined, UsageError
from ..core.files import read_json
from ..data.forms.sound import Sound
from ..data.forms.table import Table
from ..diagnosis import RULES
from ..evaluation import METRICS
from ..recipes.base import TIMED
from ..report.translation import translate
from ..run import Run
from ..training.checkpoint import steps
from .pack import pack
from .server import Answer

LIMIT = 10_000  # points
SLIDERS = 64  # axes that get a slider
ROWS = 2_000  # of the log, at most
EXAMPLES = 64  # pictures in one answer
VALUES = 8_000_000  # numbers of codes (and of deviations) that the page gets; else the server is asked row by row
CELLS = 8_000_000  # cells of examples in a saved page
LARGE = 40_000_000  # weights of a decoder beyond which the server decodes


def as_json(value: Any) -> Answer:
    """JSON without NaN and infinity, which browsers refuse: null in their place."""
    return Answer(json.dumps(finite(value), ensure_ascii=False, allow_nan=False).encode(), "application/json")


def finite(value: Any) -> Any:
    """The same with None for numbers that are not finite."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def korean(numbers: list[dict[str, Any]], diagnosis: list[dict[str, Any]]) -> dict[str, str]:
    """What is said about a run, in Korean, by its English; what has no translation is left out."""
    said = [m[k] for m in numbers for k in ("title", "unit", "flag") if m[k]]
    said += [text for f in diagnosis for text in (f["words"], f["measured"], f["level"], f["title"])]
    found = {text: translate(text, "ko") for text in dict.fromkeys(said)}
    return {text: other for text, other in found.items() if other}


def as_arrays(**arrays: np.ndarray | None) -> Answer:
    """Packed arrays."""
    return Answer(pack(arrays), "application/octet-stream")


class Shown:
    """A run, read and computed when somebody looks.

    Arguments:
        run: The run.
        limit: At most so many test examples on the map.
        layout: How they are laid out, see `Atlas`.
    """

    def __init__(self, run: Run, limit: int | None = LIMIT, layout: str = "plane") -> None:
        self.run, self.limit, self.layout = run, limit, layout
        self.name = run.folder.name
        self.seen = self._version()

    def get(self, part: str, query: Mapping[str, str]) -> Answer:
        """A part of the run: "about", "points", "decoder", "encoder", "pictures" or "log".

        Raises:
            KeyError: For anything else.
        """
        return {
            "about": self._about,
            "points": self._points,
            "decoder": self._decoder,
            "encoder": self._encoder,
            "pictures": self._pictures,
            "log": lambda: self._log(int(query.get("after", "-1"))),
        }[part]()

    def call(self, verb: str, body: Mapping[str, Any]) -> Answer:
        """Something computed: "decode", "encode", "examples", "posterior", "terms", "column", "draws" or "sound".

        Raises:
            KeyError: For anything else, and for a body that lacks something.
            UsageError: For values that do not fit the run.
        """
        verbs = {
            "decode": self._decode,
            "encode": self._encode,
            "examples": self._examples,
            "posterior": self._posterior,
            "terms": self._terms,
            "column": self._column,
            "draws": self._draws,
            "sound": self._sound,
        }
        return verbs[verb](body)

    def prepare(self) -> None:
        """Compute what the page asks for first, so that it opens at once; a run that is not ready says so there."""
        with suppress(JamjaeError):
            self.get("about", {})
            self.get("points", {})

    # -- parts ------------------------------------------------------------------------------------------------------

    @cached_property
    def atlas(self) -> Atlas:
        """The map of the run."""
        return Atlas(self.run.subject(limit=self.limit), self.layout)

    def _renew(self) -> None:
        """Forget what other weights said."""
        version = self._version()
        if version != self.seen:
            for name in ("atlas", "why_not_local", "_graphs"):
                self.__dict__.pop(name, None)
            self.run = Run(self.run.folder, self.run.dataset)
            self.seen = version

    def _about(self) -> Answer:
        self._renew()
        run, atlas, event = self.run, self.atlas, self.run.model.event
        codes = atlas.codes
        shape = {"shape": event.shape, "kind": event.kind, **self._scales(), **self._columns()}
        rates, spread = atlas.rates, codes.std(0)
        axes = [
            {
                "axis": i,
                "kl": None if rates is None else float(rates[i]),
                "mean": float(codes[:, i].mean()),
                "deviation": float(spread[i]),
            }
            for i in atlas.ordered[:SLIDERS]
        ]
        plane = atlas.plane
        return as_json(
            {
                "name": self.name,
                "recipe": run.spec["recipe"],
                "data": run.spec["data"]["name"],
                "event": {**shape, "levels": event.levels},
                "latent": run.spec["latent"],
                "sound": isinstance(run.form, Sound),
                "encodes": atlas.encodes,
                "examples": crc32(atlas.subject.x.numpy().tobytes()) if atlas.encodes else None,
                "spreads": atlas.deviations is not None,
                "classes": list(run.classes),
                "conditional": run.model.condition is not None,
                "points": len(codes),
                "plane": {
                    "mean": plane.mean.tolist(),
                    "axes": plane.axes.tolist(),
                    "explained": plane.explained,
                    "flat": codes.shape[1] <= 2 and self.layout == "plane",
                    "layout": self.layout,
                },
                "axes": axes,
                "prior": {"name": run.model.prior.name(), "components": atlas.components},
                "likelihood": {"name": run.model.likelihood.name(), "loss": run.model.likelihood.loss},
                "local": self.why_not_local or True,
                "numbers": (numbers := self._numbers()),
                "diagnosis": (diagnosis := self._diagnosis()),
                "korean": korean(numbers, diagnosis),
                "version": self._version(),
            }
        )

    def _columns(self) -> dict[str, Any]:
        """How the page reads a row of a table; nothing for other examples."""
        form = self.run.form
        if not isinstance(form, Table):
            return {}
        fields = ((f.column, f.categories) for f in form.fields)
        return {"columns": [{"name": c.name, "kind": c.kind, "categories": names} for c, names in fields]}

    def _scales(self) -> dict[str, Any]:
        """The values drawn as black and white, or as floor and ceiling of every channel's line."""
        event, x = self.run.model.event, self.atlas.subject.x
        if event.kind not in TIMED or not len(x):
            return {"low": event.low, "high": event.high}
        seen = x[:1000].float().flatten(0, -2).numpy()
        if event.spectrogram:
            return {"low": float(seen.min()), "high": float(seen.max())}
        return {"low": event.low, "high": event.high, "scales": np.percentile(seen, [1, 99], axis=0).T.tolist()}

    def _points(self) -> Answer:
        atlas = self.atlas
        sent = atlas.codes.size <= VALUES
        classes = atlas.labels
        whole = classes is not None and classes.dtype.kind == "i"
        return as_arrays(
            places=atlas.places.astype(np.float32),
            codes=atlas.codes if sent else None,
            deviations=atlas.deviations if sent else None,
            classes=classes.astype(np.int32) if classes is not None and whole else None,
            labels=classes.astype(np.float32) if classes is not None and not whole else None,
            errors=atlas.errors,
            densities=atlas.densities,
            draws=atlas.plane.place(atlas.draws).astype(np.float32) if self.layout == "plane" else None,
        )

    @cached_property
    def why_not_local(self) -> str:
        """Why the page cannot decode by itself; empty if it can."""
        try:
            _ = self._graphs
        except JamjaeError as error:
            return str(error)
        return ""

    @cached_property
    def _graphs(self) -> dict[str, bytes]:
        from ..export import onnx

        model = self.run.model
        if sum(w.numel() for w in model.decoder.parameters()) > LARGE:
            raise Undefined("the decoder is too large for a page")
        graphs = {"decoder": onnx.decoder(model)}
        return graphs | ({"encoder": onnx.encoder(model)} if model.encoder is not None else {})

    def _decoder(self) -> Answer:
        return Answer(self._graphs["decoder"], "application/octet-stream")

    def _encoder(self) -> Answer:
        return Answer(self._graphs["encoder"], "application/octet-stream")

    def _pictures(self) -> Answer:
        """The examples behind the points, as many as fit: pictures in 256 shades, other examples as they are.

        Values are scale[0] + x scale[1].
        """
        event, x = self.run.model.event, self.atlas.subject.x
        x = x[: max(1, CELLS // event.cells)].float().numpy()
        lines = self._lines(x)
        if event.kind != "image" or not math.isfinite(event.high - event.low):
            return as_arrays(x=x.astype(np.float32), scale=np.array([0, 1], np.float32), lines=lines)
        step = (event.high - event.low) / 255
        shades = ((x - event.low) / step).round().clip(0, 255).astype(np.uint8)
        return as_arrays(x=shades, scale=np.array([event.low, step], np.float32))

    def _numbers(self) -> list[dict[str, Any]]:
        path = self.run.folder / "evaluation.json"
        found = read_json(path) if path.is_file() else {}
        kept = ("value", "interval", "unit", "baseline", "flag", "reason")
        return [
            {"name": n, "title": METRICS[n].title, "better": METRICS[n].better, **{k: found[n].get(k) for k in kept}}
            for n in METRICS
            if n in found
        ]

    def _diagnosis(self) -> list[dict[str, Any]]:
        path = self.run.folder / "diagnosis.json"
        found = read_json(path) if path.is_file() else {}
        worth = [f for f in found.get("findings", []) if f["level"] != "fine"]
        return [{**f, "title": RULES[f["rule"]].title} for f in worth if f["rule"] in RULES]

    def _version(self) -> str:
        """Changes when there are other weights."""
        result = self.run.result
        if result:
            return str(result["weights_sha256"])[:16]
        checkpoints = steps(self.run.folder / "checkpoints")
        return checkpoints[-1].name if checkpoints else ""

    def _log(self, after: int) -> Answer:
        rows = [r for r in self.run.rows if r["event"] == "row" and r["step"] > after]
        every = math.ceil(len(rows) / ROWS) or 1
        return as_json({"rows": rows[::every], "ended": bool(self.run.result), "version": self._version()})

    # -- verbs ------------------------------------------------------------------------------------------------------

    def _decode(self, body: Mapping[str, Any]) -> Answer:
        z = self._array(body["z"], self.run.spec["latent"], "z")
        return self._seen(self.run.decode(z, label=body.get("label")))

    def _encode(self, body: Mapping[str, Any]) -> Answer:
        x = self._array(body["x"], self.run.model.event.shape, "x")
        labels = None if body.get("label") is None else [body["label"]] * len(x)
        mean = self.run.encode(x, labels=labels, deviation=self.atlas.deviations is not None)
        mean, deviation = mean if isinstance(mean, tuple) else (mean, None)
        flat = None if deviation is None else deviation.reshape(len(x), -1)
        return as_arrays(mean=mean.reshape(len(x), -1), deviation=flat)

    def _rows(self, body: Mapping[str, Any]) -> list[int]:
        rows = body["rows"]
        count = len(self.atlas.codes)
        good = isinstance(rows, list) and 0 < len(rows) <= EXAMPLES
        if not good or not all(isinstance(r, int) and 0 <= r < count for r in rows):
            raise UsageError(f"`rows` must be 1 to {EXAMPLES} numbers from 0 to {count - 1}.")
        return rows

    def _examples(self, body: Mapping[str, Any]) -> Answer:
        rows = self._rows(body)
        if not self.atlas.encodes:
            raise UsageError("The points of a model without an encoder are draws: there are no examples behind them.")
        return self._seen(self.atlas.subject.x[rows].numpy())

    def _posterior(self, body: Mapping[str, Any]) -> Answer:
        rows, deviations = self._rows(body), self.atlas.deviations
        return as_arrays(mean=self.atlas.codes[rows], deviation=None if deviations is None else deviations[rows])

    def _terms(self, body: Mapping[str, Any]) -> Answer:
        row, z = self._rows({"rows": [body["row"]]})[0], self._array(body["z"], self.run.spec["latent"], "z")
        return as_json(self.atlas.terms(row, z))

    def _column(self, body: Mapping[str, Any]) -> Answer:
        cell, cells = body["cell"], self.run.model.event.cells
        if not isinstance(cell, int) or not 0 <= cell < cells:
            raise UsageError(f"`cell` must be a number from 0 to {cells - 1}.")
        x = self.atlas.subject.train[0].flatten(1)[:, cell]
        return as_arrays(values=x.numpy().astype(np.float32))

    def _draws(self, body: Mapping[str, Any]) -> Answer:
        n, seed = body["n"], body.get("seed", 0)
        if not isinstance(n, int) or not 1 <= n <= EXAMPLES or not isinstance(seed, int):
            raise UsageError(f"`n` must be a number from 1 to {EXAMPLES}, and `seed` a number.")
        return self._seen(self.run.sample(n, seed=seed))

    def _seen(self, x: np.ndarray) -> Answer:
        """Examples (n, *event), and as lines where they have a form."""
        return as_arrays(x=x.astype(np.float32), lines=self._lines(x))

    def _lines(self, x: np.ndarray) -> np.ndarray | None:
        """Examples as lines, a JSON list in UTF-8; rows of a table the page reads itself."""
        form = self.run.form
        unread = form is None or form.drawn or isinstance(form, Table)
        return None if unread else np.frombuffer(json.dumps(form.lines(x)).encode(), np.uint8)

    def _sound(self, body: Mapping[str, Any]) -> Answer:
        """A code or a test example as a recording."""
        form = self.run.form
        if not isinstance(form, Sound):
            raise UsageError("The examples of this run are no recordings.")
        if "row" in body:
            rows = self._rows({"rows": [body["row"]]})
            return Answer(form.content(self.atlas.subject.x[rows].float().numpy()), "audio/wav")
        z = self._array(body["z"], self.run.spec["latent"], "z")
        return Answer(form.content(self.run.decode(z[:1], label=body.get("label"))), "audio/wav")

    def _array(self, values: Any, shape: Any, name: str) -> np.ndarray:
        """Numbers from the page, (n, *shape)."""
        try:
            found = np.asarray(values, np.float32).reshape(-1, *shape)
        except (TypeError, ValueError):
            found = np.empty((0, *shape), np.float32)
        if not 0 < len(found) <= 1024 or not np.isfinite(found).all():
            raise UsageError(f"`{name}` must hold finite numbers, {' x '.join(map(str, shape))} each.")
        return found
