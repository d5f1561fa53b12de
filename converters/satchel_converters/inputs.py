"""Inputs that two forms of a model are compared on: random ones, the same every time, and given ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from satchel_converters.frozen import TensorInfo
from satchel_metadata.errors import ModelError

Sample = Mapping[str, np.ndarray[Any, Any]]
RANDOM_INPUTS = 3


def random_inputs(inputs: Sequence[TensorInfo], count: int) -> list[dict[str, np.ndarray[Any, Any]]]:
    """Gives the same random inputs every time: normal values for floats, 0 and 1 for integers and booleans."""
    generator = np.random.default_rng(20240229)

    def one(info: TensorInfo) -> np.ndarray[Any, Any]:
        if np.dtype(info.dtype).kind == "f":
            return generator.normal(size=info.shape).astype(info.dtype)
        return generator.integers(0, 2, size=info.shape).astype(info.dtype)

    return [{info.name: one(info) for info in inputs} for _ in range(count)]


def as_given(sample: Sample, inputs: Sequence[TensorInfo]) -> dict[str, np.ndarray[Any, Any]]:
    """Gives a sample in the model's dtypes, refused when its names or shapes are not the model's."""
    wanted = {info.name: info for info in inputs}
    if len(sample) == len(inputs) == 1:  # a single input needs no name
        sample = {inputs[0].name: next(iter(sample.values()))}
    if set(sample) != set(wanted):
        raise ModelError(
            "model/input-names",
            f"the model's inputs are {sorted(wanted)}, the sample gives {sorted(sample)}",
            hint="Give one value for each of the model's inputs.",
        )
    for name, value in sample.items():
        if np.shape(value) != wanted[name].shape:
            raise ModelError(
                "model/shape-mismatch",
                f"input {name!r} has shape {list(wanted[name].shape)}, the sample {list(np.shape(value))}",
                where=name,
                hint="Give values of the input's shape, with a batch of 1.",
            )
    return {name: np.asarray(value, wanted[name].dtype) for name, value in sample.items()}
