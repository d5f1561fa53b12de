"""How the pixels of a prepared picture lie in the picture they were made from, in exact integers.

Coordinates are those of edges: pixel i covers [i, i + 1). A resize from n to m multiplies by m / n, a crop and a pad
shift, a flip takes from the whole; composed, each axis is one fraction: given = (prepared * scale + offset) / divisor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.ops import geometry
from satchel_metadata.steps import CenterOfMass, Crop, CropContent, Flip, Pad, Resize


@dataclass(frozen=True)
class Axis:
    """One axis: a coordinate p of the prepared picture is (p * scale + offset) / divisor in the one given.

    Args:
        given: pixels of the picture that was given.
        prepared: pixels of the prepared one.
        scale: negative when it was flipped.
        offset: in units of 1 / divisor.
        divisor: at least 1; the three have no common factor.
    """

    given: int
    prepared: int
    scale: int = 1
    offset: int = 0
    divisor: int = 1

    def resized(self, to: int) -> Axis:
        """Gives the axis after a resize to `to` pixels: p becomes p * prepared / to first."""
        return _reduced(self, to, self.scale * self.prepared, self.offset * to, self.divisor * to)

    def moved(self, first: int, length: int) -> Axis:
        """Gives the axis after `length` pixels from `first` on are kept; below 0 there is margin."""
        return _reduced(self, length, self.scale, self.offset + first * self.scale, self.divisor)

    def flipped(self) -> Axis:
        """Gives the axis after the pixels are put in the opposite order."""
        return _reduced(self, self.prepared, -self.scale, self.offset + self.prepared * self.scale, self.divisor)

    def sources(self, length: int) -> NDArray[np.int64]:
        """Gives, for each pixel that was given, the cell of `length` cells over the prepared axis its centre lies in.

        Exact integers, rounded down; -1 where the pixel is not in the prepared picture.
        """
        sign = 1 if self.scale > 0 else -1
        below = 2 * abs(self.scale) * self.prepared
        cells = [
            sign * ((2 * place + 1) * self.divisor - 2 * self.offset) * length // below for place in range(self.given)
        ]
        return np.array([cell if 0 <= cell < length else -1 for cell in cells], np.int64)


@dataclass(frozen=True)
class Trace:
    """Both axes of a picture's preparation: x runs right, y down."""

    x: Axis
    y: Axis


def traced(steps: tuple[Any, ...], width: int, height: int) -> Trace:
    """Gives how a picture of width x height lies in what the steps make of it."""
    trace = Trace(Axis(width, width), Axis(height, height))
    for step in steps:
        trace = _after(step, trace)
    return trace


def traceable(steps: tuple[Any, ...]) -> bool:
    """Says whether it depends on the size of the picture alone, not on its values, where each pixel comes from."""
    return not any(isinstance(step, (CropContent, CenterOfMass)) for step in steps)


def _after(step: Any, trace: Trace) -> Trace:
    if isinstance(step, Resize):
        fit = geometry.fitted(step, trace.x.prepared, trace.y.prepared)
        left, top, right, bottom = fit.margins
        window = fit.window
        return Trace(
            trace.x.resized(fit.width).moved(window.left - left, window.width + left + right),
            trace.y.resized(fit.height).moved(window.top - top, window.height + top + bottom),
        )
    if isinstance(step, Crop):
        kept = geometry.cropped(step, trace.x.prepared, trace.y.prepared)
        return Trace(trace.x.moved(kept.left, kept.width), trace.y.moved(kept.top, kept.height))
    if isinstance(step, Pad):
        wide, high = trace.x.prepared + step.left + step.right, trace.y.prepared + step.top + step.bottom
        return Trace(trace.x.moved(-step.left, wide), trace.y.moved(-step.top, high))
    if isinstance(step, Flip):
        if step.axis == "horizontal":
            return Trace(trace.x.flipped(), trace.y)
        return Trace(trace.x, trace.y.flipped())
    return trace


def _reduced(axis: Axis, prepared: int, scale: int, offset: int, divisor: int) -> Axis:
    common = math.gcd(scale, offset, divisor)
    return replace(axis, prepared=prepared, scale=scale // common, offset=offset // common, divisor=divisor // common)
