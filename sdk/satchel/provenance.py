"""Where a bundle comes from: source, options and library versions, which together determine its bytes."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Sequence
from typing import Any

from pydantic import JsonValue

from satchel.samples import content
from satchel_converters.sources import Source
from satchel_metadata.manifest import Provenance

LIBRARIES = (
    "satchel",
    "ai-edge-litert",
    "keras",
    "litert-quantizer",
    "numpy",
    "Pillow",
    "tensorflow",
    "tensorflowjs",
    "tf-keras",
    "tflite-support",
)


def of(source: Source, options: dict[str, JsonValue], calibration: Sequence[Any], kind: str = "photos") -> Provenance:
    """Gives the provenance of a packing.

    Args:
        source: the model it starts from.
        options: the arguments of `pack` that the bytes depend on, as JSON values.
        calibration: the photos (rows, signals) that were calibrated with; they are recorded as one hash over all.
        kind: the word for them.
    """
    seen: JsonValue = {kind: len(calibration), "sha256": _hash(calibration)} if calibration else None
    return Provenance(
        source_sha256=source.sha256,
        source_format=source.format,
        versions=versions(),
        options={**options, "calibration": seen},
    )


def versions() -> dict[str, str]:
    """Gives the versions of the libraries that the bytes depend on, of those that are installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _hash(samples: Sequence[Any]) -> str:
    whole = hashlib.sha256()
    for each in samples:
        whole.update(content(each))
    return whole.hexdigest()
