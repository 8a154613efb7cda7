"""`jamjae info`: what a report of a fault needs, also where something is broken, and no secret."""

import json
import os
import subprocess
import sys
from importlib import metadata

import pytest
import torch

import jamjae as jj
from jamjae.cli import main

ABOUT = """Metadata-Version: 2.4
Name: jamjae
Version: 0.1.0
Requires-Dist: numpy>=1.26
Requires-Dist: no-such-package
Requires-Dist: pandas>=2.2; extra == 'tables'
Requires-Dist: broken-package>=1; extra == 'hf'
Requires-Dist: no-such-package>=1; extra == 'audio'
Requires-Dist: pandas>=2.2; extra == 'audio'
Requires-Dist: pandas>=2.2; extra == 'all'
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installation of jamjae with one extra there, one broken and one missing."""
    for name, text in (("jamjae-0.1.0", ABOUT), ("broken_package-1.0", "")):
        folder = tmp_path / "site" / f"{name}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))


def test_versions_are_those_that_run(installed, capsys):
    found = jj.info()
    assert found.parts["system"]["python"].startswith(sys.version.split()[0])
    assert f"cores, torch computes with {torch.get_num_threads()}" in found.parts["system"]["cpu"]
    assert found.parts["system"]["devices"].split(", ")[0] == "cpu"
    assert found.parts["packages"] == {"numpy": metadata.version("numpy"), "no-such-package": "missing"}
    assert main(["info"]) == 0
    assert capsys.readouterr().out == f"{found}\n" and repr(found) == str(found)
    assert main(["info", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found.to_json()


def test_extras_say_what_to_type(installed):
    assert jj.info().parts["extras"] == {
        "[audio]": "without no-such-package; pip install 'jamjae[audio]'",
        "[hf]": "broken-package damaged",
        "[tables]": f"pandas {metadata.version('pandas')}",
    }


def test_folders_and_their_room(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JAMJAE_CACHE", "~/kept")
    monkeypatch.setenv("JAMJAE_DATA", str(tmp_path))
    (tmp_path / "runs/a-001").mkdir(parents=True)
    (tmp_path / "runs/a-001/spec.json").write_text("{}", encoding="utf-8")
    folders = jj.info(tmp_path / "runs").parts["folders"]
    assert folders["runs"].startswith("~/runs, 1 there, ") and folders["runs"].endswith(" GiB free")
    assert folders["downloads"].startswith("~/kept, ") and folders["data"] == "~/. (JAMJAE_DATA)"
    monkeypatch.setenv("JAMJAE_DATA", str(tmp_path / "nowhere"))
    assert "which is no folder" in jj.info().parts["folders"]["data"]


def test_it_works_without_torch_imports_no_extra_and_tells_no_secret(tmp_path):
    (tmp_path / "torch.py").write_text("raise OSError('libtorch_cpu.so: cannot open')", encoding="utf-8")
    code = "import sys; from jamjae.cli import main; main(['info']); print(*sys.modules, file=sys.stderr)"
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": path, "HF_TOKEN": "hunter2", "AWS_SECRET_ACCESS_KEY": "hunter3"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert "torch cannot be imported (OSError: libtorch_cpu.so: cannot open)" in done.stdout
    assert "folders" in done.stdout and "hunter" not in done.stdout
    extras = {"pandas", "pyarrow", "onnx", "onnxruntime", "datasets", "soundfile", "tokenizers", "openTSNE"}
    assert not extras & set(done.stderr.split())
