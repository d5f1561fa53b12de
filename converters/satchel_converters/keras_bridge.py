"""Keras 3 models -> the same tf_keras model, layer for layer: what trains and prunes models knows tf_keras only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from satchel_converters import compare, keras_models
from satchel_converters.formats import find_format
from satchel_converters.frozen import TensorInfo
from satchel_converters.inputs import RANDOM_INPUTS, random_inputs
from satchel_converters.keras_bridge_layers import Uncrossable, counterpart
from satchel_converters.quiet import tensorflow
from satchel_converters.safety import scan
from satchel_converters.scan_keras import written_by
from satchel_metadata.errors import ConversionError, ModelError

BOUND = 1e-5
"""Largest max|a-b| / max|a| between a model and its bridged form: both run the same kernels in the same order."""
_OPEN = 32
"""Stands for a size that the model leaves open, where the two forms are compared."""


def open_tf_keras(model: Any) -> Any:
    """Gives the tf_keras model of a file or of a live model; None where the format has no layers to train.

    Args:
        model: path of a .keras or .h5 file, or a live Keras 3 or tf_keras model; of any other path the answer is None.
            A file is scanned before it is loaded, and no code in it is run.

    Raises:
        ModelError: model/not-found, model/unsafe-layer, model/not-loadable, model/not-a-model.
        ConversionError: as `to_tf_keras`.
    """
    if isinstance(model, (str, Path)):
        path, kind = Path(model), find_format(Path(model))
        if kind not in ("keras", "h5"):
            return None
        scan(path, kind)
        model = keras_models.load(path, written_by(path))
    return to_tf_keras(model)


def to_tf_keras(model: Any) -> Any:
    """Gives a live Keras 3 model, functional or sequential, as the same tf_keras model; a tf_keras one as it is.

    Before: `keras.Model(Input, Conv2D, ReLU, ...)`. After: `tf_keras.Model` of the same layers, names, weights, shared
    layers, inputs and outputs, whose answers on random inputs are within `BOUND`.

    Raises:
        ModelError: model/not-a-model.
        ConversionError: model/layer-cannot-cross names every layer that tf_keras does not have, and what to do;
            model/answers-differ.
    """
    package = keras_models.family(model)
    if package == "tf_keras":
        return model
    if package is None:
        raise ModelError(
            "model/not-a-model",
            f"expected a Keras model, found {type(model).__module__}.{type(model).__qualname__}",
            hint="Give a functional or sequential model of Keras 3 or of tf_keras, or a .keras or .h5 file.",
        )
    with tensorflow():
        _refuse_uncrossable(model)
        bridged = _rebuilt(model)
        _require_same_answers(model, bridged)
    return bridged


def _graph(model: Any) -> Any:
    """Gives the functional graph of a functional or built sequential model; None where it has none."""
    inner = getattr(model, "_functional", None) or model
    return inner if hasattr(inner, "_nodes_by_depth") else None


def _nodes(graph: Any) -> list[Any]:
    """Gives the calls that the outputs need, first those that need least.

    Keras 3 writes the making of masks (Embedding with mask_zero, Masking) as calls of their own, which reach layers as
    `mask=`; tf_keras makes masks by itself, so that those calls are left out.
    """
    needed = {id(tensor) for tensor in _flat(_structure(graph, "outputs"))}
    kept = []
    for depth in sorted(graph._nodes_by_depth):
        for node in graph._nodes_by_depth[depth]:
            if node.is_input or any(id(tensor) in needed for tensor in node.outputs):
                kept.append(node)
                needed |= {id(tensor) for tensor in _flat(_unmasked(node))}
    return kept[::-1]


def _unmasked(node: Any) -> tuple[Any, dict[str, Any]]:
    kept = {name: each for name, each in node.arguments.kwargs.items() if name != "mask"}
    return node.arguments.args, kept


def _flat(structure: Any) -> list[Any]:
    import tensorflow as tf

    return list(tf.nest.flatten(structure))


def _operations(model: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Gives every operation that is needed, those of nested models too, with the path to it."""
    for operation in dict.fromkeys(node.operation for node in _nodes(_graph(model))):
        path = f"{where}{operation.name}"
        if _graph(operation) is None:
            yield path, operation
        else:
            yield from _operations(operation, f"{path}/")


def _refuse_uncrossable(model: Any) -> None:
    if _graph(model) is None:
        raise _cannot_cross(
            [f"{type(model).__name__}: its layers are called by its own code, or it was never built"],
            "Write it as a functional or sequential model, and call or build it once.",
        )
    reasons = []
    for path, operation in _operations(model):
        try:
            counterpart(operation)
        except Uncrossable as reason:
            reasons.append(f"{path} ({type(operation).__name__}): {reason}")
    if reasons:
        raise _cannot_cross(
            reasons,
            "Replace these layers by ones that both have, build the model with tf_keras, or use passes that do not "
            "train (float16, int8, ...).",
        )


def _cannot_cross(reasons: list[str], hint: str) -> ConversionError:
    return ConversionError(
        "model/layer-cannot-cross",
        f"passes that train need the model in tf_keras, and {len(reasons)} of its layers cannot go there: "
        + "; ".join(reasons),
        hint=hint,
    )


def _rebuilt(model: Any) -> Any:
    """Walks the graph from the inputs on, calling each layer's counterpart on what the layer was called on."""
    import tf_keras

    graph = _graph(model)
    made: dict[int, Any] = {}
    tensors: dict[int, Any] = {}
    for node in _nodes(graph):
        operation = node.operation
        if node.is_input:
            tensors[id(node.outputs[0])] = _input(tf_keras, operation, node.outputs[0])
            continue
        if id(operation) not in made:
            made[id(operation)] = counterpart(operation) if _graph(operation) is None else _rebuilt(operation)
        args, kwargs = _mapped(_unmasked(node), tensors)
        results = made[id(operation)](*args, **kwargs)
        tensors.update(zip(map(id, node.outputs), _flat(results), strict=True))
    bridged = tf_keras.Model(
        _mapped(_structure(graph, "inputs"), tensors), _mapped(_structure(graph, "outputs"), tensors), name=model.name
    )
    for operation in graph.operations:
        if id(operation) in made and hasattr(operation, "weights"):
            _fill(operation, made[id(operation)])
    return bridged


def _input(tf_keras: Any, layer: Any, given: Any) -> Any:
    return tf_keras.Input(batch_shape=tuple(given.shape), dtype=given.dtype, name=layer.name)


def _structure(graph: Any, side: str) -> Any:
    found = keras_models.structure(graph, side)
    single = isinstance(found, (list, tuple)) and len(found) == 1
    return found[0] if single else found


def _mapped(value: Any, tensors: dict[int, Any]) -> Any:
    """Gives a structure of arguments with each of the old tensors replaced by the new one."""
    if id(value) in tensors:
        return tensors[id(value)]
    if isinstance(value, dict):
        return {key: _mapped(each, tensors) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_mapped(each, tensors) for each in value)
    return value


def _fill(old: Any, new: Any) -> None:
    """Copies the weights of one layer, and whether it trains; nested models were filled when they were rebuilt."""
    if _graph(old) is None:
        weights = [np.asarray(each) for each in old.weights]
        if type(old).__name__ != "Normalization":  # What it learned of the data became constants.
            new.set_weights(weights)
    new.trainable = old.trainable


def _require_same_answers(model: Any, bridged: Any) -> None:
    names = [f"{place}" for place in range(len(bridged.inputs))]
    infos = [
        TensorInfo(name, tuple(size or (_OPEN if axis else 2) for axis, size in enumerate(each.shape)), each.dtype.name)
        for name, each in zip(names, bridged.inputs, strict=True)
    ]
    given = random_inputs(infos, RANDOM_INPUTS)
    expected = [_answers(_graph(model), [each[name] for name in names]) for each in given]
    found = [_answers(bridged, [each[name] for name in names]) for each in given]
    compare.require_agreement(expected, found, "the model in tf_keras", BOUND)


def _answers(model: Any, inputs: list[Any]) -> dict[str, Any]:
    import tensorflow as tf

    packed = tf.nest.pack_sequence_as(keras_models.structure(model, "inputs"), inputs)
    results = tf.nest.flatten(model(packed, training=False))
    return {str(place): np.asarray(each) for place, each in enumerate(results)}
