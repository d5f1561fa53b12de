"""Makes the one float .tflite of a model, and runs .tflite models for checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from satchel_converters.frozen import SIGNATURE, Runner
from satchel_converters.quiet import kept_back, tensorflow
from satchel_metadata.errors import ConversionError


def convert(saved_model: Path) -> bytes:
    """Gives the float .tflite of a frozen SavedModel: builtin ops only, float32 throughout.

    Raises:
        ConversionError: model/unsupported-op names the ops that TensorFlow Lite does not have.
    """
    with tensorflow() as tf:
        converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=[SIGNATURE])
        try:
            return bytes(converter.convert())
        except Exception as error:
            raise refused(str(error)) from error


def refused(said: str) -> ConversionError:
    """Gives the error that tells why TensorFlow Lite's converter failed, from what it said."""
    ops = sorted(
        set(re.findall(r"\btf\.(\w+)\s*(?:\(|op is neither)", said)) | set(re.findall(r"'tf\.(\w+)' op is", said))
    )
    if ops:
        return ConversionError(
            "model/unsupported-op",
            f"TensorFlow Lite has no builtin op for {', '.join(ops)}",
            hint="Replace the layers that use them, or move that work into the spec's steps.",
        )
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no reason given")
    return ConversionError(
        "model/not-convertible",
        f"TensorFlow Lite's converter refused the model: {last[:300]}",
        hint="Replace what it names, or convert the model yourself and pack the .tflite.",
    )


def runner(model: bytes, threads: int = 2) -> Runner:
    """Gives a callable, input name -> tensor to output name -> tensor, by the names of the model's signature.

    A model without a signature goes by the names of its tensors. Tensors keep the dtype that the model has.

    Raises:
        ConversionError: model/not-runnable when LiteRT cannot prepare the model.
    """
    from ai_edge_litert.interpreter import Interpreter

    with kept_back():
        try:
            interpreter = Interpreter(model_content=model, num_threads=threads)
            interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise ConversionError(
                "model/not-runnable",
                f"LiteRT cannot prepare the model: {error}",
                hint="Convert it again, with built-in ops only.",
            ) from None
    if interpreter.get_signature_list():
        signature = interpreter.get_signature_runner(next(iter(interpreter.get_signature_list())))
        return lambda inputs: dict(signature(**inputs))
    return lambda inputs: _invoke(interpreter, inputs)


def _invoke(interpreter: Any, inputs: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], inputs[detail["name"]])
    interpreter.invoke()
    return {detail["name"]: interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()}
