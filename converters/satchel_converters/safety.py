"""What is refused before anything in a model file is loaded: code, outside files, bombs. None of it is run."""

from __future__ import annotations

from pathlib import Path

from satchel_converters import scan_graph_model, scan_keras, scan_saved_model
from satchel_converters.formats import FileFormat


def scan(path: Path, kind: FileFormat) -> None:
    """Refuses a model whose file could do anything but compute.

    A `.keras` archive and an `.h5` file are read as data (zip, JSON, HDF5), a SavedModel as a protobuf, a TF.js graph
    model as JSON; a `.tflite` holds no code.

    Raises:
        ModelError: model/unsafe-layer, model/unknown-layer, model/unsafe-op, model/unsafe-file, model/damaged,
            model/not-a-model; each names the layer, op or file.
    """
    if kind == "keras":
        scan_keras.scan_archive(path)
    elif kind == "h5":
        scan_keras.scan_h5(path)
    elif kind == "saved_model":
        scan_saved_model.scan_folder(path)
    elif kind == "tfjs":
        scan_graph_model.read(path)
