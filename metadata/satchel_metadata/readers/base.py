"""A reading step: what kind of value it takes, what it gives, and how it is carried out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import OTHER_OUTPUT, ModelError, SpecError
from satchel_metadata.families.trace import Trace

Floats = NDArray[np.float32]
Kind = Literal["numbers", "shares", "classes", "objects", "points", "mask"]
LABELLED: dict[str, str] = {"classes": "scores", "objects": "classes", "points": "points", "mask": "classes"}
"""What there is one label for, by the kind that is labelled."""


@dataclass(frozen=True)
class Read:
    """What there is between two reading steps.

    Args:
        kind: numbers are a tensor as the model gives it, dequantised, with its batch axis; shares are numbers behind
            softmax or sigmoid.
        shape: of numbers and shares; None while no artefact is known.
        count: how many different labels there are; None where that is not known.
        labelled: whether labels have been given.
        uncropped: whether places are those of the photo.
    """

    kind: Kind
    shape: tuple[int, ...] | None = None
    count: int | None = None
    labelled: bool = False
    uncropped: bool = False

    def words(self) -> str:
        """Gives `numbers [1, 1000]`."""
        shape = f" [{', '.join(map(str, self.shape))}]" if self.shape is not None else ""
        place = ", in pixels of the photo" if self.uncropped else ""
        return f"{self.kind}{shape}{', with labels' if self.labelled else ''}{place}"


@dataclass(frozen=True)
class Context:
    """What a reading step may look at beside the value.

    Args:
        outputs: every output of the spec, dequantised, by its name; shapes with batch axis 1.
        labels: the label lists by name.
        traces: how each picture was prepared, by the name of the input; empty when nobody kept it.
    """

    outputs: Mapping[str, Floats]
    labels: Mapping[str, Sequence[str]]
    traces: Mapping[str, Trace] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadOp:
    """One reading step.

    Attributes:
        takes: the kinds of value it can follow.
        after: (step, what there is before, what each output of the spec is) -> what it gives, or raises SpecError;
            the place is added: the step's, with what `where` has behind a dot, or the output's when that is `$`.
        run: (step, value, context) -> value.
        hint: what to do when it stands behind something else.
    """

    takes: tuple[Kind, ...]
    after: Callable[[Any, Read, Mapping[str, Read]], Read]
    run: Callable[[Any, Any, Context], Any]
    hint: str = "Put the steps into an order in which each takes what the one before it gives."


def references(step: Any) -> tuple[str, ...]:
    """Gives the names of the outputs that a reading step reads beside its own."""
    reads: Callable[[], tuple[str, ...]] | None = getattr(step, "reads", None)
    return reads() if reads else ()


def row_of(shape: tuple[int, ...] | None) -> int | None:
    """Gives the n of a shape [1, n]; None for None.

    Raises:
        SpecError: spec/shape-mismatch, for the whole output.
    """
    if shape is None:
        return None
    width = shape[-1] if shape else 0
    if width == 0 or shape[0] != 1 or math.prod(shape) != width:
        message = f"classes are read from one row of scores [1, n], the output is {list(shape)}"
        raise SpecError("spec/shape-mismatch", message, where="$", hint="Name the output that holds the scores.")
    return width


def row(numbers: Floats) -> Floats:
    """Gives the n values of [1, n] as [n].

    Raises:
        ModelError: model/wrong-output.
    """
    if numbers.shape[:1] != (1,) or numbers.size != numbers.shape[-1] or numbers.size == 0:
        message = f"expected one row of scores [1, n], found {list(numbers.shape)}"
        raise ModelError("model/wrong-output", message, hint=OTHER_OUTPUT)
    return numbers.reshape(-1)
