"""Vectors of whole bundles."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from satchel_metadata.bundle import BundleReader


def bundle(case: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    """Opens a bundle and reads all that is in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.satchel"
        path.write_bytes(case["input"]["bytes"].tobytes())
        reader = BundleReader.open(path, case["input"].get("digest"))
        reader.verify()
        return {"digest": reader.digest, "labels": {name: list(each) for name, each in reader.labels.items()}}


HANDLERS = {"bundle": bundle}
