"""Writes the golden vectors of the image ops: what Pillow, TensorFlow and NumPy give, never what Satchel gives.

    python metadata/vectors/generate.py                       rewrites the folders beside this file
    python metadata/vectors/generate.py --check               fails when a file would change
    python metadata/vectors/generate.py --out DIR --more 60   a larger random search

Every file names its schema and source; a case has `id`, `comment`, `input`, `step` (or `steps`), `result` and
`expected`. Arrays are {dtype, shape, data}, data the base64 of the little-endian bytes. The same seed gives the same
bytes. spec/invalid.json is written by hand: its cases have a `change` to the valid document, `code` and `where`.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL import __version__ as pillow_version

Array = np.ndarray[Any, Any]
Case = dict[str, Any]

SCHEMA = "satchel-vectors/1"
PILLOW = {
    "pillow.nearest": Image.Resampling.NEAREST,
    "pillow.box": Image.Resampling.BOX,
    "pillow.bilinear": Image.Resampling.BILINEAR,
    "pillow.hamming": Image.Resampling.HAMMING,
    "pillow.bicubic": Image.Resampling.BICUBIC,
    "pillow.lanczos": Image.Resampling.LANCZOS,
}
TENSORFLOW = {
    "tf.bilinear": ("bilinear", False),
    "tf.bilinear_antialias": ("bilinear", True),
    "tf.nearest": ("nearest", False),
    "tf.bicubic": ("bicubic", False),
    "tf.area": ("area", False),
}
SHAPES = (
    ((23, 17, 8, 6), "both sides shrink by a ratio that is not whole"),
    ((9, 7, 24, 16), "both sides grow"),
    ((20, 20, 10, 10), "both sides halve"),
    ((13, 11, 13, 5), "the width stays, the height shrinks"),
    ((13, 11, 4, 11), "the height stays, the width shrinks"),
    ((12, 10, 12, 10), "nothing changes"),
    ((1, 1, 5, 4), "one pixel becomes many"),
    ((40, 3, 7, 9), "one side shrinks while the other grows"),
    ((31, 29, 1, 1), "many pixels become one"),
)
"""(source width, source height, target width, target height)"""


def array(values: Array) -> Case:
    """Gives an array as JSON holds it."""
    data = base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
    return {"dtype": str(values.dtype), "shape": list(values.shape), "data": data}


def case(name: str, comment: str, given: Array, expected: Array, **what: Any) -> Case:
    """Gives a valid case."""
    return {
        "id": name,
        "comment": comment,
        "input": array(given),
        **what,
        "result": "valid",
        "expected": array(expected),
    }


def pixels(rng: np.random.Generator, width: int, height: int) -> Array:
    """Gives random colours, half of them at the ends of the range, where a filter overshoots."""
    noise = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    hard = rng.integers(0, 2, (height, width, 1), dtype=np.uint8) * np.uint8(255)
    return np.where(rng.random((height, width, 1)) < 0.5, noise, hard).astype(np.uint8)


def pillow_resize(image: Array, width: int, height: int, method: str) -> Array:
    """Gives Pillow's resize, the horizontal pass first in every version of Pillow."""
    wide = Image.fromarray(image).resize((width, image.shape[0]), PILLOW[method])
    return np.asarray(wide.resize((width, height), PILLOW[method]))


def tf_resize(image: Array, width: int, height: int, method: str) -> Array:
    """Gives tf.image.resize as binary32."""
    import tensorflow as tf

    name, antialias = TENSORFLOW[method]
    return np.asarray(tf.cast(tf.image.resize(image, [height, width], method=name, antialias=antialias), tf.float32))


def shapes(more: int) -> Iterator[tuple[tuple[int, int, int, int], str]]:
    """Gives the named shapes and `more` random ones."""
    yield from SHAPES
    rng = random.Random(7)
    most = 40 if more < 10 else 120
    for _ in range(more):
        yield (rng.randint(1, most), rng.randint(1, most), rng.randint(1, 30), rng.randint(1, 30)), "a random shape"


def resize_cases(methods: Iterable[str], resize: Any, more: int) -> Iterator[Case]:
    """Gives a case for each method and shape."""
    rng = np.random.default_rng(2024)
    for method in methods:
        for number, ((width, height, to_width, to_height), comment) in enumerate(shapes(more)):
            image = pixels(rng, width, height)
            step = {"op": "resize", "method": method, "fit": "stretch", "width": to_width, "height": to_height}
            expected = resize(image, to_width, to_height, method)
            yield case(f"{method}-{number}", f"{method}: {comment}", image, expected, step=step)


def color_cases() -> Iterator[Case]:
    """Gives RGB in the other orders; grey is Pillow's L."""
    image = pixels(np.random.default_rng(11), 33, 31)
    grey = np.asarray(Image.fromarray(image).convert("L"))[..., np.newaxis]
    yield case("gray", "grey is Pillow's L", image, grey, step={"op": "color", "to": "GRAY"})
    red, green, blue = Image.fromarray(image).split()
    swapped = np.asarray(Image.merge("RGB", (blue, green, red)))
    yield case("bgr", "BGR has red and blue exchanged", image, swapped, step={"op": "color", "to": "BGR"})


def crop_cases() -> Iterator[Case]:
    """Gives tf.image.central_crop."""
    import tensorflow as tf

    rng = np.random.default_rng(12)
    for number, (width, height, fraction) in enumerate(
        [(10, 9, 0.875), (17, 23, 0.5), (8, 8, 1.0), (31, 5, 0.33), (7, 7, 0.1)]
    ):
        image = pixels(rng, width, height)
        expected = np.asarray(tf.image.central_crop(image, fraction))
        step = {"op": "crop", "central_fraction": fraction}
        yield case(f"central-{number}", f"the middle {fraction} of both sides", image, expected, step=step)


def arithmetic_cases() -> Iterator[Case]:
    """Gives NumPy's binary32 arithmetic on every value of uint8."""
    levels = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(16, 16, 3)
    x = levels.astype(np.float32)
    f = np.float32
    divided = {"op": "rescale", "divisor": 255.0, "offset": 0.0}
    yield case("divisor", "x / 255, not x * (1 / 255)", levels, x / f(255) + f(0), step=divided)
    scaled = {"op": "rescale", "factor": 1 / 255, "offset": 0.0}
    yield case("factor", "x * (1 / 255), not x / 255", levels, x * f(1 / 255) + f(0), step=scaled)
    centred = {"op": "rescale", "divisor": 127.5, "offset": -1.0}
    yield case("offset", "the offset is added after the division", levels, x / f(127.5) + f(-1), step=centred)
    mean, std = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
    normalized = {"op": "normalize", "mean": mean, "std": std, "range": "0..255"}
    expected = (x - np.array(mean, f)) / np.array(std, f)
    yield case("normalize", "per-channel mean is subtracted before division", levels, expected, step=normalized)


def reading_cases() -> Iterator[Case]:
    """Gives softmax and sigmoid in NumPy: exp in binary64 rounded to binary32, sums in index order."""
    rng = np.random.default_rng(13)
    for number, width in enumerate((1, 2, 10, 1000)):
        logits = (rng.standard_normal(width) * 8).astype(np.float32)
        powers = np.exp((logits - logits.max()).astype(np.float64)).astype(np.float32)
        softmax = powers / np.add.accumulate(powers)[-1]
        yield case(f"softmax-{number}", f"{width} classes", logits, softmax, step={"op": "softmax"})
        powers = np.exp(-logits.astype(np.float64)).astype(np.float32)
        sigmoid = np.float32(1) / (np.float32(1) + powers)
        yield case(f"sigmoid-{number}", f"{width} classes", logits, sigmoid, step={"op": "sigmoid"})


def pipeline_cases() -> Iterator[Case]:
    """Gives whole preparations as their authors write them: torchvision's, a letterbox, TensorFlow's."""
    import tensorflow as tf

    f = np.float32
    image = pixels(np.random.default_rng(14), 75, 50)
    small = np.asarray(Image.fromarray(image).resize((int(32 * 75 / 50), 32), Image.Resampling.BICUBIC))
    mean, std = np.array([0.485, 0.456, 0.406], f), np.array([0.229, 0.224, 0.225], f)
    left, top = round((48 - 28) / 2), round((32 - 28) / 2)
    cut = small[top : top + 28, left : left + 28].astype(f) / f(255) + f(0)
    yield case(
        "torchvision",
        "Resize(32), CenterCrop(28), ToTensor, Normalize of torchvision on a Pillow image",
        image,
        ((cut - mean) / std).transpose(2, 0, 1)[np.newaxis],
        steps=[
            {"op": "decode"},
            {"op": "resize", "method": "pillow.bicubic", "fit": "shorter_side", "side": 32, "side_rounding": "floor"},
            {"op": "crop", "width": 28, "height": 28, "offset_rounding": "half_even"},
            {"op": "rescale", "divisor": 255.0},
            {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "range": "0..1"},
            {"op": "layout", "to": "NCHW"},
        ],
    )
    boxed = Image.new("RGB", (31, 31), (7, 8, 9))
    boxed.paste(Image.fromarray(image).resize((31, 20), Image.Resampling.BILINEAR), (0, (31 - 20) // 2))
    yield case(
        "letterbox",
        "the odd row of margin is at the bottom",
        image,
        np.asarray(boxed)[np.newaxis].astype(f),
        steps=[
            {"op": "decode"},
            {"op": "resize", "method": "pillow.bilinear", "fit": "contain", "width": 31, "height": 31}
            | {"side_rounding": "floor", "pad_value": [7, 8, 9]},
        ],
    )
    middle = tf.image.resize(tf.image.central_crop(image, 0.875), [24, 24])
    yield case(
        "tensorflow",
        "central_crop, then resize, then x / 127.5 - 1, of tf.image",
        image,
        np.asarray(middle)[np.newaxis] / f(127.5) + f(-1),
        steps=[
            {"op": "decode"},
            {"op": "crop", "central_fraction": 0.875},
            {"op": "resize", "method": "tf.bilinear", "fit": "stretch", "width": 24, "height": 24},
            {"op": "rescale", "divisor": 127.5, "offset": -1.0},
        ],
    )


def text(library: str, version: str, cases: Iterable[Case]) -> str:
    """Gives one file of vectors, a case a line."""
    head = {"schema": SCHEMA, "generator": "metadata/vectors/generate.py", "library": library, "version": version}
    lines = ",\n".join(json.dumps(each, sort_keys=True) for each in cases)
    return json.dumps(head, sort_keys=True)[:-1] + ', "cases": [\n' + lines + "\n]}\n"


def files(more: int) -> dict[str, str]:
    """Gives every file that is generated, by its path."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    numpy = np.__version__
    both = f"{pillow_version}, {tf.__version__}"
    return {
        "resize/pillow.json": text("Pillow", pillow_version, resize_cases(PILLOW, pillow_resize, more)),
        "resize/tensorflow.json": text("TensorFlow", tf.__version__, resize_cases(TENSORFLOW, tf_resize, more)),
        "color/pillow.json": text("Pillow", pillow_version, color_cases()),
        "crop/tensorflow.json": text("TensorFlow", tf.__version__, crop_cases()),
        "arithmetic/numpy.json": text("NumPy", numpy, arithmetic_cases()),
        "reading/numpy.json": text("NumPy", numpy, reading_cases()),
        "pipeline/image.json": text("Pillow, TensorFlow", both, pipeline_cases()),
    }


def main() -> None:
    """Writes every file, or says which would change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--more", type=int, default=2, help="random shapes for each method")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    stale = []
    for path, content in files(options.more).items():
        place = options.out / path
        if options.check:
            stale += [path] if not place.is_file() or place.read_text() != content else []
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
    if stale:
        sys.exit(f"These vectors are not what the generator writes: {', '.join(stale)}")


if __name__ == "__main__":
    main()
