"""uncrop: from places in the prepared picture back to pixels of the photo that was given."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.families.trace import Axis, Trace
from satchel_metadata.values import Detections, Mask, Points

Floats = NDArray[np.float32]
Units = Literal["normalized", "pixels"]


def uncrop_boxes(found: Detections, trace: Trace, units: Units, clip: bool) -> Detections:
    """Gives the boxes in pixels of the photo; one that was flipped keeps its left side left of its right one."""
    left, top, right, bottom = (found.boxes[:, side] for side in range(4))
    across = sorted_pair(back(left, trace.x, units, clip), back(right, trace.x, units, clip), trace.x)
    down = sorted_pair(back(top, trace.y, units, clip), back(bottom, trace.y, units, clip), trace.y)
    return replace(found, boxes=np.stack([across[0], down[0], across[1], down[1]], axis=1))


def uncrop_points(found: Points, trace: Trace, units: Units, clip: bool) -> Points:
    """Gives the points in pixels of the photo."""
    xy = np.stack([back(found.xy[:, 0], trace.x, units, clip), back(found.xy[:, 1], trace.y, units, clip)], axis=1)
    return replace(found, xy=xy)


def uncrop_mask(found: Mask, trace: Trace) -> Mask:
    """Gives the class of each pixel of the photo: that of the cell its centre lies in, 0 where there is none."""
    rows, columns = trace.y.sources(found.indices.shape[0]), trace.x.sources(found.indices.shape[1])
    whole = found.indices[rows[:, np.newaxis], columns]
    whole[(rows < 0)[:, np.newaxis] | (columns < 0)] = 0
    return replace(found, indices=whole)


def back(given: Floats, axis: Axis, units: Units, clip: bool) -> Floats:
    """Gives (p * scale + offset) / divisor, one rounding an operation in binary64, rounded to binary32; -0 becomes 0.

    p is the place in pixels of the prepared picture: of a fraction f, f * prepared. With `clip` what is below 0 becomes
    0 and what is above the length of the photo that length.
    """
    places = given.astype(np.float64) * (axis.prepared if units == "normalized" else 1)
    exact = (places * float(axis.scale) + float(axis.offset)) / float(axis.divisor)
    found: Floats = exact.astype(np.float32) + np.float32(0)
    return np.clip(found, np.float32(0), np.float32(axis.given)) if clip else found


def sorted_pair(low: Floats, high: Floats, axis: Axis) -> tuple[Floats, Floats]:
    """Gives both sides of boxes in the order of the photo."""
    return (low, high) if axis.scale > 0 else (high, low)
