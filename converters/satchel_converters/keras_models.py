"""Keras 3 and tf_keras models, from a file or alive, opened as one function with named outputs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from satchel_converters.names import distinct
from satchel_converters.opened import Opened, Shapes, by_name, static_shape
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ModelError


def family(model: object) -> str | None:
    """Gives "keras" or "tf_keras" for a live model of theirs, None for anything else. Imports neither."""
    for kind in type(model).__mro__:
        if kind.__name__ in ("Model", "Layer"):
            package = kind.__module__.split(".")[0]
            if package in ("keras", "tf_keras") and hasattr(model, "weights"):
                return package
    return None


def load(path: Path, package: str) -> Any:
    """Gives the model of a .keras or .h5 file that was scanned before; no code in it is run.

    Args:
        path: the file.
        package: "keras" or "tf_keras": who wrote it.

    Raises:
        ModelError: model/not-loadable with Keras' own reason.
    """
    with tensorflow():
        if package == "tf_keras":
            import tf_keras as keras
        else:
            import keras
        try:
            return keras.models.load_model(path, compile=False, safe_mode=True)
        except Exception as error:
            reason = " ".join(str(error).split())
            raise ModelError(
                "model/not-loadable",
                f"Keras cannot rebuild the model: {reason[:400]}",
                where=str(path),
                hint="Load it with the Keras that saved it, and pack the live model or export a SavedModel.",
            ) from error


def open_model(model: Any, shapes: Shapes) -> Opened:
    """Gives a live model as one function of batch 1, run as in inference (training=False).

    Inputs bear the names of the model's Input layers, outputs those of the layers that make them (or the keys of a
    dict).

    Raises:
        ModelError: model/dynamic-shape, model/shape-mismatch, model/not-built for a subclassed model without a known
            input.
    """
    with tensorflow() as tf:
        inner = getattr(model, "_functional", None) or model
        if not getattr(inner, "inputs", None):
            return _open_subclassed(tf, model, shapes)
        names = distinct(_input_names(inner), "input")
        sizes = by_name(shapes, names)
        specs = [
            tf.TensorSpec(static_shape(name, list(tensor.shape), sizes), tensor.dtype, name=name)
            for name, tensor in zip(names, inner.inputs, strict=True)
        ]
        packing = structure(inner, "inputs")
        outputs = distinct(_output_names(inner), "output")

        def call(*tensors: Any) -> dict[str, Any]:
            packed = tf.nest.pack_sequence_as(packing, _in_structure(tf, packing, inner.inputs, tensors))
            return dict(zip(outputs, tf.nest.flatten(model(packed, training=False)), strict=True))

        return _opened(tf, call, names, specs)


def _in_structure(tf: Any, packing: Any, own: Sequence[Any], tensors: Sequence[Any]) -> list[Any]:
    """Gives the tensors, which come in the order of model.inputs, in the flat order of the input structure."""
    return [
        next(given for mine, given in zip(own, tensors, strict=True) if mine is each)
        for each in tf.nest.flatten(packing)
    ]


def structure(model: Any, side: str) -> Any:
    """Gives the (nested) inputs or outputs of a functional model as its author wrote them."""
    for attribute in (f"_{side}_struct", f"_nested_{side}"):
        if hasattr(model, attribute):
            return getattr(model, attribute)
    return getattr(model, side)


def _input_names(model: Any) -> list[str]:
    if hasattr(model, "input_names"):
        return list(model.input_names)  # tf_keras
    return [tensor._keras_history.operation.name for tensor in model.inputs]


def _output_names(model: Any) -> list[str]:
    outputs = structure(model, "outputs")
    if isinstance(outputs, dict):
        return sorted(outputs)
    return list(model.output_names)


def _open_subclassed(tf: Any, model: Any, shapes: Shapes) -> Opened:
    if len(shapes) != 1:
        raise ModelError(
            "model/not-built",
            "the model is subclassed and says nothing of its input",
            where=type(model).__name__,
            hint="Describe one input whose steps decide its size, or wrap the model in a functional one.",
        )
    name, dtype = next(iter(shapes)), getattr(model, "compute_dtype", None) or "float32"
    spec = tf.TensorSpec(static_shape(name, None, shapes), dtype, name=name)

    def call(tensor: Any) -> dict[str, Any]:
        result = model(tensor, training=False)
        if isinstance(result, Mapping):
            return dict(zip(distinct(result, "output"), result.values(), strict=True))
        flat = tf.nest.flatten(result)
        return dict(zip(distinct(["output"] * len(flat), "output"), flat, strict=True))

    return _opened(tf, call, distinct([name], "input"), [spec])


def _opened(tf: Any, call: Any, names: tuple[str, ...], specs: Sequence[Any]) -> Opened:
    function = tf.function(call, autograph=False).get_concrete_function(*specs)

    def answers(inputs: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
        return {name: np.asarray(value) for name, value in call(*(tf.constant(inputs[n]) for n in names)).items()}

    return Opened(function, names, answers)


def fingerprint(model: Any) -> str:
    """Gives the SHA-256, in hex, of a live model's architecture (where it can be written down) and weights."""
    digest = hashlib.sha256()
    try:
        described = re.sub(r'"shared_object_id": \d+', "", model.to_json())  # An address in memory.
    except (NotImplementedError, TypeError, ValueError):
        described = type(model).__qualname__
    digest.update(described.encode())
    for weight in model.weights:
        value = np.ascontiguousarray(weight.numpy())
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()
