"""What a model computes for nothing, folded away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from satchel.training.channels import Channels, thinner, traced
from satchel.training.kernels import copied
from satchel.training.rebuilding import functional, like, rebuilt
from satchel_converters import compare
from satchel_converters.frozen import TensorInfo
from satchel_converters.inputs import RANDOM_INPUTS, random_inputs
from satchel_converters.quiet import tensorflow

BOUND = 1e-4
"""Largest max|a-b| / max|a| that folding may change: sums are taken in another order, nothing else."""
_FOLDED_INTO = ("Conv1D", "Conv2D", "Dense", "DepthwiseConv2D", "Conv2DTranspose")
_NO_OPS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout")


@dataclass(frozen=True)
class Fold:
    """Layers that change nothing, or only scale what a convolution gives -> gone; answers stay within `BOUND`.

    Before: `Conv2D -> BatchNormalization -> Dropout -> Dense`. After: `Conv2D(other kernel and bias) -> Dense`, without
    the channels that are zero whatever the input. Source: Jacob et al. 2018, section 3.2 (batch normalisation).
    No layer is trained, and none needs to be: it comes last of the passes that change the model, or first, never before
    one that trains with dropout or batch normalisation.
    """

    kind: ClassVar[str] = "fold"
    stage: ClassVar[Literal["model"]] = "model"

    def validate(self) -> None:
        """Nothing can be wrong: the pass has no settings."""


def folded(step: Fold, given: Any) -> tuple[Any, dict[str, Any]]:
    """Gives the tf_keras model without what it computes for nothing, and the facts: what went, and the difference.

    Raises:
        ConversionError: model/answers-differ by more than `BOUND`.
    """
    with tensorflow():
        whole = functional(copied(given))
        normal = _normalisations(whole)
        idle = [layer.name for layer in whole.layers if _is_idle(layer)]
        model = _without(whole, normal, set(idle))
        found = traced(model)
        gone = _dead(model, found)
        thin = thinner(model, found, gone) if gone else model
        difference = _difference(whole, thin)
    facts = {
        "normalisations": sorted(normal),
        "no_ops": idle,
        "dead_channels": len(gone),
        "weights": [int(whole.count_params()), int(thin.count_params())],
        "difference": difference,
    }
    return thin, facts


def _is_idle(layer: Any) -> bool:
    kind = type(layer).__name__
    plain = kind == "Activation" and layer.activation.__name__ == "linear"
    return kind in _NO_OPS or plain or (kind == "Rescaling" and layer.scale == 1 and layer.offset == 0)


def _normalisations(model: Any) -> dict[str, str]:
    """Gives each batch normalisation that follows a layer it can go into, and that layer: no other takes its result."""
    found = {}
    for layer in model.layers:
        if type(layer).__name__ != "BatchNormalization" or len(layer.inbound_nodes) != 1:
            continue
        before = layer.inbound_nodes[0].inbound_layers
        if isinstance(before, list) or list(layer.axis) != [len(layer.input_shape) - 1]:
            continue
        alone = len(before.outbound_nodes) == len(before.inbound_nodes) == 1
        linear = getattr(getattr(before, "activation", None), "__name__", "") == "linear"
        if alone and linear and type(before).__name__ in _FOLDED_INTO and not _is_output(model, before):
            found[layer.name] = before.name
    return found


def _is_output(model: Any, layer: Any) -> bool:
    return any(each is layer.output for each in model.outputs)


def _without(model: Any, normal: dict[str, str], idle: set[str]) -> Any:
    def replace(layer: Any) -> Any:
        if layer.name in idle or layer.name in normal:
            return None
        return like(layer, use_bias=True) if layer.name in normal.values() else like(layer)

    made = rebuilt(model, replace)
    after = {into: name for name, into in normal.items()}
    for layer in made.layers:
        weights = model.get_layer(layer.name).get_weights()
        if layer.name in after:
            weights = _with_norm(model.get_layer(layer.name), model.get_layer(after[layer.name]))
        layer.set_weights(weights)
    return made


def _with_norm(layer: Any, norm: Any) -> list[NDArray[Any]]:
    """Gives kernel and bias that do a batch normalisation's work: w * s and (b - mean) * s + beta."""
    kernel, *rest = (each.astype(np.float64) for each in layer.get_weights())
    mean, variance = (each.numpy().astype(np.float64) for each in (norm.moving_mean, norm.moving_variance))
    scale = (norm.gamma.numpy() if norm.scale else 1.0) / np.sqrt(variance + norm.epsilon)
    bias = ((rest[0] if rest else 0.0) - mean) * scale + (norm.beta.numpy() if norm.center else 0.0)
    kind = type(layer).__name__
    if kind == "DepthwiseConv2D":
        kernel = kernel * scale.reshape(kernel.shape[-2:])
    else:
        kernel = kernel * (scale[:, np.newaxis] if kind == "Conv2DTranspose" else scale)
    return [kernel.astype(np.float32), bias.astype(np.float32)]


def _dead(model: Any, found: Channels) -> set[int]:
    """Gives the channels that are zero whatever the input: those of zero filters and zero bias, nothing added on."""
    alive = {found.leader(each) for each in found.after_offset} | set(found.reasons())
    dead: set[int] = set()
    for name, numbers in found.made.items():
        silent = np.all([_silent(each, name, model) for each in model.get_layer(name).get_weights()], axis=0)
        leaders = found.leaders(numbers)
        alive |= {int(each) for each, is_silent in zip(leaders, silent, strict=True) if not is_silent}
        dead |= {int(each) for each in leaders}
        if silent.all():
            alive.add(int(leaders[0]))  # A layer keeps one channel.
    return dead - alive


def _silent(weights: NDArray[Any], name: str, model: Any) -> NDArray[np.bool_]:
    kind = type(model.get_layer(name)).__name__
    if kind == "Conv2DTranspose" and weights.ndim > 1:
        weights = np.swapaxes(weights, -1, -2)
    if kind == "SeparableConv2D" and weights.ndim > 1 and weights.shape[0] != 1:
        return np.ones(model.get_layer(name).filters, bool)  # Its depthwise part makes nothing of nothing.
    silent: NDArray[np.bool_] = ~np.any(weights.reshape(-1, weights.shape[-1]), axis=0)
    return silent


def _difference(whole: Any, thin: Any) -> float:
    infos = [
        TensorInfo(name, tuple(size or 1 for size in each.shape), each.dtype.name)
        for name, each in zip(whole.input_names, whole.inputs, strict=True)
    ]
    answers: list[list[dict[str, Any]]] = [[], []]
    for given in random_inputs(infos, RANDOM_INPUTS):
        for place, model in enumerate((whole, thin)):
            found = model([given[info.name] for info in infos], training=False)
            listed = found if isinstance(found, list) else [found]
            answers[place].append({str(at): np.asarray(each) for at, each in enumerate(listed)})
    return compare.require_agreement(answers[0], answers[1], "the folded model", BOUND).relative
