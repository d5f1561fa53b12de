"""Models trained with quantisation in the loop -> int8 .tflite: the ranges are those that were learned."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

from satchel_converters import frozen, keras_models, precision
from satchel_converters.float_tflite import refused
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError


def int8(model: Any, io: Literal["uint8", "float32"]) -> bytes:
    """Gives the int8 .tflite of a tf_keras model whose weights and activations pass fake quantisation.

    Before: `FakeQuant -> Conv2D -> FakeQuant` in float. After: `CONV_2D(int8 weights, int8 activations)`.

    Raises:
        ConversionError: model/precision-not-reached with the ops that stayed in float, or other inputs and outputs than
            `io`; model/unsupported-op.
    """
    with tensorflow() as tf, tempfile.TemporaryDirectory(prefix="satchel-") as folder:
        opened = keras_models.open_model(model, {})
        fixed = frozen.freeze(opened.function, opened.input_names, Path(folder) / "saved_model")
        converter = tf.lite.TFLiteConverter.from_saved_model(str(fixed.folder), signature_keys=[frozen.SIGNATURE])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, io)
        try:
            made = bytes(converter.convert())
        except Exception as error:
            raise refused(str(error)) from error
    _require_int8(made, io)
    return made


def _require_int8(made: bytes, io: str) -> None:
    if left := precision.float_ops(made):
        raise precision.not_reached("int8", left)
    if precision.of(made) != "int8":
        raise ConversionError(
            "model/precision-not-reached",
            f"int8 was asked for, but the model stayed {precision.of(made)}",
            hint="Train it with layers that have ranges: convolutions, dense layers, activations.",
        )
    precision.require_io(made, io)
