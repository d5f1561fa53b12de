"""Walks the JSON by which Keras describes a model and refuses whatever is not a layer or function of Keras' own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from satchel_converters import safe_names
from satchel_metadata.errors import ModelError

_MODULE = re.compile(
    r"(keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras)(\.src|\.api)?"
    r"(\.(layers|models|engine|initializers|regularizers|constraints|dtype_policies|activations|random|mixed_precision"
    r"|optimizers|losses|metrics|backend)(\.[a-z0-9_]+)*)?"
)
_OPERATIONS = re.compile(r"keras\.src\.ops\.(numpy|nn|image|math|linalg|core)")
_TRAINING = re.compile(r".*\.(optimizers|losses|metrics)(\.[a-z0-9_]+)*")
_CALLING_OPERATIONS = ("Map", "Scan", "AssociativeScan", "WhileLoop", "ForiLoop", "Cond", "Switch", "VectorizedMap")
_TF_OPERATOR = re.compile(
    r"(__operators__|math|nn|linalg|signal)\.[a-z0-9_]+|image\.resize|compat\.v1\.(shape|transpose|nn\.[a-z0-9_]+)"
)
_TFOP_LAYERS = ("TFOpLambda", "SlicingOpLambda", "InstanceProperty")


def scan_config(config: Any, where: str) -> None:
    """Refuses a model description that names a Lambda, or a class or function that is not Keras' own.

    Args:
        config: the parsed JSON; what the root says about compiling is not looked at, because it is never loaded.
        where: the file.

    Raises:
        ModelError: model/unsafe-layer, model/unknown-layer.
    """
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise ModelError(
            "model/damaged",
            "the model's description is not one of Keras'",
            where=where,
            hint="Save the model again with Keras.",
        )
    root = {key: value for key, value in config.items() if key != "compile_config"}
    for found, layer in _described(root):
        _check(found, layer, where)


def _described(root: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Gives every dict that names a class, with the name of the layer it stands in."""
    waiting: list[tuple[Any, str]] = [(root, "")]
    while waiting:
        value, layer = waiting.pop()
        if isinstance(value, dict):
            own = value.get("config")
            if isinstance(value.get("class_name"), str):
                named = own.get("name") if isinstance(own, dict) else None
                layer = named if isinstance(named, str) else layer
                yield value, layer
            waiting.extend((each, layer) for each in value.values())
        elif isinstance(value, list):
            waiting.extend((each, layer) for each in value)


def _check(found: dict[str, Any], layer: str, where: str) -> None:
    name, module = found["class_name"], found.get("module")
    if name in safe_names.CODE_LAYERS:
        raise _unsafe(f"{_at(name, layer)} {safe_names.CODE_LAYERS[name]}", where)
    if name in _TFOP_LAYERS:
        return _check_tf_function(found, layer, where)
    if name == "function":
        return _check_function(found, layer, where)
    _check_paths(found, layer, where)
    if not _is_own(name, module) or _registered_elsewhere(found):
        origin = found.get("registered_name") or (f"{module}.{name}" if module else name)
        raise ModelError(
            "model/unknown-layer",
            f"{_at(name, layer)} is not one of Keras' own ({origin!r}), and code from the file is never loaded",
            where=where,
            hint="Load it in your own program and pack the live model, or export it as a SavedModel.",
        )
    return None


def _is_own(name: str, module: Any) -> bool:
    if module is None or module == "builtins":
        return name in safe_names.LAYERS or name in safe_names.CONFIG_CLASSES
    if not isinstance(module, str):
        return False
    if _OPERATIONS.fullmatch(module):
        return name.isidentifier() and name not in _CALLING_OPERATIONS
    if not _MODULE.fullmatch(module):
        return False
    trained = bool(_TRAINING.fullmatch(module)) and name.isidentifier() and name[:1].isupper()
    return name in safe_names.LAYERS or name in safe_names.CONFIG_CLASSES or trained


def _registered_elsewhere(found: dict[str, Any]) -> bool:
    registered = found.get("registered_name")
    return isinstance(registered, str) and registered != found["class_name"]


def _check_function(found: dict[str, Any], layer: str, where: str) -> None:
    function = found.get("config")
    module = found.get("module")
    from_keras = module in (None, "builtins") or _MODULE.fullmatch(str(module))
    if not (from_keras and isinstance(function, str) and function in safe_names.FUNCTIONS):
        raise ModelError(
            "model/unknown-layer",
            f"the function {function!r} in layer {layer!r} is not one of Keras' activations",
            where=where,
            hint="Load it in your own program and pack the live model.",
        )


def _check_tf_function(found: dict[str, Any], layer: str, where: str) -> None:
    """A layer that calls a function of TensorFlow by name: only functions that compute."""
    config = found.get("config")
    function = config.get("function", "") if isinstance(config, dict) else ""
    if found["class_name"] == "InstanceProperty":
        return  # Reads an attribute of a tensor, such as its shape.
    if not isinstance(function, str) or not (function in safe_names.TF_FUNCTIONS or _TF_OPERATOR.fullmatch(function)):
        raise _unsafe(
            f"{_at(found['class_name'], layer)} calls tf.{function}, which is not known to only compute", where
        )


def _check_paths(found: dict[str, Any], layer: str, where: str) -> None:
    config = found.get("config")
    if isinstance(config, dict) and isinstance(config.get("vocabulary"), str):
        raise _unsafe(
            f"{_at(found['class_name'], layer)} reads its vocabulary from the file {config['vocabulary']!r}", where
        )


def _at(name: str, layer: str) -> str:
    return f"the {name} layer {layer!r}" if layer else f"the layer {name}"


def _unsafe(message: str, where: str) -> ModelError:
    return ModelError(
        "model/unsafe-layer",
        message,
        where=where,
        hint="It was not loaded. Replace the layer by Keras' own, or pack the live model from a program you trust.",
    )
