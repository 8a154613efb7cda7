"""The READMEs' blocks run, their tables are fresh, and both languages show the same code.

Every block carries a mark in an HTML comment before it: `<!-- run -->` or `<!-- not run: reason -->`. The test takes
one liberty: it trains for a single epoch.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import blocks, commands

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "README.ko.md").read_text(encoding="utf-8")
BLOCKS = list(blocks(ENGLISH))
RUN = [(block.language, block.code) for block in BLOCKS if block.runs]


def short(code):
    """The same code with one epoch."""
    return re.sub(r"(--epochs |epochs=)\d+", r"\g<1>1", code)


def python(code, folder):
    """Python code in a folder, in a fresh process."""
    env = os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "120"}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"


def test_every_block_says_whether_it_runs():
    for text in (ENGLISH, KOREAN):
        assert [block.code for block in blocks(text) if not block.marked] == []
    assert len(RUN) >= 5


def test_the_commands_run_in_their_order(tmp_path):
    """All in one process, as importing torch anew for every command would take most of the time."""
    console = [commands(short(code)) for language, code in RUN if language == "console"]
    lines = [shlex.split(line, comments=True) for block in console for line in block]
    assert len(lines) >= 8 and all(line[0] == "jamjae" for line in lines)
    calls = "".join(f"assert main({line[1:]!r}) == 0, {line!r}\n" for line in lines)
    python(f"from jamjae.cli import main\n{calls}", tmp_path)
    kept = {path.name for path in (tmp_path / "runs").glob("*/*")}
    assert {"spec.json", "weights.safetensors", "evaluation.json", "report.html", "samples.png", "codes.csv"} <= kept


@pytest.mark.parametrize("code", [code for language, code in RUN if language == "python"])
def test_the_python_runs(code, tmp_path):
    python(short(code), tmp_path)
    assert list((tmp_path / "runs").iterdir())


def test_both_languages_show_the_same_code():
    def bare(text):
        return [re.sub(r" *#.*", "", block.code) for block in blocks(text)]

    assert bare(ENGLISH) == bare(KOREAN)


@pytest.mark.parametrize("text", [ENGLISH, KOREAN], ids=["english", "korean"])
def test_pictures_exist(text):
    found = re.findall(r'(?:!\[[^]]*\]\(|<img src=")([^)"]+)', text)
    assert all((ROOT / path).is_file() for path in found), found


def test_the_korean_page_is_complete():
    assert KOREAN.count("\n## ") == ENGLISH.count("\n## ")
    hangul = len(re.findall(r"[가-힣]", KOREAN))
    assert hangul > 2000, "a translation, not a stub"
