"""metrics.jsonl: one JSON object a line, append-only; after a crash it is cut back to what the checkpoint knows."""

import json
from pathlib import Path
from typing import Any

from ..core.files import translated, write_bytes

Row = dict[str, Any]


class Journal:
    """The metrics file of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, row: Row) -> None:
        """Append one row."""
        line = json.dumps(row, ensure_ascii=False) + "\n"
        with translated(self.path, len(line)), self.path.open("a", encoding="utf-8") as file:
            file.write(line)

    def begun(self) -> bool:
        """Whether the first row is there."""
        return self.path.exists() and self.path.stat().st_size > 0

    def rows(self) -> list[Row]:
        """Every whole row; a torn last line is left out."""
        return read_rows(self.path)

    def cut(self, step: int, rollbacks: int) -> None:
        """Forget what a checkpoint at `step` does not know, and a torn line."""
        kept = known(self.rows(), step, rollbacks)
        write_bytes(self.path, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in kept).encode())


def known(rows: list[Row], step: int, rollbacks: int) -> list[Row]:
    """The rows that a checkpoint at `step` knows: no later ones, no later rollbacks."""
    kept, seen = [], 0
    for row in rows:
        if row["event"] == "rollback":
            seen += 1
            if seen > rollbacks:
                continue
        elif row["event"] == "end" or row.get("step", 0) > step:
            continue
        kept.append(row)
    return kept


def read_rows(path: Path) -> list[Row]:
    """The whole rows of a metrics file; an absent file has none."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            rows.append(json.loads(line))
        except ValueError:
            break  # torn by a crash: nothing after it was written
    return rows
