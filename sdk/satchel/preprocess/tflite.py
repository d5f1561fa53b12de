"""TFLite Metadata: the normalisation that a .tflite asks the programs around it for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from satchel.describe import picture_steps
from satchel.preprocess.base import Preprocess, Step, normalize, not_expressible
from satchel_metadata.errors import CHECK_PATH, ModelError, SpecError
from satchel_metadata.ops import arithmetic
from satchel_metadata.tflite_metadata_read import TensorNotes, read_metadata
from satchel_metadata.tflite_model import TensorInfo, inspect_model

_SCALING = "TFLite Metadata does not say how a photo is scaled: {method}, {fit}, was taken"


def read(model: str | Path | bytes, resize: str, fit: str) -> Preprocess:
    """Gives the preparation that a model's metadata asks for.

    Raises:
        SpecError: spec/not-expressible; ModelError: model/not-a-model, model/not-found.
    """
    source = "the model" if isinstance(model, bytes) else str(model)
    content = model if isinstance(model, bytes) else _bytes(Path(model))
    info, metadata = inspect_model(content, source), read_metadata(content, source)
    if metadata is None:
        hint = "Describe it with satchel.image_classification, as in training."
        raise SpecError("spec/unknown-preparation", "the model has no TFLite Metadata", where=source, hint=hint)
    if metadata.spec is not None and len(metadata.spec.inputs) == 1:
        steps = metadata.spec.inputs[0].model_dump(mode="json", exclude_none=True)["steps"]
        return Preprocess(tuple(steps), source, ("the steps are those of the spec that the model carries",))
    if len(info.inputs) != 1 or len(metadata.inputs) != 1:
        raise not_expressible(source, f"{len(info.inputs)} inputs", "are no single picture")
    return _of_notes(source, metadata.inputs[0], info.inputs[0], resize, fit)


def _of_notes(source: str, notes: TensorNotes, tensor: TensorInfo, resize: str, fit: str) -> Preprocess:
    if notes.content not in ("", "image"):
        raise not_expressible(source, f"an input of {notes.content}", "is no picture")
    if len(tensor.shape) != 4 or tensor.shape[3] not in (1, 3):
        raise not_expressible(source, f"an input of {list(tensor.shape)}", "is no picture [1, h, w, 3] or [1, h, w, 1]")
    _, height, width, channels = tensor.shape
    options: dict[str, Any] = {"size": (height, width), "fit": fit, "resize": resize}
    steps = picture_steps(**options, color="GRAY" if channels == 1 else "RGB")
    steps[-1:-1] = _values(source, notes, tensor)
    return Preprocess(tuple(steps), source, (_SCALING.format(method=resize, fit=fit),))


def _values(source: str, notes: TensorNotes, tensor: TensorInfo) -> list[Step]:
    """Gives (x - mean) / std for a float model; for a quantised one what hands the pixels over as they are."""
    channels = tensor.shape[3]
    if tensor.dtype == "float32":
        if not notes.mean:
            return []
        if len(notes.mean) not in (1, channels) or len(notes.std) != len(notes.mean) or 0 in notes.std:
            raise not_expressible(source, "the normalization", f"mean {notes.mean}, std {notes.std} fits no picture")
        return [normalize(notes.mean, notes.std, "0..255")]
    if tensor.dtype != "uint8":
        raise not_expressible(source, f"an input of {tensor.dtype}", "is not handed over by the programs of TFLite")
    if tensor.quantization is None:
        return []
    scale, zero = tensor.quantization.scales[0], tensor.quantization.zero_points[0]
    std = 1 / scale
    levels = np.arange(256, dtype=np.uint8)
    prepared = (levels.astype(np.float32) - np.float32(zero)) / np.float32(std)
    if not np.array_equal(arithmetic.quantize(prepared, scale, zero, "uint8"), levels):
        raise not_expressible(source, f"the scale {scale:g}", "does not give the pixels back as they are")
    return [normalize([float(zero)], [std], "0..255")]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(
            "model/not-found", f"cannot be read ({error.strerror})", where=str(path), hint=CHECK_PATH
        ) from None
