"""The sensor-series classifier: ten seconds of a smart watch's accelerometer and gyroscope -> what its wearer does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from satchel.zoo.trained import Examples, Recipe
from satchel_metadata.values import Signal

if TYPE_CHECKING:
    from satchel.describe import Description

CHANNELS = ("acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z")
LABELS = ("Standing", "Running", "Walking", "Badminton")
RATE = 10.0
SAMPLES = 100
HOP = 10
"""Samples from one window to the next: an answer every second, of the ten seconds before it."""


def read(files: Sequence[bytes]) -> tuple[Examples, Examples]:
    """Gives the series to train with and those held out, of aeon's BasicMotions_TRAIN.ts and _TEST.ts."""
    training, held_out = files
    return _examples(training), _examples(held_out)


def build() -> Any:
    """Gives the untrained network: two convolutions over time, their mean, then one unit for each activity."""
    import keras

    seeds = [keras.initializers.GlorotUniform(seed=seed) for seed in (1, 2, 3)]
    layers = keras.layers
    inputs = keras.Input((SAMPLES, len(CHANNELS)), name="signal")
    value = layers.Conv1D(16, 9, strides=2, activation="relu", kernel_initializer=seeds[0])(inputs)
    value = layers.Conv1D(32, 5, strides=2, activation="relu", kernel_initializer=seeds[1])(value)
    value = layers.GlobalAveragePooling1D()(value)
    outputs = layers.Dense(len(LABELS), activation="softmax", kernel_initializer=seeds[2], name="probabilities")
    return keras.Model(inputs, outputs(value), name="sensor_series")


def describe(**given: Any) -> Description:
    """Gives the description; `given` are arguments of `satchel.signal_classification`."""
    from satchel.describe_signals import signal_classification

    about = {
        "channels": CHANNELS,
        "window": SAMPLES,
        "hop": HOP,
        "rate": RATE,
        "recorded_rate": RATE,
        "license": "BSD-3-Clause",
        "author": "UEA & UCR time series archive (data)",
        "description": "What the wearer of a smart watch does, of 10 seconds at 10 samples a second, softmax inside",
    }
    return signal_classification(**{**about, **given})


RECIPE = Recipe(read, build, describe, LABELS, CHANNELS, rounds=100, rate=0.01)


def _examples(file: bytes) -> Examples:
    """Reads a .ts file: a series a line, its channels and at last its class divided by colons."""
    values, classes = [], []
    for line in file.decode("utf-8").splitlines():
        if line and line[0] not in "#@":
            *channels, label = line.split(":")
            values.append(np.array([[float(each) for each in channel.split(",")] for channel in channels]).T)
            classes.append(LABELS.index(label.strip()))
    return Examples(tuple(Signal(each, RATE) for each in values), np.stack(values), np.array(classes))
