"""Small models of every format, made once a session by Keras, tf_keras and TensorFlow themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from satchel_converters.quiet import tensorflow
from satchel_converters.sources import Source, load_source


def build_two_heads(keras: Any) -> Any:
    """Gives a small convolutional net with two outputs of one shape, in an order that is not the alphabet's."""
    keras.utils.set_random_seed(7)
    image = keras.Input((32, 32, 3), name="image")
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="stem")(image)
    x = keras.layers.BatchNormalization(name="norm", beta_initializer="random_normal")(x)
    x = keras.layers.ReLU(6.0, name="clip")(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same", name="depthwise", bias_initializer="random_normal")(x)
    x = keras.layers.Activation("relu", name="rectify")(x)
    x = keras.layers.Conv2D(24, 1, name="point", activation="relu", bias_initializer="random_normal")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    zebra = keras.layers.Dense(10, activation="softmax", name="zebra", kernel_initializer="random_normal")(x)
    ant = keras.layers.Dense(10, activation="softmax", name="ant", kernel_initializer="glorot_uniform")(x)
    return keras.Model(image, [zebra, ant], name="two_heads")


@pytest.fixture(scope="session")
def keras() -> Any:
    """Gives Keras 3, imported quietly."""
    with tensorflow():
        import keras

        return keras


@pytest.fixture(scope="session")
def tf_keras() -> Any:
    """Gives tf_keras, imported quietly."""
    with tensorflow():
        import tf_keras

        return tf_keras


@pytest.fixture(scope="session")
def tf() -> Any:
    """Gives TensorFlow, imported quietly."""
    with tensorflow() as module:
        return module


@pytest.fixture(scope="session")
def model(keras: Any) -> Any:
    """Gives the live Keras 3 model."""
    with tensorflow():
        return build_two_heads(keras)


@pytest.fixture(scope="session")
def models(model: Any, keras: Any, tf_keras: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Gives files of the two-headed net: .keras and .h5 of Keras 3, .h5 and .keras of tf_keras, SavedModels of both."""
    folder = tmp_path_factory.mktemp("models")
    with tensorflow():
        older = build_two_heads(tf_keras)
        model.save(folder / "three.keras")
        model.save(folder / "three.h5")
        model.export(folder / "three_saved", verbose=False)
        older.save(folder / "two.h5")
        older.save(folder / "two.keras")
        older.save(folder / "two_saved")
    return {each.name: each for each in folder.iterdir()}


@pytest.fixture(scope="session")
def source(models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Gives the .keras file as a source."""
    return load_source(models["three.keras"], tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def pictures() -> list[dict[str, np.ndarray[Any, Any]]]:
    """Gives eight prepared inputs of the two-headed net."""
    generator = np.random.default_rng(3)
    return [{"image": generator.normal(size=(1, 32, 32, 3)).astype(np.float32)} for _ in range(8)]
