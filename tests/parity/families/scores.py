"""Random scores, and quantised tensors."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from generators import quantisation
from generators import scores as library

from . import Drawn, Family, Parameters

F = np.float32


def row(given: Parameters) -> Any:
    """Gives scores; with a coarse grain, many are equal."""
    rng = np.random.default_rng(given["seed"])
    found = (rng.standard_normal(given["count"]) * 10.0 ** (given["size"] - 3)).astype(F)
    return np.round(found, given["grain"]).astype(F) if given["grain"] < 3 else found


def draw(rng: random.Random) -> Parameters:
    count = rng.choice((1, 2, 5, 40, 400))
    found = {"count": rng.randint(1, count), "seed": rng.randrange(10**6), "size": rng.randrange(7)}
    return found | {"grain": rng.randrange(5), "k": rng.randint(1, 50), "kind": rng.randrange(2)}


def build_activation(given: Parameters) -> Drawn:
    op = ("softmax", "sigmoid")[given["kind"]]
    values = row(given)
    expected = lambda: getattr(library, op)(values)[np.newaxis]  # noqa: E731
    return Drawn(op, {"input": values[np.newaxis], "steps": [{"op": op}]}, expected)


def build_ranking(given: Parameters) -> Drawn:
    values = row(given)
    limit = float(values[given["k"] % len(values)])
    steps = [{"op": "top_k", "k": given["k"]}, {"op": "threshold", "score": limit}][: given["kind"] + 1]
    labels = [f"class {place}" for place in range(len(values))]
    steps.append({"op": "label", "labels": "classes"})
    order = [place for place in library.best(values)[: given["k"]] if given["kind"] == 0 or values[place] >= limit]
    expected = lambda: library.answer(values, order, labels)  # noqa: E731
    return Drawn("label", {"input": values[np.newaxis], "steps": steps, "labels": labels}, expected)


def build_quantised(given: Parameters) -> Drawn:
    values = row(given)
    dtype, zero = ("uint8", "int8")[given["kind"]], given["k"] * (1 - given["kind"] * 2)
    scale = (given["seed"] % 1000 + 1) / 777
    tensor = {"dtype": dtype, "scale": scale, "zero_point": zero}
    if given["grain"] == 0:  # exactly between two integers
        tensor["scale"] = scale = 2.0 ** (given["seed"] % 5 - 2)
        values = (np.round(values) + F(0.5)) * F(scale)
    return Drawn(
        "quantize", {"input": values, "tensor": tensor}, lambda: quantisation.quantized(values, scale, zero, dtype)
    )


def build_dequantised(given: Parameters) -> Drawn:
    dtype, scale = ("uint8", "int8")[given["kind"]], (given["seed"] % 1000 + 1) / 777
    limits = np.iinfo(dtype)
    rng = np.random.default_rng(given["seed"])
    values = rng.integers(limits.min, limits.max + 1, given["count"]).astype(dtype)
    tensor = {"dtype": dtype, "scale": scale, "zero_point": given["k"]}
    expected = lambda: (values.astype(np.int64) - given["k"]).astype(F) * F(scale)  # noqa: E731
    return Drawn("dequantize", {"input": values, "tensor": tensor}, expected)


LEAST = {"count": 1, "seed": 0, "size": 0, "grain": 0, "k": 1}
FAMILIES = (
    Family("softmax, sigmoid", draw, build_activation, LEAST, 2),
    Family("top_k, threshold, label", draw, build_ranking, LEAST, 2),
    Family("quantize", draw, build_quantised, LEAST),
    Family("dequantize", draw, build_dequantised, LEAST),
)
