"""What a scale and an offset of prepared values mean: the author's mean and std, and the family they are of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.diagnosis.detect_values import Affine
from satchel_metadata.spec import Input

Floats = NDArray[np.float64]
FAMILIES: dict[str, tuple[list[float], list[float]]] = {
    "0 to 255": ([0.0], [1.0]),
    "0 to 1": ([0.0], [255.0]),
    "-1 to 1": ([127.5], [127.5]),
    "-1 to 1 (127, 128)": ([127.0], [128.0]),
    "ImageNet's mean and std": ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375]),
    "CLIP's mean and std": ([122.7709, 116.7460, 104.0937], [68.5005, 66.6322, 70.3231]),
    "Caffe's means": ([103.939, 116.779, 123.68], [1.0]),
    "-0.5 to 0.5": ([127.5], [255.0]),
}
"""Mean and std of pixels from 0 to 255."""
_NEAR = 0.01


def in_words(each: Input, affine: Affine) -> tuple[str, str]:
    """Gives a sentence and a remedy for values that differ by a scale and an offset of each channel."""
    if each.steps[0].op not in ("decode", "yuv_to_rgb"):
        return _of_columns(affine, "columns" if each.steps[0].op == "columns" and not _windowed(each) else "channels")
    mean, std = _spec_values(each, affine.scale.size)
    scale = np.where(np.abs(affine.scale) > 1e-12, affine.scale, 1e-12)
    theirs = mean - affine.offset * std / scale, std / scale
    family = _family(*theirs)
    shown = tuple(np.array(part) for part in FAMILIES[family]) if family else theirs
    told = f"mean {_list(shown[0])}, std {_list(shown[1])} of pixels from 0 to 255"
    now = f"mean {_list(mean)}, std {_list(std)}"
    name = f" ({family})" if family else ""
    return f"the author's values have {told}{name}; the spec has {now}", f"Give {told}{name}."


def _windowed(each: Input) -> bool:
    return any(step.op == "window" for step in each.steps)


def _of_columns(affine: Affine, what: str) -> tuple[str, str]:
    off = [
        place
        for place in range(affine.scale.size)
        if abs(affine.scale[place] - 1) > 1e-3 or abs(affine.offset[place]) > 1e-3
    ]
    some = ", ".join(f"{place}: {affine.scale[place]:.4g} x + {affine.offset[place]:.4g}" for place in off[:6])
    text = (
        f"{len(off)} of {affine.scale.size} {what} have another scale or offset: the author's are the spec's by {some}"
    )
    return text, f"Give standardize the mean and scale of the training data, in the units of the {what}."


def _spec_values(each: Input, channels: int) -> tuple[Floats, Floats]:
    """Gives the mean and std that a spec's steps come to, of pixels from 0 to 255."""
    factor, offset = np.ones(channels), np.zeros(channels)
    for step in each.steps:
        scale, add = _step(step)
        factor, offset = factor * scale, offset * scale + add
    return -offset / factor, 1 / factor


def _step(step: Any) -> tuple[Any, Any]:
    if step.op == "rescale":
        scale = step.factor if step.factor is not None else 1 / step.divisor
        return scale, step.offset
    if step.op == "normalize":
        std = np.array(step.std, float)
        return 1 / std, -np.array(step.mean, float) / std
    return 1.0, 0.0


def _family(mean: Floats, std: Floats) -> str | None:
    for name, (means, stds) in FAMILIES.items():
        if len(means) not in (1, mean.size):
            continue
        near = np.abs(mean - np.array(means)) <= _NEAR * 128
        if bool(near.all() and (np.abs(std / np.array(stds) - 1) <= _NEAR).all()):
            return name
    return None


def _list(values: Floats) -> str:
    shown = [f"{each:.4g}" for each in values]
    return shown[0] if len(set(shown)) == 1 else f"[{', '.join(shown)}]"
