"""EfficientNet-Lite in Keras, to be read beside the paper, and filled with published weights.

Mingxing Tan and Quoc V. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019
(arXiv:1905.11946). STAGES is the paper's Table 1; compound scaling is its section 3.3. The Lite models differ so that
small devices run them well: no squeeze-and-excitation, ReLU6 where the paper has swish, and a stem and head (with the
first and the last stage's number of blocks) that do not scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import ModelError

Array = NDArray[np.generic]

STEM_FILTERS, HEAD_FILTERS, CLASSES = 32, 1280, 1000
BATCH_NORM_EPSILON = 1e-3


@dataclass(frozen=True)
class Scaling:
    """How far the baseline is scaled: width, depth, and the side of the square input in pixels."""

    width: float
    depth: float
    side: int


@dataclass(frozen=True)
class Stage:
    """One row of the paper's Table 1: so many blocks of one kind, of which the first has the stride."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int


@dataclass(frozen=True)
class Block:
    """One inverted residual block, after scaling."""

    kernel: int
    stride: int
    expansion: int
    filters_in: int
    filters_out: int

    @property
    def has_skip(self) -> bool:
        """Whether the input is added to the output, which needs both to have the same shape."""
        return self.stride == 1 and self.filters_in == self.filters_out


SCALINGS = {
    "efficientnet-lite0": Scaling(width=1.0, depth=1.0, side=224),
    "efficientnet-lite1": Scaling(width=1.0, depth=1.1, side=240),
    "efficientnet-lite2": Scaling(width=1.1, depth=1.2, side=260),
}

STAGES = (
    Stage(repeats=1, kernel=3, stride=1, expansion=1, filters=16),
    Stage(repeats=2, kernel=3, stride=2, expansion=6, filters=24),
    Stage(repeats=2, kernel=5, stride=2, expansion=6, filters=40),
    Stage(repeats=3, kernel=3, stride=2, expansion=6, filters=80),
    Stage(repeats=3, kernel=5, stride=1, expansion=6, filters=112),
    Stage(repeats=4, kernel=5, stride=2, expansion=6, filters=192),
    Stage(repeats=1, kernel=3, stride=1, expansion=6, filters=320),
)


def scaled_filters(filters: int, width: float) -> int:
    """Gives the number of filters times `width`, to the nearest multiple of 8 that is not below nine tenths of it."""
    wanted = filters * width
    nearest = max(8, int(wanted + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * wanted else nearest


def blocks(scaling: Scaling) -> tuple[Block, ...]:
    """Gives every block of the network in order: 16 for Lite0, 21 for Lite1 and Lite2."""
    made: list[Block] = []
    filters = STEM_FILTERS
    for stage in STAGES:
        fixed = stage in (STAGES[0], STAGES[-1])
        wider = scaled_filters(stage.filters, scaling.width)
        for repeat in range(stage.repeats if fixed else math.ceil(stage.repeats * scaling.depth)):
            made.append(Block(stage.kernel, 1 if repeat else stage.stride, stage.expansion, filters, wider))
            filters = wider
    return tuple(made)


def build(name: str) -> Any:
    """Gives the Keras 3 model `name` without weights.

    Input `image`: float32 [batch, side, side, 3], RGB, prepared as the catalogue says. Output `probabilities`:
    float32 [batch, 1000], softmax over the ImageNet classes.
    """
    import keras

    scaling = SCALINGS[name]
    image = keras.Input((scaling.side, scaling.side, 3), name="image")
    x = _convolution(image, "stem", STEM_FILTERS, kernel=3, stride=2)
    for number, block in enumerate(blocks(scaling)):
        x = _inverted_residual(x, f"block{number}", block)
    x = _convolution(x, "head", HEAD_FILTERS)
    x = keras.layers.GlobalAveragePooling2D(name="head_pool")(x)
    x = keras.layers.Dense(CLASSES, name="logits", kernel_initializer="zeros")(x)
    return keras.Model(image, keras.layers.Softmax(name="probabilities")(x), name=name.replace("-", "_"))


def _inverted_residual(x: Any, name: str, block: Block) -> Any:
    """Expand, filter each channel by itself, project: the paper's MBConv (MobileNetV2's block)."""
    import keras

    shortcut = x
    if block.expansion != 1:
        x = _convolution(x, f"{name}_expand", block.filters_in * block.expansion)
    x = keras.layers.DepthwiseConv2D(
        block.kernel,
        block.stride,
        padding="same",
        use_bias=False,
        depthwise_initializer="zeros",
        name=f"{name}_depthwise_conv",
    )(x)
    x = _normalized(x, f"{name}_depthwise")
    x = _convolution(x, f"{name}_project", block.filters_out, activate=False)
    return keras.layers.Add(name=f"{name}_add")([x, shortcut]) if block.has_skip else x


def _convolution(x: Any, name: str, filters: int, kernel: int = 1, stride: int = 1, activate: bool = True) -> Any:
    import keras

    x = keras.layers.Conv2D(
        filters, kernel, stride, padding="same", use_bias=False, kernel_initializer="zeros", name=f"{name}_conv"
    )(x)
    return _normalized(x, name, activate)


def _normalized(x: Any, name: str, activate: bool = True) -> Any:
    import keras

    x = keras.layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, name=f"{name}_bn")(x)
    return keras.layers.ReLU(max_value=6.0, name=f"{name}_relu6")(x) if activate else x


def fill(model: Any, weights: Mapping[str, Array], where: str = "weights") -> None:
    """Copies PyTorch weights into a model that `build` made; every tensor must fit and none may be left over.

    Args:
        model: the Keras model.
        weights: tensors by the names of the PyTorch model (`_blocks.0._project_conv.weight`), convolution kernels as
            [out, in, height, width].
        where: what to call the weights in an error.

    Raises:
        ModelError: model/not-a-model when a tensor is missing, of another shape, or left over.
    """
    left = {name for name in weights if not name.endswith(".num_batches_tracked")}  # counted in training only
    for layer in model.layers:
        if not layer.weights:
            continue
        names = _torch_names(layer.name)
        missing = [name for name in names if name not in weights]
        if missing:
            raise _unfit(f"no tensor {missing[0]}", where)
        arrays = [_to_keras(layer, weights[name]) for name in names]
        for name, array, variable in zip(names, arrays, layer.weights, strict=True):
            if array.shape != tuple(variable.shape):
                raise _unfit(f"{name} of shape {array.shape}, where {tuple(variable.shape)} belongs", where)
        layer.set_weights(arrays)
        left.difference_update(names)
    if left:
        raise _unfit(f"{len(left)} tensors that have no place, {min(left)} first", where)


def _unfit(found: str, where: str) -> ModelError:
    return ModelError(
        "model/not-a-model",
        f"expected the weights of this EfficientNet-Lite, found {found}",
        where=where,
        hint="Give the weights that `satchel zoo get` fetches for this model.",
    )


_PARTS = {
    "stem_conv": "_conv_stem",
    "stem_bn": "_bn0",
    "head_conv": "_conv_head",
    "head_bn": "_bn1",
    "logits": "_fc",
    "expand_conv": "_expand_conv",
    "expand_bn": "_bn0",
    "depthwise_conv": "_depthwise_conv",
    "depthwise_bn": "_bn1",
    "project_conv": "_project_conv",
    "project_bn": "_bn2",
}


def _torch_names(layer: str) -> list[str]:
    """block3_expand_bn -> _blocks.3._bn0.weight, .bias, .running_mean, .running_var: in the order Keras holds them."""
    head, _, rest = layer.partition("_")
    in_block = head.startswith("block")
    part = _PARTS[rest if in_block else layer]
    path = f"_blocks.{head.removeprefix('block')}.{part}" if in_block else part
    return [f"{path}.{kind}" for kind in _tensor_kinds(layer)]


def _tensor_kinds(layer: str) -> Iterator[str]:
    yield "weight"
    if not layer.endswith("_conv"):
        yield "bias"
    if layer.endswith("_bn"):
        yield from ("running_mean", "running_var")


def _to_keras(layer: Any, tensor: Array) -> Array:
    """Turns a PyTorch tensor's axes into Keras' order; vectors stay as they are."""
    if tensor.ndim == 4:  # [out, in, h, w] -> [h, w, in, out]; depthwise [channel, 1, h, w] -> [h, w, channel, 1]
        return tensor.transpose((2, 3, 0, 1) if layer.name.endswith("depthwise_conv") else (2, 3, 1, 0))
    return tensor.T
