"""resize tf.*: tf.image.resize in numpy, float32, bit for bit; half-pixel centres.

The order of the sums is TensorFlow's own and differs from method to method: tf.bilinear and tf.area go along the row
first, tf.bicubic and tf.bilinear_antialias down the column first. Sources: the kernels resize_bilinear_op,
resize_bicubic_op, resize_area_op, resize_nearest_neighbor_op and scale_and_translate_op of TensorFlow 2.18.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.ops.geometry import Window
from satchel_metadata.ops.picking import Floats
from satchel_metadata.ops.raster import Raster
from satchel_metadata.ops.taps import scale, taps
from satchel_metadata.ops.weighing import (
    ONE,
    across_then_down,
    bilinear,
    down_then_across,
    few_down_then_across,
    nearest,
    weighed,
)

_KERNELS = {
    "tf.nearest": nearest,
    "tf.bilinear": bilinear,
    "tf.bilinear_antialias": down_then_across,
    "tf.bicubic": few_down_then_across,
    "tf.area": across_then_down,
}
_FROM_ZERO = {"tf.bilinear_antialias", "tf.area"}
"""Methods whose sums begin with 0, and so are never -0."""


def resize(picture: Raster | NDArray[Any], width: int, height: int, method: str, window: Window) -> Floats:
    """Gives the window of the picture resized to width x height.

    Args:
        picture: a Raster, or uint8 or float32 [h, w, c].
        width: columns of the whole resized picture.
        height: its rows.
        method: tf.nearest, .bilinear, .bilinear_antialias, .bicubic or .area.
        window: the part of the resized picture that is wanted.

    Returns:
        float32 [h, w, c].
    """
    in_height, in_width = (picture.height, picture.width) if isinstance(picture, Raster) else picture.shape[:2]
    rows = taps(method, window.top, window.bottom, in_height, height)
    columns = taps(method, window.left, window.right, in_width, width)

    def finish(sums: Floats) -> Floats:
        if method == "tf.area":
            sums *= ONE / (scale(in_height, height) * scale(in_width, width))
        if method in _FROM_ZERO:
            sums += np.float32(0)
        return sums.astype(np.float32, copy=False)

    return weighed(picture, _KERNELS[method], rows, columns, np.float32, finish)
