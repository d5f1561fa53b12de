"""How long each resize takes in Chromium, beside a canvas' drawImage and transformers.js, and whether the heap grows.

    python benchmarks/resize_browser.py [--repeat 15] [--frames 1000] [--json FILE] [--transformers FOLDER]

A decoded photo (an ImageBitmap) of 640 x 480 and one of 4000 x 3000, to normalized [224, 224, 3] binary32; all sides
take turns. A canvas scales by
what the browser thinks best: its values are off by tens of levels, but it is what people do. FOLDER is the `dist` of
@huggingface/transformers (npm); without it transformers.js is left out. Nothing is asked of any server.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from common import ROOT, described, machine, photo, write_json
from PIL import Image
from playwright.sync_api import Page, Route, sync_playwright

sys.path.insert(0, str(ROOT / "metadata" / "vectors"))

from generators import library

ORIGIN = "http://localhost/"
SIZES = ((640, 480), (4000, 3000))
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".html": "text/html"}
# An isolated page has the finer clock.
HEADERS = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
PAGE = '<!doctype html><script type="module" src="/benchmarks/browser/resize.js"></script>'
FLAGS = ["--enable-precise-memory-info", "--js-flags=--expose-gc"]


@dataclass(frozen=True)
class Row:
    """One side's median and least time for one photo, and the ratio of its least to the canvas'.

    What else the machine does adds to the median, and hardly to the least of many turns.
    """

    side: str
    size: str
    ms: float
    least_ms: float
    ratio: float


def jpeg(width: int, height: int) -> bytes:
    """Gives a photo of this size."""
    out = BytesIO()
    with Image.open(photo("coffee")) as found:
        found.convert("RGB").resize((width, height), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def serve(page: Page, transformers: Path | None) -> None:
    """Hands the page files of the source tree, photos and transformers.js; nothing else is reachable."""
    made = {f"{ORIGIN}photo/{width}": jpeg(width, height) for width, height in SIZES}

    def answer(route: Route) -> None:
        url = route.request.url
        path = ROOT / url.removeprefix(ORIGIN)
        if transformers and url.startswith(f"{ORIGIN}transformers/"):
            path = transformers / url.removeprefix(f"{ORIGIN}transformers/")
        if url == ORIGIN:
            route.fulfill(body=PAGE, content_type="text/html", headers=HEADERS)
        elif url in made:
            route.fulfill(body=made[url], content_type="image/jpeg")
        elif url.startswith(ORIGIN) and path.is_file():
            route.fulfill(body=path.read_bytes(), content_type=TYPES.get(path.suffix, "application/octet-stream"))
        else:
            route.fulfill(status=404, body="")

    page.route("**/*", answer)
    page.goto(ORIGIN)
    page.wait_for_function("() => 'compare' in globalThis")


def measured(page: Page, repeat: int, transformers: bool) -> list[Row]:
    """Times every side on both photos."""
    rows = []
    for width, height in SIZES:
        turns = repeat if width < 1000 else max(3, repeat // 3)
        given: list[Any] = [f"/photo/{width}", list(library.METHODS), turns, transformers]
        found = page.evaluate("(given) => compare(...given)", given)
        canvas = min(found["canvas drawImage"])
        size = f"{width} x {height}"
        for side, times in found.items():
            rows.append(
                Row(side, size, round(statistics.median(times), 2), round(min(times), 2), round(min(times) / canvas, 2))
            )
    return rows


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=15, help="turns of each side (a third for the large photo)")
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--transformers", type=Path, help="the folder dist of @huggingface/transformers")
    options = parser.parse_args()
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=FLAGS)
        page = browser.new_page()
        serve(page, options.transformers)
        rows = measured(page, options.repeat, options.transformers is not None)
        heap = {
            method: page.evaluate("(given) => growth(...given)", ["/photo/640", method, options.frames])
            for method in ("pillow.bilinear", "tf.bilinear", "tf.bilinear_antialias", "opencv.area")
        }
        version = browser.version
        browser.close()
    for row in rows:
        print(
            f"{row.side:<29} {row.size:<12} {row.ms:>8.2f} ms, least {row.least_ms:>7.2f} ms {row.ratio:>7.2f} x canvas"
        )
    for method, grown in heap.items():
        print(f"heap after {options.frames} frames of {method}: {grown:+} bytes")
    where = machine("Pillow", "playwright") | {"chromium": version}
    print(described(where))
    write_json(options.json, {"machine": where, "rows": [asdict(row) for row in rows], "heap_growth_bytes": heap})


if __name__ == "__main__":
    main()
