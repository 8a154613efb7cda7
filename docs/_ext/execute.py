"""Run the blocks of a page and keep what they print and draw, by content.

A page runs in one process and an empty folder, from its first block to its last; `<!-- after: start -->` anywhere in
it begins with the runs that the page `start` of the same folder left. What comes out is kept below `_build/executed`
under a hash of the blocks, of the page before, and of jamjae's sources: it is made again when one of them changes.
Pages in two languages with the same blocks run once.

python docs/_ext/execute.py docs/book/*.md      run pages now; two at a time
"""

import argparse
import ast
import contextlib
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from blocks import Block, blocks, commands

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs/_build/executed"
AFTER = re.compile(r"<!-- after: (\S+) -->")
WIDTH = "110"
AT_ONCE = 2


@cache
def sources() -> str:
    """A hash of everything that decides what a page prints, but for the page."""
    files = [p for p in sorted((ROOT / "src/jamjae").rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    digest = hashlib.sha256()
    for path in (*files, Path(__file__)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def asked(text: str) -> list[Block]:
    """The blocks of a page that run."""
    return [block for block in blocks(text) if block.runs]


def before(page: Path) -> Path | None:
    """The page whose runs this one begins with.

    Raises:
        ValueError: If that page begins with the runs of a third one.
    """
    found = AFTER.search(page.read_text(encoding="utf-8"))
    if not found:
        return None
    earlier = page.with_name(f"{found[1]}.md")
    if AFTER.search(earlier.read_text(encoding="utf-8")):
        raise ValueError(
            f"{page} begins after {earlier.name}, which begins after another; name a page that begins anew"
        )
    return earlier


def key(page: Path) -> str:
    """What the outcome of a page depends on, as a hash."""
    earlier = before(page)
    content = [
        [block.language, block.code, block.wishes.get("picture"), block.wishes.get("page")]
        for block in asked(page.read_text(encoding="utf-8"))
    ]
    text = json.dumps([content, key(earlier) if earlier else "", sources()])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def outcome(page: Path) -> Path:
    """The folder that holds what a page gave: outputs.json, files, and `work` with its runs."""
    return KEPT / key(page)


# -- one page, in a process of its own --------------------------------------------------------------------------------


def perform(page: Path, out: Path) -> None:
    """Run a page in `out/work` and write `out/outputs.json`."""
    os.environ |= {"COLUMNS": WIDTH, "MPLBACKEND": "Agg", "NO_COLOR": "1"}
    work, names = out / "work", dict[str, Any]()
    os.chdir(work)
    found = []
    for number, block in enumerate(asked(page.read_text(encoding="utf-8"))):
        start, text = time.monotonic(), io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
            try:
                console(block) if block.language == "console" else python(block, names)
            except BaseException as error:
                raise SystemExit(f"{page}, block {number + 1}:\n{block.code}\n{text.getvalue()}\n{error!r}") from error
        files = [*figures(out, number), *written(block, out, number)]
        found.append(
            {"text": cleaned(text.getvalue(), work), "files": files, "seconds": round(time.monotonic() - start, 1)}
        )
    values = {name: value for name, value in names.items() if isinstance(value, int | float | str) and name[0] != "_"}
    (out / "outputs.json").write_text(json.dumps({"blocks": found, "values": values}, indent=1), encoding="utf-8")


def console(block: Block) -> None:
    """Every command of a block; each must end well."""
    from jamjae.cli import main

    for line in commands(block.code):
        words = shlex.split(line, comments=True)
        if words[0] == "jamjae":
            code = main(words[1:])
        else:
            done = subprocess.run(line, shell=True, capture_output=True, text=True)
            print(done.stdout + done.stderr, end="")
            code = done.returncode
        if code:
            raise RuntimeError(f"{line!r} ended with exit code {code}")


def python(block: Block, names: dict[str, Any]) -> None:
    """The statements of a block; what its last expression gives is printed, as in a notebook."""
    *statements, last = ast.parse(block.code).body
    if not isinstance(last, ast.Expr):
        statements, last = [*statements, last], ast.Expr(ast.Constant(None))
    exec(compile(ast.Module(statements, []), "<block>", "exec"), names)
    value = eval(compile(ast.Expression(last.value), "<block>", "eval"), names)
    if hasattr(value, "savefig"):
        SHOWN.append(value)
    elif value is not None:
        print(value if isinstance(value, str) else repr(value))


SHOWN: list[Any] = []  # figures that are the last expression of a block


def figures(out: Path, number: int) -> list[str]:
    """The figures of the block that has just run, written."""
    names = []
    if "matplotlib" in sys.modules:
        from matplotlib import pyplot

        opened = [pyplot.figure(n) for n in pyplot.get_fignums()]
        for index, figure in enumerate([*SHOWN, *(f for f in opened if f not in SHOWN)]):
            names.append(f"{number}-{index}.png")
            figure.savefig(out / names[-1], dpi=180)
        pyplot.close("all")
        SHOWN.clear()
    return names


def written(block: Block, out: Path, number: int) -> list[str]:
    """The file that a mark names, copied.

    Raises:
        FileNotFoundError: If the block did not write it.
    """
    names = []
    for wish in ("picture", "page"):
        if wish in block.wishes:
            source = Path(block.wishes[wish])
            names.append(f"{number}-{source.name}")
            shutil.copyfile(source, out / names[-1])
    return names


def cleaned(text: str, work: Path) -> str:
    """Output without colours, carriage returns and this machine's paths."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace(f"{work}/", "").replace(str(work), ".")
    return "\n".join(line.rpartition("\r")[2].rstrip() for line in text.splitlines()).strip("\n")


# -- many pages -------------------------------------------------------------------------------------------------------


def run(page: Path) -> Path:
    """The outcome of a page, made unless it is there.

    Raises:
        RuntimeError: If a block fails, with what it printed.
    """
    out = outcome(page)
    if (out / "outputs.json").is_file():
        return out
    shutil.rmtree(out, ignore_errors=True)
    earlier = before(page)
    if earlier:
        shutil.copytree(run(earlier) / "work", out / "work")
    else:
        (out / "work").mkdir(parents=True)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, "--perform", str(page.resolve()), str(out)],
        env={"OMP_NUM_THREADS": "1"} | os.environ,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{done.stdout}{done.stderr}")
    print(f"{page.name}: {time.monotonic() - start:.0f} s", flush=True)
    return out


def run_all(pages: Iterable[Path]) -> None:
    """Run what is not there yet, two pages at a time, those that others begin with before the others."""
    found = {key(page): page for page in pages if asked(page.read_text(encoding="utf-8"))}
    awaited = {key(earlier): earlier for page in found.values() if (earlier := before(page))}
    for some in (awaited, {k: page for k, page in found.items() if k not in awaited}):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(run, some.values()))


def forget(pages: Iterable[Path]) -> None:
    """Remove the outcomes that belong to none of these pages."""
    current = {outcome(page) for page in pages}
    for old in set(KEPT.glob("*")) - current:
        shutil.rmtree(old)


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--perform", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.perform:
        perform(*options.pages)
    else:
        for page in options.pages:
            print(run(page))


if __name__ == "__main__":
    main()
