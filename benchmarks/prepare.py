"""How long preparation takes beside Pillow and numpy called by hand, for the preparation of EfficientNet-Lite0.

    python benchmarks/prepare.py [--repeat 41] [--json FILE]

Both sides read the same file, and before anything is timed their tensors are compared byte by byte. The two are timed
in turns and the ratio is the median of the ratios of neighbours, so that a busy moment of the machine hits both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import common
import numpy as np
from common import ROOT
from PIL import Image, ImageOps

sys.path[:0] = [str(ROOT / "metadata"), str(ROOT / "tests")]

from satchel_metadata.photo import load_photo  # noqa: E402 - the source tree is put on the path above
from satchel_metadata.pipeline import Pipeline  # noqa: E402 - likewise
from satchel_metadata.spec import parse_spec  # noqa: E402 - likewise

SPEC = {
    "satchel": "1.0",
    "name": "EfficientNet-Lite0",
    "task": "image_classification",
    "inputs": [
        {
            "name": "image",
            "steps": [
                {"op": "decode"},
                {
                    "op": "resize",
                    "method": "pillow.bicubic",
                    "fit": "shorter_side",
                    "side": 256,
                    "side_rounding": "floor",
                },
                {"op": "crop", "width": 224, "height": 224, "offset_rounding": "half_even"},
                {"op": "normalize", "mean": [127], "std": [128], "range": "0..255"},
            ],
        }
    ],
    "outputs": [{"name": "scores", "steps": [{"op": "top_k", "k": 5}]}],
}


@dataclass(frozen=True)
class Row:
    """One comparison: milliseconds are medians, `ratio` is the median of ours / by hand over neighbouring runs."""

    photo: str
    stage: str
    by_hand_ms: float
    satchel_ms: float
    ratio: float


def opened(path: Path) -> Image.Image:
    """Gives the photo as a careful person reads it with Pillow: upright and RGB."""
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def prepared(image: Image.Image) -> np.ndarray[Any, Any]:
    """Gives the tensor with Pillow and numpy called by hand."""
    width, height = image.size
    size = (256, int(256 * height / width)) if width <= height else (int(256 * width / height), 256)
    resized = image.resize(size, Image.Resampling.BICUBIC)
    left, top = round((size[0] - 224) / 2), round((size[1] - 224) / 2)
    pixels = np.asarray(resized.crop((left, top, left + 224, top + 224)), dtype=np.float32)
    return ((pixels - np.float32(127)) / np.float32(128))[np.newaxis]


def measured(photo: str, stage: str, by_hand: Callable[[], Any], ours: Callable[[], Any], repeat: int) -> Row:
    """Times both in turns; the first turn warms up and does not count."""
    hand, own = [], []
    for turn in range(repeat + 1):
        sides = ((by_hand, hand), (ours, own)) if turn % 2 else ((ours, own), (by_hand, hand))
        for run, seconds in sides:
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
    medians = [round(common.median_ms(seconds[1:]), 3) for seconds in (hand, own)]
    return Row(photo, stage, *medians, round(common.median_ratio(own[1:], hand[1:]), 3))


def compare(name: str, path: Path, pipeline: Pipeline, repeat: int) -> list[Row]:
    """Compares preparation alone, of the decoded photo, and everything from the file to the tensor."""
    image, photo = opened(path), load_photo(path)
    expected, found = prepared(image), pipeline.prepare(path)["image"]
    if expected.tobytes() != found.tobytes():
        raise SystemExit(f"{name}: the tensors differ; nothing was measured")
    return [
        measured(name, "prepare", lambda: prepared(image), lambda: pipeline.prepare(photo), repeat),
        measured(name, "file to tensor", lambda: prepared(opened(path)), lambda: pipeline.prepare(path), repeat),
    ]


def photos(folder: Path) -> dict[str, Path]:
    """Gives small photos as they come, and one scaled to the 12 megapixels of a phone, with a camera's noise."""
    found = {"451 x 300 PNG": common.photo("chelsea")}
    with Image.open(common.photo("rocket")) as image:
        rocket = image.convert("RGB")
    noise = np.random.default_rng(0).normal(0, 4, (3000, 4000, 1))
    large = np.asarray(rocket.resize((4000, 3000), Image.Resampling.BICUBIC)) + noise
    camera = Image.fromarray(np.clip(large, 0, 255).astype(np.uint8))
    turned = Image.Exif()
    turned[0x0112] = 6
    found["640 x 480 JPEG"] = _saved(rocket.resize((640, 480)), folder / "small.jpg")
    found["4000 x 3000 JPEG"] = _saved(camera, folder / "large.jpg")
    found["4000 x 3000 JPEG, held upright"] = _saved(camera, folder / "upright.jpg", exif=turned)
    return found


def _saved(image: Image.Image, path: Path, **options: Any) -> Path:
    image.save(path, quality=90, **options)
    return path


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=41, help="turns of each comparison (a quarter for large photos)")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    options = parser.parse_args()
    pipeline = Pipeline(parse_spec(SPEC), {})
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, path in photos(Path(folder)).items():
            repeat = max(3, options.repeat // 4) if "4000" in name else options.repeat
            rows += compare(name, path, pipeline, repeat)
    print(f"{'photo':<32} {'stage':<15} {'by hand':>10} {'satchel':>10} {'ratio':>7}")
    for row in rows:
        print(f"{row.photo:<32} {row.stage:<15} {row.by_hand_ms:>7.2f} ms {row.satchel_ms:>7.2f} ms {row.ratio:>7.2f}")
    found = common.machine("pillow", "numpy")
    print(common.described(found))
    common.write_json(options.json, {"machine": found, "rows": [asdict(row) for row in rows]})


if __name__ == "__main__":
    main()
