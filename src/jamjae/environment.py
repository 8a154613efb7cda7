"""What a report of a fault has to say about a machine: versions, devices, extras, folders."""

import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from . import __version__

GIB = 1 << 30
BROKEN = (ImportError, OSError, RuntimeError)  # what importing a library raises whose own libraries are missing


@dataclass(frozen=True)
class Info:
    """What `info` found: the parts (system, packages, extras, folders), each a name and a text for every line."""

    parts: dict[str, dict[str, str]]

    def __str__(self) -> str:
        width = max(len(name) for lines in self.parts.values() for name in lines)
        return "\n\n".join(
            "\n".join(f"{name:<{width}}  {text}" for name, text in lines.items())
            for lines in self.parts.values()
            if lines
        )

    __repr__ = __str__  # what a notebook and the prompt show

    def to_json(self) -> dict[str, dict[str, str]]:
        """Plain JSON."""
        return self.parts


def info(runs: str | Path = "runs") -> Info:
    """Versions, devices, extras and folders, to be pasted into a report of a fault. Works where torch or an extra is
    broken, and says so. Of the environment variables it reads only those that name jamjae's folders.

    Arguments:
        runs: Where runs lie.

    Example:
        >>> list(info().parts)
        ['system', 'packages', 'extras', 'folders']
    """
    needed = list(_requirements())
    return Info(
        {
            "system": {**_system(), **_torch()},
            "packages": {name: _version(name) or "missing" for name, extra in needed if not extra},
            "extras": _extras([(name, extra) for name, extra in needed if extra]),
            "folders": _folders(Path(runs)),
        }
    )


def _requirements() -> Iterator[tuple[str, str]]:
    """Packages and the extra that each belongs to, "" for none, as the installed jamjae lists them."""
    try:
        lines = metadata.requires("jamjae") or []
    except metadata.PackageNotFoundError:  # run from its source
        return
    for line in lines:
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"]([\w-]+)", line)
        if not extra or extra[1] != "all":
            yield name, extra[1] if extra else ""


def _version(package: str) -> str:
    """The version of an installed package, "" if it is not there."""
    try:
        return metadata.version(package) or "damaged"
    except metadata.PackageNotFoundError:
        return ""
    except KeyError:  # a folder of metadata without a version
        return "damaged"


def _system() -> dict[str, str]:
    return {
        "jamjae": f"{__version__} in {_short(Path(__file__).parent)}{'' if _version('jamjae') else ', not installed'}",
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "platform": platform.platform(),
    }


def _torch() -> dict[str, str]:
    cores = f"{os.cpu_count()} cores"
    try:
        import torch
    except BROKEN as error:
        return {"cpu": cores, "devices": f"unknown: torch cannot be imported ({_line(error)})"}
    graphics = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
    devices = ["cpu", *(f"cuda:{i} ({p.name}, {p.total_memory / GIB:.0f} GiB)" for i, p in enumerate(graphics))]
    devices += ["mps"] * torch.backends.mps.is_available()
    return {"cpu": f"{cores}, torch computes with {torch.get_num_threads()}", "devices": ", ".join(devices)}


def _extras(needed: list[tuple[str, str]]) -> dict[str, str]:
    """Of each extra the versions of its packages, or what is missing and what to type."""
    found = {}
    for extra in sorted({extra for _, extra in needed}):
        versions = {name: _version(name) for name, belongs in needed if belongs == extra}
        missing = [name for name, version in versions.items() if not version]
        there = ", ".join(f"{name} {version}" for name, version in versions.items())
        ask = f"without {', '.join(missing)}; pip install 'jamjae[{extra}]'"
        found[f"[{extra}]"] = ask if missing else there
    return found


def _folders(runs: Path) -> dict[str, str]:
    try:
        from .core.errors import DataError
        from .core.files import free
        from .data.fetch import cache_folder, own_folder
        from .training.folder import found
    except BROKEN as error:
        return {"folders": f"unknown: {_line(error)}"}
    try:
        own = own_folder()
        data = "JAMJAE_DATA is not set" if own is None else f"{_short(own)} (JAMJAE_DATA)"
    except DataError as error:
        data = str(error)
    cache = cache_folder()
    return {
        "runs": f"{_short(runs.absolute())}, {len(found(runs))} there, {free(runs.absolute()) / GIB:.1f} GiB free",
        "downloads": f"{_short(cache)}, {free(cache) / GIB:.1f} GiB free",
        "data": data,
    }


def _short(path: Path) -> str:
    """The path, with ~ for the home folder."""
    home = Path("~").expanduser()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
