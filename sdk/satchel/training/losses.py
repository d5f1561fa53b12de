"""What a model is trained towards: classes by cross-entropy, numbers by their squared error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.training.data import ONLY, Examples, Training
from satchel_metadata.errors import InputError, ModelError

_LOOKED_AT = 64
_SUMS = 0.05
"""How far from 1 the shares of an output may sum to, quantised ones too."""
_ROUNDED = 1e-3
"""How far from 1 the shares of a label may sum to."""


@dataclass(frozen=True)
class Measure:
    """How far a model is from its labels.

    Attributes:
        loss: (the model's answer, labels by output) -> the sum of the outputs' losses, for a traced step.
        drawn: (the model's answer for one sample, a number in [0, 1) that chance gave) -> a value whose squared
            gradient has the diagonal of the loss's Gauss-Newton matrix as its mean (Martens 2020, section 9).
        validated: model -> {"accuracy": share} or {"error": mean squared} over the validation, {} without one.
    """

    loss: Callable[[Any, Mapping[str, Any]], Any]
    drawn: Callable[[Any, Any], Any]
    validated: Callable[[Any], dict[str, float]]


def packed(inputs: Mapping[str, Any]) -> Any:
    """Gives inputs as a model takes them: a single one without a name as it is."""
    return inputs[ONLY] if set(inputs) == {ONLY} else dict(inputs)


def answers_of(model: Any, inputs: Mapping[str, NDArray[Any]], batch: int = 256) -> dict[str, NDArray[Any]]:
    """Gives what a tf_keras model answers in inference, by the names of its outputs."""
    count = len(next(iter(inputs.values())))
    parts = [
        _named(model, model(packed({k: v[start : start + batch] for k, v in inputs.items()}), training=False))
        for start in range(0, count, batch)
    ]
    return {name: np.concatenate([np.asarray(each[name]) for each in parts]) for name in parts[0]}


def _named(model: Any, answers: Any) -> dict[str, Any]:
    if isinstance(answers, Mapping):
        return dict(answers)
    listed = answers if isinstance(answers, (list, tuple)) else [answers]
    return dict(zip(model.output_names, listed, strict=True))


def measure_of(model: Any, training: Training) -> Measure:
    """Gives how a model is measured, once labels and model were found to fit.

    An output whose values are shares (a softmax's, a sigmoid's) is compared as shares, any other as logits. Float
    labels that are one-hot, or shares where the output's are, are classes too.

    Raises:
        InputError: input/labels-misfit, input/unknown-class.
        ModelError: model/nan when the model answers no numbers before it is trained.
    """
    _require_inputs(model, training.examples)
    looked = {name: each[:_LOOKED_AT] for name, each in training.examples.inputs.items()}
    answers = answers_of(model, looked)
    kinds, draws = {}, {}
    for name, labels in training.examples.labels.items():
        output = _output(name, answers)
        _require_numbers(output, answers[output])
        _require_labels(output, labels, answers[output])
        shares = _shares(answers[output])
        if labels.dtype.kind == "f" and not _of_classes(labels, answers[output]):
            kinds[name], draws[name] = _squared, _drawn_numbers
        else:
            sparse = _sparse(shares)
            kinds[name] = _dense(shares) if labels.dtype.kind == "f" else sparse
            draws[name] = _drawn_classes(sparse, shares)

    def loss(given: Any, labels: Mapping[str, Any]) -> Any:
        named = _named(model, given)
        return sum(kinds[name](labels[name], named[_output(name, named)]) for name in kinds)

    def drawn(given: Any, number: Any) -> Any:
        named = _named(model, given)
        return sum(draws[name](named[_output(name, named)], number) for name in draws)

    def validated(trained: Any) -> dict[str, float]:
        return judged(trained, training.validation) if training.validation else {}

    return Measure(loss, drawn, validated)


def judged(model: Any, examples: Examples) -> dict[str, float]:
    """Gives {"accuracy": share of samples whose best class is right}, or {"error": mean squared} of numbers."""
    answers = answers_of(model, examples.inputs)
    name, labels = next(iter(examples.labels.items()))
    found = answers[_output(name, answers)]
    if _of_classes(labels, found):
        labels = labels.argmax(-1)
    if labels.dtype.kind == "f":
        return {"error": float(np.mean(np.square(found - labels.reshape(found.shape))))}
    if found.shape[-1] == 1:
        middle = 0.5 if _shares(found) else 0.0
        return {"accuracy": float(np.mean((found[..., 0] > middle) == labels.reshape(found.shape[:-1])))}
    return {"accuracy": float(np.mean(found.argmax(-1) == labels.reshape(found.shape[:-1])))}


def _output(name: str, answers: Mapping[str, Any]) -> str:
    return next(iter(answers)) if name == ONLY else name


def _shares(values: NDArray[Any]) -> bool:
    if values.min() < 0 or values.max() > 1 + _SUMS:
        return False
    return values.shape[-1] == 1 or bool(np.all(np.abs(values.sum(-1) - 1) < _SUMS))


def _of_classes(labels: NDArray[Any], answers: NDArray[Any]) -> bool:
    """Says whether float labels mean classes: one-hot for shares or logits, or shares where the answers are some.

    Answers of 0..1 that do not add up to 1 are neither: each is a number of its own.
    """
    if labels.dtype.kind != "f" or labels.shape[1:] != answers.shape[1:] or labels.shape[-1] < 2:
        return False
    if labels.min() < 0 or not np.all(np.abs(labels.sum(-1) - 1) < _ROUNDED):
        return False
    logits = answers.min() < 0 or answers.max() > 1 + _SUMS
    return _shares(answers) or bool(logits and np.all(labels.max(-1) == 1))


def _squared(given: Any, found: Any) -> Any:
    import tf_keras

    return tf_keras.losses.MeanSquaredError()(given, found)


def _dense(shares: bool) -> Any:
    import tf_keras

    return tf_keras.losses.CategoricalCrossentropy(from_logits=not shares)


def _sparse(shares: bool) -> Any:
    import tensorflow as tf
    import tf_keras

    many = tf_keras.losses.SparseCategoricalCrossentropy(from_logits=not shares)
    two = tf_keras.losses.BinaryCrossentropy(from_logits=not shares)

    def loss(given: Any, found: Any) -> Any:
        if found.shape[-1] == 1:
            return two(tf.reshape(given, tf.shape(found)), found)
        return many(tf.reshape(given, tf.shape(found)[:-1]), found)

    return loss


def _drawn_classes(loss: Any, shares: bool) -> Any:
    """Gives the loss for a class that is drawn from the model's shares."""
    import tensorflow as tf

    def of_classes(found: Any, number: Any) -> Any:
        two = found.shape[-1] == 1
        each = found if shares else (tf.sigmoid(found) if two else tf.nn.softmax(found))
        reached = each if two else tf.cumsum(each, axis=-1)
        label = tf.reduce_sum(tf.cast(number >= reached, tf.int32), axis=-1)
        label = 1 - label if two else tf.minimum(label, found.shape[-1] - 1)
        return loss(tf.stop_gradient(label), found)

    return of_classes


def _drawn_numbers(found: Any, number: Any) -> Any:
    """Gives the sum of the numbers under drawn signs."""
    import tensorflow as tf

    seeds = tf.stack([tf.cast(number * 2**24, tf.int32), 0])
    signs = tf.cast(tf.random.stateless_uniform(tf.shape(found), seeds, 0, 2, tf.int32) * 2 - 1, found.dtype)
    return tf.reduce_sum(signs * found) * tf.sqrt(2.0 / tf.cast(tf.size(found), found.dtype))


def _require_inputs(model: Any, examples: Examples) -> None:
    wanted = {name: tuple(each.shape[1:]) for name, each in zip(model.input_names, model.inputs, strict=True)}
    found = {name: each.shape[1:] for name, each in examples.inputs.items()}
    if set(found) == {ONLY} and len(wanted) == 1:
        found = dict(zip(wanted, found.values(), strict=True))
    if set(found) != set(wanted) or not all(_fits(wanted[name], found[name]) for name in wanted):
        raise InputError(
            "input/labels-misfit",
            f"the model takes {_listed(wanted)}, the training data gives {_listed(found)}",
            where="training",
            hint="Give inputs prepared as the spec says, by the names of the model's inputs.",
        )


def _fits(wanted: tuple[int | None, ...], found: tuple[int, ...]) -> bool:
    return len(wanted) == len(found) and all(one in (None, other) for one, other in zip(wanted, found, strict=True))


def _listed(shapes: Mapping[str, tuple[int | None, ...]]) -> str:
    return ", ".join(f"{name or 'one input'} {list(shape)}" for name, shape in shapes.items())


def _require_numbers(name: str, values: NDArray[Any]) -> None:
    if not np.isfinite(values).all():
        raise ModelError(
            "model/nan",
            "the model answers NaN or infinity before it is trained",
            where=name,
            hint="Look for NaN in its weights and in the training data.",
        )


def _require_labels(name: str, labels: NDArray[Any], answers: NDArray[Any]) -> None:
    if labels.dtype.kind == "f":
        if labels.size // len(labels) != answers[0].size:
            raise _misfit(name, f"targets of the shape {list(answers.shape[1:])}, found {list(labels.shape[1:])}")
        return
    classes = max(answers.shape[-1], 2)
    if labels.dtype.kind not in "iu" or labels.size // len(labels) != answers[0, ..., 0].size:
        raise _misfit(name, f"a class for each answer, found {labels.dtype} of the shape {list(labels.shape[1:])}")
    if labels.min() < 0 or labels.max() >= classes:
        raise InputError(
            "input/unknown-class",
            f"the model knows the classes 0 to {classes - 1}, the labels go from {labels.min()} to {labels.max()}",
            where=name,
            hint="Count classes from 0 in the order of the model's output.",
        )


def _misfit(name: str, message: str) -> InputError:
    hint = "Give a whole number a class, or float targets of the output's own shape."
    return InputError("input/labels-misfit", f"expected {message}", where=name, hint=hint)
