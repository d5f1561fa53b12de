"""Live tf_keras models -> float .tflite."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from satchel_converters import float_tflite, frozen, keras_models
from satchel_converters.quiet import tensorflow


def float32(model: Any) -> bytes:
    """Gives the float .tflite of a live Keras or tf_keras model.

    Raises:
        ConversionError: model/unsupported-op names the ops that TensorFlow Lite does not have.
    """
    with tensorflow(), tempfile.TemporaryDirectory(prefix="satchel-") as folder:
        opened = keras_models.open_model(model, {})
        fixed = frozen.freeze(opened.function, opened.input_names, Path(folder) / "saved_model")
        return float_tflite.convert(fixed.folder)
