"""`python -m benchmarks`: one table a workload, with goals.

python -m benchmarks --only mlp,iwae --examples 12800 --rounds 5
python -m benchmarks --threads 1 --clock cpu       on a machine that others use, too
"""

import argparse
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path

from benchmarks import bounds, growth, inference, overhead, starting, training
from benchmarks.timing import Options, Table

WORKLOADS: dict[str, Callable[[Options], Table]] = {
    "mlp": training.mlp,
    "conv": training.conv,
    "iwae": bounds.iwae,
    "encode": inference.encode,
    "start": starting.start,
    "overhead": overhead.overhead,
    "growth": growth.growth,
}


def machine() -> str:
    """Processor, cores and load."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{[*names, platform.processor()][0]}, {os.cpu_count()} cores, Python {platform.python_version()}{load}"


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(WORKLOADS), help="workloads, by comma: " + " ".join(WORKLOADS))
    parser.add_argument("--examples", type=int, default=Options.examples, help="examples of an epoch")
    parser.add_argument("--rounds", type=int, default=Options.rounds, help="rounds that count")
    parser.add_argument("--threads", type=int, default=Options().threads, help="CPU threads of every method")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu holds on busy machines")
    parser.add_argument("--no-peers", action="store_true", help="jamjae, plain PyTorch and the floors only")
    parser.add_argument("--json", action="store_true", help="write benchmarks/results-HOST.json")
    return parser.parse_args()


def main() -> None:
    """Run the workloads that were asked for."""
    asked = parse()
    names = asked.only.split(",")
    if unknown := [n for n in names if n not in WORKLOADS]:
        raise SystemExit(f"unknown workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    clock = {"wall": "seconds", "cpu": "cpu"}[asked.clock]
    options = Options(asked.examples, asked.rounds, asked.threads, clock, not asked.no_peers)
    about = machine()
    print(f"{about}\nRatios: median [smallest, largest] over rounds that alternate between the methods.\n", flush=True)
    tables = {}
    for name in names:
        tables[name] = WORKLOADS[name](options)
        print("\n".join(tables[name].lines()), flush=True)
    if asked.json:
        path = Path(__file__).parent / f"results-{platform.node()}.json"
        found = {name: table.to_json() for name, table in tables.items()}
        path.write_text(json.dumps({"machine": about, "tables": found}, indent=1) + "\n")
        print(path)


if __name__ == "__main__":
    main()
