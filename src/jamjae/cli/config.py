"""--config FILE: YAML with the names of the command line; mappings may be nested.

recipe: vae
data: digits
epochs: 20
prior: {name: mixture, components: 10}
objective: {beta: 4, schedule: {name: linear, steps: 500}}
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from ..core.errors import UsageError, unknown
from ..plan import layered
from .options import FitOptions

NESTED = ("prior", "decoder", "likelihood", "encoder", "posterior", "objective", "condition", "optimiser", "lr")
MAPPINGS = ("columns",)  # options that are mappings themselves


def read(path: Path) -> dict[str, Any]:
    """The options in a file, flat, by the names of Python.

    Raises:
        UsageError: If the file is not such a file, or has an unknown key.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    except OSError as error:
        raise UsageError(f"`config` {path}: {error.strerror}. Check the name.") from None
    if not isinstance(content, dict):
        raise UsageError(f"{path} must hold names and values, such as `epochs: 20`; got {type(content).__name__}.")
    found = dict(flat(content, ""))
    known = {f.name for f in fields(FitOptions)} - {"config"} | {"recipe", "data", "name"}
    for key in found:
        if key.split(".")[0] not in known or ("." in key and key.split(".")[0] not in NESTED):
            raise unknown(f"key in {path}:", key, known)
    return found


def flat(content: dict[Any, Any], before: str) -> Iterator[tuple[str, Any]]:
    """Nested mappings as dotted names; the `name` of a part is the part itself.

    Example:
        >>> dict(flat({"lr": 0.1, "prior": {"name": "mixture", "components": 3}}, ""))
        {'lr': 0.1, 'prior': 'mixture', 'prior.components': 3}
    """
    for key, value in content.items():
        name = str(key).replace("-", "_")
        path = before.removesuffix(".") if name == "name" and before else f"{before}{name}"
        if isinstance(value, dict) and path not in MAPPINGS:
            yield from flat(value, f"{path}.")
        else:
            yield path, value


def joined(own: FitOptions, parts: Mapping[str, Any], **names: Any) -> dict[str, Any]:
    """Arguments of `prepare` and `begin`: the command line over the file."""
    given = own.given()
    file = given.pop("config", None)
    line = {**given, **parts, **{k: v for k, v in names.items() if v is not None}}
    return line if file is None else layered(read(file), line)
