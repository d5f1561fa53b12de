"""A small classifier of three colours, 32 x 32 pixels, and photos for it: packs in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}


def colour_model() -> Any:
    """A Keras classifier with convolutions and softmax that tells the three colours apart; the same every time."""
    import keras

    keras.utils.set_random_seed(7)
    image = keras.Input((32, 32, 3), name="image")
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu6", name="stem")(image)
    x = keras.layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.Concatenate(name="both")([x, keras.layers.GlobalAveragePooling2D(name="mean")(image)])
    out = keras.layers.Dense(3, activation="softmax", name="probabilities")(x)
    model = keras.Model(image, out, name="colours")
    kernel = np.zeros((11, 3), np.float32)
    kernel[:8] = np.random.default_rng(3).normal(size=(8, 3)) * 0.05
    kernel[8:] = np.eye(3) * 4
    model.get_layer("probabilities").set_weights([kernel, np.zeros(3, np.float32)])
    return model


def colour_photos(folder: Path, count: int) -> Path:
    """Writes `count` noisy PNGs of each colour, 48 x 40 pixels, in one folder a colour."""
    noise = np.random.default_rng(11)
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            pixels = np.clip(noise.normal(colour, 25, (40, 48, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:02}.png")
    return folder
