"""The README's blocks that need data of the reader's run, too, on data made here; they train for a single epoch."""

import io
import re
import shlex
import tarfile
import wave
from pathlib import Path

import numpy as np
import pytest
from blocks import blocks, commands
from PIL import Image

from test_readme import ENGLISH, python

THEIRS = [block for block in blocks(ENGLISH) if block.reason.startswith("needs")]
ESTIMATORS = [block for block in blocks(ENGLISH) if "sklearn_grid.py" in block.reason]
WORDS = ["good", "my", "lord", "night", "the", "king", "come", "I", "will", "not", "speak", "of", "thee", "tomorrow"]


def png(random, size):
    """A picture of noise, as the bytes of its file."""
    file = io.BytesIO()
    Image.fromarray(random.integers(0, 256, (size, size, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def sound(path, pitch):
    """A tone of one second and a bit."""
    tone = np.sin(2 * np.pi * pitch * np.arange(17600) / 16000)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes((12000 * tone).astype("<i2").tobytes())


def tables(folder, random):
    """shop.csv with gaps, table.csv and other.csv of mixed columns, weather.csv in the order of time, table.parquet."""
    pd = pytest.importorskip("pandas")
    n = 1500
    mixed = {
        "id": np.arange(n),
        "age": random.poisson(40, n),
        "price": random.lognormal(3, 1, n),
        "colour": random.choice(["red", "blue"], n),
        "species": random.choice(["cat", "dog"], n),
    }
    pd.DataFrame(mixed).to_csv(folder / "table.csv", index=False)
    pd.DataFrame(mixed)[:50].to_csv(folder / "other.csv", index=False)
    numbers = random.normal(size=(n, 3)) @ random.normal(size=(3, 4))
    pd.DataFrame(numbers, columns=list("abcd")).to_parquet(folder / "table.parquet")
    numbers[random.random(numbers.shape) < 0.1] = np.nan
    pd.DataFrame(numbers, columns=list("abcd")).to_csv(folder / "shop.csv", index=False)
    days = np.sin(np.arange(2000)[:, None] / [5, 9]) + 0.1 * random.normal(size=(2000, 2))
    pd.DataFrame(days, columns=["heat", "wind"]).to_csv(folder / "weather.csv", index=False)


def files(folder, random):
    """Pictures, recordings, lines, shards and a data set of the Hugging Face library."""
    for name, count in (("pictures", 120), ("new-pictures", 5)):
        (folder / name).mkdir()
        for k in range(count):
            (folder / name / f"{k}.png").write_bytes(png(random, 40))
    (folder / "recordings").mkdir()
    for k in range(60):
        sound(folder / "recordings" / f"{k}.wav", 200 + 10 * k)
    sound(folder / "a.wav", 440)
    lines = ["My lord, I come.", "Good night, good night.", *(" ".join(random.choice(WORDS, 5)) for _ in range(400))]
    (folder / "lines.txt").write_text("\n".join(lines))
    (folder / "shards").mkdir()
    for k in range(128):
        with tarfile.open(folder / f"shards/train-{k:03}.tar", "w") as shard:
            entry, content = tarfile.TarInfo(f"{k:05}.png"), png(random, 64)
            entry.size = len(content)
            shard.addfile(entry, io.BytesIO(content))
    hf = pytest.importorskip("datasets")
    columns = {name: random.normal(size=500) for name in "abc"}
    hf.DatasetDict({"train": hf.Dataset.from_dict(columns)}).save_to_disk(str(folder / "my-data"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Everything that the README supposes a reader to have, and a run on a table."""
    made, random = tmp_path_factory.mktemp("yours"), np.random.default_rng(0)
    tables(made, random)
    files(made, random)
    python('import jamjae as jj; jj.fit("vae", "table.parquet", epochs=1)', made)
    return made


def once(line):
    """A command of the README as arguments: trained for one epoch, RUN the run that is there."""
    words = [re.sub("^RUN$", "table-vae-001", word) for word in shlex.split(line, comments=True)[1:]]
    return [*words, "--epochs", "1"] if words[0] == "fit" else words


@pytest.mark.slow
@pytest.mark.parametrize("block", THEIRS, ids=lambda block: block.code.split()[3])
def test_it_runs_on_their_data(block, folder):
    calls = "".join(f"assert main({once(line)!r}) == 0, {line!r}\n" for line in commands(block.code))
    python(f"from jamjae.cli import main\n{calls}", folder)


@pytest.mark.slow
@pytest.mark.parametrize("block", ESTIMATORS, ids=["search"])
def test_the_search_runs(block, tmp_path):
    python(block.code.replace("epochs=100", "epochs=5"), tmp_path)


def test_there_is_something_to_run():
    assert len(THEIRS) == 7 and len(ESTIMATORS) == 1
