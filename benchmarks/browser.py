"""How long it takes from a photo to its answer in Chromium, beside other ways, with the same .tflite and photos.

    python benchmarks/browser.py [BUNDLE] [--rounds 15] [--json FILE]

The ways: Satchel's library in its worker; LiteRT.js by hand with a canvas; MediaPipe's @mediapipe/tasks-vision. All run
in one page, in turns, two threads where they can; ratios are medians over rounds. Satchel's answer must be Python's, or
nothing is reported. Also: what the first answer downloads, compressed with brotli, and the preparation of a large photo
beside Pillow's in Python.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import common
from browser_server import serving
from photo_to_answer import SMALL, large_photo
from playwright.sync_api import Browser, Page, sync_playwright

import satchel

TASKS_VISION = "@mediapipe/tasks-vision@0.10.35"
LARGE = "12 megapixels"


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
    folder = common.ROOT / ".envs" / "tasks-vision"
    package = folder / "node_modules" / "@mediapipe" / "tasks-vision"
    if not package.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        subprocess.run([*install, TASKS_VISION], check=True)
    return package


@dataclass
class Runs:
    """What one way answered, and how often it blocked the page for more than 50 ms."""

    found: list[dict[str, Any]]
    blocked: int


def compare(page: Page, photos: dict[str, Path], rounds: int) -> dict[str, Runs]:
    """Asks every way about all photos in a row, `rounds` times, in turns; two rounds before do not count."""
    names = page.evaluate("bench.names")
    runs = {name: Runs([], 0) for name in names}
    for turn in range(-2, rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            told = page.evaluate("([name, photos]) => bench.ask(name, photos)", [name, list(photos)])
            if turn >= 0:
                runs[name].found += told["found"]
                runs[name].blocked += told["blocked"]
    return runs


def refuse_differences(runs: Runs, photos: dict[str, Path], bundle: satchel.Bundle, variant: str) -> None:
    """Ends the benchmark where Satchel's answer in Chromium is not Python's."""
    expected = {name: bundle.run(path, variant=variant).top.index for name, path in photos.items()}
    for each in runs.found:
        if each["best"] != expected[each["photo"]]:
            raise SystemExit(f"{each['photo']}: Satchel in Chromium and in Python differ; nothing is reported")


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


def page_urls(browser: Browser, url: str, photo: Path) -> list[str]:
    """Gives what the page fetches for its first answer, without the samples and golden inputs that only it shows."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    page.wait_for_selector("#seal[data-state=good]", timeout=60_000)
    page.set_input_files("#file", photo)
    page.wait_for_selector("#answer[data-state=result]")
    page.close()
    return sorted(
        {each for each in asked if each.startswith(url) and "/samples" not in each and "/golden/" not in each}
    )


def downloads(browser: Browser, url: str, photo: Path) -> dict[str, dict[str, int]]:
    """Gives the bytes to the first answer in brotli, the model apart; nothing where the program brotli is missing."""
    if shutil.which("brotli") is None:
        return {}
    wasm = [f"{url}/bench/tasks-vision/wasm/vision_wasm_internal.{kind}" for kind in ("js", "wasm")]
    other = [f"{url}/bench/tasks-vision/vision_bundle.mjs", *wasm, f"{url}/bench/model/int8"]
    return {"satchel": split(page_urls(browser, url, photo)), "tasks-vision": split(other)}


def split(urls: list[str]) -> dict[str, int]:
    """Gives the brotli sizes of the model and of everything else."""
    found = {"model": 0, "everything else": 0}
    for url in urls:
        with urllib.request.urlopen(url) as answer:
            model = "/bench/model/" in url or "/model.tflite" in url
            found["model" if model else "everything else"] += brotli(answer.read())
    return found


def brotli(data: bytes) -> int:
    """Gives the size of data in brotli, quality 11."""
    return len(subprocess.run(["brotli", "-q", "11", "-c"], input=data, capture_output=True, check=True).stdout)


def measure(page: Page, photos: dict[str, Path], bundle: satchel.Bundle, rounds: int) -> tuple[list[Row], list[Stages]]:
    """Measures both variants on small photos and on a large one."""
    found: tuple[list[Row], list[Stages]] = ([], [])
    kinds = {"seven small": {each: photos[each] for each in SMALL}, LARGE: {"large": photos["large"]}}
    for variant in ("float32", "int8"):
        page.evaluate("([variant, names]) => bench.start(variant, names)", [variant, list(photos)])
        for kind, chosen in kinds.items():
            runs = compare(page, chosen, rounds)
            refuse_differences(runs["satchel"], chosen, bundle, variant)
            found[0].extend(rows(variant, kind, runs))
            found[1].append(stages(variant, kind, runs["satchel"]))
    return found


def show(found: tuple[list[Row], list[Stages]], pillow: float, sizes: dict[str, dict[str, int]]) -> None:
    """Prints the tables."""
    print(f"{'variant':<9} {'photos':<14} {'way':<15} {'median':>10} {'satchel/way':>12} {'blocked > 50 ms':>16}")
    for row in found[0]:
        numbers = f"{row.median_ms:>7.1f} ms {row.ratio:>12.2f} {row.blocked:>16}"
        print(f"{row.variant:<9} {row.photos:<14} {row.side:<15} {numbers}")
    print(f"\n{'variant':<9} {'photos':<14} {'decode':>10} {'prepare':>10} {'infer':>10} {'left over':>10}")
    for each in found[1]:
        numbers = " ".join(f"{ms:>7.1f} ms" for ms in (each.decode_ms, each.prepare_ms, each.infer_ms))
        print(f"{each.variant:<9} {each.photos:<14} {numbers} {each.left_over:>10.1%}")
    prepare = next(each.prepare_ms for each in found[1] if each.photos == LARGE)
    print(f"\npreparation of {LARGE}: {prepare:.1f} ms, Pillow in Python {pillow:.1f} ms, ratio {prepare / pillow:.2f}")
    for side, parts in sizes.items():
        told = ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in parts.items())
        print(f"first answer of {side}, in brotli: {told}")


def main() -> None:
    """Measures and prints."""
    options = common.bundle_options(__doc__, 15)
    package = tasks_vision()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        photos = {name: common.photo(name) for name in SMALL} | {"large": large_photo(Path(folder))}
        with serving(options.bundle, photos, package) as url:
            page = browser.new_page()
            page.goto(f"{url}/bench/page.html")
            page.wait_for_function("globalThis.bench !== undefined", timeout=60_000)
            found = measure(page, photos, satchel.open(options.bundle, threads=2), options.rounds)
            page.close()
            sizes = downloads(browser, url, photos["coffee"])
        version = browser.version
        pillow = pillow_ms(photos["large"], options.rounds)
    show(found, pillow, sizes)
    here = common.machine("Pillow", "numpy") | {"Chromium": version, "tasks-vision": TASKS_VISION.rpartition("@")[2]}
    print(f"\n{common.described(here)}")
    tables = {"rows": [asdict(each) for each in found[0]], "stages": [asdict(each) for each in found[1]]}
    common.write_json(options.json, {"machine": here, **tables, "pillow_prepare_ms": pillow, "downloads": sizes})


if __name__ == "__main__":
    main()
