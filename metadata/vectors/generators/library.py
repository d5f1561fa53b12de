"""The libraries that ops are named after, called as their users call them; the random search uses them too."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from PIL import Image

Array = np.ndarray[Any, Any]
F = np.float32

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
OPENCV = ("opencv.linear", "opencv.area", "opencv.nearest")
METHODS = (*PILLOW, *TENSORFLOW, *OPENCV)


def resized(image: Array, width: int, height: int, method: str) -> Array:
    """Gives [h, w, c] resized by the library that the method is named after; float32 for tf.*, uint8 for the others."""
    if method in PILLOW:
        return pillow_resize(image, width, height, method)
    return (
        tf_resize(image, width, height, method) if method in TENSORFLOW else opencv_resize(image, width, height, method)
    )


def pillow_resize(image: Array, width: int, height: int, method: str) -> Array:
    """Gives Image.resize, the horizontal pass first in every version of Pillow."""
    plain = np.ascontiguousarray(image[..., 0] if image.shape[2] == 1 else image)
    wide = Image.fromarray(plain).resize((width, image.shape[0]), PILLOW[method])
    return np.asarray(wide.resize((width, height), PILLOW[method])).reshape(height, width, image.shape[2])


def tf_resize(image: Array, width: int, height: int, method: str) -> Array:
    """Gives tf.image.resize as binary32."""
    import tensorflow as tf

    name, antialias = TENSORFLOW[method]
    return np.asarray(tf.cast(tf.image.resize(image, [height, width], method=name, antialias=antialias), tf.float32))


def opencv_resize(image: Array, width: int, height: int, method: str) -> Array:
    """Gives cv2.resize without its fast paths."""
    import cv2

    flags = {
        "opencv.linear": cv2.INTER_LINEAR_EXACT,
        "opencv.area": cv2.INTER_AREA,
        "opencv.nearest": cv2.INTER_NEAREST,
    }
    cv2.setUseOptimized(False)
    found = cv2.resize(np.ascontiguousarray(image), (width, height), interpolation=flags[method])
    return found.reshape(height, width, image.shape[2])


def gray(image: Array) -> Array:
    """Gives Pillow's L of RGB, [h, w, 1]."""
    return np.asarray(Image.fromarray(image).convert("L"))[..., np.newaxis]


def rescaled(values: Array, step: dict[str, Any]) -> Array:
    """Gives NumPy's binary32 x * factor + offset, or x / divisor + offset."""
    x = values.astype(F)
    with np.errstate(over="ignore"):
        scaled = x * F(step["factor"]) if "factor" in step else x / F(step["divisor"])
        return scaled + F(step.get("offset", 0.0))


def normalized(values: Array, step: dict[str, Any]) -> Array:
    """Gives NumPy's binary32 (x - mean) / std of [h, w, c]."""
    with np.errstate(over="ignore"):
        return (values.astype(F) - np.array(step["mean"], F)) / np.array(step["std"], F)


def whole(number: Fraction, rounding: str) -> int:
    """Gives Python's own rounding of an exact fraction: // or round, which takes the even one of two equally near."""
    return number.__floor__() if rounding == "floor" else round(number)


def fit_size(step: dict[str, Any], width: int, height: int) -> tuple[int, int]:
    """Gives the size to which a picture is scaled, as SPEC.md defines it, with exact fractions."""
    if step["fit"] == "stretch":
        return step["width"], step["height"]
    rounding = step["side_rounding"]
    if step["fit"] == "shorter_side":
        factor = Fraction(step["side"], min(width, height))
        if width <= height:
            return step["side"], whole(height * factor, rounding)
        return whole(width * factor, rounding), step["side"]
    across, down = Fraction(step["width"], width), Fraction(step["height"], height)
    if (across >= down) == (step["fit"] == "cover") or across == down:
        return step["width"], max(1, whole(height * across, rounding))
    return max(1, whole(width * down, rounding)), step["height"]


def centre(length: int, kept: int, rounding: str) -> int:
    """Gives the first row or column of the middle."""
    return whole(Fraction(length - kept, 2), rounding)


def fitted(image: Array, step: dict[str, Any]) -> Array:
    """Gives a whole resize step."""
    width, height = fit_size(step, image.shape[1], image.shape[0])
    found = resized(image, width, height, step["method"])
    if step["fit"] == "cover":
        return cropped(found, step)
    if step["fit"] == "contain":
        left, top = (step["width"] - width) // 2, (step["height"] - height) // 2
        margins = {"left": left, "top": top, "right": step["width"] - width - left}
        return padded(found, {**margins, "bottom": step["height"] - height - top, "value": step["pad_value"]})
    return found


def cropped(image: Array, step: dict[str, Any]) -> Array:
    """Gives the centre crop: torchvision's center_crop with half_even, Keras' CenterCrop with floor."""
    if "central_fraction" in step:
        import tensorflow as tf

        return np.asarray(tf.image.central_crop(image, step["central_fraction"]))
    left = centre(image.shape[1], step["width"], step["offset_rounding"])
    top = centre(image.shape[0], step["height"], step["offset_rounding"])
    return image[top : top + step["height"], left : left + step["width"]]


def padded(image: Array, step: dict[str, Any]) -> Array:
    """Gives numpy.pad, channel by channel."""
    margins = ((step["top"], step["bottom"]), (step["left"], step["right"]))
    values = step["value"] if len(step["value"]) > 1 else step["value"] * image.shape[2]
    planes = [np.pad(image[..., c], margins, constant_values=value) for c, value in enumerate(values)]
    return np.stack(planes, axis=-1)


def yuv_to_rgb(y: Array, u: Array, v: Array, value_range: str, rotation: int) -> Array:
    """Gives RGB of planes [h, w] and [ceil(h / 2), ceil(w / 2)].

    Limited range is cv2.cvtColor with COLOR_YUV2RGB_NV21, of the frame made even by repeating its last row and column.
    Full range is the contract's own integer formula, written with Python's integers.
    """
    height, width = y.shape
    if value_range == "full":
        rgb = np.array(
            [
                [_jfif(int(y[r, c]), int(u[r // 2, c // 2]), int(v[r // 2, c // 2])) for c in range(width)]
                for r in range(height)
            ]
        )
        rgb = rgb.astype(np.uint8)
    else:
        import cv2

        even = np.pad(y, ((0, height % 2), (0, width % 2)), mode="edge")
        chroma = np.stack([v, u], axis=-1).reshape(v.shape[0], -1)
        rgb = cv2.cvtColor(np.concatenate([even, chroma]), cv2.COLOR_YUV2RGB_NV21)[:height, :width]
    turned = Image.fromarray(rgb)
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return np.asarray(turned.transpose(turns[rotation]) if rotation else turned)


def _jfif(y: int, cb: int, cr: int) -> tuple[int, int, int]:
    cb, cr = cb - 128, cr - 128
    red = y + ((91881 * cr + 32768) >> 16)
    green = y + ((-22554 * cb - 46802 * cr + 32768) >> 16)
    blue = y + ((116130 * cb + 32768) >> 16)
    return tuple(min(255, max(0, each)) for each in (red, green, blue))  # type: ignore[return-value]
