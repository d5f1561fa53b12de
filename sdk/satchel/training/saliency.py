"""How much each weight matters to the loss: what is pruned first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel.training import losses
from satchel.training.data import Training

Saliency = Literal["magnitude", "gradient", "second_order"]
SAMPLES = 64
"""Samples that gradients are taken of, one at a time, before each time the masks are drawn."""


def saliencies(
    kind: Saliency, model: Any, variables: Sequence[Any], training: Training, turn: int = 0
) -> list[NDArray[np.float64]]:
    """Gives how much each weight matters, as arrays of the shapes of `variables`, never negative.

    - magnitude: |w| (Han et al. 2015, Learning both Weights and Connections, section 3).
    - gradient: the mean over samples of |w dL/dw| (Molchanov et al. 2017, section 2.2: a first-order expansion).
    - second_order: h_kk w^2 / 2 (LeCun et al. 1990, Optimal Brain Damage, equation 5), where h_kk is the diagonal of
      the Gauss-Newton form of the Hessian: the mean over samples of the squared gradient of the loss for an answer
      drawn from the model's own.

    Args:
        kind: which of them.
        model: the tf_keras model.
        variables: the kernels.
        training: where samples are drawn from, by its seed.
        turn: tells one drawing from another.
    """
    weights = [each.numpy().astype(np.float64) for each in variables]
    if kind == "magnitude":
        return [np.abs(each) for each in weights]
    chance = np.random.default_rng((training.seed, turn, 77))
    chosen = chance.choice(len(training.examples), min(SAMPLES, len(training.examples)), replace=False)
    squared = kind == "second_order"
    found = _gradients(model, variables, training, np.sort(chosen), chance if squared else None)
    if squared:
        return [h * w * w / 2 for h, w in zip(found, weights, strict=True)]
    return [g * np.abs(w) for g, w in zip(found, weights, strict=True)]


def _gradients(
    model: Any, variables: Sequence[Any], training: Training, chosen: NDArray[Any], chance: Any
) -> list[NDArray[np.float64]]:
    """Gives the mean of |gradient| over single samples, or of its square for drawn answers when there is a `chance`."""
    import tensorflow as tf

    measure = losses.measure_of(model, training)

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def of_one(inputs: Any, labels: Any, drawn: Any) -> Any:
        with tf.GradientTape() as tape:
            answers = model(inputs, training=False)
            value = measure.drawn(answers, drawn) if chance is not None else measure.loss(answers, labels)
        return tape.gradient(value, list(variables), unconnected_gradients="zero")

    sums = [np.zeros(each.shape) for each in variables]
    examples = training.examples
    for place in chosen:
        inputs, labels = (
            {name: tf.constant(each[place : place + 1]) for name, each in part.items()}
            for part in (examples.inputs, examples.labels)
        )
        drawn = tf.constant(chance.random() if chance is not None else 0.0, tf.float32)
        for total, gradient in zip(sums, of_one(losses.packed(inputs), labels, drawn), strict=True):
            value = np.asarray(tf.convert_to_tensor(gradient), np.float64)
            total += np.square(value) if chance is not None else np.abs(value)
    return [each / len(chosen) for each in sums]
