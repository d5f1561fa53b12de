"""Arithmetic on prepared values: rescale, normalize, quantize, dequantize; binary32, one rounding an operation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError

Array = NDArray[Any]
Floats = NDArray[np.float32]


def as_float32(values: Array) -> Floats:
    """Gives the same values as float32; uint8 and int16 are exact."""
    return values.astype(np.float32, copy=False)


@np.errstate(over="ignore")
def rescale(values: Array, factor: float | None, divisor: float | None, offset: float) -> Floats:
    """Gives x * factor + offset, or x / divisor + offset. The offset is added even when it is 0 (-0 becomes 0).
    What is beyond binary32 becomes an infinity.

    Args:
        values: uint8 or float32, any shape.
        factor: or None when `divisor` is given; like the others rounded to binary32 first.
        divisor: or None when `factor` is given.
        offset: added last.
    """
    floats = as_float32(values)
    scaled = floats * np.float32(factor) if factor is not None else floats / np.float32(divisor)
    return np.add(scaled, np.float32(offset), out=scaled)


@np.errstate(over="ignore")
def normalize(values: Array, mean: tuple[float, ...], std: tuple[float, ...], axis: int = -1) -> Floats:
    """Gives (x - mean[c]) / std[c].

    Args:
        values: uint8 or float32, rank 3.
        mean: one number for all channels, or one a channel; rounded to binary32 first.
        std: likewise.
        axis: where the channels are: -1 for [h, w, c], 0 for [c, h, w].
    """
    floats = as_float32(values)
    centred = floats - _one_a_value(mean, floats.shape, axis)
    return np.divide(centred, _one_a_value(std, floats.shape, axis), out=centred)


def _one_a_value(constants: tuple[float, ...], shape: tuple[int, ...], axis: int) -> Floats:
    """Lays constants out so that numpy's inner loop runs over a whole row: over 3 channels it is ten times slower."""
    rounded = np.array(constants, dtype=np.float32)
    if len(set(constants)) == 1:
        return rounded[:1].reshape(())
    if axis == 0:
        return rounded.reshape(-1, 1, 1)
    return np.broadcast_to(rounded, shape[1:]).copy()


def quantize(values: Array, scale: float, zero_point: int, dtype: str) -> Array:
    """Gives the integers of a quantised tensor.

    t = x / scale in binary32; r = trunc(t), one further from 0 when |t - r| >= 0.5; r + zero_point, clamped to the
    range of dtype.

    Raises:
        InputError: input/nan, when a value is NaN.
    """
    with np.errstate(over="ignore"):
        scaled = as_float32(values) / np.float32(scale)
    if np.isnan(scaled).any():
        raise InputError(
            "input/nan", "a prepared value is NaN and cannot be quantised", hint="Check mean, std, factor and divisor."
        )
    limits = np.iinfo(dtype)
    # An infinity stands on the right side of every clamp, so nothing is lost by making it finite first.
    finite = np.clip(scaled, np.float32(-(2**31)), np.float32(2**31))
    whole = np.trunc(finite)
    away = np.abs(finite - whole) >= np.float32(0.5)
    whole += np.where(away, np.sign(finite), np.float32(0))
    return np.clip(whole + np.float32(zero_point), limits.min, limits.max).astype(dtype)


def dequantize(values: Array, scale: float, zero_point: int) -> Floats:
    """Gives (q - zero_point) * scale: the difference exact, then one rounding to binary32 and one product."""
    return (values.astype(np.int64) - zero_point).astype(np.float32) * np.float32(scale)
