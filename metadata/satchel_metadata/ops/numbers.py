"""What an output's numbers mean: denormalize and round; binary32, one rounding an operation."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def denormalize(values: Floats, mean: tuple[float, ...], std: tuple[float, ...]) -> Floats:
    """Gives x * std[c] + mean[c]; mean and std, rounded to binary32 first, have one number or one a column [..., c]."""
    with np.errstate(over="ignore", invalid="ignore"):
        found: Floats = values * np.array(std, np.float32) + np.array(mean, np.float32)
    return found


def rounded(values: Floats, decimals: int, rounding: Literal["floor", "half_even"]) -> Floats:
    """Gives x * 10^decimals, rounded to a whole number, / 10^decimals; -0 becomes 0. As numpy.round with half_even.

    Args:
        values: any shape.
        decimals: 0 to 9; with 0 nothing is multiplied or divided.
        rounding: `floor` goes down, `half_even` to the nearest, the even one of two equally near.
    """
    whole = np.rint if rounding == "half_even" else np.floor
    if decimals == 0:
        return np.asarray(whole(values) + np.float32(0))
    power = np.float32(10**decimals)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(whole(values * power) / power + np.float32(0))
