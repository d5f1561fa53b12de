"""Vectors of detectors, keypoints and masks: each reading step by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from satchel_metadata.families import Axis, Trace
from satchel_metadata.ops.boxes import convert
from satchel_metadata.readers import READ_OPS, Context
from satchel_metadata.spec import parse
from satchel_metadata.steps.boxes import DecodeBoxes, Nms
from satchel_metadata.steps.masks import ArgmaxMask, ResizeMask
from satchel_metadata.steps.points import HeatmapKeypoints, Landmarks
from satchel_metadata.values import Detections, Mask, Points

TYPES: dict[str, Any] = {
    "decode_boxes": DecodeBoxes,
    "nms": Nms,
    "heatmap_keypoints": HeatmapKeypoints,
    "landmarks": Landmarks,
    "argmax_mask": ArgmaxMask,
    "resize_mask": ResizeMask,
}


def _trace(axes: dict[str, Any]) -> Trace:
    return Trace(Axis(**axes["x"]), Axis(**axes["y"]))


def _run(case: dict[str, Any], value: Any, outputs: dict[str, Any]) -> Any:
    name = case["step"]["op"]
    step = parse(TYPES[name], case["step"])
    traces = {key: _trace(each) for key, each in case["input"].get("traces", {}).items()}
    return READ_OPS[name].run(step, value, Context(outputs, {}, traces))


def _objects(found: Detections) -> dict[str, Any]:
    return {"boxes": found.boxes, "scores": found.scores, "classes": found.classes.astype(np.int32)}


def decode_boxes(case: dict[str, Any], file: dict[str, Any]) -> Any:
    return _objects(_run(case, None, case["input"]))


def nms(case: dict[str, Any], file: dict[str, Any]) -> Any:
    given = case["input"]
    return _objects(_run(case, Detections(given["boxes"], given["scores"], given["classes"].astype(np.int64)), {}))


def reading(case: dict[str, Any], file: dict[str, Any]) -> Any:
    given = case["input"]
    value = given["value"]
    found = _run(case, Mask(value["indices"]) if isinstance(value, dict) else value, given.get("outputs", {}))
    if isinstance(found, Points):
        return {"xy": found.xy, "scores": found.scores}
    return {"indices": found.indices} if isinstance(found, Mask) else found


def convert_boxes(case: dict[str, Any], file: dict[str, Any]) -> Any:
    return convert(case["input"], case["step"]["from"], case["step"]["to"])


HANDLERS = {
    "decode_boxes": decode_boxes,
    "nms": nms,
    "heatmap_keypoints": reading,
    "landmarks": reading,
    "argmax_mask": reading,
    "resize_mask": reading,
    "convert_boxes": convert_boxes,
}
