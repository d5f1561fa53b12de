"""How long it takes from a photo to its answer in Chromium, beside other ways, with the same .tflite and photos.

    python benchmarks/browser.py [BUNDLE] [--rounds 15] [--json FILE]

The ways: Satchel's library in its worker; LiteRT.js by hand with a canvas; MediaPipe's @mediapipe/tasks-vision. All run
in one page, in turns, two threads where they can; ratios are medians over rounds. Satchel's answer must be Python's, or
nothing is reported, and tasks-vision must answer much the same. Also: the first answer of a cold and of a second
visit, and the preparation of a large photo beside Pillow's in Python.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import common
from browser_answers import refuse_differences, refuse_other_work
from browser_first import first_answers
from browser_first import show as show_first
from browser_server import serving
from photo_to_answer import MEDIAPIPE, SMALL, large_photo
from playwright.sync_api import Browser, Page, sync_playwright

import satchel
from satchel_metadata.bundle import BundleReader
from satchel_metadata.ops.anchors import ssd_anchors

TASKS_VISION = "@mediapipe/tasks-vision@1.1.0"
LARGE = "12 megapixels"
DETECTED = ("chelsea", "coffee", "astronaut")  # each shows an object that the detector knows
VISITS = 3  # first answers are asked so often of each side


@dataclass(frozen=True)
class Row:
    """One way on one kind of photo: `ratio` is Satchel's time over its time, `blocked` the page's tasks over 50 ms."""

    variant: str
    photos: str
    side: str
    median_ms: float
    ratio: float
    blocked: int


@dataclass(frozen=True)
class Stages:
    """Medians of Satchel's stages; `left_over` is the share that is neither decode, preparation nor LiteRT.js."""

    variant: str
    photos: str
    decode_ms: float
    prepare_ms: float
    infer_ms: float
    left_over: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, Playwright's own elsewhere."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield browser
        browser.close()


def tasks_vision() -> Path:
    """Gives the folder of tasks-vision, which npm fetches at first use."""
    folder = common.ROOT / ".envs" / TASKS_VISION.replace("/", "-").replace("@", "")
    package = folder / "node_modules" / "@mediapipe" / "tasks-vision"
    if not package.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        subprocess.run([*install, TASKS_VISION], check=True)
    return package


def zoo_bundle(name: str) -> Path:
    """Gives a bundle of the zoo, packed first where it is missing."""
    out = common.ROOT / "out" / "zoo"
    subprocess.run([sys.executable, str(common.ROOT / "scripts" / "zoo.py"), str(out), name], check=True)
    return out / f"{name}.satchel"


def detectors(bundle: Path, folder: Path) -> dict[str, Path]:
    """Gives the detector's .tflite by variant, with what MediaPipe wants to read in it."""
    reader = BundleReader.open(bundle)
    step = reader.spec.outputs[0].steps[0]
    anchors = [(y - h / 2, x - w / 2, y + h / 2, x + w / 2) for y, x, h, w in ssd_anchors(step.anchors).tolist()]
    labels = list(reader.labels["classes"])
    told = json.dumps({"labels": labels, "anchors": anchors, "scales": step.scales, "mean": 127.5, "std": 127.5})
    python = str(common.environment("mediapipe", MEDIAPIPE))
    found = {}
    for variant in ("float32", "int8"):
        plain, out = folder / f"{variant}-plain.tflite", folder / f"{variant}.tflite"
        plain.write_bytes(reader.model(variant))
        command = [python, str(Path(__file__).with_name("detector_metadata.py")), str(plain), str(out)]
        subprocess.run(command, input=told, text=True, check=True)
        found[variant] = out
    return found


@dataclass
class Runs:
    """What one way answered, and how often it blocked the page for more than 50 ms."""

    found: list[dict[str, Any]]
    blocked: int


def compare(page: Page, names: list[str], photos: dict[str, Path], rounds: int) -> dict[str, Runs]:
    """Asks every way about all photos in a row, `rounds` times, in turns; two rounds before do not count."""
    runs = {name: Runs([], 0) for name in names}
    for turn in range(-2, rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            told = page.evaluate("([name, photos]) => bench.ask(name, photos)", [name, list(photos)])
            if turn >= 0:
                runs[name].found += told["found"]
                runs[name].blocked += told["blocked"]
    return runs


def rows(variant: str, kind: str, runs: dict[str, Runs]) -> list[Row]:
    """Gives what each way took."""
    took = {name: [each["ms"] for each in way.found] for name, way in runs.items()}
    return [
        Row(
            variant,
            kind,
            name,
            round(statistics.median(times), 1),
            round(common.median_ratio(took["satchel"], times), 3),
            runs[name].blocked,
        )
        for name, times in took.items()
    ]


def stages(variant: str, kind: str, runs: Runs) -> Stages:
    """Gives how Satchel's time divides."""
    names = ("decode", "prepare", "infer")
    found = [[each["stages"][name] for name in names] for each in runs.found]
    medians = [round(statistics.median(each), 2) for each in zip(*found, strict=True)]
    left = [1 - sum(known) / each["ms"] for known, each in zip(found, runs.found, strict=True)]
    return Stages(variant, kind, *medians, round(statistics.median(left), 4))


def pillow_ms(path: Path, rounds: int) -> float:
    """Gives the milliseconds that Pillow and numpy take for the demo model's preparation of a decoded photo."""
    import numpy as np
    from PIL import Image

    image = Image.open(path).convert("RGB")
    width = round(image.width * 256 / image.height)
    left = round((width - 224) / 2)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        small = image.resize((width, 256), Image.Resampling.BICUBIC).crop((left, 16, left + 224, 240))
        np.subtract(small, np.float32(127), dtype=np.float32) / np.float32(128)
        times.append(time.perf_counter() - start)
    return common.median_ms(times)


def measure(page: Page, photos: dict[str, Path], bundle: satchel.Bundle, rounds: int) -> tuple[list[Row], list[Stages]]:
    """Measures both variants on small photos and on a large one."""
    found: tuple[list[Row], list[Stages]] = ([], [])
    task = bundle.spec.task
    detects = task == "object_detection"
    small = DETECTED if detects else SMALL
    kinds = {f"{len(small)} small": {each: photos[each] for each in small}, LARGE: {"large": photos["large"]}}
    for variant in ("float32", "int8"):
        names = page.evaluate(
            "([variant, names, task]) => bench.start(variant, names, task)", [variant, [*photos], task]
        )
        for kind, chosen in kinds.items():
            runs = compare(page, names, chosen, rounds)
            refuse_differences(runs["satchel"].found, chosen, bundle, variant)
            refuse_other_work(variant, runs["satchel"].found, runs["tasks-vision"].found)
            what = f"{'boxes' if detects else 'classes'} {variant}"
            found[0].extend(rows(what, kind, runs))
            found[1].append(stages(what, kind, runs["satchel"]))
    return found


def show(found: tuple[list[Row], list[Stages]], pillow: float) -> None:
    """Prints the tables."""
    print(f"{'variant':<16} {'photos':<14} {'way':<15} {'median':>10} {'satchel/way':>12} {'blocked > 50 ms':>16}")
    for row in found[0]:
        numbers = f"{row.median_ms:>7.1f} ms {row.ratio:>12.2f} {row.blocked:>16}"
        print(f"{row.variant:<16} {row.photos:<14} {row.side:<15} {numbers}")
    print(f"\n{'variant':<16} {'photos':<14} {'decode':>10} {'prepare':>10} {'infer':>10} {'left over':>10}")
    for each in found[1]:
        numbers = " ".join(f"{ms:>7.1f} ms" for ms in (each.decode_ms, each.prepare_ms, each.infer_ms))
        print(f"{each.variant:<16} {each.photos:<14} {numbers} {each.left_over:>10.1%}")
    prepare = next(each.prepare_ms for each in found[1] if each.photos == LARGE)
    print(f"\npreparation of {LARGE}: {prepare:.1f} ms, Pillow in Python {pillow:.1f} ms, ratio {prepare / pillow:.2f}")


def main() -> None:
    """Measures and prints."""
    options = common.bundle_options(__doc__, 15)
    package = tasks_vision()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        photos = {name: common.photo(name) for name in SMALL} | {"large": large_photo(Path(folder))}
        detector = zoo_bundle("ssd-mobilenet-v2")
        models = detectors(detector, Path(folder))
        with serving([options.bundle, detector], photos, package, models) as (url, line):
            page = browser.new_page()
            page.goto(f"{url}/bench/page.html")
            page.wait_for_function("globalThis.bench !== undefined", timeout=60_000)
            found = measure(page, photos, satchel.open(options.bundle, threads=2), options.rounds)
            for all_, more in zip(found, measure(page, photos, satchel.open(detector), options.rounds), strict=True):
                all_.extend(more)  # type: ignore[arg-type]
            page.close()
            first = first_answers(browser, url, line, photos["coffee"], VISITS)
        version = browser.version
        pillow = pillow_ms(photos["large"], options.rounds)
    show(found, pillow)
    show_first(first)
    here = common.machine("Pillow", "numpy") | {"Chromium": version, "tasks-vision": TASKS_VISION.rpartition("@")[2]}
    print(f"\n{common.described(here)}")
    tables = {"rows": [asdict(each) for each in found[0]], "stages": [asdict(each) for each in found[1]]}
    tables["first"] = [asdict(each) for each in first]
    common.write_json(options.json, {"machine": here, **tables, "pillow_prepare_ms": pillow})


if __name__ == "__main__":
    main()
