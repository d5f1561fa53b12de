"""Whether a spec can be meant for a model: refuses what cannot be, and doubts what hardly is, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.artefact_tensors import check_against_tensors
from satchel_metadata.doubt import CLIPPED, FLAT, RANGE_HINT, UNUSED, Doubt, range_of
from satchel_metadata.errors import SpecError
from satchel_metadata.families import family_of
from satchel_metadata.families.base import step_path
from satchel_metadata.families.picture_shapes import PictureShape
from satchel_metadata.infer import answer_output, tensor_of
from satchel_metadata.measurements import of_measurements
from satchel_metadata.readers.base import references
from satchel_metadata.spec import Input, Spec, Tensor
from satchel_metadata.steps import Normalize
from satchel_metadata.tflite_front import Step
from satchel_metadata.tflite_notes import prepared_levels

__all__ = ["Doubt", "check_model", "doubts"]

Floats = NDArray[Any]
IMPOSSIBLE = 8
"""Prepared values over so many times the tensor's range, or the other way round, are a mistake and no doubt."""
_SIZES = ("resize", "crop", "crop_content", "center_of_mass", "pad")
"""The ops that change the size of a picture."""
_RANGES = {"0..255": (0.0, 255.0), "0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)}


def check_model(spec: Spec, artefact: str, labels: Mapping[str, Sequence[str]]) -> None:
    """Refuses a spec that cannot be right for an artefact; the error names the step and what to change.

    Raises:
        SpecError: what check_against_tensors raises, a wrong shape at the step that makes it; spec/range-mismatch for
            values that an integer tensor cannot hold.
    """
    try:
        check_against_tensors(spec, artefact, labels)
    except SpecError as error:
        raise _at_the_step(spec, artefact, error) from None
    for place, each in enumerate(spec.inputs):
        where = f"$.inputs[{place}]"
        if _is_picture(each):
            _refuse_impossible(each, tensor_of(each, artefact, where), where)


def doubts(
    spec: Spec,
    artefact: str | None = None,
    *,
    front: Mapping[str, Sequence[Step]] | None = None,
    unbound: Sequence[str] = (),
) -> tuple[Doubt, ...]:
    """Gives what can hardly be meant.

    Args:
        spec: one that check_steps takes.
        artefact: whose integer input tensors the prepared values are held against; None: none.
        front: input name -> the arithmetic that the model itself begins with (tflite_front.front_steps).
        unbound: names of the model's outputs that the spec does not have.
    """
    found = [doubt for place, each in enumerate(spec.inputs) for doubt in _of_steps(each, f"$.inputs[{place}]")]
    for place, each in enumerate(spec.inputs):
        tensor = tensor_of(each, artefact, f"$.inputs[{place}]") if artefact else None
        of_values = _of_values if _is_picture(each) else of_measurements
        found += of_values(each, f"$.inputs[{place}]", tensor, (front or {}).get(each.name, ()))
    read = {
        answer_output(spec).name,
        *(name for each in spec.outputs for step in each.steps for name in references(step)),
    }
    for place, output in enumerate(spec.outputs):
        if output.name not in read:
            hint = "Remove it, or name it in a step that reads it."
            found.append(Doubt(f"$.outputs[{place}]", f"the output {output.name!r} is read by no step", hint))
    hint = "Name it among the outputs if a step needs it; else the model computes it in vain."
    found += [Doubt("$.outputs", f"the model's output {name!r} is read by no step", hint) for name in unbound]
    return tuple(found)


def _of_steps(each: Input, where: str) -> list[Doubt]:
    """Gives the doubts that the steps alone raise: mean and std of another range, and normalising twice."""
    found, normalized = [], False
    for place, step in enumerate(each.steps):
        path = step_path(where, place)
        if isinstance(step, Normalize):
            found += _of_range(step, path)
            if normalized and any(step.mean):
                hint = "Remove one of them, unless the model was trained so."
                found.append(Doubt(path, "the values are normalised a second time", hint))
            normalized = True
    return found


def _of_range(step: Normalize, path: str) -> list[Doubt]:
    low, high = _RANGES[step.range]
    outside = [value for value in step.mean if not low <= value <= high]
    if outside:
        message = f"mean {outside[0]:g} lies outside of {step.range}, the range that it is said to be for"
        return [Doubt(path, message, "Say range 0..255, or divide mean and std by 255.")]
    if (
        step.range == "0..255"
        and all(0 < value <= 1 for value in step.mean)
        and all(0 < value < 1 for value in step.std)
    ):
        message = f"mean and std of at most 1 are said to be for {step.range}"
        return [Doubt(path, message, "Say range 0..1, with a rescale by the divisor 255 before it.")]
    return []


def _of_values(each: Input, where: str, tensor: Tensor | None, front: Sequence[Step]) -> list[Doubt]:
    """Gives the doubts about what black and white become."""
    levels, path = _levels(each), _values_path(each, where)
    own, ends = _width(levels), _ends(levels)
    if own < FLAT:
        message = f"black and white become {ends[0]:.4g} and {ends[1]:.4g}: hardly one value from the other"
        return [Doubt(path, message, "Scale the values once, and give mean and std for the range they have then.")]
    seen = levels.astype(np.float64)
    for step in front:
        seen = step.run(seen)
    if front and _width(seen) < FLAT:
        low, high = _ends(seen)
        message = (
            f"the steps make values of {ends[0]:.4g}..{ends[1]:.4g}, of which the model's own first layers make "
            f"{low:.4g}..{high:.4g}: they scale what is scaled already"
        )
        return [Doubt(path, message, "Remove rescale and normalize: the model takes pixels of 0..255.")]
    return _of_tensor(ends, tensor, path) if tensor is not None else []


def _of_tensor(ends: tuple[float, float], tensor: Tensor, path: str) -> list[Doubt]:
    held = range_of(tensor)
    if held is None:
        return []
    room = held[1] - held[0]
    beyond = max(held[0] - ends[0], ends[1] - held[1]) / room
    told = f"values of {ends[0]:.4g}..{ends[1]:.4g} are prepared, the model's {tensor.dtype} input holds "
    told += f"{held[0]:.4g}..{held[1]:.4g}"
    if beyond > CLIPPED:
        return [Doubt(path, f"{told}: what is beyond is cut off", RANGE_HINT)]
    if (ends[1] - ends[0]) / room < UNUSED:
        return [Doubt(path, f"{told}: most of its levels are never used", RANGE_HINT)]
    return []


def _refuse_impossible(each: Input, tensor: Tensor, where: str) -> None:
    held, ends = range_of(tensor), _ends(_levels(each))
    if held is None:
        return
    share = (ends[1] - ends[0]) / (held[1] - held[0])
    if not 1 / IMPOSSIBLE <= share <= IMPOSSIBLE:
        message = (
            f"values of {ends[0]:.4g}..{ends[1]:.4g} are prepared, the model's {tensor.dtype} input is made for "
            f"{held[0]:.4g}..{held[1]:.4g}"
        )
        raise SpecError("spec/range-mismatch", message, where=_values_path(each, where), hint=RANGE_HINT)


def _levels(each: Input) -> Floats:
    """Gives what the 256 values of a pixel become; a value beyond binary32 is an infinity."""
    with np.errstate(all="ignore"):
        return prepared_levels(each)


def _width(levels: Floats) -> float:
    """Gives how far black and white are apart in the channel in which they are furthest."""
    with np.errstate(all="ignore"):
        return float(np.abs(levels[-1] - levels[0]).max())


def _ends(levels: Floats) -> tuple[float, float]:
    return float(levels.min()), float(levels.max())


def _values_path(each: Input, where: str) -> str:
    """Gives the path of the last step that computes with values, or of all steps."""
    places = [place for place, step in enumerate(each.steps) if step.op in ("rescale", "normalize")]
    return step_path(where, places[-1]) if places else f"{where}.steps"


def _is_picture(each: Input) -> bool:
    return family_of(each).kind in ("photo", "frame")


def _at_the_step(spec: Spec, artefact: str, error: SpecError) -> SpecError:
    """Gives the error about a shape at the step that makes it."""
    for place, each in enumerate(spec.inputs):
        where = f"$.inputs[{place}]"
        if error.code == "spec/shape-mismatch" and error.where == f"{where}.steps":
            shapes = family_of(each).check(each.steps, where)
            tensor = tensor_of(each, artefact, where)
            if isinstance(shapes[-1], PictureShape):
                return _picture_error(each, shapes[-1], tensor, where) or error
            return _other_error(each, shapes[-1], tensor, where) or error
    return error


def _picture_error(each: Input, last: PictureShape, tensor: Tensor, where: str) -> SpecError | None:
    taken = tensor.shape[1:]
    if len(taken) != 3:
        message = f"a picture fills a tensor of rank 4, the model takes {list(tensor.shape)}"
        return _shape_error(f"{where}.steps", message, "Name the input of the model that takes the picture.")
    first, height, width = taken if last.layout == "NCHW" else (taken[2], *taken[:2])
    turned = sorted(filter(None, last.shape)) == sorted(taken) and last.shape != taken
    if first != last.channels and turned and last.channels in taken:
        other = "NHWC" if last.layout == "NCHW" else "NCHW"
        message = f"the steps prepare {[1, *last.shape]} ({last.layout}), the model takes {list(tensor.shape)}"
        return _shape_error(_path_of(each, ("layout",), where), message, f"Change layout to {other}.")
    if first != last.channels:
        message = f"the steps prepare {last.channels} channels ({last.colour}), the model takes {first}"
        hint = "Add color to GRAY behind decode." if first == 1 else "Remove color to GRAY."
        hint = hint if first in (1, 3) else "A picture has 3 channels or 1; or the axes are in another order."
        return _shape_error(_path_of(each, ("color",), where), message, hint)
    if (last.width, last.height) == (width, height):
        return None
    made = f"{last.width} x {last.height}" if last.width and last.height else "a size that depends on the photo"
    message = f"this gives {made}, the model takes {width} x {height} (width x height)"
    hint = f"Make it {width} wide and {height} high."
    return _shape_error(_path_of(each, _SIZES, where), message, hint)


def _other_error(each: Input, last: Any, tensor: Tensor, where: str) -> SpecError | None:
    """A row's columns, or a signal's window."""
    found = last.bound(tensor.shape[1:]) if hasattr(last, "bound") else last
    message = f"the steps prepare {[1, *found.shape]}, the model takes {list(tensor.shape)}"
    if hasattr(last, "columns"):
        hint = "Name as many columns as the model takes values; one_hot makes one value a category."
        return _shape_error(_path_of(each, ("columns",), where), message, hint)
    if hasattr(last, "windowed"):
        hint = "Change the window's length, the channels, or the order of axes in layout."
        return _shape_error(_path_of(each, ("window",), where), message, hint)
    return None


def _path_of(each: Input, ops: Sequence[str], where: str) -> str:
    """Gives the path of the last step that is one of these, or of all steps."""
    places = [place for place, step in enumerate(each.steps) if step.op in ops]
    return step_path(where, places[-1]) if places else f"{where}.steps"


def _shape_error(where: str, message: str, hint: str) -> SpecError:
    return SpecError("spec/shape-mismatch", message, where=where, hint=hint)
