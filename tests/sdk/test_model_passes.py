"""Passes that change the model compose, and what they promise is in the file that ships."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from digits_net import digits, net, training
from satchel.recipes.cluster import Cluster
from satchel.recipes.float16 import Float16
from satchel.recipes.fold import Fold
from satchel.recipes.int8 import Int8
from satchel.recipes.kept import require_kept
from satchel.recipes.prune import Prune
from satchel.recipes.qat import QAT
from satchel.recipes.recipe import Recipe
from satchel.recipes.remove_channels import RemoveChannels
from satchel.recipes.runner import Variant, run
from satchel.recipes.work import Context
from satchel_converters.keras_bridge import to_tf_keras
from satchel_converters.keras_tflite import float32
from satchel_converters.quiet import tensorflow
from satchel_converters.stored_kernels import stored_kernels
from satchel_metadata.errors import ConversionError


def made_by(passes: list[Any], model: Any, epochs: int = 1, **context: Any) -> Variant:
    recipe = Recipe("tried", tuple(passes))
    return run(recipe, None, Context(training=training(epochs), **context), model=model)


@pytest.fixture(scope="module")
def shared() -> Variant:
    """Gives the digits net folded, pruned and of shared values, as float .tflite."""
    return made_by([Fold(), Prune(0.6), Cluster(8)], net(), 2)


def test_the_float_file_has_the_zeros_and_at_most_so_many_values_in_each_layer(shared: Variant) -> None:
    found = stored_kernels(shared.tflite)
    assert [kind for kind, _ in shared.facts[:3]] == ["fold", "prune", "cluster"]
    assert max(each.different for each in found) <= 8
    assert sum(each.zeros for each in found) >= dict(shared.facts)["prune"]["zeros"]


def test_the_int8_file_has_the_zeros_and_at_most_so_many_values_in_each_channel() -> None:
    calibration = [{"image": each[np.newaxis]} for each in digits()[0][:32]]
    made = made_by([Fold(), Prune(0.6), Cluster(8), Int8()], net(), calibration=calibration)
    found = stored_kernels(made.tflite)
    assert {each.values.dtype for each in found} == {np.dtype(np.int8)}
    assert max(each.different_in_a_channel for each in found) <= 8
    assert sum(each.zeros for each in found) >= dict(made.facts)["prune"]["zeros"]


def test_the_float16_file_is_looked_into_as_well() -> None:
    made = made_by([Prune(0.6), Cluster(8), Float16()], net())
    found = stored_kernels(made.tflite)
    assert {each.values.dtype for each in found} == {np.dtype(np.float16)}
    assert max(each.different_in_a_channel for each in found) <= 8
    assert sum(each["zeros"] for each in dict(made.facts)["kept"].values()) >= dict(made.facts)["prune"]["zeros"]


def test_a_file_that_lost_zeros_or_shared_values_is_refused() -> None:
    promises = (("prune", {"zeros": 10, "weights": 100}), ("cluster", {"clusters": {"hidden": 8}}))
    other = float32(net())
    with pytest.raises(ConversionError, match="expected the 10 zeros that pruning left, found 0"):
        require_kept(promises[:1], other)
    with pytest.raises(ConversionError, match="expected at most 8 values that a layer shares"):
        require_kept(promises[1:], other)


def test_a_keras_3_model_is_thinned_pruned_and_quantised_to_int8() -> None:
    with tensorflow():
        import keras

        layers = keras.layers
        model = keras.Sequential([keras.Input((8, 8, 1), name="image"), layers.Conv2D(8, 3, activation="relu"),
                                  layers.Flatten(), layers.Dense(10, activation="softmax")])  # fmt: skip
    made = made_by([RemoveChannels(0.25), Prune(0.5), QAT()], to_tf_keras(model))
    facts = dict(made.facts)
    assert list(facts) == ["remove_channels", "prune", "qat", "kept"]
    assert facts["qat"]["scheme"] == "PQAT"
    assert sum(each.zeros for each in stored_kernels(made.tflite)) >= facts["prune"]["zeros"]


def test_folding_needs_no_training_data() -> None:
    found = run(Recipe("folded", (Fold(),)), None, model=net())
    assert dict(found.facts)["fold"]["normalisations"] == ["norm"]


@pytest.mark.parametrize(
    "step",
    [Fold(), RemoveChannels(0.5), Prune({"*": 0.5}, saliency="second_order"), Cluster({"hidden": 4}), QAT("float32")],
)
def test_a_pass_comes_back_from_json(step: Any) -> None:
    recipe = Recipe("tried", (step,))
    assert Recipe.from_json("tried", json.loads(json.dumps(recipe.to_json()))) == recipe
