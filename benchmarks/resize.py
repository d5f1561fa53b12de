"""How long each resize takes beside the library it is named after, and whole preparation beside transformers.

    python benchmarks/resize.py [--repeat 15] [--json FILE] [--no-transformers] [--array]

Two decoded photos, 640 x 480 and 4000 x 3000, to 224 x 224. `pillow.*` is a whole pipeline (resize, x / 255, mean, std)
beside Pillow and numpy called by hand; `tf.*` and `opencv.*` are the resize alone beside tf.image.resize on the CPU
and cv2.resize. There each side begins with the form that its own decoder of JPEGs leaves a photo in: TensorFlow and
OpenCV with 3 bytes a pixel, Satchel with the 4 that load_photo gives, or with 3 as well when told `--array`.

Results are compared bit for bit before anything is timed. Both sides run in turns; a ratio is the median of the ratios
of neighbours. transformers runs in an environment of its own (.envs/), made at first use.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT, described, environment, machine, median_ms, median_ratio, photo, write_json
from PIL import Image

sys.path[:0] = [str(ROOT / "metadata"), str(ROOT / "metadata" / "vectors")]

from generators import library  # noqa: E402 - put on the path above

from satchel_metadata.ops import compiled, resize_opencv, resize_tf  # noqa: E402 - likewise
from satchel_metadata.ops.geometry import Window  # noqa: E402 - likewise
from satchel_metadata.photo import load_photo  # noqa: E402 - likewise
from satchel_metadata.pipeline import Pipeline  # noqa: E402 - likewise
from satchel_metadata.spec import parse_spec  # noqa: E402 - likewise

SIDE = 224
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
SIZES = ((640, 480), (4000, 3000))
TRANSFORMERS = ("transformers==5.23.0", "Pillow==12.3.0", "numpy==2.0.2")
PEER = Path(__file__).with_name("resize_transformers.py")


@dataclass(frozen=True)
class Row:
    """One comparison; milliseconds are medians."""

    what: str
    size: str
    library_ms: float
    satchel_ms: float
    ratio: float


def made_photo(width: int, height: int) -> Image.Image:
    """Gives a photo of this size."""
    with Image.open(photo("coffee")) as found:
        return found.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)


def pipeline(resize: dict[str, Any]) -> Pipeline:
    """Gives the preparation of an ImageNet classifier."""
    share = {"op": "rescale", "divisor": 255.0}
    steps = [{"op": "decode"}, resize, share, {"op": "normalize", "mean": MEAN, "std": STD, "range": "0..1"}]
    inputs, outputs = [{"name": "image", "steps": steps}], [{"name": "scores", "steps": []}]
    document = {"satchel": "1.0", "name": "bench", "task": "image_classification", "inputs": inputs, "outputs": outputs}
    return Pipeline(parse_spec(document), {})


def pair(method: str, image: Image.Image, as_array: bool) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Gives (the library's way, ours) from decoded photo to values."""
    if method.startswith("pillow."):
        ours, photo = pipeline(library_step(method)), load_photo(image)
        return lambda: by_hand(image, method), lambda: ours.prepare(photo)["image"]
    decoded = load_photo(encoded(image))
    pixels, window = np.ascontiguousarray(decoded.pixels), Window(0, 0, SIDE, SIDE)
    picture = pixels if as_array or isinstance(decoded.picture, Image.Image) else decoded.picture
    resize = resize_tf.resize if method.startswith("tf.") else resize_opencv.resize
    return library_way(method, pixels), lambda: resize(picture, SIDE, SIDE, method, window)


def encoded(image: Image.Image) -> bytes:
    """Gives a JPEG."""
    file = BytesIO()
    image.save(file, "JPEG", quality=95)
    return file.getvalue()


def library_way(method: str, pixels: Any) -> Callable[[], Any]:
    """Gives the library's own call; TensorFlow gets its tensor ready made."""
    if method.startswith("opencv."):
        import cv2

        flags = {"linear": cv2.INTER_LINEAR_EXACT, "area": cv2.INTER_AREA, "nearest": cv2.INTER_NEAREST}
        cv2.setUseOptimized(True)
        return lambda: cv2.resize(pixels, (SIDE, SIDE), interpolation=flags[method.split(".")[1]])
    import tensorflow as tf

    name, antialias = library.TENSORFLOW[method]
    with tf.device("/CPU:0"):
        tensor = tf.constant(pixels)
    return lambda: tf.cast(tf.image.resize(tensor, [SIDE, SIDE], method=name, antialias=antialias), tf.float32).numpy()


def library_step(method: str) -> dict[str, Any]:
    return {"op": "resize", "method": method, "fit": "stretch", "width": SIDE, "height": SIDE}


def by_hand(image: Image.Image, method: str) -> Any:
    """Gives the tensor with Pillow and numpy called by hand."""
    values = np.asarray(image.resize((SIDE, SIDE), library.PILLOW[method]), np.float32) / np.float32(255)
    return ((values - np.array(MEAN, np.float32)) / np.array(STD, np.float32))[np.newaxis]


def measured(what: str, size: str, theirs: Callable[[], Any], ours: Callable[[], Any], repeat: int) -> Row:
    """Times both in turns; the first turn warms up and does not count."""
    if np.asarray(theirs()).tobytes() != np.asarray(ours()).tobytes():
        raise SystemExit(f"{what}, {size}: the values differ; nothing was measured")
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeat + 1):
        for side in (0, 1) if turn % 2 else (1, 0):
            start = time.perf_counter()
            (theirs, ours)[side]()
            seconds[side].append(time.perf_counter() - start)
    hand, own = seconds[0][1:], seconds[1][1:]
    return Row(what, size, round(median_ms(hand), 3), round(median_ms(own), 3), round(median_ratio(own, hand), 3))


def transformers(size: tuple[int, int], image: Image.Image, repeat: int) -> Row:
    """Times ViTImageProcessor beside the same steps here, process after process."""
    path = ROOT / ".envs" / f"bench-{size[0]}.png"
    python = environment("transformers", *TRANSFORMERS)
    image.save(path, compress_level=1)
    told = subprocess.run(
        [str(python), str(PEER), str(path), str(repeat)], check=True, capture_output=True, text=True, timeout=600
    )
    found = json.loads(told.stdout.splitlines()[-1])
    ours, loaded = pipeline(library_step("pillow.bilinear")), load_photo(path)
    seconds = []
    for _ in range(repeat + 1):
        start = time.perf_counter()
        tensor = ours.prepare(loaded)["image"]
        seconds.append(time.perf_counter() - start)
    path.unlink()
    apart = float(np.abs(np.array(found["corner"]) - tensor[0, :2, :2].transpose(2, 0, 1)).max())
    if apart > 1e-5:
        raise SystemExit(f"transformers prepares other values: {apart} apart")
    theirs, mine = found["ms"], median_ms(seconds[1:])
    name = f"transformers {found['version']} {found['processor']}"
    return Row(name, f"{size[0]} x {size[1]}", round(theirs, 3), round(mine, 3), round(mine / theirs, 3))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=15, help="turns of each comparison (a third for the large photo)")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--only", default="", help="methods that begin so")
    parser.add_argument("--array", action="store_true", help="start from 3 bytes a pixel on both sides")
    parser.add_argument("--no-transformers", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    rows = []
    for size in SIZES:
        image, repeat = made_photo(*size), options.repeat if size[0] < 1000 else max(3, options.repeat // 3)
        for method in library.METHODS:
            if method.startswith(options.only):
                rows.append(measured(method, f"{size[0]} x {size[1]}", *pair(method, image, options.array), repeat))
        if not options.no_transformers:
            rows.append(transformers(size, image, repeat))
    print(f"{'':<44} {'photo':<12} {'library':>11} {'satchel':>11} {'ratio':>7}")
    for row in rows:
        print(f"{row.what:<44} {row.size:<12} {row.library_ms:>8.2f} ms {row.satchel_ms:>8.2f} ms {row.ratio:>7.2f}")
    where = machine("numpy", "Pillow", "tensorflow", "opencv-python-headless")
    where["compiled"] = compiled.library is not None
    print(described(where))
    write_json(options.json, {"machine": where, "rows": [asdict(row) for row in rows]})


if __name__ == "__main__":
    main()
