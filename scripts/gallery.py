"""The pictures of the README's gallery, taken from the chapters whose code draws them: `make gallery`."""

import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs/_ext"))

from execute import run  # noqa: E402
from outputs import described  # noqa: E402

FOLDER = ROOT / "docs/images/gallery"
PICTURES = {  # chapter -> which of its described pictures
    "manifold": 3,
    "designing": 3,
    "conditional": 2,
    "completeness": 2,
    "elbo": 2,
    "gan": 2,
}


def main() -> None:
    """Run the chapters that are not there, and copy."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for chapter, number in PICTURES.items():
        page = ROOT / f"docs/book/{chapter}.md"
        out = run(page)
        _, name = described(page, json.loads((out / "outputs.json").read_text(encoding="utf-8"))["blocks"])[number - 1]
        shutil.copyfile(out / name, FOLDER / f"{chapter}.png")
        print(FOLDER.relative_to(ROOT) / f"{chapter}.png")


if __name__ == "__main__":
    main()
