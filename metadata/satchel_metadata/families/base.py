"""A family of inputs: what it is made from, how its steps are checked, and how they are carried out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import SpecError
from satchel_metadata.families.trace import Trace
from satchel_metadata.ops import arithmetic
from satchel_metadata.spec import Input, Tensor

Array = NDArray[Any]
Span = tuple[float, float]


class Shape(Protocol):
    """What a step gives."""

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Gives the shape without the batch axis; None for a side that depends on the input."""

    @property
    def dtype(self) -> Any:
        """Gives uint8 or float32: what the prepared value is when the steps end here."""

    @property
    def span(self) -> Span | None:
        """Gives the least and the largest value that is expected; None where nothing is known."""

    def words(self) -> str:
        """Gives all of that in words."""


@dataclass(frozen=True)
class Plan:
    """How one input is prepared for one artefact.

    Attributes:
        prepare: gives the tensor of a value, C-contiguous, with batch axis 1.
        windows: for signals: gives the first sample and the tensor of every window.
        trace: for pictures: gives how prepared pixels lie in the picture they were made from.
    """

    prepare: Callable[[Any], Array]
    windows: Callable[[Any], Sequence[tuple[int, Array]]] | None = None
    trace: Callable[[Any], Trace] | None = None


@dataclass(frozen=True)
class Family:
    """One kind of input.

    Attributes:
        kind: its word: photo, frame, row, signal.
        first: the ops that begin its steps.
        check: gives what each of an input's steps gives, of the steps and their JSON path; or raises SpecError.
        plan: gives how an input is prepared; a tensor of None means float32.
        load: gives the value that the steps take, of what a person gives; or raises InputError.
    """

    kind: str
    first: tuple[str, ...]
    check: Callable[[tuple[Any, ...], str], tuple[Shape, ...]]
    plan: Callable[[Input, tuple[Any, ...], Tensor | None], Plan]
    load: Callable[[Any, Input], Any]


def step_path(where: str, place: int) -> str:
    """Gives the JSON path of a step of the input (or output) at a path."""
    return f"{where}.steps[{place}]"


def checked_steps(
    steps: Sequence[Any], start: Any, after: Callable[[Any, Any], Any], where: str, first: int = 1
) -> tuple[Any, ...]:
    """Gives what every step gives, beginning with what the first gives; an error gets the path of its step.

    Args:
        steps: all steps of an input.
        start: what the steps before `first` give.
        after: (step, what there is before it) -> what there is after it; raises SpecError without a place.
        where: the JSON path of the input.
        first: the place of the first step that `after` is asked about.
    """
    shapes = [start] * first
    for place, step in enumerate(steps[first:], first):
        try:
            shapes.append(after(step, shapes[-1] if shapes else start))
        except SpecError as error:
            raise SpecError(error.code, error.message, where=step_path(where, place), hint=error.hint) from None
    return tuple(shapes)


def tensor_stage(tensor: Tensor | None) -> Callable[[Array], Array]:
    """Gives what makes of prepared values the values in the dtype that the artefact's tensor has."""
    if tensor is None or tensor.dtype == "float32":
        return arithmetic.as_float32
    scale, zero_point, dtype = tensor.scale, tensor.zero_point, tensor.dtype
    if scale is None or zero_point is None:
        return lambda value: value.astype(dtype, copy=False)
    return lambda value: arithmetic.quantize(value, scale, zero_point, dtype)


def as_tensor(value: Array, tensor: Tensor | None) -> Array:
    """Gives a prepared value as the artefact's tensor takes it, with the batch axis."""
    return np.ascontiguousarray(tensor_stage(tensor)(value))[np.newaxis]
