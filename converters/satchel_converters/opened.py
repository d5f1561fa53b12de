"""What every source opens to, whatever its format: one function with batch 1, and the source's own answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from satchel_converters.frozen import TensorInfo
from satchel_metadata.errors import ModelError

Shapes = Mapping[str, Sequence[int | None]]


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
    """Gives the shape of an input with batch 1: as declared, and as given where the model leaves a size open.

    Args:
        name: the input.
        declared: the model's own shape with its batch axis; None where the rank is unknown.
        given: shapes by input name, with the batch axis of 1 or without; None is a size that is not known.

    Raises:
        ModelError: model/dynamic-shape when a size stays open, model/shape-mismatch when the given shape contradicts
            the model.
    """
    if declared and None not in declared[1:]:
        return (1, *(int(size) for size in declared[1:] if size is not None))
    if name not in given:
        raise _open(name, declared, given)
    shape = tuple(given[name])
    if declared is None or len(shape) == len(declared) - 1:
        shape = shape if declared is None and shape[:1] == (1,) and len(shape) > 1 else (1, *shape)
    own = shape if declared is None else (1, *declared[1:])
    if len(own) != len(shape) or any(None not in pair and pair[0] != pair[1] for pair in zip(own, shape, strict=True)):
        raise ModelError(
            "model/shape-mismatch",
            f"input {name!r} is {_shown(declared)} in the model, which {_shown(shape)} does not fit",
            where=name,
            hint="Change the steps that decide the size, the channels or the order of axes, so that the shapes fit.",
        )
    settled = tuple(mine or theirs for mine, theirs in zip(own, shape, strict=True))
    if None in settled:
        raise _open(name, declared, given)
    return tuple(int(size) for size in settled if size is not None)


def _open(name: str, declared: Sequence[int | None] | None, given: Shapes) -> ModelError:
    message = f"the size of input {name!r} is open in the model: {_shown(declared)}"
    hint = "Let the spec say it: add a resize to a size, or a crop (of signals, a window). Or fix it in the model."
    if given and name not in given:
        message += f"; the spec tells of {', '.join(map(repr, given))}"
        hint = f"Name the spec's input {name!r}, as the model does."
    return ModelError("model/dynamic-shape", message, where=name, hint=hint)


def _shown(shape: Sequence[int | None] | None) -> str:
    return (
        "of unknown rank" if shape is None else f"[{', '.join('?' if each is None else str(each) for each in shape)}]"
    )


def by_name(given: Shapes, names: Sequence[str]) -> Shapes:
    """Gives shapes by the names that the model has: a single input needs no name."""
    return dict(zip(names, given.values(), strict=True)) if len(given) == len(names) == 1 else given
