"""How long does the Kotlin library take on a JVM, beside the JavaScript library, a loop by hand, and a hash alone?

    python benchmarks/android.py [--rounds 2] [--only TEXT] [--json FILE] [--require]

A photo of 640 x 480 to a normalized 224 x 224 tensor by every resize method, beside the JavaScript library in Node on
the same photo and beside a loop in plain Java (benchmarks/android); an NV21 frame of 1280 x 720 to RGB beside such a
loop; a bundle of 5 MB opened with every check beside reading and hashing its bytes, and the memory that this takes.

All sides must give the same bits, or nothing is reported. JMH measures the JVM's sides in processes of their own, and
Node takes its turn between them. What counts is the ratio of the least times: what else the machine does adds to the
others. With --require the exit code is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from android_sides import METHODS, SMALL, Sides, built, write_bundle, write_photo
from common import ROOT, described, machine, write_json

BUNDLE = ROOT / "out" / "efficientnet-lite0.satchel"
TARGETS = {"JavaScript": 1.5, "loop": 1.2, "hash": 1.5, "its bytes": 1.1}
RANGES, ROTATIONS = ("full", "limited"), ("0", "90", "180", "270")


@dataclass(frozen=True)
class Row:
    """Satchel beside another side: the least milliseconds of all rounds, or megabytes."""

    what: str
    beside: str
    satchel: float
    other: float

    @property
    def ratio(self) -> float:
        """Gives how many times the other's it is."""
        return self.satchel / self.other

    @property
    def holds(self) -> bool:
        """Says whether the target holds."""
        return self.ratio <= TARGETS[self.beside]

    def line(self) -> str:
        """Gives the row of the table."""
        target = f"at most {TARGETS[self.beside]}: {'holds' if self.holds else 'MISSED'}"
        return f"{self.what:<36} {self.satchel:>7.3f} {self.other:>9.3f} {self.beside:<11} {self.ratio:>5.2f}  {target}"


def preparations(sides: Sides, rounds: int, only: str) -> Iterator[Row]:
    """Times the preparation of a photo by each method."""
    for method in METHODS:
        if only not in method:
            continue
        turns = [sides.jvm("Preparation", method=method) | {"node": sides.javascript(method)} for _ in range(rounds)]
        ours, loop, node = (min(turn[side] for turn in turns) for side in ("satchel", "loop", "node"))
        yield Row(method, "JavaScript", ours, node)
        yield Row(method, "loop", ours, loop)


def conversions(sides: Sides, rounds: int, only: str) -> Iterator[Row]:
    """Times the conversion of a frame in each range and rotation."""
    for value_range in RANGES:
        for rotation in ROTATIONS:
            what = f"yuv_to_rgb {value_range} {rotation}"
            if only not in what:
                continue
            params = {"range": value_range, "rotation": rotation}
            turns = [sides.jvm("FrameConversion", **params) for _ in range(rounds)]
            yield Row(what, "loop", min(each["satchel"] for each in turns), min(each["loop"] for each in turns))


def openings(sides: Sides, rounds: int, only: str) -> Iterator[Row]:
    """Times the opening of a bundle, and finds the memory that it takes."""
    if only not in "opening":
        return
    turns = [sides.jvm("Opening") for _ in range(rounds)]
    yield Row("opening", "hash", min(each["satchel"] for each in turns), min(each["hash"] for each in turns))
    size = sides.bundle.stat().st_size / 1e6
    yield Row("opening: memory, from its file", "its bytes", sides.memory("file"), size)
    yield Row("opening: memory, from a stream", "its bytes", sides.memory("stream"), size)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="turns of each side")
    parser.add_argument("--only", default="", metavar="TEXT", help="what has this in its name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results to this file")
    parser.add_argument("--require", action="store_true", help="fail when a target is missed")
    options = parser.parse_args()
    for bundle in (BUNDLE, SMALL):
        if not bundle.exists():
            raise SystemExit(f"{bundle} is not there: run `make demo-bundle zoo-bundles`")
    rows = []
    print(f"{'':<36} {'Satchel':>7} {'other':>9} {'':<11} ratio")
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder)
        write_photo(given)
        write_bundle(BUNDLE, given / "five.satchel")
        sides = Sides(given, given / "five.satchel", built())
        for measure in (preparations, conversions, openings):
            for row in measure(sides, options.rounds, options.only):
                rows.append(row)
                print(row.line(), flush=True)
        sides.close()
    print(f"{sum(row.holds for row in rows)} of {len(rows)} targets hold; milliseconds, of memory megabytes")
    where: dict[str, Any] = machine() | {"java": _version("java", "--version"), "node": _version("node", "--version")}
    print(described(where))
    found = [asdict(row) | {"ratio": row.ratio, "target": TARGETS[row.beside], "holds": row.holds} for row in rows]
    write_json(options.json, {"machine": where, "rows": found})
    if options.require and not all(row.holds for row in rows):
        raise SystemExit(1)


def _version(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]


if __name__ == "__main__":
    main()
