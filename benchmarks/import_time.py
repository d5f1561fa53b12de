"""How long whole processes take that import Satchel, beside numpy and TensorFlow.

    python benchmarks/import_time.py [--rounds 15] [--json FILE]

Each command runs in a process of its own, in turns; the first round, which fills the file cache, does not count.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

import common

SATCHEL = Path(sys.executable).with_name("satchel")
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import numpy": [sys.executable, "-c", "import numpy"],
    "import satchel": [sys.executable, "-c", "import satchel"],
    "satchel --help": [str(SATCHEL), "--help"],
    "satchel.open + one photo": [
        sys.executable,
        "-c",
        "import sys, satchel; satchel.open(sys.argv[1]).run(sys.argv[2])",
    ],
    "import tensorflow": [sys.executable, "-c", "import tensorflow"],
}
SELDOM = 3
"""Rounds of TensorFlow, which takes seconds."""


def seconds(command: list[str]) -> float:
    """Gives how long a whole process takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def measure(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Runs all commands in turns."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(-1, rounds):
        for name, command in commands.items():
            if "tensorflow" in name and turn >= SELDOM:
                continue
            took = seconds(command)
            if turn >= 0:
                found[name].append(took)
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", type=Path, default=common.ROOT / "out" / "efficientnet-lite0.satchel")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    options = parser.parse_args()
    commands = dict(COMMANDS)
    if options.bundle.exists():
        commands["satchel.open + one photo"] += [str(options.bundle), str(common.photo("coffee"))]
    else:
        del commands["satchel.open + one photo"]
    here = common.machine("numpy")
    medians = {name: statistics.median(runs) for name, runs in measure(commands, options.rounds).items()}
    print(f"{'process':<26} {'median':>9} {'over numpy':>11}")
    for name, median in medians.items():
        print(f"{name:<26} {median:>7.3f} s {median - medians['import numpy']:>+9.3f} s")
    print(f"\n{common.described(here)}")
    common.write_json(options.json, {"machine": here, "seconds": medians})


if __name__ == "__main__":
    main()
