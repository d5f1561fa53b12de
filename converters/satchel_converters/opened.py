"""What every source opens to, whatever its format: one function with batch 1, and the source's own answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from satchel_converters.frozen import TensorInfo
from satchel_metadata.errors import ModelError

Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Opened:
    """A model opened in TensorFlow.

    `function` is a ConcreteFunction with batch 1 whose structured outputs are a dict by output name; `input_names`
    names its inputs in its own order; `answers` runs the source itself, input name -> tensor to output name -> tensor.
    """

    function: Any
    input_names: tuple[str, ...]
    answers: Callable[[Mapping[str, Any]], dict[str, np.ndarray[Any, Any]]]


def described(opened: Opened) -> tuple[tuple[TensorInfo, ...], tuple[TensorInfo, ...]] | None:
    """Gives the inputs and outputs of an opened model; None while a size is open, which converting may yet settle."""
    outputs = opened.function.structured_outputs
    named = [
        *zip(opened.input_names, opened.function.inputs, strict=False),  # What follows are the variables.
        *((name, outputs[name]) for name in sorted(outputs)),
    ]
    if any(tensor.shape.rank is None or None in tensor.shape.as_list() for _, tensor in named):
        return None
    infos = tuple(
        TensorInfo(name, tuple(tensor.shape.as_list()), np.dtype(tensor.dtype.as_numpy_dtype).name)
        for name, tensor in named
    )
    count = len(opened.input_names)
    return infos[:count], infos[count:]


def static_shape(name: str, declared: Sequence[int | None] | None, given: Shapes) -> tuple[int, ...]:
    """Gives the shape of an input with batch 1: as declared, or as given where the model leaves a size open.

    Args:
        name: the input.
        declared: the model's own shape with its batch axis; None where the rank is unknown.
        given: shapes by input name, with the batch axis of 1 or without.

    Raises:
        ModelError: model/dynamic-shape when a size stays open, model/shape-mismatch when the given shape contradicts
            the model.
    """
    if name not in given:
        if declared is None or not declared or None in declared[1:]:
            raise ModelError(
                "model/dynamic-shape",
                f"the size of input {name!r} is open: {_shown(declared)}",
                where=name,
                hint=f"Give it, for example input_shapes={{{name!r}: (224, 224, 3)}}, or fix it in the model.",
            )
        return (1, *(int(size) for size in declared[1:] if size is not None))
    shape = tuple(int(size) for size in given[name])
    if declared is not None and len(shape) == len(declared) - 1:
        shape = (1, *shape)
    fits = shape[:1] == (1,) and (
        declared is None
        or (
            len(shape) == len(declared)
            and all(own in (None, size) for own, size in zip(declared[1:], shape[1:], strict=True))
        )
    )
    if not fits:
        raise ModelError(
            "model/shape-mismatch",
            f"input {name!r} is {_shown(declared)} in the model, which the given {list(given[name])} does not fit",
            where=name,
        )
    return shape


def _shown(declared: Sequence[int | None] | None) -> str:
    return "of unknown rank" if declared is None else str(["?" if size is None else size for size in declared])


def unknown_inputs(given: Shapes, names: Sequence[str]) -> None:
    """Refuses shapes for inputs that the model does not have (model/shape-mismatch)."""
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ModelError(
            "model/shape-mismatch",
            f"input_shapes names {', '.join(map(repr, unknown))}, which the model does not have",
            hint=f"Its inputs are {', '.join(map(repr, names))}.",
        )
