"""Folding takes out what a model computes for nothing, and its answers stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from digits_net import digits, net
from satchel.recipes.fold import BOUND, Fold, folded
from satchel_converters.quiet import tensorflow


def kinds(model: Any) -> list[str]:
    return [type(each).__name__ for each in model.layers]


def shaken(model: Any, *, silent: dict[str, list[int]] | None = None) -> Any:
    """Gives the model with random weights, batch normalisation's too, and filters of some channels at zero."""
    chance = np.random.default_rng(4)
    model.set_weights([chance.uniform(0.2, 1.5, each.shape) * chance.choice([-1, 1], each.shape) ** (each.ndim > 1)
                       for each in model.get_weights()])  # fmt: skip
    for name, places in (silent or {}).items():
        kernel, bias = model.get_layer(name).get_weights()
        kernel[..., places], bias[places] = 0, 0
        model.get_layer(name).set_weights([kernel, bias])
    return model


def require_same(one: Any, other: Any) -> None:
    given = np.random.default_rng(5).normal(size=(3, *one.input_shape[1:])).astype(np.float32)
    expected = one(given, training=False).numpy()
    np.testing.assert_allclose(other(given).numpy(), expected, atol=BOUND * np.abs(expected).max())


@pytest.mark.parametrize("kind", ["Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "Dense"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_batch_normalisation_goes_into_the_layer_before(kind: str, bias: bool) -> None:
    with tensorflow():
        import tf_keras

        layers = tf_keras.layers
        size = {"Dense": (5,), "DepthwiseConv2D": (3,)}.get(kind, (5, 3))
        layer = getattr(layers, kind)(*size, use_bias=bias)
        model = shaken(tf_keras.Sequential([tf_keras.Input((6, 6, 4)), layer, layers.BatchNormalization(epsilon=0.01)]))
        found, facts = folded(Fold(), model)
        require_same(model, found)
    assert kinds(found) == ["InputLayer", kind]
    assert facts["normalisations"] == [model.layers[-1].name]
    assert facts["difference"] <= BOUND


def test_the_digits_net_answers_the_same_with_fewer_layers() -> None:
    model, facts = folded(Fold(), net())
    pictures, _ = digits()
    assert kinds(model) == ["InputLayer", "Conv2D", "ReLU", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dense"]
    assert (facts["normalisations"], facts["no_ops"]) == (["norm"], ["drop"])
    np.testing.assert_allclose(model(pictures), net()(pictures, training=False), atol=1e-5)


def test_dead_channels_go_and_those_that_an_offset_brings_to_life_stay() -> None:
    with tensorflow():
        import tf_keras

        layers = tf_keras.layers
        image = tf_keras.Input((8, 8, 2))
        x = layers.Conv2D(8, 3, activation="relu", name="dead")(image)
        x = layers.MaxPooling2D()(x)
        x = layers.Conv2D(6, 1, activation="sigmoid", name="alive")(x)  # A sigmoid makes a half of zero.
        model = shaken(tf_keras.Model(image, layers.Dense(3, name="answer")(layers.Flatten()(x))),
                       silent={"dead": [1, 4, 5], "alive": [2]})  # fmt: skip
        found, facts = folded(Fold(), model)
        require_same(model, found)
    assert facts["dead_channels"] == 3
    assert [found.get_layer(name).filters for name in ("dead", "alive")] == [5, 6]
    assert facts["weights"] == [model.count_params(), found.count_params()]


def test_a_normalisation_stays_where_the_layer_before_gives_to_others_too() -> None:
    with tensorflow():
        import tf_keras

        layers = tf_keras.layers
        row = tf_keras.Input((4,))
        made = layers.Dense(4, name="made")(row)
        model = shaken(tf_keras.Model(row, layers.Add()([made, layers.BatchNormalization()(made)])))
        found, facts = folded(Fold(), model)
        require_same(model, found)
    assert facts["normalisations"] == []


def test_a_model_whose_channels_are_all_dead_keeps_one() -> None:
    with tensorflow():
        import tf_keras

        layers = tf_keras.layers
        model = shaken(tf_keras.Sequential([tf_keras.Input((4,)), layers.Dense(3, name="dead"), layers.Dense(2)]),
                       silent={"dead": [0, 1, 2]})  # fmt: skip
        found, _ = folded(Fold(), model)
        require_same(model, found)
    assert found.get_layer("dead").units == 1
