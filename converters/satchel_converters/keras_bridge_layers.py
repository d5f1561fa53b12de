"""The tf_keras layer that does what a Keras 3 layer does: which ones there are, and which settings they share."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np

LAYERS = frozenset(
    re.findall(
        r"\w+",
        """
    Activation Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization
    Bidirectional Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Cropping1D Cropping2D Dense
    DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU Embedding Flatten GRU GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization InputLayer
    LSTM LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum Multiply
    Normalization PReLU Permute ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D SimpleRNN
    Softmax SpatialDropout1D SpatialDropout2D Subtract TimeDistributed UnitNormalization UpSampling1D UpSampling2D
    ZeroPadding1D ZeroPadding2D
    """,
    )
)
"""Layers of one name that compute the same in both, given the same settings."""

ACTIVATIONS = frozenset(
    re.findall(
        r"\w+",
        "elu exponential gelu leaky_relu linear mish relu relu6 selu sigmoid silu softmax softplus softsign swish tanh",
    )
)
"""Activations of one name and one formula. `hard_sigmoid` has another slope in tf_keras, `hard_silu` is not there."""

_RENAMED = {"LeakyReLU": {"negative_slope": "alpha"}}
_INNER = ("layer", "backward_layer")
_FROM_WEIGHTS = ("initializer", "build_config", "dtype", "lora_rank", "lora_alpha", "quantization_config")
"""Ends of the settings that the copied weights, or the type float32 that is asked of every layer, make superfluous."""
_OBJECTS = ("regularizer", "constraint")
_OPERATORS = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")


class Uncrossable(Exception):
    """A layer has no counterpart; the text says why."""


def counterpart(operation: Any) -> Any:
    """Gives a new tf_keras layer, without weights, that computes what a Keras 3 layer or operator does.

    Raises:
        Uncrossable: tf_keras has no such layer, setting or activation.
    """
    kind, module = type(operation).__name__, type(operation).__module__
    if module.startswith("keras.src.ops."):
        return _operator(operation, kind, module)
    if not module.startswith("keras.src.layers.") or kind not in LAYERS:
        own = "" if module.startswith("keras.") else ", a layer of your own"
        raise Uncrossable(f"tf_keras has no counterpart of it that is known to be equal{own}")
    policy = operation.dtype_policy
    if not policy.name.startswith("float32") and kind != "InputLayer":
        raise Uncrossable(f"its type is {policy.name}, and passes that train compute in float32")
    return _layer(operation, kind)


def _layer(layer: Any, kind: str) -> Any:
    import tf_keras

    cls = getattr(tf_keras.layers, kind)
    settings = layer.get_config()
    if kind == "InputLayer":
        return None
    if kind == "Normalization":
        _give_statistics(layer, settings)
    for name in _INNER:
        if isinstance(settings.get(name), dict):
            settings[name] = counterpart(getattr(layer, "forward_layer" if hasattr(layer, "forward_layer") else name))
    if kind == "Bidirectional":
        settings.pop("backward_layer", None)  # It is made of the forward one; the weights of both are copied.
    return cls(**_shared(type(layer), cls, kind, settings))


def _give_statistics(layer: Any, settings: dict[str, Any]) -> None:
    mean = getattr(layer, "mean", None)
    if mean is None:
        raise Uncrossable("it was never adapted to data")
    shape = [size for axis, size in enumerate(np.shape(mean)) if size != 1 or axis == np.ndim(mean) - 1]
    settings["mean"] = np.asarray(mean).reshape(shape)
    settings["variance"] = np.asarray(layer.variance).reshape(shape)


def _shared(old: type, new: type, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Gives the settings in the words of tf_keras; one that it lacks may only be off, or as by default."""
    known, defaults = _parameters(new), _parameters(old)
    given: dict[str, Any] = {}
    for name, value in settings.items():
        if name.endswith(_FROM_WEIGHTS):
            continue
        word = _RENAMED.get(kind, {}).get(name, name)
        if word in known or word in ("name", "trainable"):
            given[word] = _value(name, value)
        elif value not in (defaults.get(name), None, False):
            raise Uncrossable(f"tf_keras has no setting {name}={value!r} for it")
    return given


def _parameters(cls: type) -> dict[str, Any]:
    """Gives the settings that a class and those it stands on take, with their defaults."""
    found: dict[str, Any] = {}
    for each in reversed(cls.__mro__):
        if "__init__" in vars(each) and each.__module__.split(".")[0] in ("keras", "tf_keras"):
            found |= {name: p.default for name, p in inspect.signature(vars(each)["__init__"]).parameters.items()}
    return found


def _value(name: str, value: Any) -> Any:
    if name.endswith(_OBJECTS):
        return _object(name, value)
    if name.endswith("activation") and value is not None and value not in ACTIVATIONS:
        shown = value.get("class_name", "?") if isinstance(value, dict) else value
        raise Uncrossable(f"the activation {shown!r} is not there, or computes something else")
    return value


def _object(name: str, value: Any) -> Any:
    """Gives a regulariser or a constraint of the library in the words of tf_keras."""
    import tf_keras

    if value is None:
        return None
    if not isinstance(value, dict) or not str(value.get("module")).startswith("keras."):
        raise Uncrossable(f"its {name} is not of the library")
    home = tf_keras.regularizers if name.endswith("regularizer") else tf_keras.constraints
    if not hasattr(home, value["class_name"]):
        raise Uncrossable(f"tf_keras has no {value['class_name']} for its {name}")
    return getattr(home, value["class_name"])(**value["config"])


def _operator(operation: Any, kind: str, module: str) -> Any:
    """Gives the layer of an operator between tensors (`x + y`), or of a tensor and a number (`x * 2`)."""
    import tf_keras

    if module != "keras.src.ops.numpy" or kind not in _OPERATORS:
        raise Uncrossable("it is a function of keras.ops, not a layer")
    (node, *others) = operation._inbound_nodes
    one, other = node.arguments.args
    name = operation.name
    if hasattr(one, "shape") and hasattr(other, "shape"):
        layer = getattr(tf_keras.layers, kind)(name=name)
        return lambda x1, x2: layer([x1, x2])
    number = float(other if hasattr(one, "shape") else one)
    if others or kind in ("Maximum", "Minimum"):
        raise Uncrossable("it takes a number, which no layer of tf_keras does")
    first = hasattr(one, "shape")
    scale, offset = {
        "Add": (1.0, number),
        "Multiply": (number, 0.0),
        "Subtract": (1.0, -number) if first else (-1.0, number),
    }[kind]
    layer = tf_keras.layers.Rescaling(scale, offset, name=name)
    return lambda x1, x2: layer(x1 if first else x2)
