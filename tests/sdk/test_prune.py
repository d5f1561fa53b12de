"""Pruning sets to zero what matters least, by formulas of the papers, and keeps it so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from digits_net import accuracy, net, training
from satchel.recipes.prune import Prune, pruned
from satchel.training import Training, arrays
from satchel.training.kernels import kernels
from satchel.training.masks import LEVELS, allocated, mask
from satchel.training.saliency import saliencies
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, SpecError


def zeros(model: Any) -> dict[str, float]:
    return {name: float(np.mean(each.numpy() == 0)) for name, each in kernels(model).items()}


def test_magnitude_masks_are_those_of_tfmot() -> None:
    weights = np.random.default_rng(1).normal(size=(20, 30)).astype(np.float32)
    with tensorflow() as tf:
        from tensorflow_model_optimization.python.core.sparsity.keras import pruning_impl, pruning_schedule

        variable = tf.Variable(weights)
        schedule = pruning_schedule.ConstantSparsity(0.7, 0)
        theirs = pruning_impl.Pruning(lambda: tf.constant(0), [], schedule, (1, 1), "AVG")
        theirs._sparsity_m_by_n, theirs._block_pooling_type = None, "AVG"
        _, expected = theirs._update_mask(variable)
    np.testing.assert_array_equal(mask(np.abs(weights), 0.7), expected)


def test_two_of_four_leaves_the_two_largest_of_every_four_inputs_of_an_output() -> None:
    scores = np.array([[4, 1], [3, 2], [2, 3], [1, 4], [9, 5], [8, 6], [1, 7], [2, 8]], float)
    expected = [[1, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 0], [0, 1], [0, 1]]
    np.testing.assert_array_equal(mask(scores, 0.5, "2:4"), expected)


def test_a_convolution_is_pruned_two_of_four_along_its_inputs() -> None:
    scores = np.random.default_rng(2).random((3, 3, 8, 5))
    kept = mask(scores, 0.5, "2:4").reshape(3, 3, 2, 4, 5)
    assert set(kept.sum(axis=3).ravel()) == {2}


def test_blocks_of_four_inputs_go_together_by_their_mean() -> None:
    scores = np.array([1, 1, 1, 9, 4, 4, 4, 4, 2, 2, 2, 2, 5, 5], float)[:, np.newaxis]
    expected = np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1])[:, np.newaxis]
    np.testing.assert_array_equal(mask(scores, 0.5, "block"), expected)


def linear() -> tuple[Any, Training, Any, Any, Any]:
    """Gives y = w x under a squared error, whose derivatives are known: -2 r x, and 2 x x for the second."""
    chance = np.random.default_rng(3)
    x, t = chance.normal(size=(20, 5)).astype(np.float32), chance.normal(size=(20, 1)).astype(np.float32)
    import tf_keras

    model = tf_keras.Sequential([tf_keras.Input((5,)), tf_keras.layers.Dense(1, use_bias=False)])
    return model, Training(arrays(x, t)), x, t, model.layers[0].kernel.numpy()


def test_gradient_saliency_is_the_mean_of_weight_times_gradient() -> None:
    with tensorflow():
        model, given, x, t, w = linear()
        (found,) = saliencies("gradient", model, [model.layers[0].kernel], given)
    expected = np.abs(w) * np.abs(2 * (x @ w - t) * x).mean(axis=0)[:, np.newaxis]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_second_order_saliency_is_that_of_optimal_brain_damage() -> None:
    with tensorflow():
        model, given, x, _, w = linear()
        (found,) = saliencies("second_order", model, [model.layers[0].kernel], given)
    hessian = 2 * np.square(x).mean(axis=0)[:, np.newaxis]
    np.testing.assert_allclose(found, hessian * w * w / 2, rtol=1e-5)


def test_second_order_saliency_of_classes_comes_near_the_diagonal_of_the_hessian() -> None:
    chance = np.random.default_rng(4)
    x, t = np.tile(chance.normal(size=(1, 4)).astype(np.float32), (4000, 1)), np.zeros(4000, np.int64)
    with tensorflow():
        import tf_keras

        from satchel.training import saliency

        model = tf_keras.Sequential([tf_keras.Input((4,)), tf_keras.layers.Dense(3, use_bias=False)])
        given = Training(arrays(x, t))
        kernel = model.layers[0].kernel
        many = [saliencies("second_order", model, [kernel], given, turn)[0] for turn in range(40)]
    w = kernel.numpy()
    share = np.exp(x[0] @ w) / np.exp(x[0] @ w).sum()
    hessian = np.square(x[0])[:, np.newaxis] * (share * (1 - share))
    found = np.mean(many, axis=0) / (w * w / 2)
    assert saliency.SAMPLES * 40 == 2560
    np.testing.assert_allclose(found, hessian, rtol=0.15)


def test_the_cheapest_layer_is_pruned_most_and_the_sum_is_met() -> None:
    costs = {"dear": [10.0 * level for level in LEVELS], "cheap": [0.1 * level for level in LEVELS]}
    found = allocated(costs, {"dear": 100, "cheap": 300}, 0.8)
    assert found["cheap"] == 0.99
    assert found["dear"] * 100 + found["cheap"] * 300 == pytest.approx(0.8 * 400)


@pytest.mark.parametrize(
    "step",
    [
        Prune(0.6),
        Prune(0.6, schedule="constant", saliency="gradient"),
        Prune(0.6, saliency="second_order"),
        Prune(0.6, structure="block"),
    ],
    ids=["magnitude", "gradient", "second order", "blocks"],
)
def test_every_layer_reaches_its_sparsity_and_the_net_still_knows_the_digits(step: Prune) -> None:
    step.validate()
    model, facts = pruned(step, net(), training(5))
    assert zeros(model) == facts["sparsity"]
    for name, each in facts["sparsity"].items():
        low = 0.0 if step.structure == "block" and name == "first" else 0.59  # It has one input: blocks of one.
        assert low <= each <= 0.62
    assert accuracy(model) > 0.85
    assert zeros(net()) == dict.fromkeys(zeros(net()), 0.0)


def test_two_of_four_prunes_half_of_what_has_four_inputs() -> None:
    model, facts = pruned(Prune(structure="2:4"), net(), training(2))
    assert facts["sparsity"] == {"first": 0.0, "second": 0.5, "hidden": 0.5, "digit": 0.5}
    assert accuracy(model) > 0.9


def test_a_sparsity_is_given_by_layer() -> None:
    _, facts = pruned(Prune({"hidden": 0.9, "*": 0.5}), net(), training(1, 256))
    assert facts["sparsity"] == pytest.approx({"first": 0.5, "second": 0.5, "hidden": 0.9, "digit": 0.5}, abs=0.01)
    with pytest.raises(SpecError, match="no layer 'hiden' to prune"):
        pruned(Prune({"hiden": 0.9}), net(), training(1, 256))


def test_sensitivity_finds_a_sparsity_for_each_layer_that_meets_the_sum() -> None:
    model, facts = pruned(Prune(0.8, allocation="sensitivity"), net(), training(5))
    assert facts["zeros"] / facts["weights"] == pytest.approx(0.8, abs=0.001)
    assert facts["sparsity"]["first"] < facts["sparsity"]["hidden"]
    assert accuracy(model) > 0.85


@pytest.mark.parametrize(
    "wrong",
    [
        {"sparsity": 1.0},
        {"sparsity": 0.0},
        {"sparsity": {"*": 1}},
        {"sparsity": 0.8, "structure": "2:4"},
        {"schedule": "cosine"},
        {"saliency": "luck"},
        {"structure": "1:2"},
        {"sparsity": {"*": 0.5}, "allocation": "sensitivity"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        Prune(**wrong).validate()


def test_a_layer_that_pruning_cannot_touch_is_named_before_training_or_left_alone() -> None:
    with tensorflow():
        import tf_keras

        class Own(tf_keras.layers.Layer):  # type: ignore[misc, name-defined]
            def build(self, shape: Any) -> None:
                self.scale = self.add_weight("scale", shape[1:])

            def call(self, value: Any) -> Any:
                return value * self.scale

        model = tf_keras.Sequential([tf_keras.Input((8, 8, 1)), tf_keras.layers.Flatten(), Own(name="mine"),
                                     tf_keras.layers.Dense(10, name="digit")])  # fmt: skip
        with pytest.raises(ConversionError, match=r"pruning cannot touch 1 layers: mine \(Own\)"):
            pruned(Prune(), model, training(1, 64))
        _, facts = pruned(Prune(skip=True), model, training(1, 64))
    assert facts["left_alone"] == ["mine (Own)"]
    assert facts["sparsity"] == pytest.approx({"digit": 0.8}, abs=0.01)


def test_a_pruned_weight_is_stored_as_plain_zero() -> None:
    model, _ = pruned(Prune(0.5, schedule="constant"), net(), training(1, 64))
    for kernel in model.get_weights():
        assert not np.any((kernel == 0) & np.signbit(kernel))
