"""How long it takes from a photo's path to its answer, beside other ways, with the same .tflite and the same photos.

    python benchmarks/photo_to_answer.py [BUNDLE] [--rounds 30] [--json FILE]

The ways: Satchel, its interpreter with two threads and with one; Pillow, numpy and the interpreter by hand; MediaPipe
Tasks' ImageClassifier, in an environment and a network namespace of its own. Each runs in one process; a round asks one
after the other about all photos, so that a busy moment of the machine hits all; ratios are medians over rounds and
photos. MediaPipe scales the whole photo in its own way, so its answers may differ; Satchel and the hand-made way must
agree, or nothing is reported.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import common

import satchel

SIDES = Path(__file__).with_name("sides.py")
SMALL = ("chelsea", "coffee", "astronaut", "rocket", "squirrel", "baboon", "orange")
THREADS = 2
MEDIAPIPE = "mediapipe==1.2.2"


@dataclass
class Side:
    """One way, running: what it answered so far."""

    name: str
    process: subprocess.Popen[str]
    runs: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def start(cls, name: str, command: list[str]) -> Side:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return cls(name, process)

    def ask(self, photo: Path) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{photo}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} stopped at {photo}; run benchmarks/sides.py by hand to see why")
        found: dict[str, Any] = json.loads(line)
        return found

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def seconds(self) -> list[float]:
        return [run["seconds"] for run in self.runs]


@dataclass(frozen=True)
class Row:
    """One way on one kind of photo: `ratio` is Satchel's time over its time, `busy` the processors it kept busy."""

    variant: str
    photos: str
    side: str
    median_ms: float
    ratio: float
    busy: float


@dataclass(frozen=True)
class Share:
    """What part of Satchel's time goes to neither decoding, nor the named resize, nor the interpreter."""

    variant: str
    photos: str
    decode_ms: float
    resize_ms: float
    interpreter_ms: float
    left_over_ms: float
    left_over: float


def compare(sides: list[Side], paths: list[Path], rounds: int) -> None:
    """Asks one side after the other about all photos, `rounds` times; two rounds before do not count.

    A side gets its photos in a row, as a folder of them would be asked about: after a pause the system wakes a second
    thread so late that it takes no part in the first run.
    """
    for side in sides:
        side.runs.clear()
    for turn in range(-2, rounds):
        first = turn % len(sides)
        found = {side.name: [side.ask(path) for path in paths] for side in (*sides[first:], *sides[:first])}
        if [run["best"] for run in found["satchel"]] != [run["best"] for run in found["by hand"]]:
            raise SystemExit("Satchel and the hand-made way differ; nothing is reported")
        if turn >= 0:
            for side in sides:
                side.runs += found[side.name]


def rows(variant: str, kind: str, sides: list[Side]) -> list[Row]:
    """Gives what each side took."""
    ours = sides[0].seconds()
    return [
        Row(
            variant,
            kind,
            side.name,
            round(common.median_ms(side.seconds()), 2),
            round(common.median_ratio(ours, side.seconds()), 3),
            round(statistics.median(run["cpu"] / run["seconds"] for run in side.runs), 2),
        )
        for side in sides
    ]


def share(variant: str, kind: str, runs: list[dict[str, Any]]) -> Share:
    """Gives how Satchel's time divides."""
    parts = [[run["stages"][name] for name in ("decode", "resize", "interpreter")] for run in runs]
    left = [run["seconds"] - sum(known) for run, known in zip(runs, parts, strict=True)]
    medians = [round(common.median_ms(each), 2) for each in (*zip(*parts, strict=True), left)]
    part = statistics.median(rest / run["seconds"] for rest, run in zip(left, runs, strict=True))
    return Share(variant, kind, *medians, round(part, 4))


def large_photo(folder: Path) -> Path:
    """Makes a 12-megapixel JPEG, always the same: the coffee photo's middle scaled up to 4000 x 3000, quality 90."""
    from PIL import Image

    with Image.open(common.photo("coffee")) as photo:
        middle = photo.convert("RGB").crop((33, 0, 567, 400))
    path = folder / "large.jpg"
    middle.resize((4000, 3000), Image.Resampling.BICUBIC).save(path, quality=90)
    return path


def started(bundle: Path, variant: str, folder: Path) -> list[Side]:
    """Starts every side that this machine can run, Satchel first."""
    model = folder / f"{variant}.tflite"
    model.write_bytes(satchel.open(bundle).reader.model(variant))
    command = [sys.executable, str(SIDES)]
    sides = [
        Side.start("satchel", [*command, "satchel", f"{bundle}:{variant}", str(THREADS)]),
        Side.start("1 thread", [*command, "satchel", f"{bundle}:{variant}", "1"]),
        Side.start("by hand", [*command, "by-hand", str(model), str(THREADS)]),
    ]
    try:
        python = common.environment("mediapipe", MEDIAPIPE)
        inside = [str(python), str(SIDES), "mediapipe", str(model), str(THREADS)]
        sides.append(Side.start("mediapipe", common.without_network(inside)))
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"without MediaPipe: its environment cannot be made ({error})", file=sys.stderr)
    return sides


def measure(bundle: Path, variant: str, folder: Path, rounds: int) -> tuple[list[Row], list[Share]]:
    """Measures one variant on small photos and on a large one."""
    sides = started(bundle, variant, folder)
    found: tuple[list[Row], list[Share]] = ([], [])
    kinds = {"seven small": [common.photo(name) for name in SMALL], "12 megapixels": [large_photo(folder)] * 3}
    try:
        for kind, paths in kinds.items():
            compare(sides, paths, rounds)
            found[0].extend(rows(variant, kind, sides))
            found[1].append(share(variant, kind, sides[0].runs))
    finally:
        for side in sides:
            side.stop()
    return found


def show(found: list[Row], shares: list[Share]) -> None:
    """Prints both tables."""
    print(f"{'variant':<9} {'photos':<14} {'way':<10} {'median':>10} {'satchel/way':>12} {'processors busy':>16}")
    for row in found:
        print(
            f"{row.variant:<9} {row.photos:<14} {row.side:<10} {row.median_ms:>7.2f} ms {row.ratio:>12.2f} "
            f"{row.busy:>16.2f}"
        )
    heads = ("decode", "resize", "interpreter", "left over", "share")
    print(f"\n{'variant':<9} {'photos':<14} " + " ".join(f"{head:>11}" for head in heads))
    for each in shares:
        parts = (each.decode_ms, each.resize_ms, each.interpreter_ms, each.left_over_ms)
        numbers = " ".join(f"{part:>8.2f} ms" for part in parts)
        print(f"{each.variant:<9} {each.photos:<14} {numbers} {each.left_over:>11.1%}")


def main() -> None:
    """Measures and prints."""
    options = common.bundle_options(__doc__, 30)
    here = common.machine("ai-edge-litert", "numpy", "Pillow", "simplejpeg", "pyspng")
    found: list[Row] = []
    shares: list[Share] = []
    with tempfile.TemporaryDirectory() as folder:
        for variant in ("float32", "int8"):
            measured = measure(options.bundle, variant, Path(folder), options.rounds)
            found += measured[0]
            shares += measured[1]
    show(found, shares)
    print(f"\n{common.described(here)}; {THREADS} threads, MediaPipe as many as it takes")
    rows_and_shares = {"rows": [asdict(row) for row in found], "shares": [asdict(each) for each in shares]}
    common.write_json(options.json, {"machine": here, "threads": THREADS, **rows_and_shares})


if __name__ == "__main__":
    main()
