"""A functional model built again with other layers in the places of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def functional(model: Any) -> Any:
    """Gives a sequential or functional tf_keras model as a functional one of the same layers."""
    import tf_keras

    return tf_keras.Model(model.inputs, model.outputs, name=model.name)


def nodes(model: Any) -> list[Any]:
    """Gives the calls of a functional model's layers, each after those whose results it takes."""
    ordered = sorted(model._nodes_by_depth, reverse=True)
    return [node for depth in ordered for node in model._nodes_by_depth[depth] if not node.is_input]


def rebuilt(model: Any, replace: Callable[[Any], Any]) -> Any:
    """Gives a functional model whose layers are what `replace` gives of each; None leaves the layer out.

    A layer that is called several times is replaced once. Inputs and their names stay. Weights are not copied.
    """
    import tensorflow as tf
    import tf_keras

    tensors = {id(each): tf_keras.Input(batch_shape=each.shape, dtype=each.dtype, name=name)
               for name, each in zip(model.input_names, model.inputs, strict=True)}  # fmt: skip
    inputs = list(tensors.values())
    made: dict[int, Any] = {}

    def mapped(value: Any) -> Any:
        return tf.nest.map_structure(lambda each: tensors.get(id(each), each), value)

    for node in nodes(model):
        if id(node.layer) not in made:
            made[id(node.layer)] = replace(node.layer)
        layer, args = made[id(node.layer)], mapped(node.call_args)
        result = args[0] if layer is None else layer(*args, **mapped(node.call_kwargs))
        for old, new in zip(tf.nest.flatten(node.outputs), tf.nest.flatten(result), strict=True):
            tensors[id(old)] = new
    return tf_keras.Model(inputs, [tensors[id(each)] for each in model.outputs], name=model.name)


def like(layer: Any, **changes: Any) -> Any:
    """Gives a layer of the same settings but for `changes`, with no weights yet."""
    return type(layer).from_config({**layer.get_config(), **changes})
