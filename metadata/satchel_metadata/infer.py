"""What each step of a spec makes of what the step before it made: found out, and refused, before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from satchel_metadata.errors import SpecError
from satchel_metadata.families import family_of
from satchel_metadata.families.base import step_path
from satchel_metadata.families.picture_shapes import PictureShape as StepShape
from satchel_metadata.families.trace import traceable
from satchel_metadata.readers import READ_OPS
from satchel_metadata.readers.base import Read, references, row_of
from satchel_metadata.spec import Input, Output, Spec, Tensor

__all__ = [
    "StepShape",
    "answer_output",
    "answers_classes",
    "check_steps",
    "ranks",
    "read_shapes",
    "tensor_of",
]


def check_steps(spec: Spec) -> tuple[tuple[Any, ...], ...]:
    """Gives, for each input, what each of its steps gives.

    Raises:
        SpecError: spec/impossible-step, spec/no-answer, or what the family of an input refuses; it names the step by
            its JSON path and says what to change.
    """
    shapes = tuple(
        family_of(each, f"$.inputs[{place}]").check(each.steps, f"$.inputs[{place}]")
        for place, each in enumerate(spec.inputs)
    )
    reads = {
        output.name: read_shapes(spec, output, _unknown(spec), f"$.outputs[{place}]")
        for place, output in enumerate(spec.outputs)
    }
    _refuse_places_of_windows(spec, reads[answer_output(spec).name][-1])
    return shapes


def _refuse_places_of_windows(spec: Spec, answer: Read) -> None:
    """Refuses a window where the answer is no numbers: that of several windows is read from the mean of theirs."""
    if answer.kind not in ("objects", "points", "mask"):
        return
    for place, each in enumerate(spec.inputs):
        for at, step in enumerate(each.steps):
            if step.op == "window":
                message = (
                    f"the answers of several windows make one by the mean of their numbers, {answer.kind} have none"
                )
                hint = "Remove the window, and give stretches of the length that the model takes; or read numbers."
                raise SpecError("spec/impossible-step", message, where=step_path(f"$.inputs[{place}]", at), hint=hint)


def answer_output(spec: Spec) -> Output:
    """Gives the output that the answer is read from: the only one with steps, or the only one.

    Raises:
        SpecError: spec/no-answer.
    """
    read = [each for each in spec.outputs if each.steps] or list(spec.outputs)
    if len(read) != 1:
        names = ", ".join(each.name for each in read)
        hint = "Give steps to one output only."
        raise SpecError("spec/no-answer", f"one output makes the answer, found {names}", where="$.outputs", hint=hint)
    return read[0]


def tensor_of(each: Input | Output, artefact: str, where: str) -> Tensor:
    """Gives the tensor of an input or output in one artefact.

    Raises:
        SpecError: spec/no-tensor.
    """
    if artefact not in each.tensor:
        raise SpecError(
            "spec/no-tensor",
            f"{each.name!r} has no tensor for {artefact!r}",
            where=f"{where}.tensor",
            hint=f"It has one for: {', '.join(sorted(each.tensor)) or 'no artefact'}.",
        )
    return each.tensor[artefact]


def ranks(spec: Spec) -> bool:
    """Says whether numbers that no step makes anything else of are the scores of classes."""
    return spec.task.endswith("_classification")


def answers_classes(spec: Spec) -> bool:
    """Says whether an answer is a ranking of classes."""
    last = read_shapes(spec, answer_output(spec), _unknown(spec), "$.outputs")[-1]
    return last.kind == "classes" or (last.kind in ("numbers", "shares") and ranks(spec))


def read_shapes(spec: Spec, output: Output, known: Mapping[str, Read], where: str) -> tuple[Read, ...]:
    """Gives what an output is, and then what each of its steps gives.

    Args:
        spec: the output's.
        output: the one whose steps are looked at.
        known: what each output of the spec is, by its name.
        where: the JSON path of the output.

    Raises:
        SpecError: spec/impossible-step, spec/no-output, spec/no-input, or what the step's own rule refuses.
    """
    reads = [known[output.name]]
    for place, step in enumerate(output.steps):
        path = f"{where}.steps[{place}]"
        try:
            _names_resolve(spec, output, step)
            reads.append(_after(output, place, reads[-1], known))
        except SpecError as error:
            at = where if error.where == "$" else path + error.where
            raise SpecError(error.code, error.message, where=at, hint=error.hint) from None
    if ranks(spec) and reads[-1].kind in ("numbers", "shares") and output is answer_output(spec):
        try:
            row_of(reads[-1].shape)
        except SpecError as error:
            raise SpecError(error.code, error.message, where=where, hint=error.hint) from None
    return tuple(reads)


def _after(output: Output, place: int, before: Read, known: Mapping[str, Read]) -> Read:
    step = output.steps[place]
    rule = READ_OPS[step.op]
    if before.kind not in rule.takes:
        earlier = output.steps[place - 1].op if place else "a model's output"
        raise SpecError("spec/impossible-step", f"{step.op} cannot come after {earlier}", hint=rule.hint)
    return rule.after(step, before, known)


def _names_resolve(spec: Spec, output: Output, step: Any) -> None:
    """Refuses a step that names an output or an input that the spec does not have."""
    outputs = [each.name for each in spec.outputs]
    for name in references(step):
        if name not in outputs:
            message = f"{step.op} reads the output {name!r}, which the spec does not have"
            raise SpecError("spec/no-output", message, hint=f"It has: {', '.join(outputs)}.")
    wanted = getattr(step, "input", None)
    if wanted is not None and wanted not in [each.name for each in spec.inputs if _is_picture(each)]:
        message = f"{step.op} names the input {wanted!r}, which is no picture of the spec"
        raise SpecError("spec/no-input", message, hint="Name an input whose steps begin with decode or yuv_to_rgb.")
    if any(each.name == wanted and not traceable(each.steps) for each in spec.inputs):
        message = f"{step.op} has no way back through a step of {wanted!r} that depends on the picture's values"
        raise SpecError("spec/impossible-step", message, hint="Remove it, or crop_content and center_of_mass.")


def _is_picture(each: Input) -> bool:
    return family_of(each).kind in ("photo", "frame")


def _unknown(spec: Spec) -> dict[str, Read]:
    return {each.name: Read("numbers") for each in spec.outputs}
