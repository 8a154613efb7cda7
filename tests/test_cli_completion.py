"""Completion: scripts in real shells, names that agree with the catalogue, answers without torch."""

import os
import shutil
import subprocess
import sys

import pytest

from jamjae.cli import main, names
from jamjae.cli.completion import script
from jamjae.cli.parse import application
from jamjae.cli.verbs import VERBS
from jamjae.data.builtin import NAMES
from jamjae.recipes import RECIPES

BASH = shutil.which("bash")
ASKED = """
jamjae() {{ {python} -m jamjae.cli "$@"; }}
source {script}
COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_jamjae
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    """The scripts of all shells."""
    folder = tmp_path_factory.mktemp("scripts")
    for shell in ("bash", "zsh", "fish"):
        (folder / shell).write_text(script(shell), encoding="utf-8")
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with two runs, the second with a name that a shell has to quote, and something that is no run."""
    monkeypatch.chdir(tmp_path)
    for second, name in enumerate(("digits-vae-001", "my run-002")):
        spec = tmp_path / "runs" / name / "spec.json"
        spec.parent.mkdir(parents=True)
        spec.write_text("{}", encoding="utf-8")
        os.utime(spec, (second, second))
    (tmp_path / "runs/notes").mkdir()
    return tmp_path


def offered(scripts, *words):
    """What bash offers in place of the last word."""
    quoted = " ".join(f"'{word}'" for word in ("jamjae", *words))
    asked = ASKED.format(python=sys.executable, script=scripts / "bash", words=quoted)
    done = subprocess.run([BASH, "-c", asked], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split("\n")[:-1]


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_bash_completes_verbs_options_and_choices(scripts):
    assert offered(scripts, "re") == ["resume", "reconstruct", "report"]
    assert set(offered(scripts, "")) == set(VERBS)
    assert offered(scripts, "fit", "--lr") == ["--lr", "--lr-schedule"]
    assert offered(scripts, "fit", "vae", "digits", "--lr-schedule", "c") == ["constant", "cosine"]
    assert offered(scripts, "completion", "") == ["bash", "zsh", "fish"]
    assert "--save" in offered(scripts, "explore", "last", "--")


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_bash_completes_names(scripts, here):
    assert offered(scripts, "fit", "vae-") == ["vae-gan"]
    assert offered(scripts, "fit", "vae", "mn") == ["mnist"]
    assert offered(scripts, "sample", "") == ["last", r"my\ run-002", "digits-vae-001"], "the newest first"
    assert offered(scripts, "report", "last", "dig") == ["digits-vae-001"]
    assert offered(scripts, "fit", "--like", "l") == ["last"]


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_bash_completes_files_where_there_are_no_names(scripts):
    done = subprocess.run(
        [BASH, "-c", f"source {scripts / 'bash'}; complete -p jamjae"], capture_output=True, text=True
    )
    assert "-o default" in done.stdout and "-F _jamjae" in done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_their_script(shell, scripts):
    text = (scripts / shell).read_text(encoding="utf-8")
    assert all(verb in text for verb in VERBS) and "lr-schedule" in text and "__complete" in text
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here to read it")
    subprocess.run([program, "-n", scripts / shell], check=True)


def test_runs_lie_where_the_command_says(here, capsys):
    (here / "runs").rename(here / "elsewhere")
    assert main(["__complete", "sample", "--runs", "elsewhere", ""]) == 0
    assert "digits-vae-001" in capsys.readouterr().out
    assert main(["__complete", "sample", ""]) == 0
    assert capsys.readouterr().out.strip() == "begin", "and no name"


def test_names_are_those_of_the_catalogue():
    assert names.recipes() == sorted(RECIPES)
    assert names.sets() == sorted(NAMES)


NAMED = {"run", "others", "what", "recipe", "data", "examples", "background", "like", "encoder_from"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_argument_with_such_a_name_is_completed(verb):
    for argument in application(verb).assemble_argument_collection():
        assert (argument.parameter.completer is not None) == (argument.field_info.name in NAMED), argument.names


@pytest.mark.parametrize(
    "arguments", [["completion", "bash"], ["__complete", "fit", "v"], ["__complete", "sample", ""]]
)
def test_no_key_press_waits_for_torch(arguments):
    code = "import sys; from jamjae.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert not {"torch", "numpy", "sklearn", "matplotlib"} & set(done.stderr.split())


def test_nonsense_is_answered_with_nothing(capsys):
    for words in ([], ["nonsense"], ["nonsense", ""], ["fit", "--nonsense", ""]):
        assert main(["__complete", *words]) == 0
    assert set(capsys.readouterr().out.split()) <= {"begin", *RECIPES, *NAMES}
