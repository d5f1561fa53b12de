"""A whole spec in words: each step of every input and output, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from satchel.words import step_in_words
from satchel_metadata.families import family_of
from satchel_metadata.infer import answer_output, check_steps, read_shapes
from satchel_metadata.readers.base import Read
from satchel_metadata.spec import Input, Output, Spec
from satchel_metadata.tflite_notes import prepared_levels

KINDS = {"photo": "a photo", "frame": "a camera's frame", "row": "a row of a table", "signal": "a signal"}


@dataclass(frozen=True)
class Told:
    """One input or output: what it is, and for each step what it does and what it gives."""

    title: str
    end: Input | Output
    steps: tuple[tuple[str, str], ...]


def inputs_in_words(spec: Spec) -> tuple[Told, ...]:
    """Gives every input in words.

    Raises:
        SpecError: the steps do not fit together.
    """
    found = []
    for place, (each, shapes) in enumerate(zip(spec.inputs, check_steps(spec), strict=True)):
        kind = KINDS[family_of(each, f"$.inputs[{place}]").kind]
        given = [_gives(each, number, shape) for number, shape in enumerate(shapes)]
        steps = tuple(zip(map(step_in_words, each.steps), given, strict=True))
        found.append(Told(f"Input {each.name}, made from {kind}", each, steps))
    return tuple(found)


def outputs_in_words(spec: Spec) -> tuple[Told, ...]:
    """Gives every output in words.

    Raises:
        SpecError: the steps do not fit together.
    """
    known = {each.name: Read("numbers", _shape(each.tensor)) for each in spec.outputs}
    answer, found = answer_output(spec), []
    for place, each in enumerate(spec.outputs):
        reads = read_shapes(spec, each, known, f"$.outputs[{place}]")
        title = f"Output {each.name}" + (", of which the answer is made" if each is answer else "")
        steps = tuple(zip(map(step_in_words, each.steps), (read.words() for read in reads[1:]), strict=True))
        found.append(Told(title, each, steps))
    return tuple(found)


def _gives(each: Input, place: int, shape: Any) -> str:
    """Gives what a step gives; of a picture's mean and std also the values that black and white become."""
    words = str(shape.words())
    if shape.span is None and any(step.op == "normalize" for step in each.steps[: place + 1]):
        levels = prepared_levels(each.model_copy(update={"steps": each.steps[: place + 1]}))
        words += f", {float(levels.min()):.4g}..{float(levels.max()):.4g}"
    return words


def _shape(tensors: Mapping[str, Any]) -> tuple[int, ...] | None:
    return next((tensor.shape for tensor in tensors.values()), None)
