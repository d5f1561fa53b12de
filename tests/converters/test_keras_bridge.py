"""A Keras 3 model becomes the same tf_keras model, or is refused by name before anything is trained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from satchel_converters.keras_bridge import open_tf_keras, to_tf_keras
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, ModelError

PICTURE, SERIES, ROW, TOKENS = (8, 8, 4), (9, 4), (6,), (5,)
LAYERS: dict[str, tuple[tuple[int, ...], Callable[[Any], Any]]] = {
    "Dense": (ROW, lambda layers: layers.Dense(5, activation="gelu", kernel_regularizer="l2")),
    "Conv1D": (SERIES, lambda layers: layers.Conv1D(3, 3, dilation_rate=2, padding="causal")),
    "Conv2D": (PICTURE, lambda layers: layers.Conv2D(6, 3, strides=2, groups=2, activation="relu6")),
    "Conv1DTranspose": (SERIES, lambda layers: layers.Conv1DTranspose(3, 3, strides=2)),
    "DepthwiseConv2D": (PICTURE, lambda layers: layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same")),
    "SeparableConv2D": (PICTURE, lambda layers: layers.SeparableConv2D(5, 3, activation="silu")),
    "Conv2DTranspose": (PICTURE, lambda layers: layers.Conv2DTranspose(3, 3, strides=2, padding="same")),
    "BatchNormalization": (PICTURE, lambda layers: layers.BatchNormalization(epsilon=0.01)),
    "LayerNormalization": (PICTURE, lambda layers: layers.LayerNormalization()),
    "MaxPooling2D": (PICTURE, lambda layers: layers.MaxPooling2D(3, 2, padding="same")),
    "AveragePooling2D": (PICTURE, lambda layers: layers.AveragePooling2D(2)),
    "MaxPooling1D": (SERIES, lambda layers: layers.MaxPooling1D(2)),
    "GlobalAveragePooling2D": (PICTURE, lambda layers: layers.GlobalAveragePooling2D(keepdims=True)),
    "GlobalMaxPooling2D": (PICTURE, lambda layers: layers.GlobalMaxPooling2D()),
    "GlobalAveragePooling1D": (SERIES, lambda layers: layers.GlobalAveragePooling1D()),
    "Activation": (ROW, lambda layers: layers.Activation("mish")),
    "leaky_relu": (ROW, lambda layers: layers.Activation("leaky_relu")),
    "ReLU": (ROW, lambda layers: layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2)),
    "LeakyReLU": (ROW, lambda layers: layers.LeakyReLU(0.3)),
    "PReLU": (PICTURE, lambda layers: layers.PReLU(shared_axes=[1, 2])),
    "Softmax": (PICTURE, lambda layers: layers.Softmax(axis=1)),
    "Flatten": (PICTURE, lambda layers: layers.Flatten()),
    "Reshape": (PICTURE, lambda layers: layers.Reshape((16, -1))),
    "Permute": (PICTURE, lambda layers: layers.Permute((2, 3, 1))),
    "Dropout": (ROW, lambda layers: layers.Dropout(0.5, seed=3)),
    "ZeroPadding2D": (PICTURE, lambda layers: layers.ZeroPadding2D(((1, 2), (0, 3)))),
    "Cropping2D": (PICTURE, lambda layers: layers.Cropping2D(((1, 2), (0, 3)))),
    "UpSampling2D": (PICTURE, lambda layers: layers.UpSampling2D((2, 3), interpolation="bilinear")),
    "Rescaling": (PICTURE, lambda layers: layers.Rescaling(0.5, offset=-1)),
    "Normalization": (PICTURE, lambda layers: layers.Normalization(mean=[1, 2, 3, 4], variance=[4, 3, 2, 1])),
    "Embedding": (TOKENS, lambda layers: layers.Embedding(7, 3)),
    "LSTM": (SERIES, lambda layers: layers.LSTM(3, return_sequences=True)),
    "GRU": (SERIES, lambda layers: layers.GRU(3, reset_after=False)),
    "Bidirectional": (SERIES, lambda layers: layers.Bidirectional(layers.LSTM(3), merge_mode="sum")),
    "TimeDistributed": (SERIES, lambda layers: layers.TimeDistributed(layers.Dense(2))),
}


def with_weights(model: Any) -> Any:
    """Gives the model with weights that all differ, so that none can take the place of another."""
    chance = np.random.default_rng(5)
    model.set_weights([chance.uniform(0.1, 1, each.shape) for each in model.get_weights()])
    return model


def inputs_of(model: Any) -> list[Any]:
    chance = np.random.default_rng(6)
    return [
        chance.integers(0, 5, (3, *each.shape[1:]))
        if "int" in str(each.dtype)
        else chance.normal(size=(3, *each.shape[1:])).astype(np.float32)
        for each in model.inputs
    ]


def require_same(model: Any, bridged: Any) -> None:
    import tensorflow as tf

    given = inputs_of(model)
    given = given[0] if len(given) == 1 else given
    one, other = model(given), bridged(given)
    tf.nest.assert_same_structure(one, other)
    for expected, found in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert bridged.count_params() == model.count_params()


@pytest.mark.parametrize("name", LAYERS)
def test_the_layer_answers_the_same_in_both(name: str, keras: Any, tf_keras: Any) -> None:
    shape, make = LAYERS[name]
    with tensorflow():
        layer = make(keras.layers)
        dtype = "int32" if shape == TOKENS else "float32"
        model = with_weights(keras.Sequential([keras.Input(shape, dtype=dtype), layer]))
        bridged = to_tf_keras(model)
        assert isinstance(bridged, tf_keras.Model)
        require_same(model, bridged)
    assert [each.name for each in bridged.layers[1:]] == [layer.name]
    assert type(bridged.layers[-1]).__name__ == type(layer).__name__


@pytest.mark.parametrize("name", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"])
def test_a_layer_of_two_inputs_answers_the_same_in_both(name: str, keras: Any) -> None:
    with tensorflow():
        pair = [keras.Input(ROW, name="left"), keras.Input(ROW, name="right")]
        model = keras.Model(pair, getattr(keras.layers, name)()(pair))
        bridged = to_tf_keras(model)
        require_same(model, bridged)
    assert bridged.input_names == ["left", "right"]


def test_a_net_of_shared_and_nested_layers_operators_masks_and_two_outputs_answers_the_same(keras: Any) -> None:
    layers = keras.layers
    with tensorflow():
        row, ids = keras.Input(ROW, name="row"), keras.Input(TOKENS, dtype="int32", name="ids")
        inner = keras.Sequential([keras.Input(ROW), layers.Dense(6, activation="tanh"), layers.ReLU()], name="inner")
        twice = inner(inner(row))
        mixed = 1 - (twice + row) * 2
        shared = layers.Dense(4, name="shared")
        told = layers.GRU(3)(layers.Embedding(7, 3, mask_zero=True)(ids))
        outputs = {"zebra": shared(mixed), "ant": layers.Concatenate()([shared(twice), told])}
        model = with_weights(keras.Model([row, ids], outputs))
        bridged = to_tf_keras(model)
        require_same(model, bridged)


def test_a_model_with_an_adapted_normalisation_keeps_what_it_learned(keras: Any) -> None:
    with tensorflow():
        layer = keras.layers.Normalization()
        layer.adapt(np.random.default_rng(0).normal(3, 2, (50, 4)).astype(np.float32))
        model = keras.Sequential([keras.Input((4,)), layer])
        bridged = to_tf_keras(model)
        given = inputs_of(model)[0]
        np.testing.assert_allclose(bridged(given), model(given), rtol=1e-5)


def test_what_trains_and_what_is_regularised_stays_so(keras: Any) -> None:
    with tensorflow():
        model = keras.Sequential(
            [keras.Input(ROW), keras.layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.1))]
        )
        model.layers[0].trainable = False
        bridged = to_tf_keras(model)
        expected = 0.1 * float(np.sum(np.square(model.get_weights()[0])))
        assert bridged.trainable_weights == []
        assert float(bridged.losses[0]) == pytest.approx(expected, rel=1e-6)


def test_every_layer_that_cannot_cross_is_named_at_once(keras: Any) -> None:
    layers = keras.layers
    with tensorflow():
        value = given = keras.Input((6, 4))
        value = layers.Dense(4, activation="hard_silu", name="silu")(value)
        value = layers.MultiHeadAttention(2, 2, name="attention")(value, value)
        value = layers.Dense(4, dtype="mixed_float16", name="half")(value)
        value = keras.ops.sin(value)
        model = keras.Model(given, layers.Lambda(lambda each: each, name="code")(value))
        with pytest.raises(ConversionError) as refused:
            to_tf_keras(model)
    assert refused.value.code == "model/layer-cannot-cross"
    for said in ("5 of its layers", "silu (Dense)", "attention (MultiHead", "half (Dense)", "Sin", "code (Lambda)"):
        assert said in str(refused.value)


def test_a_subclassed_model_is_refused(keras: Any) -> None:
    with tensorflow():

        class Own(keras.Model):  # type: ignore[misc, name-defined]
            def call(self, value: Any) -> Any:
                return value

        with pytest.raises(ConversionError, match="layers are called by its own code"):
            to_tf_keras(Own())


def test_a_tf_keras_model_goes_through_as_it_is(tf_keras: Any) -> None:
    with tensorflow():
        model = tf_keras.Sequential([tf_keras.Input(ROW), tf_keras.layers.Dense(2)])
    assert to_tf_keras(model) is model


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ModelError, match="expected a Keras model, found builtins"):
        to_tf_keras(3)


@pytest.mark.parametrize("name", ["three.keras", "three.h5", "two.keras", "two.h5"])
def test_a_file_opens_as_tf_keras(name: str, models: dict[str, Path], model: Any, tf_keras: Any) -> None:
    bridged = open_tf_keras(models[name])
    assert isinstance(bridged, tf_keras.Model)
    if name.startswith("three"):
        given = inputs_of(model)[0]
        for one, other in zip(model(given), bridged(given), strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-6)


def test_a_saved_model_has_no_layers_to_open(models: dict[str, Path]) -> None:
    assert open_tf_keras(models["three_saved"]) is None
