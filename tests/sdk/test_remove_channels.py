"""Channels are removed with all that hangs on them: the thinner model computes what the whole one does without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from digits_net import accuracy, net, training
from satchel.recipes.remove_channels import RemoveChannels, thinned
from satchel.training.channels import operations, thinner, traced
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, SpecError


def branching(tf_keras: Any) -> Any:
    """Gives a net where channels are added, concatenated, normalised, flattened, and go through every kind of layer."""
    layers = tf_keras.layers
    image = tf_keras.Input((8, 8, 3), name="image")
    stem = layers.ReLU()(
        layers.BatchNormalization(name="norm")(layers.Conv2D(8, 3, padding="same", name="stem")(image))
    )
    side = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(stem)
    side = layers.Conv2D(8, 1, name="point", activation="relu")(side)
    added = layers.Add(name="added")([stem, side])
    other = layers.SeparableConv2D(6, 3, padding="same", name="separable")(added)
    joined = layers.Concatenate(name="joined")([added, other])
    up = layers.Conv2DTranspose(4, 2, strides=2, name="up")(layers.MaxPooling2D()(joined))
    flat = layers.Flatten(name="flat")(layers.AveragePooling2D(4)(up))
    hidden = layers.Dropout(0.1)(layers.Dense(12, activation="tanh", name="hidden")(flat))
    return tf_keras.Model(image, layers.Dense(3, name="answer")(hidden))


@pytest.fixture(scope="module")
def whole() -> Any:
    with tensorflow():
        import tf_keras

        model = branching(tf_keras)
        chance = np.random.default_rng(1)
        model.set_weights([chance.uniform(0.1, 1, each.shape) for each in model.get_weights()])
    return model


def silenced(model: Any, gone: dict[str, list[int]]) -> Any:
    """Gives the whole model with weights from channels that are to go set to zero, by hand: where they are taken."""
    with tensorflow():
        import tf_keras

        clone = tf_keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        for name, places in gone.items():
            layer = clone.get_layer(name)
            kernel, *others = layer.get_weights()
            axis = -1 if name == "up" else -2
            np.moveaxis(kernel, axis, 0)[places] = 0
            layer.set_weights([kernel, *others])
    return clone


def test_the_thinner_model_answers_as_the_whole_one_whose_channels_nobody_takes(whole: Any) -> None:
    with tensorflow():
        found = traced(whole)
        stem, other, up, hidden = (found.leaders(found.made[name]) for name in ("stem", "separable", "up", "hidden"))
        gone = {int(each) for each in (stem[2], stem[5], other[1], up[3], hidden[0], hidden[7])}
        model = thinner(whole, found, gone)
        given = np.random.default_rng(2).random((4, 8, 8, 3)).astype(np.float32)
        # What takes them: the first layers after each, written out by hand from the net above.
        quiet = {
            "point": [2, 5],
            "separable": [2, 5],
            "up": [2, 5, 9],
            "hidden": [3, 7, 11, 15],
            "answer": [0, 7],
        }
        expected = silenced(whole, quiet)(given).numpy()
        np.testing.assert_allclose(model(given).numpy(), expected, rtol=1e-5)
    shapes = {layer.name: layer.output_shape[-1] for layer in model.layers}
    assert [shapes[name] for name in ("stem", "point", "separable", "joined", "up", "hidden", "answer")] == [
        6, 6, 5, 11, 3, 10, 3,
    ]  # fmt: skip


def test_layers_that_are_added_lose_the_same_channels(whole: Any) -> None:
    found = traced(whole)
    np.testing.assert_array_equal(found.leaders(found.made["stem"]), found.leaders(found.made["point"]))


def test_a_quarter_of_the_channels_goes_and_the_net_still_knows_the_digits() -> None:
    model, facts = thinned(RemoveChannels(0.25), net(), training(4))
    assert facts["channels"] == {"first": [8, 6], "second": [16, 12], "hidden": [32, 24], "digit": [10, 10]}
    assert facts["kept_because_of"] == {"digit": ["digit (softmax)"]}
    assert facts["weights"][1] == model.count_params() < 0.65 * facts["weights"][0]
    assert facts["operations"][1] < 0.65 * facts["operations"][0]
    assert accuracy(model) > 0.85


def test_operations_are_two_for_every_product() -> None:
    # 8 x 8 places of 3 x 3 x 1 x 8, 6 x 6 of 3 x 3 x 8 x 16, 144 x 32 and 32 x 10: counted by hand.
    assert operations(net()) == 2 * (64 * 72 + 36 * 1152 + 4608 + 320)


def test_what_cannot_be_followed_keeps_its_channels_and_is_named() -> None:
    with tensorflow():
        import tf_keras

        layers = tf_keras.layers
        image = tf_keras.Input((8, 8, 1))
        x = layers.Conv2D(8, 3, name="kept")(image)
        x = layers.LayerNormalization(name="over")(x)
        x = layers.Dense(10, name="digit")(layers.Flatten()(x))
        model = tf_keras.Model(image, x)
        with pytest.raises(ConversionError) as refused:
            thinned(RemoveChannels(), model, training(1, 64))
    assert "over (LayerNormalization)" in str(refused.value)


@pytest.mark.parametrize("share", [0, 1, -0.5, True])
def test_a_share_that_removes_nothing_or_all_is_refused(share: Any) -> None:
    with pytest.raises(SpecError):
        RemoveChannels(share).validate()
