"""The weights that passes prune and share: the kernels of a model's layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from satchel_metadata.errors import ConversionError

KERNELS = {
    "Dense": ("kernel",),
    "Conv1D": ("kernel",),
    "Conv2D": ("kernel",),
    "Conv3D": ("kernel",),
    "Conv1DTranspose": ("kernel",),
    "Conv2DTranspose": ("kernel",),
    "SeparableConv1D": ("pointwise_kernel",),
    "SeparableConv2D": ("pointwise_kernel",),
    "Embedding": ("embeddings",),
    "LSTM": ("cell.kernel", "cell.recurrent_kernel"),
    "GRU": ("cell.kernel", "cell.recurrent_kernel"),
    "SimpleRNN": ("cell.kernel", "cell.recurrent_kernel"),
}
_LEFT_ALONE = ("DepthwiseConv1D", "DepthwiseConv2D", "BatchNormalization", "LayerNormalization", "Normalization")
"""Layers with so few weights, each of them used so often, that there is nothing to be had there."""


def copied(model: Any) -> Any:
    """Gives a tf_keras model with layers and weights of its own: what a pass may change."""
    import tf_keras

    clone = tf_keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return clone


def kernels(model: Any) -> dict[str, Any]:
    """Gives every kernel as a variable, by the name of its layer (`conv2d`, `inner/dense`, `gru/recurrent_kernel`).

    Depthwise kernels, biases and what normalises are not among them: they are few, and each is used for everything.
    """
    found: dict[str, Any] = {}
    for path, layer in _layers(model):
        paths = KERNELS.get(type(layer).__name__, ())
        for place in paths:
            name = path if len(paths) == 1 else f"{path}/{place.rpartition('.')[2]}"
            found[name] = _attribute(layer, place)
    return found


def untouched(model: Any) -> tuple[str, ...]:
    """Gives the layers with weights whose kernels are not known, as "name (Kind)"."""
    known = (*KERNELS, *_LEFT_ALONE, "PReLU", "GroupNormalization")
    return tuple(
        f"{path} ({type(layer).__name__})"
        for path, layer in _layers(model)
        if layer.weights and type(layer).__name__ not in known
    )


def require_touchable(model: Any, what: str, skip: bool) -> tuple[str, ...]:
    """Gives the layers that a pass leaves alone; refused before any training unless `skip`.

    Raises:
        ConversionError: model/layer-untouched names them all.
    """
    left = untouched(model)
    if left and not skip:
        raise ConversionError(
            "model/layer-untouched",
            f"{what} cannot touch {len(left)} layers: {', '.join(left)}",
            hint="Ask it to go on with the others (skip), or replace these layers.",
        )
    if not kernels(model):
        raise ConversionError(
            "model/layer-untouched",
            f"{what} finds no dense layer, no convolution and no other kernel in the model",
            hint="Leave the pass out.",
        )
    return left


def _layers(model: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _layers(layer, f"{where}{layer.name}/")
        else:
            yield f"{where}{layer.name}", layer


def _attribute(layer: Any, place: str) -> Any:
    for name in place.split("."):
        layer = getattr(layer, name)
    return layer
