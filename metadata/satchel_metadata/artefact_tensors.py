"""Holds a spec against the tensors of an artefact: once, before anything runs, when packing and in every reader."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from satchel_metadata.errors import SpecError
from satchel_metadata.families import Shape
from satchel_metadata.families.signals import SignalShape
from satchel_metadata.infer import answer_output, check_steps, read_shapes, tensor_of
from satchel_metadata.readers.base import LABELLED, Read
from satchel_metadata.spec import Output, Spec, Tensor
from satchel_metadata.steps import Label

__all__ = ["check_against_tensors"]

MAX_VALUES = 2**27
"""The largest tensor: more is no input or output of a model, and would take the reader's memory."""
_FILLED = ("uint8", "int16", "int32", "int64")
"""The integers that take the bytes of a picture as they are."""
_QUANTISED = {"input": ("int8", "uint8", "int16"), "output": ("int8", "uint8", "int16", "int32")}


def check_against_tensors(spec: Spec, artefact: str, label_lists: Mapping[str, Sequence[str]]) -> None:
    """Holds prepared values against the artefact's input tensors, and reading steps and labels against its outputs.

    The inputs come first, in their order: each one's shape, then its dtype. Then come the tensors of all outputs, the
    steps of the one that makes the answer, and the labels.

    Args:
        spec: with the artefact's tensors filled in.
        artefact: `<variant>/tflite` or `<variant>/tfjs`.
        label_lists: the labels, by the names that spec.labels has.

    Raises:
        SpecError: spec/shape-mismatch, spec/dtype-mismatch, spec/out-of-range, spec/channel-count, spec/label-count,
            spec/no-labels or spec/no-tensor; or what check_steps raises.
    """
    for place, (each, shapes) in enumerate(zip(spec.inputs, check_steps(spec), strict=True)):
        where = f"$.inputs[{place}]"
        tensor = tensor_of(each, artefact, where)
        _check_size(tensor, where)
        _check_shape(shapes[-1], tensor, where)
        _check_dtype(shapes[-1], tensor, where)
        _check_scale(tensor, "input", where)
    reads: dict[str, Read] = {}
    for place, output in enumerate(spec.outputs):
        where = f"$.outputs[{place}]"
        tensor = tensor_of(output, artefact, where)
        _check_size(tensor, where)
        _check_scale(tensor, "output", where)
        reads[output.name] = Read("numbers", tensor.shape)
    output = answer_output(spec)
    where = f"$.outputs[{spec.outputs.index(output)}]"
    _check_labels(output, read_shapes(spec, output, reads, where), label_lists, where)


def _check_size(tensor: Tensor, where: str) -> None:
    if math.prod(tensor.shape) > MAX_VALUES:
        message = f"a tensor of {list(tensor.shape)}, expected at most {MAX_VALUES} values"
        raise SpecError("spec/out-of-range", message, where=f"{where}.tensor", hint="Pack a smaller model.")


def _check_shape(last: Shape, tensor: Tensor, where: str) -> None:
    steps = f"{where}.steps"
    layout = getattr(last, "layout", None)
    last = last.bound(tensor.shape[1:]) if isinstance(last, SignalShape) else last
    if None in last.shape:
        message = f"the steps leave a size that depends on the input, the model takes {list(tensor.shape)}"
        hint = "Add a crop, a resize to a size, or a window."
        raise SpecError("spec/shape-mismatch", message, where=steps, hint=hint)
    if tensor.shape != (1, *last.shape) or (layout and tensor.layout and tensor.layout != layout):
        order = f" ({layout})" if layout else ""
        message = f"the steps prepare {[1, *last.shape]}{order}, the model takes {list(tensor.shape)}"
        hint = "Change the steps that decide the size, or the layout step, so that the shapes are equal."
        raise SpecError("spec/shape-mismatch", message, where=steps, hint=hint)


def _check_dtype(last: Shape, tensor: Tensor, where: str) -> None:
    quantised = tensor.scale is not None and tensor.dtype in _QUANTISED["input"]
    raw = tensor.scale is None and tensor.dtype in _FILLED and last.dtype == "uint8"
    if not (tensor.dtype == "float32" or quantised or raw):
        scaled = "without a scale" if tensor.scale is None else "with a scale"
        message = f"the steps prepare {last.dtype} values, the model takes {tensor.dtype} {scaled}"
        hint = "Leave out the steps that make float32 values, or pack a model whose input tensor has a scale."
        raise SpecError("spec/dtype-mismatch", message, where=f"{where}.steps", hint=hint)


def _check_scale(tensor: Tensor, kind: str, where: str) -> None:
    """Refuses a scale that the dtype cannot have, or that is infinite or 0 in the binary32 in which it is used."""
    if tensor.scale is None or tensor.zero_point is None:
        return
    if tensor.dtype not in _QUANTISED[kind]:
        message = f"an {kind} of {tensor.dtype} has a scale, expected one of {', '.join(_QUANTISED[kind])}"
        raise SpecError("spec/dtype-mismatch", message, where=f"{where}.tensor", hint="Leave scale and zero_point out.")
    limits = np.iinfo(tensor.dtype)
    with np.errstate(over="ignore", under="ignore"):
        scale = float(np.float32(tensor.scale))
    if not 0 < scale < math.inf or not limits.min <= tensor.zero_point <= limits.max:
        message = f"scale {tensor.scale:g} and zero_point {tensor.zero_point} of {tensor.dtype}"
        hint = f"The scale is a binary32 above 0, zero_point from {limits.min} to {limits.max}."
        raise SpecError("spec/out-of-range", message, where=f"{where}.tensor", hint=hint)


def _check_labels(output: Output, reads: Sequence[Read], label_lists: Mapping[str, Sequence[str]], where: str) -> None:
    for place, step in enumerate(output.steps):
        if not isinstance(step, Label):
            continue
        path, read = f"{where}.steps[{place}].labels", reads[place + 1]
        if step.labels not in label_lists:
            raise SpecError(
                "spec/no-labels",
                f"the list {step.labels!r} is not there",
                where=path,
                hint="Name its file under $.labels, and give that.",
            )
        count = len(label_lists[step.labels])
        if read.count is not None and count != read.count:
            what = LABELLED[read.kind]
            message = f"the list {step.labels!r} has {count} labels, the output has {read.count} {what}"
            hint = f"Give one label a line, in the order of the {what}; a background class counts too."
            if read.count == 1:
                hint = "One number is the share of one class: give that class's label alone, and a threshold of 0.5."
            raise SpecError("spec/label-count", message, where=path, hint=hint)
