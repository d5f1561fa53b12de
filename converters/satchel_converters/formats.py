"""Tells by its first bytes what kind of model a path holds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from satchel_metadata.errors import ModelError

FileFormat = Literal["keras", "h5", "saved_model", "tflite", "tfjs"]

_PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib", ".sav", ".dill")
_ACCEPTED = "Accepted: .keras, .h5, .tflite, a SavedModel folder and the model.json of a TF.js graph model."


def find_format(path: Path) -> FileFormat:
    """Gives the format of the model at `path`, by content rather than by name.

    Raises:
        ModelError: model/not-found, model/empty, model/pickle (a file that would run code when loaded),
            model/not-a-model.
    """
    if not path.exists():
        raise ModelError("model/not-found", "there is no such file or folder", where=str(path), hint="Check the path.")
    if path.is_dir():
        return _folder(path)
    with path.open("rb") as stream:
        head = stream.read(16)
    if not head:
        raise ModelError("model/empty", "the file is empty", where=str(path), hint=_ACCEPTED)
    if path.suffix.lower() in _PICKLES or head[:1] == b"\x80":
        raise ModelError(
            "model/pickle",
            "the file is a pickle (or named as one), which runs code when it is loaded; it was not opened",
            where=str(path),
            hint="Load it where you trust it and save the model as .keras, a SavedModel or .tflite.",
        )
    if head[4:8] == b"TFL3":
        return "tflite"
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "h5"
    if head.startswith(b"PK\x03\x04"):
        return "keras"
    if head.lstrip()[:1] == b"{" and path.suffix.lower() == ".json":
        return "tfjs"
    raise ModelError(
        "model/not-a-model",
        f"expected a model, found a file that starts with {head[:8]!r}",
        where=str(path),
        hint=_ACCEPTED,
    )


def _folder(path: Path) -> FileFormat:
    if (path / "saved_model.pb").is_file():
        return "saved_model"
    if (path / "model.json").is_file():
        return "tfjs"
    raise ModelError(
        "model/not-a-model",
        "the folder holds no saved_model.pb",
        where=str(path),
        hint=f"Give the folder that directly holds it. {_ACCEPTED}",
    )
