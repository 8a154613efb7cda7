"""Tables larger than memory: memory, time of an epoch and speed of reading, mapped against resident.

    python -m benchmarks.stream [--rows 1000000] [--rounds 3] [--batch 512] [--folder DIR]

It writes a Parquet file of 50 columns (normal and skewed numbers, counts, and bits, in clusters and with correlations),
then fits `vae` to it in processes of their own, mapped and resident in turns. Both see the same rows. Nothing is
published by it: it prints what docs/streaming.md quotes.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

COLUMNS, GROUP = 50, 100_000
SMALL, LARGE = "1MiB", "100GiB"  # memory: mapped, resident


def write(path: Path, rows: int) -> None:
    """A Parquet file of `rows` rows in row groups of 100,000, made and written one group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(0)
    centres, mixing = random.normal(size=(8, 10)) * 2, random.normal(size=(10, COLUMNS)) / 3
    writer = None
    for start in range(0, rows, GROUP):
        n = min(GROUP, rows - start)
        x = (centres[random.integers(8, size=n)] + random.normal(size=(n, 10))) @ mixing
        x += random.normal(size=x.shape) / 2
        x[:, 30:40] = np.exp(x[:, 30:40] / 2)
        x[:, 40:45] = np.floor(np.exp(x[:, 40:45].clip(max=3)))
        x[:, 45:] = x[:, 45:] > 0
        table = pa.table({f"c{j:02d}": x[:, j].astype(np.float32) for j in range(COLUMNS)})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def child(path: str, memory: str, batch: int, shuffle: str) -> None:
    """Read and fit in this process; print what it took as JSON."""
    import torch

    import jamjae as jj

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    before = held("VmHWM")
    begun = time.perf_counter()
    dataset = jj.data.read(path, memory=memory)
    reading = time.perf_counter() - begun
    after = held("VmHWM")
    with tempfile.TemporaryDirectory() as runs:
        options = {
            "latent": 4,
            "epochs": 1,
            "log_every": 0.5,
            "batch_size": batch,
            "shuffle": shuffle,
            "memory": memory,
            "runs": runs,
        }
        cpu = time.process_time()
        run = jj.fit("vae", path, **options)
        cpu = time.process_time() - cpu
        seconds = [row["seconds"] for row in run.rows if row["event"] == "row"]
        losses = [row["validation"]["loss"] for row in run.rows if row["event"] == "row"]
    found = {"mapped": dataset.mapped, "read": reading, "epoch": 2 * (seconds[1] - seconds[0]), "loss": losses[-1]}
    found |= {"cpu": cpu, "rows": len(dataset.rows("train")), "torch": before, "after_read": after}
    print(json.dumps(found | {"peak": held("VmHWM"), "own": held("RssAnon")}))


def held(name: str) -> float:
    """MiB that the system counts for this process: VmHWM (the peak, files included) or RssAnon (its own, now)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def ask(path: Path, memory: str, batch: int, shuffle: str = "auto") -> dict[str, Any]:
    """The answer of a fresh process."""
    order = [sys.executable, "-m", "benchmarks.stream", "--child", str(path), memory, str(batch), shuffle]
    done = subprocess.run(order, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def cold(path: Path, rows: int = 512, count: int = 1000) -> dict[str, float]:
    """Rows a second of the first batches from a file that the page cache has forgotten, by blocks and one by one.

    The cache is asked to forget the file's clean pages (posix_fadvise), which it may decline.
    """
    import torch

    from jamjae.core.event import Event
    from jamjae.data.dataset import Dataset
    from jamjae.data.pages import mapped
    from jamjae.training.batches import Batches

    found, n = {}, len(mapped(path))
    for name, by_blocks in (("by blocks", True), ("one by one", False)):
        forget(path)
        for state in ("cold", "warm"):
            x = torch.from_numpy(mapped(path))
            data = Dataset("large", Event((COLUMNS,)), x, None, {"train": torch.arange(n)}, mapped=True)
            batches = Batches(data, rows, 0, by_blocks=by_blocks)
            batches.orders[1].epoch(0), batches.orders[1].epoch(1)
            begun = time.perf_counter()
            for step in range(count):
                batches.batch(step)
            found[f"{name}, {state}"] = rows * count / (time.perf_counter() - begun)
            del x, data, batches
    forget(path)
    begun = time.perf_counter()
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass
    return found | {"one after the other, cold": n / (time.perf_counter() - begun)}


def large(path: Path, rows: int) -> Path:
    """A `.npy` file of so many rows of random numbers."""
    random = np.random.default_rng(0)
    with path.open("wb") as file:
        head = {"descr": "<f4", "fortran_order": False, "shape": (rows, COLUMNS)}
        np.lib.format.write_array_header_2_0(file, head)
        for start in range(0, rows, GROUP):
            file.write(random.random((min(GROUP, rows - start), COLUMNS), np.float32).tobytes())
    return path


def forget(path: Path) -> None:
    """Ask the page cache to drop a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def gather(x: np.ndarray, rows: int = 512, count: int = 400) -> dict[str, float]:
    """Microseconds that a batch of rows takes from a mapped file in the page cache, and from memory."""
    import torch

    found = {}
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))[: rows * count].split(rows)
    for name, values in (("mapped", torch.from_numpy(x)), ("resident", torch.from_numpy(np.array(x)))):
        for _ in range(2):
            begun = time.perf_counter()
            for part in order:
                values.index_select(0, part)
        found[name] = (time.perf_counter() - begun) / len(order) * 1e6
    return found


def main() -> None:
    """Write, fit in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, nargs="+", default=[512, 1024])
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--child", nargs=4, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        path, memory, batch, shuffle = given.child
        return child(path, memory, int(batch), shuffle)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        os.environ["JAMJAE_CACHE"] = f"{folder}/cache"
        measure(Path(folder) / "table.parquet", given.rows, given.rounds, given.batch)


def measure(path: Path, rows: int, rounds: int, batches: list[int]) -> None:
    """All measurements on one file."""
    write(path, rows)
    size = rows * COLUMNS * 4
    print(f"{platform.machine()}, {os.cpu_count()} cores, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', '-')}")
    print(f"{rows:,} rows x {COLUMNS} float32: {size:,} bytes, as Parquet {path.stat().st_size:,}")
    begun = ask(path, SMALL, batches[0])
    print(f"spool: {begun['read']:.1f} s, {rows / begun['read']:,.0f} rows/s, peak {begun['after_read']:.0f} MiB")
    for batch in batches:
        ways = {"mapped": (SMALL, "auto"), "resident": (LARGE, "auto")}
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, (memory, shuffle) in ways.items():
                found[name].append(ask(path, memory, batch, shuffle))
        for name, answers in found.items():
            print(f"batch {batch}, {name}: {told(answers, found['resident'])}")
    spool = next(Path(os.environ["JAMJAE_CACHE"]).glob("spools/*/x.npy"))
    for name, speed in cold(large(path.with_name("large.npy"), 10 * rows)).items():
        print(f"{name}: {speed:,.0f} rows/s, {speed * COLUMNS * 4 / 1e6:,.0f} MB/s")
    from jamjae.data.pages import mapped

    print("a batch of 512 rows:", {name: f"{time:.0f} us" for name, time in gather(mapped(spool)).items()})


def told(answers: list[dict[str, Any]], base: list[dict[str, Any]]) -> str:
    """Medians over rounds, and the ratio of the epochs, round by round."""
    ratios = [a["epoch"] / b["epoch"] for a, b in zip(answers, base, strict=True)]
    epoch = median(a["epoch"] for a in answers)
    peak, own = max(a["peak"] for a in answers), max(a["own"] for a in answers)
    return (
        f"epoch {epoch:.2f} s ({answers[0]['rows'] / epoch:,.0f} rows/s), ratio {median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f}), CPU of the fit {median(a['cpu'] for a in answers):.1f} s, "
        f"peak {peak:.0f} MiB (torch and jamjae {answers[0]['torch']:.0f}), "
        f"own at the end {own:.0f} MiB, read {median(a['read'] for a in answers):.1f} s, "
        f"validation loss {answers[0]['loss']:.4f}"
    )


if __name__ == "__main__":
    main()
