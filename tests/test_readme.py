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

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "README.ko.md").read_text(encoding="utf-8")
FENCE = re.compile(r"(?:<!-- (run|not run: [^>]+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
BLOCKS = FENCE.findall(ENGLISH)
RUN = [(language, code) for mark, language, code in BLOCKS if mark == "run"]


def short(code):
    """The same code with one epoch."""
    return re.sub(r"(--epochs |epochs=)\d+", r"\g<1>1", code)


def commands(code):
    """The commands of a console block."""
    return [shlex.split(line.removeprefix("$ ")) for line in code.splitlines() if line.startswith("$ ")]


def run(command, folder):
    """A command in a folder, with this environment's programs first."""
    programs = str(Path(sys.executable).parent)
    env = os.environ | {"PATH": programs + os.pathsep + os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_every_block_says_whether_it_runs():
    for text in (ENGLISH, KOREAN):
        assert [code for mark, _, code in FENCE.findall(text) if not mark] == []
    assert len(RUN) >= 5


def test_the_blocks_run_in_their_order(tmp_path):
    """One folder, one reader: the console blocks, then the Python blocks."""
    for language, code in RUN:
        if language == "console":
            for command in commands(short(code)):
                assert command[0] == "jamjae", command
                assert run(command, tmp_path).strip(), f"{command} printed nothing"
        else:
            run([sys.executable, "-c", short(code)], tmp_path)
    assert (tmp_path / "runs").is_dir()


def test_both_languages_show_the_same_code():
    def bare(text):
        return [re.sub(r" *#.*", "", code) for _, _, code in FENCE.findall(text)]

    assert bare(ENGLISH) == bare(KOREAN)


@pytest.mark.parametrize("text", [ENGLISH, KOREAN], ids=["english", "korean"])
def test_links_lead_somewhere(text):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target


@pytest.mark.parametrize("text", [ENGLISH, KOREAN], ids=["english", "korean"])
def test_pictures_exist(text):
    found = re.findall(r'(?:!\[[^]]*\]\(|<img src=")([^)"]+)', text)
    assert all((ROOT / path).is_file() for path in found), found


def test_the_korean_page_is_complete():
    assert KOREAN.count("\n## ") == ENGLISH.count("\n## ")
    hangul = len(re.findall(r"[가-힣]", KOREAN))
    assert hangul > 2000, "a translation, not a stub"
