"""Vectors of rescale and normalize."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generators import library
from generators.base import Array, Case, VectorFile, invalid, valid
from generators.images import LEVELS, SPAN, in_spec, refused

BY_OP = {"rescale": library.rescaled, "normalize": library.normalized}
SHARE = {"op": "rescale", "divisor": 255.0}
IMAGENET = {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}
NUMBERS = (
    1.0, -1.0, 0.1, 1 / 3, 2 / 255, 1 / 127.5, 0.017429193899782137, 3.0, 255.0, 256.0, 127.5, 58.395, 1e-30, 1e30,
    -128.0, 1e38, 2**-126, 16777217.0,
)  # fmt: skip
"""Factors and divisors that binary32 holds exactly, and ones that it rounds."""


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("rescale/numpy.json", "NumPy", np.__version__, rescale())
    yield VectorFile("normalize/numpy.json", "NumPy", np.__version__, normalize())


def one(name: str, comment: str, image: Array, *steps: dict[str, Any]) -> Case:
    """Gives what NumPy makes of a picture, step by step; the last of the steps is the one that is looked at."""
    found = image
    for step in steps:
        found = BY_OP[step["op"]](found, step)
    before = {"before": list(steps[:-1])} if len(steps) > 1 else {}
    return valid(name, comment, image, found, **before, step=steps[-1])


def rescale() -> Iterator[Case]:
    """Gives NumPy's binary32 arithmetic."""
    yield from in_spec("rescale")
    for name, comment, numbers in (
        ("divisor", "x / 255, not x * (1 / 255)", {"divisor": 255.0}),
        ("factor", "x * (1 / 255), not x / 255", {"factor": 1 / 255}),
        ("offset", "the offset is added after the division", {"divisor": 127.5, "offset": -1.0}),
    ):
        yield one(name, comment, LEVELS, {"op": "rescale", **numbers})
    for place, number in enumerate(NUMBERS):
        for kind in ("factor", "divisor"):
            step = {"op": "rescale", kind: number, "offset": (0.0, -0.5, 0.1)[place % 3]}
            yield one(f"{kind}-{place}", f"{kind} {number!r}, rounded to binary32 first", SPAN, step)
    zero, negative = np.zeros((1, 1, 3), np.uint8), {"op": "rescale", "factor": -1.0}
    yield one("minus-zero", "0 * -1 is -0; adding the offset of 0 makes it 0", zero, negative)
    large = {"op": "rescale", "factor": 3e38}
    yield one("infinite", "255 * 3e38 is beyond binary32, and becomes an infinity", SPAN, large)
    twice = {"op": "rescale", "factor": 2.0, "offset": -1.0}
    yield one("twice", "one rounding an operation, also between two steps", LEVELS, SHARE, twice)
    yield from refused("rescale", SHARE, [
        ("both", "exactly one of factor and divisor", {"factor": 2.0}, "spec/inconsistent", ""),
        ("neither", "exactly one, not none", {"divisor": None}, "spec/inconsistent", ""),
        ("by-nothing", "nothing is divided by 0", {"divisor": 0.0}, "spec/inconsistent", ""),
        ("factor-of-0", "a factor of 0 leaves nothing", {"divisor": None, "factor": 0.0}, "spec/inconsistent", ""),
        ("text", "numbers are numbers", {"divisor": "255"}, "spec/wrong-type", ".divisor"),
        ("too-small", "a divisor that is 0 in binary32", {"divisor": 1e-46}, "spec/out-of-range", ""),
        ("too-large", "an offset that is infinite in binary32", {"offset": 1e39}, "spec/out-of-range", ""),
    ])  # fmt: skip


def normalize() -> Iterator[Case]:
    """Gives NumPy's binary32 arithmetic, and what is refused."""
    yield from in_spec("normalize")
    for name, comment, numbers in (
        ("imagenet", "per-channel mean is subtracted before division", IMAGENET),
        ("one", "one number for all channels", {"mean": [127.0], "std": [128.0]}),
        ("mean-only", "std of 1", {"mean": [103.939, 116.779, 123.68], "std": [1.0]}),
        ("one-mean", "one mean, a std for each channel", {"mean": [127.5], "std": [1.0, 2.0, 3.0]}),
        ("negative-std", "a negative std turns the sign", {"mean": [100.0], "std": [-50.0]}),
        ("equal", "x - mean = 0 divided by a negative std is -0", {"mean": [100.0], "std": [-1.0]}),
    ):
        yield one(name, comment, LEVELS, {"op": "normalize", **numbers, "range": "0..255"})
    rng = np.random.default_rng(6)
    for number in range(28):
        count = 1 if number % 4 == 0 else 3
        mean, std = rng.uniform(-300, 300, count), rng.uniform(0.01, 200, 3 if number % 3 else 1)
        step = {"op": "normalize", "mean": mean.tolist(), "std": std.tolist(), "range": "0..255"}
        yield one(f"random-{number}", "binary64 numbers are rounded to binary32 first", SPAN, step)
    step = {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "range": "0..1"}
    yield one("behind-rescale", "mean and std for 0..1 behind x / 255", LEVELS, SHARE, step)
    centred = {"op": "rescale", "divisor": 127.5, "offset": -1.0}
    half = {"op": "normalize", "mean": [0.5], "std": [0.5], "range": "-1..1"}
    yield one("minus-one", "mean and std for -1..1", LEVELS, centred, half)
    tiny = {"op": "normalize", "mean": [0.0], "std": [1e-37], "range": "0..255"}
    yield one("infinite", "what is beyond binary32 becomes an infinity", SPAN, tiny)
    yield from normalize_refused()


def normalize_refused() -> Iterator[Case]:
    """Gives numbers that are no mean and std, and a mean for another range than the values have."""
    right = {"op": "normalize", **IMAGENET, "range": "0..255"}
    yield from refused("normalize", right, [
        ("two-means", "one number, or one a channel", {"mean": [1.0, 2.0]}, "spec/channel-count", ""),
        ("four-stds", "four numbers for three channels", {"std": [1.0, 2.0, 3.0, 4.0]}, "spec/channel-count", ""),
        ("five-means", "no picture has five channels", {"mean": [1.0] * 5}, "spec/out-of-range", ".mean"),
        ("no-means", "at least one number", {"mean": []}, "spec/out-of-range", ".mean"),
        ("no-range", "the range is not taken for granted", {"range": None}, "spec/missing-key", ".range"),
        ("ranges", "there are three ranges", {"range": "0..2"}, "spec/unknown-value", ".range"),
        ("std-0", "nothing is divided by 0", {"std": [0.0]}, "spec/inconsistent", ""),
        ("std-tiny", "nor by what is 0 in binary32", {"std": [1e-46]}, "spec/out-of-range", ""),
        ("range", "mean and std for 0..1 on 0..255", {"range": "0..1"}, "spec/range-mismatch", ""),
    ])  # fmt: skip
    code, at = "spec/range-mismatch", "$.inputs[0].steps[2]"
    yield invalid("twice", "rescaled, then a mean for 0..255", SPAN, code, at, before=[SHARE], step=right)
