"""Whole channels taken out of a model: who makes each of them, who takes it, and the thinner model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.training.rebuilding import like, nodes, rebuilt

_MAKERS = {"Dense": "units", "Conv1D": "filters", "Conv2D": "filters", "Conv2DTranspose": "filters",
           "SeparableConv2D": "filters"}  # fmt: skip
_JOINED = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
_SAME_ZERO = (
    "ReLU", "LeakyReLU", "ELU", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianDropout",
    "ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D", "UpSampling1D", "UpSampling2D", "MaxPooling1D",
    "MaxPooling2D", "AveragePooling1D", "AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D",
)  # fmt: skip
"""Layers that treat every channel alike and make zeros of zeros."""
_ZERO_KEPT = ("linear", "relu", "relu6", "tanh", "elu", "selu", "swish", "silu", "gelu", "leaky_relu", "softsign")
_MIXING = ("softmax",)


@dataclass
class Channels:
    """What flows where, channel by channel: a channel is a number, and equal numbers go together.

    Attributes:
        made: layer that makes channels -> their numbers; together they may be taken out.
        taken: layer -> the numbers of the channels that it takes and gives, in its order.
        pinned: numbers that must stay, with the layer that is why.
        after_offset: numbers that go through something which makes other than zero of zero.
    """

    made: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    taken: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)
    pinned: dict[int, str] = field(default_factory=dict)
    after_offset: set[int] = field(default_factory=set)
    _leader: list[int] = field(default_factory=list)

    def fresh(self, count: int) -> NDArray[np.int64]:
        """Gives numbers for new channels."""
        start = len(self._leader)
        self._leader.extend(range(start, start + count))
        return np.arange(start, start + count)

    def leader(self, number: int) -> int:
        """Gives the one number that stands for all that go together with `number`."""
        while self._leader[number] != number:
            number = self._leader[number]
        return number

    def leaders(self, numbers: Iterable[int]) -> NDArray[np.int64]:
        """Gives the leader of each."""
        return np.array([self.leader(int(each)) for each in numbers], np.int64)

    def join(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> None:
        """Makes channels go together, first with first."""
        for a, b in zip(one, other, strict=True):
            self._leader[self.leader(int(b))] = self.leader(int(a))

    def pin(self, numbers: Iterable[int], why: str) -> None:
        """Keeps channels, because of a layer."""
        for each in numbers:
            self.pinned.setdefault(int(each), why)

    def reasons(self) -> dict[int, str]:
        """Gives the pinned leaders, with why."""
        return {self.leader(number): why for number, why in self.pinned.items()}


def traced(model: Any) -> Channels:
    """Gives the channels of a functional tf_keras model."""
    import tensorflow as tf

    found = Channels()
    flow: dict[int, NDArray[np.int64]] = {}
    calls: dict[int, int] = {}
    for each in model.inputs:
        flow[id(each)] = found.fresh(each.shape[-1] or 1)
        found.pin(flow[id(each)], "an input of the model")
    ordered = nodes(model)
    for node in ordered:
        calls[id(node.layer)] = calls.get(id(node.layer), 0) + 1
    for node in ordered:
        given = [flow[id(each)] for each in tf.nest.flatten(node.keras_inputs)]
        outputs = tf.nest.flatten(node.outputs)
        results = _through(found, node.layer, given, outputs, calls[id(node.layer)] > 1)
        flow.update({id(each): numbers for each, numbers in zip(outputs, results, strict=True)})
    for each in model.outputs:
        found.pin(flow[id(each)], "an output of the model")
    return found


def _through(
    found: Channels, layer: Any, given: list[NDArray[np.int64]], outputs: list[Any], shared: bool
) -> list[NDArray[np.int64]]:
    kind, name = type(layer).__name__, layer.name
    plain = not shared and getattr(layer, "data_format", "channels_last") != "channels_first"
    if plain and kind in _MAKERS and getattr(layer, "groups", 1) == 1 and getattr(layer, "depth_multiplier", 1) == 1:
        made = found.made[name] = found.fresh(outputs[0].shape[-1])
        found.taken[name] = given[0], made
        _note_activation(found, layer, made)
        return [made]
    if plain and _keeps_channels(layer, kind):
        _note_activation(found, layer, given[0])
        if kind in ("BatchNormalization", "DepthwiseConv2D"):
            found.after_offset.update(map(int, given[0]))
        found.taken[name] = given[0], given[0]
        return [given[0]]
    if kind in _JOINED and len({len(each) for each in given}) == 1:
        for each in given[1:]:
            found.join(given[0], each)
        return [given[0]]
    if kind == "Concatenate" and layer.axis in (-1, len(outputs[0].shape) - 1):
        return [np.concatenate(given)]
    if kind == "Flatten":
        return [np.tile(given[0], outputs[0].shape[-1] // len(given[0]))]
    for each in given:
        found.pin(each, f"{name} ({kind}{', called several times' if shared else ''})")
    results = [found.fresh(each.shape[-1] or 1) for each in outputs]
    for each in results:
        found.pin(each, f"{name} ({kind})")
    return results


def _keeps_channels(layer: Any, kind: str) -> bool:
    if kind == "BatchNormalization":
        return list(layer.axis) == [len(layer.input_shape) - 1]
    return kind in (*_SAME_ZERO, "Activation") or (kind == "DepthwiseConv2D" and layer.depth_multiplier == 1)


def _note_activation(found: Channels, layer: Any, numbers: NDArray[np.int64]) -> None:
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    if activation in _MIXING:
        found.pin(numbers, f"{layer.name} ({activation})")
    elif activation not in _ZERO_KEPT:
        found.after_offset.update(map(int, numbers))


def thinner(model: Any, found: Channels, gone: set[int]) -> Any:
    """Gives the functional model without the channels whose leaders are `gone`; the weights left are the same.

    Args:
        model: the model that `found` was traced of.
        found: its channels.
        gone: leaders, none of them pinned; every layer keeps one channel at least.
    """
    kept = {
        name: (_kept(found, takes, gone), _kept(found, gives, gone)) for name, (takes, gives) in found.taken.items()
    }

    def replace(layer: Any) -> Any:
        size = _MAKERS.get(type(layer).__name__)
        if layer.name not in kept or size is None:
            return like(layer)
        return like(layer, **{size: len(kept[layer.name][1])})

    made = rebuilt(model, replace)
    for layer in made.layers:
        weights = model.get_layer(layer.name).get_weights()
        if layer.name in kept:
            weights = _sliced(type(layer).__name__, weights, *kept[layer.name])
        layer.set_weights(weights)
        layer.trainable = model.get_layer(layer.name).trainable
    return made


def _kept(found: Channels, numbers: NDArray[np.int64], gone: set[int]) -> NDArray[np.int64]:
    return np.array([place for place, each in enumerate(found.leaders(numbers)) if int(each) not in gone], np.int64)


def _sliced(kind: str, weights: list[Any], takes: NDArray[np.int64], gives: NDArray[np.int64]) -> list[Any]:
    """Gives what stays of a layer's weights; vectors (bias, gamma, mean, ...) go by the channels that it gives."""
    if kind == "Conv2DTranspose":
        kernels = [weights[0][:, :, gives][..., takes]]
    elif kind == "SeparableConv2D":
        kernels = [weights[0][:, :, takes], weights[1][:, :, takes][..., gives]]
    elif kind == "DepthwiseConv2D":
        kernels = [weights[0][:, :, takes]]
    elif kind in _MAKERS:
        kernels = [weights[0][..., takes, :][..., gives]]
    else:
        kernels = []
    return [*kernels, *(each[gives] for each in weights[len(kernels) :])]


def operations(model: Any) -> int:
    """Gives the floating-point operations of one inference: two for every product of a kernel's weight."""
    total = 0
    for node in nodes(model):
        layer, shape = node.layer, node.outputs.shape if hasattr(node.outputs, "shape") else None
        kinds = [each for each in layer.weights if each.shape.rank and each.shape.rank >= 2]
        if shape is None or not kinds or (type(layer).__name__ not in _MAKERS and "Conv" not in type(layer).__name__):
            continue
        places = layer.input_shape[1:-1] if type(layer).__name__ == "Conv2DTranspose" else shape[1:-1]
        total += sum(2 * int(np.prod(each.shape)) for each in kinds) * int(np.prod([size or 1 for size in places]))
    return total
