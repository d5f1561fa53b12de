"""Checkpoints: everything that a training needs to go on as if it had never been stopped."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.bundle_place import beside, put, write_synced

_HASH = 32


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training after some epochs: the values of all its variables, and what was told of each epoch."""

    epochs: int
    values: tuple[NDArray[Any], ...]
    told: tuple[dict[str, float], ...]


def place_of(folder: Path, what: str, *parts: Any) -> Path:
    """Gives the file of one training: another model, another setting or another sample is another file."""
    key = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
    return folder / f"{what}-{key[:24]}.checkpoint"


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Writes beside and renames: a kill at any moment leaves the checkpoint before, or this one.

    Raises:
        EnvironmentProblem: env/disk-full, env/cannot-write.
    """
    written = io.BytesIO()
    told = np.frombuffer(json.dumps(checkpoint.told).encode(), np.uint8)
    np.savez(written, np.int64(checkpoint.epochs), told, *checkpoint.values)
    content = written.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path, folder=False) as place:
        write_synced(place, content + hashlib.sha256(content).digest())
        put(place, path, overwrite=True)


def read(path: Path, shapes: Sequence[tuple[int, ...]]) -> Checkpoint | None:
    """Gives the checkpoint of a file; None where there is none that is whole and fits."""
    content = path.read_bytes() if path.is_file() else b""
    if len(content) < _HASH or hashlib.sha256(content[:-_HASH]).digest() != content[-_HASH:]:
        return None
    with np.load(io.BytesIO(content[:-_HASH]), allow_pickle=False) as kept:
        epochs, told, *values = (kept[name] for name in kept.files)
    if [each.shape for each in values] != list(shapes):
        return None
    return Checkpoint(int(epochs), tuple(values), tuple(json.loads(told.tobytes())))
