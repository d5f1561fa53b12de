"""Photos as an author gives them: a folder, a list of paths, or pictures in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from satchel_metadata.errors import CHECK_PATH, InputError

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def listed(photos: Any) -> list[Any]:
    """Gives the photos of a folder (sorted by path, subfolders too) or of a sequence, without reading them.

    Raises:
        InputError: input/not-found, input/no-photos.
    """
    if isinstance(photos, (str, Path)):
        folder = Path(photos)
        if not folder.exists():
            raise InputError("input/not-found", "no such file or folder", where=str(folder), hint=CHECK_PATH)
        found: list[Any] = _pictures(folder) if folder.is_dir() else [folder]
        if not found:
            kinds = ", ".join(sorted(SUFFIXES))
            raise InputError(
                "input/no-photos",
                "expected photos, the folder holds none",
                where=str(folder),
                hint=f"Looked for {kinds}.",
            )
        return found
    if isinstance(photos, Iterable):
        return list(photos)
    raise InputError(
        "input/not-found",
        f"expected a folder or a list of photos, found {type(photos).__name__}",
        hint="Give a path, or a list of paths or arrays.",
    )


def hold_out(photos: list[Any]) -> tuple[list[Any], list[Any]]:
    """Splits photos into those to calibrate with and those to judge by: every fifth of ten or more is held out."""
    if len(photos) < 10:
        return photos, []
    held = photos[4::5]
    return [each for place, each in enumerate(photos) if place % 5 != 4], held


def _pictures(folder: Path) -> list[Any]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
