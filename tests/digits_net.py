"""scikit-learn's 8 x 8 digits and a small net that knows them: what passes that train are tried on."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from satchel.training import Training, arrays
from satchel.training.loop import fine_tune
from satchel_converters.quiet import tensorflow

TRAINED, JUDGED = slice(0, 1200), slice(1200, None)


@cache
def digits() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Gives pictures float32 [1797, 8, 8, 1] of 0..1 and their classes."""
    found = load_digits()
    return (found.images[..., np.newaxis] / 16).astype(np.float32), found.target.astype(np.int64)


def training(epochs: int = 3, count: int = 1200, **settings: Any) -> Training:
    """Gives the first digits to train with, and the last to judge by."""
    pictures, classes = digits()
    return Training(
        arrays(pictures[:count], classes[:count]),
        arrays(pictures[JUDGED], classes[JUDGED]),
        epochs=epochs,
        **{"batch": 64, "rate": 0.01, **settings},
    )


@cache
def net() -> Any:
    """Gives a trained tf_keras net of two convolutions, a batch normalisation and two dense layers."""
    with tensorflow():
        import tf_keras

        tf_keras.utils.set_random_seed(3)
        layers = tf_keras.layers
        image = tf_keras.Input((8, 8, 1), name="image")
        x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="first")(image)
        x = layers.BatchNormalization(name="norm")(x)
        x = layers.ReLU(name="clip")(x)
        x = layers.Conv2D(16, 3, activation="relu", name="second")(x)
        x = layers.MaxPooling2D(name="pool")(x)
        x = layers.Flatten(name="flat")(x)
        x = layers.Dense(32, activation="relu", name="hidden")(x)
        x = layers.Dropout(0.2, name="drop")(x)
        answer = layers.Dense(10, activation="softmax", name="digit")(x)
        model = tf_keras.Model(image, answer, name="digits")
        fine_tune(model, training(6), "digits", {})
    return model


def accuracy(model: Any) -> float:
    """Gives the share of the held-out digits that a tf_keras model puts into the right class."""
    pictures, classes = digits()
    found = np.asarray(model(pictures[JUDGED], training=False)).argmax(-1)
    return float(np.mean(found == classes[JUDGED]))
