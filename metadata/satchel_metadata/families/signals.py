"""Stretches of a signal: what each step makes of them, and how they become tensors, one a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.csv_rows import read_signal
from satchel_metadata.errors import InputError, SpecError
from satchel_metadata.families.base import Family, Plan, Span, as_tensor, checked_steps
from satchel_metadata.ops import signals
from satchel_metadata.spec import Input, Tensor
from satchel_metadata.steps import Columns, Detrend, Layout, Resample, Standardize, Window
from satchel_metadata.values import Signal

Windows = list[tuple[int, signals.Samples]]
OPS = ("resample", "detrend", "window", "standardize", "layout")
_LAYOUTS = ("NLC", "NCL", "NL")


@dataclass(frozen=True)
class SignalShape:
    """What a step gives.

    Args:
        length: samples; None while they depend on the signal.
        channels: None while no step says how many.
        rate: samples a second; None while no step says.
        to: the order of the axes; None until a layout step gives it, and then NLC.
        windowed: a window step has cut it.
        begun: a step stands before.
    """

    length: int | None = None
    channels: int | None = None
    rate: float | None = None
    to: str | None = None
    windowed: bool = False
    begun: bool = False
    dtype: str = "float32"
    span: Span | None = None

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Gives the shape of one prepared window, without the batch axis."""
        if self.to == "NL":
            return (self.length,)
        return (self.channels, self.length) if self.to == "NCL" else (self.length, self.channels)

    def bound(self, shape: tuple[int, ...]) -> SignalShape:
        """Gives this with the channels that a tensor of that shape has, where no step says how many there are."""
        if self.channels is not None or len(shape) != 2:
            return self
        return replace(self, channels=shape[0] if self.to == "NCL" else shape[1])

    def words(self) -> str:
        """Gives `windows of 100 samples, 6 channels, 50 samples a second, float32`."""
        length = f"{self.length} samples" if self.length else "as many samples as there are"
        length = f"windows of {length}" if self.windowed else length
        channels = f"{self.channels} channels" if self.channels else "as many channels as there are"
        rate = f", {self.rate:g} samples a second" if self.rate else ""
        return f"{length}, {channels}{rate}, float32{f', {self.to}' if self.to else ''}"


def is_signal(steps: tuple[Any, ...]) -> bool:
    """Says whether steps that begin with columns make a signal of them, and not a row."""
    return any(
        step.op in ("resample", "detrend", "window")
        or (isinstance(step, Standardize) and step.columns is None)
        or (isinstance(step, Layout) and step.to in _LAYOUTS)
        for step in steps
    )


def signal_shapes(steps: tuple[Any, ...], where: str) -> tuple[SignalShape, ...]:
    """Gives what each step of a signal gives.

    Raises:
        SpecError: spec/impossible-step, spec/channel-count, spec/column-kind or spec/inconsistent, with its path.
    """
    found: tuple[SignalShape, ...] = checked_steps(steps, SignalShape(), _begun, where, first=0)
    return found


def _begun(step: Any, before: SignalShape) -> SignalShape:
    return replace(_after(step, before), begun=True)


def _after(step: Any, before: SignalShape) -> SignalShape:
    if before.to is not None:
        message = f"{step.op} cannot come behind layout, which ends the steps of a signal"
        raise SpecError("spec/impossible-step", message, hint="Move layout to the end.")
    if isinstance(step, Columns):
        return _columns(step, before)
    if isinstance(step, Resample):
        return _resample(step, before)
    if isinstance(step, Window):
        if before.windowed:
            raise SpecError("spec/impossible-step", "the signal is cut into windows already", hint="Remove one window.")
        return replace(before, length=step.length, windowed=True)
    if isinstance(step, Standardize):
        return _standardize(step, before)
    if isinstance(step, Layout):
        return _layout(step, before)
    if isinstance(step, Detrend):
        return before
    hint = "A signal's steps are columns, resample, detrend, window, standardize and layout."
    raise SpecError("spec/impossible-step", f"{step.op} is no step of a signal", hint=hint)


def _columns(step: Columns, before: SignalShape) -> SignalShape:
    if before.begun:
        raise SpecError("spec/impossible-step", "columns can only be the first step", hint="Move it to the front.")
    texts = [column.name for column in step.columns if column.kind != "number"]
    if texts:
        message = f"a signal takes columns of kind number, {texts[0]!r} is of kind category"
        raise SpecError("spec/column-kind", message, hint="Leave the column out, or make it a number.")
    return SignalShape(channels=len(step.columns))


def _resample(step: Resample, before: SignalShape) -> SignalShape:
    if before.rate is not None and before.rate != step.from_rate:
        message = f"resample takes {step.from_rate:g} samples a second, the step before gives {before.rate:g}"
        raise SpecError("spec/inconsistent", message, hint="Change from_rate, or remove one resample.")
    up, down = signals.ratio(step.from_rate, step.to_rate)
    length = -(-before.length * up // down) if before.length else None
    return replace(before, length=length, rate=step.to_rate)


def _standardize(step: Standardize, before: SignalShape) -> SignalShape:
    if step.columns is not None:
        message = "standardize names columns, which only a row has behind its columns step"
        raise SpecError("spec/impossible-step", message, hint="Leave columns out: mean and scale go by channel.")
    for what, values in (("mean", step.mean), ("scale", step.scale)):
        count = len(values or ())
        if count > 1 and before.channels not in (None, count):
            message = f"{what} has {count} numbers, the signal has {before.channels} channels"
            raise SpecError("spec/channel-count", message, hint=f"Give one number, or {before.channels}.")
        before = replace(before, channels=count) if count > 1 else before
    return before


def _layout(step: Layout, before: SignalShape) -> SignalShape:
    if step.to not in _LAYOUTS:
        message = f"layout to {step.to} is for pictures, found a signal"
        raise SpecError("spec/impossible-step", message, hint=f"Use one of {', '.join(_LAYOUTS)}.")
    if step.to == "NL" and before.channels not in (None, 1):
        message = f"layout to NL takes one channel, the signal has {before.channels}"
        raise SpecError("spec/impossible-step", message, hint="Use NLC or NCL.")
    return replace(before, to=step.to, channels=1 if step.to == "NL" else before.channels)


def prepared(steps: tuple[Any, ...], signal: Signal) -> list[tuple[int, NDArray[np.float32]]]:
    """Gives the first sample and the values of every window, or of the whole when no step cuts it.

    Raises:
        InputError: what the signal is not.
    """
    windows, to = [(0, signals.checked(signal.values))], "NLC"
    for step in steps:
        if isinstance(step, Layout):
            to = step.to
        else:
            windows = applied(step, windows)
    return [(start, signals.signal_values(samples, to)) for start, samples in windows]


def applied(step: Any, windows: Windows) -> Windows:
    """Gives what one step makes of the whole signal, or of each of its windows."""
    if isinstance(step, Window):
        return [cut for _, samples in windows for cut in signals.window(samples, step.length, step.hop, step.tail)]
    return [(start, _changed(step, samples)) for start, samples in windows]


def _changed(step: Any, samples: signals.Samples) -> signals.Samples:
    if isinstance(step, Resample):
        return signals.resample(samples, step.from_rate, step.to_rate, step.method)
    if isinstance(step, Detrend):
        return signals.detrend(samples, step.kind)
    if isinstance(step, Standardize):
        return signals.standardize(samples, step.mean, step.scale)
    return samples


def load(thing: Any, each: Input) -> Signal:
    """Gives the signal of a Signal, of an array [samples, channels], or of a CSV file with one sample a row.

    Where the steps begin with columns, a file's columns are taken by name; a Signal or an array has them in that order.

    Raises:
        InputError: input/wrong-array, input/wrong-rate, or what the file is not.
    """
    if isinstance(thing, Signal):
        _same_rate(thing, each.steps)
        return thing
    rate = _rate(each.steps)
    if isinstance(thing, (str, Path, bytes)):
        first = each.steps[0]
        wanted = [column.name for column in first.columns] if isinstance(first, Columns) else None
        return Signal(read_signal(thing, wanted), rate)
    return Signal(signals.checked(thing), rate)


def _rate(steps: tuple[Any, ...]) -> float | None:
    """Gives the rate that the steps take the signal at; None when they do not say."""
    return next((float(step.from_rate) for step in steps if isinstance(step, Resample)), None)


def _same_rate(signal: Signal, steps: tuple[Any, ...]) -> None:
    wanted = _rate(steps)
    if wanted is not None and signal.rate is not None and signal.rate != wanted:
        message = f"the steps take {wanted:g} samples a second, the signal has {signal.rate:g}"
        raise InputError("input/wrong-rate", message, hint="Resample it before, or give the resample step this rate.")


def plan(each: Input, shapes: tuple[SignalShape, ...], tensor: Tensor | None) -> Plan:
    """Gives how a signal becomes the tensors of an input."""
    last = shapes[-1]

    def windows(signal: Signal) -> list[tuple[int, NDArray[Any]]]:
        _need_channels(signal, last.channels)
        found = prepared(each.steps, signal)
        if tensor is not None:
            _need_shape(found[0][1].shape, tensor.shape[1:])
        return [(start, as_tensor(values, tensor)) for start, values in found]

    def prepare(signal: Signal) -> NDArray[Any]:
        found = windows(signal)
        if len(found) > 1:
            message = f"expected a signal of one window, found {len(found)}"
            raise InputError("input/several-windows", message, hint="Prepare them with windows, or cut the signal.")
        return found[0][1]

    return Plan(prepare, windows)


def _need_channels(signal: Signal, channels: int | None) -> None:
    found = 1 if np.ndim(signal.values) == 1 else np.shape(signal.values)[-1]
    if channels is not None and found != channels:
        message = f"the steps take {channels} channels, the signal has {found}"
        raise InputError("input/wrong-channels", message, hint="Give [samples, channels], in the order of training.")


def _need_shape(found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if found != wanted:
        message = f"the model takes {list(wanted)}, the signal became {list(found)}"
        raise InputError("input/wrong-length", message, hint="Give as many samples and channels as the model takes.")


SIGNAL = Family("signal", OPS, check=signal_shapes, plan=plan, load=load)
