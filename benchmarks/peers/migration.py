"""docs/pythae.md, checked in pythae's environment: its example runs, and the names exist."""

import ast
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.peers import sources
from benchmarks.peers.base import Found

PAGE = Path(__file__).parents[2] / "docs/pythae.md"
ROW = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)
EXAMPLE = re.compile(r"<!-- not run: make bench-peers[^>]*-->\n```python\n(.*?)```", re.DOTALL)


def named(page: str) -> list[str]:
    """The names in the first columns of the tables, without what stands before the last dot."""
    return [name.rpartition(".")[2] for row in ROW.findall(page) for name in re.findall(r"`([\w.]+)`", row)]


def identifiers(package: str) -> set[str]:
    """Everything that is called something."""
    found = set()
    for node in sources.nodes(package):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def its_names() -> Found:
    """Every name of pythae on [from pythae](pythae.md) is a class, a method or an option of it."""
    names = named(PAGE.read_text(encoding="utf-8"))
    missing = sorted(set(names) - identifiers("pythae"))
    return Found(
        len(names) > 50 and not missing, f"{len(names)} names, missing: {', '.join(missing) or 'none'}", "read"
    )


def its_example() -> Found:
    """The example on [from pythae](pythae.md) runs as it stands there, and its loss leaves out D/2 ln(2 pi) of the
    Gaussian."""
    (code,) = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    code += "\nimport json\nprint(json.dumps([loss, float(log_p), list(samples.shape)]))\n"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "example.py"
        script.write_text(code, encoding="utf-8")
        done = subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, check=True)
    loss, log_p, shape = json.loads(done.stdout.splitlines()[-1])
    whole = loss + 32 * math.log(2 * math.pi)
    figures = f"loss {loss:.2f}, with 32 ln(2 pi) {whole:.2f}; get_nll {log_p:.2f} nats"
    return Found(abs(whole + log_p) < 0.5 and shape == [64, 64], figures)
