"""Vectors of whole pipelines on real photos, as their authors write them in Pillow, TensorFlow, OpenCV and NumPy."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL import __version__ as pillow_version

from generators import library
from generators.base import Array, Blob, Case, VectorFile, packed, valid
from generators.contents import centred, content
from generators.images import pixels
from generators.quantisation import quantized

F = np.float32
PHOTOS = {
    "chelsea": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "coffee": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "astronaut": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
}
"""PNG files of scikit-image's data folder, with their SHA-256. Public domain or CC0."""
IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "range": "0..1"}
DECODE = {"op": "decode"}
SMALL = 4000
"""Values up to which an expected tensor is stored whole; of a larger one its hash."""


def files() -> Iterator[VectorFile | Blob]:
    import cv2
    import tensorflow as tf

    versions = f"{pillow_version}, {tf.__version__}, {cv2.__version__}"
    for name in PHOTOS:
        yield Blob(f"pipeline/{name}.rgb.z", photo(name).tobytes())
    yield VectorFile("pipeline/photos.json", "Pillow, TensorFlow, OpenCV", versions, photos())
    yield VectorFile("pipeline/image.json", "Pillow, TensorFlow", versions.rpartition(",")[0], small())


@cache
def photo(name: str) -> Array:
    """Gives the pixels of a photo, [h, w, 3]."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.submodule_search_locations
    data = Path(spec.submodule_search_locations[0], "data", f"{name}.png").read_bytes()
    if hashlib.sha256(data).hexdigest() != PHOTOS[name]:
        raise ValueError(f"{name}.png is not the photo that the vectors are made of")
    with Image.open(Path(spec.submodule_search_locations[0], "data", f"{name}.png")) as found:
        return np.asarray(found.convert("RGB"))


def stored(values: Array) -> Any:
    """Gives an array whole, or its hash."""
    whole = np.ascontiguousarray(values)
    if whole.size <= SMALL:
        return whole
    return {
        "dtype": str(whole.dtype),
        "shape": list(whole.shape),
        "sha256": hashlib.sha256(whole.tobytes()).hexdigest(),
    }


def case(name: str, comment: str, source: str, expected: Array, steps: list[dict[str, Any]], **what: Any) -> Case:
    height, width = photo(source).shape[:2]
    given = {"file": f"pipeline/{source}.rgb.z", "width": width, "height": height}
    return valid(
        f"{name}-{source}", comment, given, packed(stored(expected[np.newaxis])), steps=[DECODE, *steps], **what
    )


def torchvision(image: Array, side: int, crop: int, resample: Image.Resampling) -> Array:
    """Gives Resize(side), CenterCrop(crop) of torchvision on a Pillow image, uint8."""
    height, width = image.shape[:2]
    short, long = min(width, height), max(width, height)
    longer = int(side * long / short)
    size = (side, longer) if width <= height else (longer, side)
    small = np.asarray(Image.fromarray(image).resize(size, resample))
    left, top = round((size[0] - crop) / 2), round((size[1] - crop) / 2)
    return small[top : top + crop, left : left + crop]


def normalized(values: Array) -> Array:
    """Gives ToTensor and Normalize, channels last."""
    share = values.astype(F) / F(255)
    return (share - np.array(IMAGENET["mean"], F)) / np.array(IMAGENET["std"], F)


def shorter(method: str, side: int, crop: int) -> list[dict[str, Any]]:
    resize = {"op": "resize", "method": method, "fit": "shorter_side", "side": side, "side_rounding": "floor"}
    return [resize, {"op": "crop", "width": crop, "height": crop, "offset_rounding": "half_even"}]


def photos() -> Iterator[Case]:
    for name in PHOTOS:
        image = photo(name)
        yield from classifiers(name, image)
        yield from keras_and_opencv(name, image)
        yield from quantised(name, image)


def classifiers(name: str, image: Array) -> Iterator[Case]:
    """Gives what image classifiers of PyTorch take."""
    share = {"op": "rescale", "divisor": 255.0}
    normalize, nchw = {"op": "normalize", **IMAGENET}, {"op": "layout", "to": "NCHW"}
    for side, crop, method, resample in (
        (256, 224, "pillow.bilinear", Image.Resampling.BILINEAR),
        (232, 224, "pillow.bicubic", Image.Resampling.BICUBIC),
        (36, 32, "pillow.bilinear", Image.Resampling.BILINEAR),
        (40, 35, "pillow.lanczos", Image.Resampling.LANCZOS),
    ):
        expected = normalized(torchvision(image, side, crop, resample)).transpose(2, 0, 1)
        steps = [*shorter(method, side, crop), share, normalize, nchw]
        comment = f"Resize({side}), CenterCrop({crop}), ToTensor, Normalize of torchvision, {method}"
        yield case(f"torchvision-{side}-{crop}", comment, name, expected, steps)
    cut = torchvision(image, 224, 224, Image.Resampling.BICUBIC).astype(F)
    steps = [
        *shorter("pillow.bicubic", 224, 224),
        {"op": "normalize", "mean": [127.0], "std": [128.0], "range": "0..255"},
    ]
    yield case("efficientnet-lite", "(x - 127) / 128", name, (cut - F(127)) / F(128), steps)


def keras_and_opencv(name: str, image: Array) -> Iterator[Case]:
    """Gives what Keras, TensorFlow and OpenCV users write."""
    import cv2
    import tensorflow as tf

    for side in (224, 30):
        for method in library.TENSORFLOW:
            expected = library.tf_resize(image, side, side, method) / F(127.5) + F(-1)
            steps = [library_step(method, side, side), {"op": "rescale", "divisor": 127.5, "offset": -1.0}]
            yield case(f"{method}-{side}", f"tf.image.resize to {side}, x / 127.5 - 1", name, expected, steps)
        middle = tf.image.resize(tf.image.central_crop(image, 0.875), [side, side])
        steps = [{"op": "crop", "central_fraction": 0.875}, library_step("tf.bilinear", side, side)]
        yield case(f"central-{side}", "central_crop(0.875), then resize", name, np.asarray(middle), steps)
    for method in library.OPENCV:
        bgr = cv2.cvtColor(library.opencv_resize(image, 33, 31, method), cv2.COLOR_RGB2BGR)
        steps = [library_step(method, 33, 31), {"op": "color", "to": "BGR"}]
        means = {"op": "normalize", "mean": [104.0, 117.0, 123.0], "std": [1.0], "range": "0..255"}
        expected = bgr.astype(F) - np.array([104, 117, 123], F)
        yield case(method, "cv2.resize, BGR, mean subtracted, as blobFromImage does", name, expected, [*steps, means])
    box = library.fitted(image, {**CONTAIN, "width": 320, "height": 320})
    yield case(
        "letterbox",
        "a letterbox of grey, x / 255",
        name,
        box.astype(F) / F(255) + F(0),
        [{**CONTAIN, "width": 320, "height": 320}, {"op": "rescale", "divisor": 255.0}],
    )
    grey = library.gray(image)
    small = library.pillow_resize(grey, 28, 28, "pillow.box")
    steps = [{"op": "color", "to": "GRAY"}, library_step("pillow.box", 28, 28), {"op": "rescale", "divisor": 255.0}]
    yield case("digits", "grey, 28 x 28, x / 255", name, small.astype(F) / F(255), steps)


CONTAIN = {
    "op": "resize",
    "method": "opencv.linear",
    "fit": "contain",
    "side_rounding": "half_even",
    "pad_value": [114],
}


def library_step(method: str, width: int, height: int) -> dict[str, Any]:
    return {"op": "resize", "method": method, "fit": "stretch", "width": width, "height": height}


def quantised(name: str, image: Array) -> Iterator[Case]:
    """Gives what quantised models take."""
    cut = torchvision(image, 36, 32, Image.Resampling.BICUBIC)
    tensor = {"shape": [1, 32, 32, 3], "dtype": "uint8", "scale": 1 / 128, "zero_point": 127}
    steps = [
        *shorter("pillow.bicubic", 36, 32),
        {"op": "normalize", "mean": [127.0], "std": [128.0], "range": "0..255"},
    ]
    expected = quantized((cut.astype(F) - F(127)) / F(128), 1 / 128, 127, "uint8")
    yield case("uint8", "quantised so that a level is its own value", name, expected, steps, tensor=tensor)
    tensor = {"shape": [1, 32, 32, 3], "dtype": "int8", "scale": 0.018658, "zero_point": -14}
    steps = [*shorter("pillow.bicubic", 36, 32), {"op": "rescale", "divisor": 255.0}, {"op": "normalize", **IMAGENET}]
    yield case(
        "int8", "int8, per-channel mean", name, quantized(normalized(cut), 0.018658, -14, "int8"), steps, tensor=tensor
    )
    values = library.tf_resize(image, 32, 32, "tf.bicubic") / F(127.5) + F(-1)
    tensor = {"shape": [1, 32, 32, 3], "dtype": "int8", "scale": 1 / 127, "zero_point": 0}
    steps = [library_step("tf.bicubic", 32, 32), {"op": "rescale", "divisor": 127.5, "offset": -1.0}]
    yield case(
        "int8-floats", "what overshoots is clamped", name, quantized(values, 1 / 127, 0, "int8"), steps, tensor=tensor
    )


def small() -> Iterator[Case]:
    """Gives three preparations of a small picture, whole."""
    image = pixels(14, 75, 50)
    cut = normalized(torchvision(image, 32, 28, Image.Resampling.BICUBIC)).transpose(2, 0, 1)
    share, nchw = {"op": "rescale", "divisor": 255.0}, {"op": "layout", "to": "NCHW"}
    steps = [DECODE, *shorter("pillow.bicubic", 32, 28), share, {"op": "normalize", **IMAGENET}, nchw]
    yield valid("torchvision", "Resize(32), CenterCrop(28), ToTensor, Normalize", image, cut[np.newaxis], steps=steps)
    box = {
        **CONTAIN,
        "method": "pillow.bilinear",
        "side_rounding": "floor",
        "width": 31,
        "height": 31,
        "pad_value": [7, 8, 9],
    }
    boxed = Image.new("RGB", (31, 31), (7, 8, 9))
    boxed.paste(Image.fromarray(image).resize((31, 20), Image.Resampling.BILINEAR), (0, (31 - 20) // 2))
    expected = np.asarray(boxed)[np.newaxis].astype(F)
    yield valid("letterbox", "the odd row of margin is at the bottom", image, expected, steps=[DECODE, box])
    yield from drawings()
    gone = [{"op": "decode"}, {"op": "crop", "central_fraction": 0.875}, library_step("tf.bilinear", 24, 24)]
    middle = library.tf_resize(library.cropped(image, gone[1]), 24, 24, "tf.bilinear")[np.newaxis] / F(127.5) + F(-1)
    steps = [*gone, {"op": "rescale", "divisor": 127.5, "offset": -1.0}]
    yield valid("tensorflow", "central_crop, then resize, then x / 127.5 - 1, of tf.image", image, middle, steps=steps)


def drawings() -> Iterator[Case]:
    """Gives MNIST's preparation of dark ink on white paper: a box of 20 x 20, by its centre of mass in 28 x 28."""
    invert = {"op": "rescale", "factor": -1.0, "offset": 255.0}
    box = {"op": "crop_content", "threshold": 30.0}
    fit = {**CONTAIN, "method": "tf.bilinear_antialias", "width": 20, "height": 20, "pad_value": [0]}
    place, share = {"op": "center_of_mass", "width": 28, "height": 28}, {"op": "rescale", "divisor": 255.0}
    steps = [DECODE, {"op": "color", "to": "GRAY"}, invert, box, fit, place, share]
    for name, width, height in (("tall", 61, 90), ("wide", 70, 33), ("line", 5, 64), ("tiny", 12, 12)):
        paper = np.full((120, 100, 3), 255, np.uint8)
        ink = pixels(width, width, height)
        paper[20 : 20 + height, 15 : 15 + width] = ink - ink // 3
        ready = content(library.rescaled(library.gray(paper), invert), box)
        expected = library.rescaled(centred(library.fitted(ready, fit), place), share)
        yield valid(f"drawing-{name}", "a drawing as MNIST prepares one", paper, expected[np.newaxis], steps=steps)
        tensor = {"shape": [1, 28, 28, 1], "dtype": "int8", "scale": 1 / 255, "zero_point": -128}
        whole = quantized(expected[np.newaxis], 1 / 255, -128, "int8")
        yield valid(f"drawing-{name}-int8", "likewise, quantised", paper, whole, steps=steps, tensor=tensor)
