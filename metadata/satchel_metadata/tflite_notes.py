"""What TFLite Metadata can say of a spec's steps, and, by name, what it cannot.

Other programs (the TFLite Task Library, MediaPipe Tasks, ML Kit) decode and scale a photo in their own way, then
compute (x - mean) / std of values from 0 to 255, or hand the values over as they are to a uint8 model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.spec import Input, Output, Tensor
from satchel_metadata.steps import (
    Color,
    Decode,
    Flip,
    InputStep,
    Layout,
    Normalize,
    Pad,
    Rescale,
    Resize,
    Threshold,
    YuvToRgb,
)

_BYTES = np.arange(256, dtype=np.float32)[:, None]
_USUAL = re.compile(r"names no method of scaling|\(crop\): |folded into one subtraction|up to [12] levels ")


@dataclass(frozen=True)
class ImageNotes:
    """An image input in the terms of TFLite Metadata.

    `mean` and `std` have one value, or one a channel; `low` and `high` are the ends of the prepared values, likewise.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    grey: bool
    warnings: tuple[str, ...]


def image_notes(source: Input, tensor: Tensor) -> ImageNotes | None:
    """Gives the notes for an input that is a picture, None for another."""
    if not source.steps or not isinstance(source.steps[0], (Decode, YuvToRgb)):
        return None
    mean, std = _folded(source)
    prepared = prepared_levels(source)
    low, high = prepared.min(axis=0), prepared.max(axis=0)
    return ImageNotes(
        mean=tuple(mean.astype(np.float32).tolist()),
        std=tuple(std.astype(np.float32).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        grey=any(isinstance(step, Color) and step.to == "GRAY" for step in source.steps),
        warnings=(*_step_warnings(source), *_value_warnings(source, tensor, prepared)),
    )


def threshold_of(output: Output) -> float | None:
    """Gives the score below which the output's steps drop a class, None when they keep all."""
    return next((step.score for step in output.steps if isinstance(step, Threshold)), None)


def output_warnings(output: Output) -> tuple[str, ...]:
    """Gives a warning for each step of an output that TFLite Metadata cannot express.

    top_k is no such step: how many classes to show is an option of every program.
    """
    return tuple(
        f"output {output.name!r}, step {place} ({step.op}): TFLite Metadata cannot ask for it, other programs show the "
        "model's values without it; build it into the model"
        for place, step in enumerate(output.steps)
        if step.op in ("softmax", "sigmoid")
    )


def is_usual(warning: str) -> bool:
    """Says whether a warning holds of nearly every model of photos: scaling, its crop, rounding of the values."""
    return _USUAL.search(warning) is not None


def prepared_levels(source: Input) -> NDArray[np.float32]:
    """Gives what the steps make of each of the 256 levels of a channel: float32 [256, 1 or channels]."""
    levels: NDArray[np.float32] = _BYTES
    for step in source.steps:
        if isinstance(step, Rescale):
            scaled = levels / np.float32(step.divisor) if step.divisor else levels * np.float32(step.factor or 1)
            levels = scaled + np.float32(step.offset)
        elif isinstance(step, Normalize):
            levels = (levels - np.array(step.mean, np.float32)) / np.array(step.std, np.float32)
    return levels


def _folded(source: Input) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gives the one mean and std that stand for all rescale and normalize steps: y = (x - mean) / std."""
    mean, std = np.zeros(1), np.ones(1)
    for step in source.steps:
        if isinstance(step, Rescale):
            std = std * (step.divisor or 1) / (step.factor or 1)
            mean = mean - step.offset * std
        elif isinstance(step, Normalize):
            mean, std = mean + np.array(step.mean) * std, std * np.array(step.std)
    mean, std = np.broadcast_arrays(mean, std)
    if np.all(mean == mean[0]) and np.all(std == std[0]):
        return mean[:1], std[:1]
    return mean, std


def _step_warnings(source: Input) -> Iterator[str]:
    for place, step in enumerate(source.steps):
        message = _inexpressible(step)
        if message:
            yield f"input {source.name!r}, step {place} ({step.op}): {message}"


def _inexpressible(step: InputStep) -> str:
    if isinstance(step, Resize):
        return (
            f"TFLite Metadata names no method of scaling; other programs scale the whole photo bilinearly, not with "
            f"{step.method} and fit {step.fit}"
        )
    if isinstance(step, Color) and step.to != "RGB":
        return f"other programs hand over RGB, not {step.to}"
    if isinstance(step, Layout) and step.to == "NCHW":
        return "other programs hand over height x width x channels, not NCHW"
    if isinstance(step, (Pad, Flip)) or step.op in ("crop", "crop_content", "center_of_mass"):
        return "TFLite Metadata cannot ask for it, other programs leave it out"
    if isinstance(step, YuvToRgb):
        return "other programs hand over photos in RGB, not camera frames"
    if isinstance(step, Decode) and step.background != (0, 0, 0):
        return "TFLite Metadata names no background, other programs drop transparency in their own way"
    return ""


def _value_warnings(source: Input, tensor: Tensor, prepared: NDArray[np.float32]) -> Iterator[str]:
    mean, std = (part.astype(np.float32) for part in _folded(source))
    head = f"input {source.name!r}, {_arithmetic_steps(source)}"
    if len(mean) > 1:
        yield f"{head}: mean and std differ by channel, which MediaPipe Tasks refuses to compute"
    if tensor.dtype == "float32":
        apart = np.abs((_BYTES - mean) / std - prepared).max()
        if apart > 0:
            yield (
                f"{head}: folded into one subtraction of a mean and one division, from which other programs compute "
                f"values up to {apart:.1e} away"
            )
    elif tensor.dtype != "uint8":
        yield f"{head}: other programs hand over uint8 or float32, not {tensor.dtype}"
    elif tensor.scale is not None and tensor.zero_point is not None:
        apart = np.abs(_quantized(prepared, tensor.scale, tensor.zero_point) - _BYTES).max()
        if apart > 0:
            yield (
                f"{head}: other programs hand a photo's values to a uint8 model as they are, but its scale and zero "
                f"point make up to {apart:.0f} levels of difference; calibrate over the whole range of prepared values"
            )


def _arithmetic_steps(source: Input) -> str:
    """Names the steps that compute with values: `step 3 (normalize)`, `steps 3 and 4 (rescale, normalize)`."""
    found = [(place, step.op) for place, step in enumerate(source.steps) if isinstance(step, (Rescale, Normalize))]
    places, ops = " and ".join(str(place) for place, _ in found), ", ".join(op for _, op in found)
    return f"step{'s' * (len(found) > 1)} {places} ({ops})" if found else "all steps"


def _quantized(values: NDArray[np.float32], scale: float, zero_point: int) -> NDArray[np.float32]:
    scaled = values / np.float32(scale)
    whole = np.trunc(scaled)
    away = np.where(np.abs(scaled - whole) >= np.float32(0.5), np.sign(scaled), np.float32(0))
    levels: NDArray[np.float32] = (whole + away + np.float32(zero_point)).clip(0, 255).astype(np.float32)
    return levels
