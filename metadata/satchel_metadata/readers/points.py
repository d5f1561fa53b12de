"""The steps that make keypoints: heatmap_keypoints and landmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from satchel_metadata.errors import ModelError, SpecError
from satchel_metadata.ops import points
from satchel_metadata.readers.base import Context, Floats, Read, ReadOp
from satchel_metadata.readers.boxes import named_shapes
from satchel_metadata.steps.points import HeatmapKeypoints, Landmarks
from satchel_metadata.values import Points

OWN = "(heatmaps)"
"""The key of a step's own output beside those that it names; no output has such a name."""


def _heatmap_after(step: HeatmapKeypoints, before: Read, reads: Mapping[str, Read]) -> Read:
    shapes = named_shapes(step.reads(), reads)
    if shapes is None or before.shape is None:
        return Read("points")
    given = {name: np.zeros(shape, np.float32) for name, shape in {**shapes, OWN: before.shape}.items()}
    try:
        found = points.heatmap_keypoints(step, given, OWN)
    except ModelError as error:
        hint = "Name the output that holds the heatmaps, and its layout."
        raise SpecError("spec/shape-mismatch", error.message, hint=hint) from None
    return Read("points", count=len(found.xy))


def _heatmap(step: HeatmapKeypoints, value: Floats, context: Context) -> Points:
    return points.heatmap_keypoints(step, {**context.outputs, OWN: value}, OWN)


def _landmarks_after(step: Landmarks, before: Read, reads: Mapping[str, Read]) -> Read:
    if before.shape is None:
        return Read("points")
    size = math.prod(before.shape)
    if size == 0 or size % step.dimensions:
        message = f"expected a multiple of {step.dimensions} numbers, the output is {list(before.shape)}"
        raise SpecError(
            "spec/shape-mismatch", message, hint="Change 'dimensions', or name the output of the landmarks."
        )
    return Read("points", count=size // step.dimensions)


def _landmarks(step: Landmarks, value: Floats, context: Context) -> Points:
    return points.landmarks(step, value, "landmarks")


_ORDER = "The order is heatmap_keypoints or landmarks, uncrop, label."
POINTS: dict[str, ReadOp] = {
    "heatmap_keypoints": ReadOp(("numbers", "shares"), _heatmap_after, _heatmap, _ORDER),
    "landmarks": ReadOp(("numbers",), _landmarks_after, _landmarks, _ORDER),
}
