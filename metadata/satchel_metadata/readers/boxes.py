"""The steps that make objects: decode_boxes and nms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from satchel_metadata.errors import ModelError, SpecError
from satchel_metadata.ops import boxes, nms
from satchel_metadata.readers.base import Context, Floats, Read, ReadOp
from satchel_metadata.steps.boxes import DecodeBoxes, Nms
from satchel_metadata.values import Detections


def _decode_after(step: DecodeBoxes, before: Read, reads: Mapping[str, Read]) -> Read:
    shapes = named_shapes(step.reads(), reads)
    if shapes is None:
        return Read("objects")
    try:
        boxes.decode_boxes(step, {name: np.zeros(shape, np.float32) for name, shape in shapes.items()})
    except ModelError as error:
        hint = "Name the outputs that hold boxes and scores, and describe the head that the model has."
        raise SpecError("spec/shape-mismatch", f"{error.where}: {error.message}", hint=hint) from None
    return Read("objects", count=_class_count(step, shapes))


def named_shapes(names: tuple[str, ...], reads: Mapping[str, Read]) -> dict[str, tuple[int, ...]] | None:
    """Gives the shapes of the outputs that a step reads; None while no artefact is known.

    Raises:
        SpecError: spec/inconsistent, when there is no output of a name.
    """
    for name in names:
        if name not in reads:
            hint = f"The outputs are: {', '.join(reads)}."
            raise SpecError("spec/inconsistent", f"the step reads an output {name!r} that is not there", hint=hint)
    found = {name: reads[name].shape for name in names}
    known = {name: shape for name, shape in found.items() if shape is not None}
    return known if len(known) == len(found) else None


def _class_count(step: DecodeBoxes, shapes: Mapping[str, tuple[int, ...]]) -> int | None:
    """Gives how many labels fit: one a column of scores, a background column too."""
    if step.levels:
        shape = shapes[step.levels[0].output]
        return int(np.prod(shape[3:])) // len(step.levels[0].anchors) - 5
    if step.head == "yolo_free" and step.boxes:
        return shapes[step.boxes][1 if step.layout == "columns" else 2] - (5 if step.objectness else 4)
    return shapes[step.scores][-1] if step.scores and step.classes is None else None


def _decode(step: DecodeBoxes, value: Floats, context: Context) -> Detections:
    return boxes.decode_boxes(step, context.outputs)


def _nms_after(step: Nms, before: Read, reads: Mapping[str, Read]) -> Read:
    return before


def _nms(step: Nms, value: Detections, context: Context) -> Detections:
    return nms.nms(value, step.iou, step.score, step.per_class, step.max)


_ORDER = "The order is decode_boxes, nms, uncrop, label."
BOXES: dict[str, ReadOp] = {
    "decode_boxes": ReadOp(("numbers",), _decode_after, _decode, _ORDER),
    "nms": ReadOp(("objects",), _nms_after, _nms, _ORDER),
}
