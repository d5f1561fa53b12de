"""Why a layer suffers from int8, measured on the layer itself, and what to do about it."""

from __future__ import annotations

import glob
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TAIL, _PEAK, _APART, _FEW = 4.0, 64.0, 64.0, 64.0
"""How many times wider, higher, further apart or coarser than usual something must be, to be named as a cause."""
_STEPS, _MOVED = 255.0, 8.0
"""Steps of 8 bits, and how many of its output one step of a layer's input may move."""


@dataclass(frozen=True)
class Layer:
    """What is known of a layer whose cause is looked for.

    Attributes:
        name: of the op: that of its output tensor.
        op_type: `CONV_2D`.
        kernel: its float weights, output channels first (of DEPTHWISE_CONV_2D last).
        given, made: the ranges of its input and of its output over the inputs: (least, most) of all values, and the
            ends between which 99.99 % of them lie; None where they are not known.
    """

    name: str
    op_type: str
    kernel: NDArray[Any]
    given: Mapping[str, tuple[float, float]] | None
    made: Mapping[str, tuple[float, float]] | None


@dataclass(frozen=True)
class Cause:
    """One cause, a sentence with numbers, and the remedy.

    Its kind is one of `outliers`, `channels`, `peaks`, `narrow` and `amplified`.
    """

    kind: str
    sentence: str
    remedy: str


def causes(layer: Layer) -> tuple[Cause, ...]:
    """Gives what was found, the likeliest first; nothing where the layer is as most are."""
    found = (each(layer) for each in _DETECTORS)
    return tuple(each for each in found if each is not None)


def short(name: str) -> str:
    """Gives the end of an op's name, which says most of it: `block3_project_bn_1/batchnorm/add_1`."""
    return "/".join(name.partition(";")[0].split("/")[-3:])


def rule(name: str, precision: str = "float16") -> str:
    """Gives the pass that keeps one op in another precision, and all others in int8."""
    return f'Mixed([("{glob.escape(name.partition(";")[0])}*", "{precision}"), ("*", "int8")])'


def _outliers(layer: Layer) -> Cause | None:
    """Few values stretch the range of an activation: the others share few of the 256 steps."""
    for what, ends in (("input", layer.given), ("output", layer.made)):
        if ends is None:
            continue
        whole, most = ends["all"], ends["most"]
        times = (whole[1] - whole[0]) / max(most[1] - most[0], 1e-12)
        if times >= _TAIL:
            text = (
                f"range outliers: its {what} reaches from {whole[0]:.3g} to {whole[1]:.3g}, and 99.99 % of the values "
                f"lie between {most[0]:.3g} and {most[1]:.3g}, {times:.0f} times closer together"
            )
            return Cause("outliers", text, f'Int8(calibration="percentile"), or {rule(layer.name)}')
    return None


def _channels(layer: Layer) -> Cause | None:
    """Output channels of far different weights: one scale for the whole activation leaves the small ones no steps."""
    sizes = np.abs(_rows(layer)).max(axis=1)
    sizes = sizes[sizes > 0]
    if sizes.size < 2:
        return None
    times = float(sizes.max() / np.median(sizes))
    if times < _APART:
        return None
    text = (
        f"a wide range between channels: the largest weights of one output channel are {times:.0f} times the median "
        "channel's, and its activations have one scale for all channels"
    )
    return Cause("channels", text, rule(layer.name))


def _peaks(layer: Layer) -> Cause | None:
    """Single weights far above the others of their channel: the channel's one scale is theirs."""
    sizes = np.abs(_rows(layer))
    usual = np.array([np.median(each[each > 0]) if each.any() else np.inf for each in sizes])
    times = float(np.max(sizes.max(axis=1) / usual))
    if times < _PEAK:
        return None
    text = f"weight outliers: some weights are {times:.0f} times their channel's median, and fix its one scale"
    return Cause("peaks", text, rule(layer.name))


def _narrow(layer: Layer) -> Cause | None:
    """What the layer adds is small beside the offset of its output: 8 bits resolve the offset alone."""
    if layer.given is None or layer.made is None:
        return None
    least, most = layer.made["most"]
    reach = max(abs(least), abs(most))
    if most <= least or reach / (most - least) < _FEW / 8:
        return None
    text = (
        f"a narrow output far from zero: between {least:.4g} and {most:.4g}, while a step of 8 bits must span zero too"
    )
    return Cause("narrow", text, rule(layer.name))


def _amplified(layer: Layer) -> Cause | None:
    """Large weights: one step of the input moves the output by many of its own."""
    if layer.given is None or layer.made is None:
        return None
    (low, high), (least, most) = (_with_zero(ends["all"]) for ends in (layer.given, layer.made))
    step, weight = (high - low) / _STEPS, float(np.abs(layer.kernel).max(initial=0.0))
    moved = step * weight * _STEPS / max(most - least, 1e-12)
    if moved < _MOVED:
        return None
    text = (
        f"amplified rounding: weights up to {weight:.3g} multiply the step of its input, {step:.2g}, so that one step "
        f"there is up to {moved:.0f} of its output's"
    )
    return Cause("amplified", text, rule(layer.name))


_DETECTORS: tuple[Callable[[Layer], Cause | None], ...] = (_peaks, _outliers, _channels, _narrow, _amplified)


def _with_zero(ends: tuple[float, float]) -> tuple[float, float]:
    """Gives a range as 8 bits have it: zero is always in it."""
    return min(ends[0], 0.0), max(ends[1], 0.0)


def _rows(layer: Layer) -> NDArray[np.float64]:
    """Gives the weights with an output channel a row."""
    axis = -1 if layer.op_type == "DEPTHWISE_CONV_2D" else 0
    kernel = np.moveaxis(np.asarray(layer.kernel, np.float64), axis, 0)
    return kernel.reshape(kernel.shape[0], -1)
