"""Vectors of what a bundle is stored in: raw DEFLATE, the entropy coded form and the zip."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from satchel_metadata.bundle_zip import open_zip
from satchel_metadata.entropy import decoded
from satchel_metadata.inflate import inflate


def inflated(case: dict[str, Any], file: dict[str, Any]) -> Any:
    """Gives the bytes that a stream of a stated size holds."""
    return np.frombuffer(inflate(case["input"]["stored"].tobytes(), case["input"]["size"], "model"), np.uint8)


def zipped(case: dict[str, Any], file: dict[str, Any]) -> Any:
    """Gives the files of a zip."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.satchel"
        path.write_bytes(case["input"]["bytes"].tobytes())
        store = open_zip(path)
        there = {name: b"".join(store.chunks(name, size)) for name, size in store.sizes.items()}
    return {name: np.frombuffer(data, np.uint8) for name, data in there.items()}


def coded(case: dict[str, Any], file: dict[str, Any]) -> Any:
    """Gives the bytes that an entropy code of a stated size holds."""
    return np.frombuffer(decoded(case["input"]["stored"].tobytes(), case["input"]["size"], "model"), np.uint8)


HANDLERS = {"inflate": inflated, "entropy": coded, "zip": zipped}
