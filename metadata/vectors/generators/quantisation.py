"""Vectors of quantised tensors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid

F = np.float32
TIES = np.array([
    0.5, -0.5, 1.5, -1.5, 2.5, 2.4999, -2.4999, 0.49999997, 0.0, -0.0, 1e-40, 126.5, 127.4, 127.5, -128.5, 254.5, 255.5,
], F)  # fmt: skip
FAR = np.array([1e30, -1e30, 3e9, -3e9, 300, -300, np.inf, -np.inf, 8388609.0, 16777216.0], F)


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("quantize/tensorflow.json", "SPEC.md, held against TensorFlow", "1.0", quantize())
    yield VectorFile("dequantize/numpy.json", "NumPy", np.__version__, dequantize())


def quantized(values: Array, scale: float, zero_point: int, dtype: str) -> Array:
    """Gives t = x / scale in binary32, rounded half away from zero, plus the zero point, clamped."""
    t = values.astype(F) / F(scale)
    r = np.trunc(t)
    with np.errstate(invalid="ignore"):  # infinity less infinity, which is not at least a half
        r = np.where(np.abs(t - r) >= F(0.5), r + np.sign(t), r).astype(np.float64)
    limits = np.iinfo(dtype)
    return np.clip(r + zero_point, limits.min, limits.max).astype(dtype)


def quantize() -> Iterator[Case]:
    """Gives ties, values out of range, and random ones."""

    def one(name: str, comment: str, values: Array, dtype: str, zero: int, scale: float = 1.0) -> Case:
        tensor = {"dtype": dtype, "scale": scale, "zero_point": zero}
        return valid(name, comment, values, quantized(values, scale, zero, dtype), tensor=tensor)

    yield one("in-spec", "the example of SPEC.md", np.array([0.5, -0.5, 1.5, 2.4999], F), "int8", 0)
    for dtype, zero in (("uint8", 0), ("uint8", 128), ("int8", 0), ("int8", -128), ("int8", 127)):
        comment = "halves go away from zero, before the zero point is added"
        yield one(f"ties-{dtype}-{zero}", comment, TIES, dtype, zero)
        yield one(f"far-{dtype}-{zero}", "what is out of range is clamped", FAR, dtype, zero)
    rng = np.random.default_rng(17)
    for number in range(10):
        scale, dtype = float(rng.uniform(1e-3, 0.1)), ("uint8", "int8")[number % 2]
        zero = int(rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max + 1))
        values = (rng.standard_normal(60) * 5).astype(F)
        yield one(f"random-{number}", "the scale is rounded to binary32, then x / scale", values, dtype, zero, scale)
    levels = (np.arange(256) / 255).astype(F)
    yield one("levels", "k / 255 is k again", levels, "uint8", 0, 1 / 255)
    tensor = {"dtype": "uint8", "scale": 1 / 255, "zero_point": 0}
    yield invalid("nan", "NaN is an error", np.array([0, np.nan], F), "input/nan", tensor=tensor)


def dequantize() -> Iterator[Case]:
    """Gives (q - zero_point) * scale in binary32."""
    few = np.array([-128, -1, 3], np.int8)
    tensor = {"dtype": "int8", "scale": 0.1, "zero_point": -1}
    yield valid("in-spec", "the example of SPEC.md", few, (few.astype(np.int64) + 1).astype(F) * F(0.1), tensor=tensor)
    rng = np.random.default_rng(19)
    every = {"uint8": np.arange(256, dtype=np.uint8), "int8": np.arange(-128, 128, dtype=np.int8)}
    for number in range(14):
        dtype = ("uint8", "int8")[number % 2]
        zero = (0, 128, -128, 127, 3)[number % 5] if dtype == "int8" else (0, 128, 255, 7)[number % 4]
        zero = min(zero, np.iinfo(dtype).max)
        scale = (
            (1.0, 1 / 256, 0.003921568859368563, 1e-38, 1e30)[number % 5] if number < 5 else float(rng.uniform(1e-4, 2))
        )
        expected = (every[dtype].astype(np.int64) - zero).astype(F) * F(scale)
        tensor = {"dtype": dtype, "scale": scale, "zero_point": zero}
        yield valid(
            f"every-{number}",
            f"every {dtype}, zero point {zero}, scale {scale!r}",
            every[dtype],
            expected,
            tensor=tensor,
        )
    wide = np.array([0, 1, -1, 2**24 + 1, -(2**24) - 1, 2**31 - 1, -(2**31)], np.int32)
    expected = (wide.astype(np.int64) - 5).astype(F) * F(0.5)
    yield valid(
        "int32",
        "the difference is exact, then rounded to binary32",
        wide,
        expected,
        tensor={"dtype": "int32", "scale": 0.5, "zero_point": 5},
    )
