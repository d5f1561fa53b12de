"""What each step of a spec makes of what the step before it made: found out, and refused, before any photo is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from satchel_metadata.errors import InputError, SpecError
from satchel_metadata.ops import geometry
from satchel_metadata.ops.pixels import Colour
from satchel_metadata.spec import Input, Output, Spec, Tensor
from satchel_metadata.steps import Color, Crop, Flip, Layout, Normalize, Pad, Rescale, Resize

Span = tuple[float, float]
_RANGES: dict[str, Span] = {"0..255": (0.0, 255.0), "0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)}
_INTEGERS = ("uint8", "int16", "int32", "int64")


@dataclass(frozen=True)
class StepShape:
    """What a step gives.

    Args:
        width: columns; None while they depend on the photo.
        height: rows; likewise.
        channels: 3 or 1.
        dtype: uint8 or float32.
        layout: NHWC for [h, w, c], NCHW for [c, h, w].
        colour: what the channels are.
        span: the values that black and white have become; None after a normalize.
        shorter: the shorter side, while only that one is known.
    """

    width: int | None = None
    height: int | None = None
    channels: int = 3
    dtype: Literal["uint8", "float32"] = "uint8"
    layout: Literal["NHWC", "NCHW"] = "NHWC"
    colour: Colour = "RGB"
    span: Span | None = (0.0, 255.0)
    shorter: int | None = None

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Gives the shape of the prepared value, without the batch axis."""
        sides = (self.height, self.width)
        return (*sides, self.channels) if self.layout == "NHWC" else (self.channels, *sides)


def check_steps(spec: Spec) -> tuple[tuple[StepShape, ...], ...]:
    """Gives, for each input, what each of its steps gives.

    Raises:
        SpecError: spec/impossible-step, spec/crop-too-large, spec/channel-count, spec/range-mismatch,
            spec/out-of-range or spec/no-answer; it names the step by its JSON path and says what to change.
    """
    shapes = tuple(_input_shapes(each, f"$.inputs[{place}]") for place, each in enumerate(spec.inputs))
    for place, output in enumerate(spec.outputs):
        _check_reading(output, f"$.outputs[{place}]")
    answer_output(spec)
    return shapes


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


def check_against_tensors(spec: Spec, artefact: str, label_lists: Mapping[str, Sequence[str]]) -> None:
    """Holds prepared values against the artefact's input tensors, and label lists against its outputs.

    Args:
        spec: with the artefact's tensors filled in.
        artefact: `<variant>/tflite` or `<variant>/tfjs`.
        label_lists: the labels, by the names that spec.labels has.

    Raises:
        SpecError: spec/shape-mismatch, spec/dtype-mismatch, spec/label-count, spec/no-labels or spec/no-tensor; or
            what check_steps raises.
    """
    for place, (each, shapes) in enumerate(zip(spec.inputs, check_steps(spec), strict=True)):
        where = f"$.inputs[{place}]"
        tensor = tensor_of(each, artefact, where)
        _check_shape(shapes[-1], tensor, where)
        _check_dtype(shapes[-1], tensor, where)
    for place, output in enumerate(spec.outputs):
        if output is answer_output(spec):
            _check_width(output, tensor_of(output, artefact, f"$.outputs[{place}]"), f"$.outputs[{place}]", label_lists)


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


def _input_shapes(each: Input, where: str) -> tuple[StepShape, ...]:
    if not each.steps or each.steps[0].op != "decode":
        found = f"found {each.steps[0].op!r}" if each.steps else "found no steps"
        hint = "Begin the steps with decode, which makes a picture of a photo."
        raise SpecError("spec/impossible-step", f"expected decode as the first step, {found}", where=where, hint=hint)
    shapes = [StepShape()]
    for place, step in enumerate(each.steps[1:], 1):
        try:
            shapes.append(_after(step, shapes[-1]))
        except SpecError as error:
            path = f"{where}.steps[{place}]"
            raise SpecError(error.code, error.message, where=path, hint=error.hint) from None
    return tuple(shapes)


def _after(step: Any, before: StepShape) -> StepShape:
    rules: dict[str, Callable[[Any, StepShape], StepShape]] = {
        "color": _color,
        "resize": _resize,
        "crop": _crop,
        "pad": _pad,
        "rescale": _rescale,
        "normalize": _normalize,
        "layout": _layout,
        "flip": _flip,
    }
    if step.op not in rules:
        raise SpecError("spec/impossible-step", f"{step.op} can only be the first step", hint="Remove it here.")
    if before.layout == "NCHW" and step.op in ("color", "resize", "crop", "pad", "flip"):
        message = f"{step.op} takes [h, w, c], found [c, h, w] after layout NCHW"
        raise SpecError("spec/impossible-step", message, hint="Move layout behind it.")
    return rules[step.op](step, before)


def _color(step: Color, before: StepShape) -> StepShape:
    _need_uint8(f"color to {step.to}", before)
    if before.colour == "GRAY" and step.to != "GRAY":
        message = f"color makes {step.to} of RGB, found a picture that is grey already"
        raise SpecError("spec/impossible-step", message, hint="Remove the color step that makes it grey.")
    return replace(before, colour=step.to, channels=1 if step.to == "GRAY" else 3)


def _resize(step: Resize, before: StepShape) -> StepShape:
    _need_a_channel("pad_value", step.pad_value or (0,), before)
    if step.method.startswith("pillow."):
        _need_uint8(f"resize with {step.method}", before)
        dtype = before.dtype
    else:
        dtype = "float32"
    width, height, shorter = step.width, step.height, None
    if step.fit == "shorter_side":
        shorter = step.side
        if before.width and before.height:
            fit = geometry.fitted(step, before.width, before.height)
            width, height, shorter = fit.width, fit.height, None
    return replace(before, width=width, height=height, shorter=shorter, dtype=dtype)


def _crop(step: Crop, before: StepShape) -> StepShape:
    if before.width and before.height:
        try:
            window = geometry.cropped(step, before.width, before.height)
        except InputError as error:
            hint = "Make the crop smaller, or resize to more before it."
            raise SpecError("spec/crop-too-large", error.message, hint=hint) from None
        return replace(before, width=window.width, height=window.height)
    if before.shorter and step.width and step.height and min(step.width, step.height) > before.shorter:
        message = (
            f"the crop takes {step.width} x {step.height} pixels of a picture whose shorter side is {before.shorter}"
        )
        raise SpecError("spec/crop-too-large", message, hint="Make the crop smaller, or resize to more before it.")
    return replace(before, width=step.width, height=step.height, shorter=None)


def _pad(step: Pad, before: StepShape) -> StepShape:
    _need_a_channel("value", step.value, before)
    wide = before.width + step.left + step.right if before.width else None
    high = before.height + step.top + step.bottom if before.height else None
    return replace(before, width=wide, height=high, shorter=None)


def _rescale(step: Rescale, before: StepShape) -> StepShape:
    multiplier = step.factor if step.factor is not None else step.divisor
    assert multiplier is not None
    _need_binary32("factor" if step.factor is not None else "divisor", (multiplier,), divides=True)
    _need_binary32("offset", (step.offset,))
    scale = step.factor if step.factor is not None else 1 / multiplier
    span = before.span and (before.span[0] * scale + step.offset, before.span[1] * scale + step.offset)
    return replace(before, dtype="float32", span=span)


def _normalize(step: Normalize, before: StepShape) -> StepShape:
    _need_a_channel("mean", step.mean, before)
    _need_a_channel("std", step.std, before)
    _need_binary32("mean", step.mean)
    _need_binary32("std", step.std, divides=True)
    expected, found = _RANGES[step.range], before.span
    slack = 0.02 * (expected[1] - expected[0])
    if found and max(abs(found[0] - expected[0]), abs(found[1] - expected[1])) > slack:
        message = f"mean and std are made for values of {step.range}, found values of {found[0]:g}..{found[1]:g}"
        raise SpecError("spec/range-mismatch", message, hint="Rescale before, or give mean and std for these values.")
    return replace(before, dtype="float32", span=None)


def _layout(step: Layout, before: StepShape) -> StepShape:
    return replace(before, layout=step.to)


def _flip(step: Flip, before: StepShape) -> StepShape:
    return before


def _need_uint8(what: str, before: StepShape) -> None:
    if before.dtype != "uint8":
        hint = "Move it before the step that makes float32 values (resize tf.*, rescale, normalize)."
        raise SpecError("spec/impossible-step", f"{what} takes uint8 pixels, found {before.dtype} values", hint=hint)


def _need_a_channel(what: str, values: Sequence[float], before: StepShape) -> None:
    if len(values) not in (1, before.channels):
        message = f"{what} has {len(values)} numbers, the picture has {before.channels} channels ({before.colour})"
        raise SpecError("spec/channel-count", message, hint=f"Give one number, or {before.channels}.")


def _need_binary32(what: str, values: Sequence[float], *, divides: bool = False) -> None:
    """A binary64 number may be infinite, or 0, in the binary32 in which it is used."""
    with np.errstate(over="ignore", under="ignore"):
        used = [float(np.float32(value)) for value in values]
    if not all(map(math.isfinite, used)) or (divides and 0.0 in used):
        message = f"{what} {list(values)} is infinite or 0 in binary32, in which it is used"
        raise SpecError("spec/out-of-range", message, hint="Use a number between 1e-37 and 1e38 in magnitude.")


def _check_shape(last: StepShape, tensor: Tensor, where: str) -> None:
    if None in last.shape:
        message = f"the steps leave a picture whose size depends on the photo, the model takes {list(tensor.shape)}"
        raise SpecError("spec/shape-mismatch", message, where=f"{where}.steps", hint="Add a crop, or resize to a size.")
    if tensor.shape != (1, *last.shape) or (tensor.layout or last.layout) != last.layout:
        message = f"the steps prepare {[1, *last.shape]} ({last.layout}), the model takes {list(tensor.shape)}"
        hint = "Change the size in resize or crop, or the layout step, so that the shapes are equal."
        raise SpecError("spec/shape-mismatch", message, where=f"{where}.steps", hint=hint)


def _check_dtype(last: StepShape, tensor: Tensor, where: str) -> None:
    quantised = tensor.scale is not None and tensor.dtype in ("int8", "uint8", "int16")
    raw = tensor.scale is None and tensor.dtype in _INTEGERS and last.dtype == "uint8"
    if not (tensor.dtype == "float32" or quantised or raw):
        message = f"the steps prepare {last.dtype} values, the model takes {tensor.dtype} without a scale"
        hint = "Leave out the steps that make float32 values, or pack a model whose input tensor has a scale."
        raise SpecError("spec/dtype-mismatch", message, where=f"{where}.steps", hint=hint)


def _check_width(output: Output, tensor: Tensor, where: str, label_lists: Mapping[str, Sequence[str]]) -> None:
    width = tensor.shape[-1] if tensor.shape else 0
    if width == 0 or math.prod(tensor.shape) != width:
        message = f"classes are read from one row of scores [1, n], the output is {list(tensor.shape)}"
        raise SpecError("spec/shape-mismatch", message, where=where, hint="Name the output that holds the scores.")
    for place, step in enumerate(output.steps):
        if step.op != "label":
            continue
        path = f"{where}.steps[{place}].labels"
        if step.labels not in label_lists:
            raise SpecError("spec/no-labels", f"the list {step.labels!r} is not there", where=path)
        if len(label_lists[step.labels]) != width:
            message = (
                f"the list {step.labels!r} has {len(label_lists[step.labels])} labels, the output has {width} scores"
            )
            hint = "Give one label a line, in the order of the scores; a background class counts too."
            raise SpecError("spec/label-count", message, where=path, hint=hint)


def _check_reading(output: Output, where: str) -> None:
    """Scores may become probabilities once; then come the k best, once; then thresholds, and the labels, once."""
    stages = {"softmax": 0, "sigmoid": 0, "top_k": 1, "threshold": 2, "label": 2}
    seen: list[str] = []
    for place, step in enumerate(output.steps):
        stage = stages[step.op]
        late = [
            op for op in seen if stages[op] > stage or (stages[op] == stage and stage < 2) or op == step.op == "label"
        ]
        if late:
            message = f"{step.op} cannot come after {late[-1]}"
            hint = "The order is softmax or sigmoid, top_k, threshold, label; only threshold may stand twice."
            raise SpecError("spec/impossible-step", message, where=f"{where}.steps[{place}]", hint=hint)
        seen.append(step.op)
