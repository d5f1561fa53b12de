"""Weights share few values: k-means of known results, zeros kept, values trained by the sum of their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans

from digits_net import accuracy, net, training
from satchel.recipes.cluster import Cluster, clustered
from satchel.recipes.prune import Prune, pruned
from satchel.training import Training, arrays
from satchel.training.codebooks import code_book
from satchel.training.kernels import kernels
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import SpecError


def values(model: Any) -> dict[str, int]:
    return {name: len(np.unique(each.numpy())) for name, each in kernels(model).items()}


def normal(shape: tuple[int, ...] = (40, 30)) -> np.ndarray[Any, Any]:
    return np.random.default_rng(7).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("init", ["linear", "density"])
def test_the_shared_values_are_those_of_scikit_learn_from_the_same_beginning(init: Any) -> None:
    weights = normal()
    with tensorflow() as tf:
        from tensorflow_model_optimization.python.core.clustering.keras import clustering_centroids as ways

        kind = {"linear": ways.LinearCentroidsInitialisation, "density": ways.DensityBasedCentroidsInitialisation}[init]
        first = np.unique(kind(tf.constant(weights), 8).get_cluster_centroids().numpy())
        found, places = code_book(weights, 8, init, preserve_sparsity=False)
    fitted = KMeans(len(first), init=first.reshape(-1, 1), n_init=1, max_iter=100, tol=0, algorithm="lloyd")
    fitted.fit(weights.reshape(-1, 1).astype(np.float64))
    np.testing.assert_allclose(found, np.sort(fitted.cluster_centers_.ravel()), atol=1e-5)
    np.testing.assert_array_equal(places, np.abs(weights[..., np.newaxis] - found).argmin(axis=-1))


def test_random_values_follow_the_seed() -> None:
    with tensorflow():
        once, again, other = (
            code_book(normal(), 8, "random", preserve_sparsity=False, seed=seed)[0] for seed in (1, 1, 2)
        )
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


@pytest.mark.parametrize("init", ["linear", "density", "random"])
def test_zero_stays_zero_and_nothing_else_becomes_zero(init: Any) -> None:
    weights = normal()
    weights[np.abs(weights) < 1] = 0
    with tensorflow():
        found, places = code_book(weights, 8, init, preserve_sparsity=True)
    assert len(found) <= 8
    np.testing.assert_array_equal(found[places] == 0, weights == 0)


def test_weights_with_few_values_keep_them() -> None:
    weights = np.array([[0, 1.5, -2, 1.5], [0, 0, -2, 1.5]], np.float32)
    with tensorflow():
        found, places = code_book(weights, 8, "linear", preserve_sparsity=True)
    np.testing.assert_array_equal(found[places], weights)


def test_a_shared_value_learns_by_the_sum_of_its_weights_gradients() -> None:
    chance = np.random.default_rng(9)
    x, t = chance.normal(size=(16, 6)).astype(np.float32), chance.normal(size=(16, 1)).astype(np.float32)
    weights = np.array([[0], [1], [1], [-2], [-2], [-2]], np.float32)
    seen = []
    with tensorflow() as tf:
        import tf_keras

        from satchel.recipes.cluster import _CodeBooks

        model = tf_keras.Sequential([tf_keras.Input((6,)), tf_keras.layers.Dense(1, use_bias=False)])
        model.set_weights([weights])
        rule = _CodeBooks(Cluster(3), model, seed=0)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x) - t))
        seen = [each.numpy() for each in rule.gradients(rule.variables(model), tape, loss, model)]
    slope = (2 * x.T @ (x @ weights - t) / len(x)).ravel()
    np.testing.assert_allclose(seen[0], [slope[3:].sum(), 0, slope[1:3].sum()], rtol=1e-4)


@pytest.mark.parametrize("init", ["linear", "density", "random"])
def test_every_layer_has_at_most_so_many_values_and_the_net_still_knows_the_digits(init: Any) -> None:
    model, facts = clustered(Cluster(8, init), net(), training(3))
    assert facts["clusters"] == values(model)
    assert max(values(model).values()) <= 8
    assert accuracy(model) > 0.9


def test_training_moves_the_shared_values_towards_the_labels() -> None:
    _, facts = clustered(Cluster(4), net(), training(4))
    losses = [each["loss"] for each in facts["epochs"]]
    assert losses[-1] < losses[0]


def test_pruned_weights_stay_zero_when_the_others_come_to_share_values() -> None:
    sparse, _ = pruned(Prune(0.5), net(), training(2))
    model, facts = clustered(Cluster(16), sparse, training(2))
    for one, other in zip(kernels(sparse).values(), kernels(model).values(), strict=True):
        np.testing.assert_array_equal(one.numpy() == 0, other.numpy() == 0)
    assert max(facts["clusters"].values()) <= 16
    assert accuracy(model) > 0.85


def test_the_number_of_values_is_given_by_layer() -> None:
    _, facts = clustered(Cluster({"hidden": 4, "second": 8}), net(), training(1, 256))
    assert facts["clusters"]["hidden"] <= 4
    assert facts["clusters"]["second"] <= 8
    assert facts["clusters"]["digit"] == 320
    with pytest.raises(SpecError, match="no layer 'hiden'"):
        clustered(Cluster({"hiden": 4}), net(), training(1, 256))


@pytest.mark.parametrize(
    "wrong", [{"clusters": 1}, {"clusters": 257}, {"clusters": {"*": 1}}, {"clusters": 2.5}, {"init": "best"}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        Cluster(**wrong).validate()


def test_recurrent_and_embedded_weights_share_values_too() -> None:
    with tensorflow():
        import tf_keras

        layers = tf_keras.layers
        model = tf_keras.Sequential([tf_keras.Input((5,), dtype="int32"), layers.Embedding(20, 6, name="words"),
                                     layers.LSTM(4, name="memory"), layers.Dense(2, name="answer")])  # fmt: skip
    words = np.random.default_rng(1).integers(0, 20, (64, 5)).astype(np.int32)
    given = Training(arrays(words, (words[:, 0] > 9).astype(np.int64)), epochs=1)
    found, facts = clustered(Cluster(4), model, given)
    assert set(facts["clusters"]) == {"words", "memory/kernel", "memory/recurrent_kernel", "answer"}
    assert max(values(found).values()) <= 4
