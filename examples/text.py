"""Sentences: fit a VAE on lines of text, sample new ones, walk from one sentence to another.

python examples/text.py            a minute or two
python examples/text.py --smoke    seconds
"""

import random
import sys
import tempfile
from pathlib import Path

import jamjae as jj

smoke = "--smoke" in sys.argv
where = Path(tempfile.mkdtemp() if smoke else "text-example")

WHO = ("나는", "너는", "친구는", "고양이는", "할머니는")
WHEN = ("오늘", "어제", "아침에", "밤마다")
WHAT = ("밥을", "물을", "책을", "노래를", "편지를")
HOW = ("좋아해", "싫어해", "기다려", "찾는다", "잊었다")


def write_lines(path: Path, count: int) -> None:
    """A line each, put together by chance."""
    mixed = random.Random(0)
    lines = (" ".join(mixed.choice(part) for part in (WHO, WHEN, WHAT, HOW)) for _ in range(count))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


write_lines(where / "lines.txt", 300 if smoke else 3000)
print(jj.check(where / "lines.txt", "text-vae"))  # bytes: nothing to install

small = {"latent": 8, "likelihood__network__width": 32, "encoder__width": 32}
run = jj.fit("text-vae", where / "lines.txt", epochs=1 if smoke else None, runs=where / "runs", **small)

found = run.evaluate(["rate", "shuffle"], limit=100)
print(f"\n{found['rate']}")  # what the code says, in nats
print(found["shuffle"])  # what another sentence's code costs

print("\nnew:", *run.readable(run.sample(5)), sep="\n  ")
before, after = run.pairs(limit=3)
for pair in zip(run.readable(before), run.readable(after), strict=True):
    print("restored:", " -> ".join(pair))

way = run.interpolate("나는 오늘 밥을 좋아해", "할머니는 밤마다 책을 잊었다", steps=6)
print("\nfrom one to the other:", *run.readable(way), sep="\n  ")
print(f"\ncodes of new sentences: {run.encode(['너는 어제 물을 찾는다']).shape}")
