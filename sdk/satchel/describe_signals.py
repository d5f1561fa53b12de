"""Descriptions of models that take stretches of a signal: of sensors, or of sound as it was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NoReturn, Unpack

from satchel.describe import Description, Labels, Values, read_labels
from satchel.describe_pictures import About
from satchel.describe_tables import Activation, class_steps, described
from satchel_metadata.errors import SpecError

Method = Literal["linear", "polyphase"]
Tail = Literal["drop", "pad", "error"]


def signal_classification(
    *,
    labels: Labels,
    window: int,
    channels: Sequence[str] | None = None,
    hop: int | None = None,
    tail: Tail = "drop",
    rate: float | None = None,
    recorded_rate: float | None = None,
    method: Method = "polyphase",
    detrend: Literal["constant", "linear"] | None = None,
    standardize: Literal["window"] | None = None,
    mean: Values | None = None,
    scale: Values | None = None,
    layout: Literal["NLC", "NCL", "NL"] = "NLC",
    activation: Activation = "none",
    top_k: int | None = None,
    threshold: float | None = None,
    **about: Unpack[About],
) -> Description:
    """Gives the description of a model that puts stretches of a signal into classes.

    The signal is brought to the model's rate, cut into windows, and each window is detrended and scaled. The answer of
    a signal of several windows is that of the mean of their scores, with each window's own beside it.

    Args:
        labels: a text file with one label a line, or the labels, in the order of the model's output.
        window: samples that the model takes, at its own rate.
        channels: their names, in the order of the model's input: a CSV file's columns are then taken by name. All
            columns of the file, in its order, when not given.
        hop: samples from one window to the next; a window's length, so that none overlap, when not given.
        tail: what becomes of samples behind the last whole window: `drop`, `pad` (zeros) or `error`.
        rate: samples a second that the model was trained at.
        recorded_rate: samples a second that the signal has. Where it is `rate`, nothing is resampled, but the spec says
            the rate: signals of another are refused, and times can be shown in seconds.
        method: how it is brought to `rate`: `polyphase` (scipy.signal.resample_poly) or `linear` (numpy.interp).
        detrend: take away each window's mean (`constant`) or straight line (`linear`).
        standardize: `window` scales each window by its own mean and standard deviation, channel by channel.
        mean, scale: those of training instead, one number or one a channel: (x - mean) / scale.
        layout: order of the axes of the model's input; `NL` has no axis for its one channel.
        activation: what is still to be done to the output; `none` when the model itself ends in softmax or sigmoid.
        top_k: how many classes an answer has; all, but at most 5, when not given.
        threshold: the least score of an answer's class.
        about: name, version, author, license and description of the model; the version is semantic (`1.0.0`).

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    found = read_labels(labels)
    steps = [
        *_columns(channels),
        *_resampled(rate, recorded_rate, method),
        {"op": "window", "length": window, "hop": window if hop is None else hop, "tail": tail},
        *([{"op": "detrend", "kind": detrend}] if detrend else []),
        *_scaled(standardize, mean, scale),
        {"op": "layout", "to": layout},
    ]
    reading = class_steps(activation, top_k or min(len(found), 5), threshold)
    return described("signal_classification", "signal", steps, reading, about, found)


def audio_classification(
    *,
    labels: Labels,
    window: int,
    rate: float,
    hop: int | None = None,
    tail: Tail = "pad",
    recorded_rate: float | None = None,
    mean: Values | None = None,
    scale: Values | None = None,
    layout: Literal["NLC", "NCL", "NL"] = "NL",
    activation: Activation = "none",
    top_k: int = 5,
    threshold: float | None = None,
    **about: Unpack[About],
) -> Description:
    """Gives the description of a model that puts sound into classes and takes the waveform itself.

    The signal is the samples of one or more channels, usually -1..1. Models that take a spectrogram wait for version
    1.1 of the contract, unless the spectrogram is made inside the model.

    Args:
        window: samples that the model takes, at `rate`.
        rate: samples a second that the model was trained at.
        hop: samples from one window to the next; a window's length, so that none overlap, when not given.
        tail: what becomes of samples behind the last whole window; sound is filled up with silence unless told.
        recorded_rate: samples a second that the signal has; where that is another, it is resampled with polyphase.
        mean, scale: one number or one a channel: (x - mean) / scale.
        layout: order of the axes of the model's input; `NL` has no axis for its one channel.
        labels, activation, top_k, threshold: as for `signal_classification`.
        about: name, version, author, license and description of the model; the version is semantic (`1.0.0`).

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    steps = [
        *_resampled(rate, recorded_rate, "polyphase"),
        {"op": "window", "length": window, "hop": window if hop is None else hop, "tail": tail},
        *_scaled(None, mean, scale),
        {"op": "layout", "to": layout},
    ]
    reading = class_steps(activation, top_k, threshold)
    return described("audio_classification", "signal", steps, reading, about, read_labels(labels))


def text_classification(**_: Any) -> NoReturn:
    """Says that the steps of text are not in this version of the contract.

    Raises:
        SpecError: spec/reserved, always.
    """
    raise SpecError(
        "spec/reserved",
        "splitting text into tokens is reserved for a later version of the contract; this is version 1.1",
        where="text_classification",
        hint="Until then, pack a model of tables, signals or pictures.",
    )


def _columns(channels: Sequence[str] | None) -> list[dict[str, Any]]:
    if channels is None:
        return []
    named = [{"name": each, "kind": "number"} for each in channels]
    return [{"op": "columns", "columns": named, "missing": [""]}]


def _resampled(rate: float | None, recorded: float | None, method: str) -> list[dict[str, Any]]:
    if recorded is None:
        return []
    if rate is None:
        message = "recorded_rate is given without the rate that the model was trained at"
        raise SpecError("spec/inconsistent", message, where="recorded_rate", hint="Give rate= too.")
    return [{"op": "resample", "from_rate": recorded, "to_rate": rate, "method": method}]


def _scaled(standardize: str | None, mean: Values | None, scale: Values | None) -> list[dict[str, Any]]:
    if standardize is not None and (standardize != "window" or mean is not None or scale is not None):
        message = "a window is scaled by its own mean and deviation, or by mean= and scale="
        raise SpecError("spec/inconsistent", message, where="standardize", hint="Leave one of them out.")
    if standardize is None and mean is None and scale is None:
        return []
    if standardize is not None:
        return [{"op": "standardize"}]
    numbers = {"mean": 0.0 if mean is None else mean, "scale": 1.0 if scale is None else scale}
    return [{"op": "standardize"} | {key: _listed(value) for key, value in numbers.items()}]


def _listed(values: Values) -> list[float]:
    return [float(values)] if isinstance(values, (int, float)) else [float(each) for each in values]
