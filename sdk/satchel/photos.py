"""Photos as an author gives them: a folder, a list of paths, or pictures in memory."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from satchel_metadata.errors import InputError, SatchelWarning
from satchel_metadata.photo import Photo, load_photo

Colour = tuple[int, int, int]
SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def listed(photos: Any) -> list[Any]:
    """Gives the photos of a folder (sorted by path, subfolders too) or of a sequence, without reading them.

    Raises:
        InputError: input/not-found, input/no-photos.
    """
    if isinstance(photos, (str, Path)):
        folder = Path(photos)
        if not folder.exists():
            raise InputError("input/not-found", "no such file or folder", where=str(folder))
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
    raise InputError("input/not-found", f"expected a folder or a list of photos, found {type(photos).__name__}")


def load_all(photos: Any, background: Colour = (0, 0, 0)) -> list[Photo]:
    """Gives every photo, read; `background` is what transparent ones are laid on.

    Raises:
        InputError: the first that cannot be read, or input/no-photos.
    """
    found = [load_photo(each, background) for each in listed(photos)]
    if not found:
        raise InputError("input/no-photos", "expected at least one photo, found none")
    return found


def readable(photos: Sequence[Any], asked: int | None, what: str, background: Colour = (0, 0, 0)) -> list[Photo]:
    """Gives the photos that can be read, at most `asked`, and warns naming those that cannot.

    Raises:
        InputError: input/too-few-photos when fewer than `asked` (or none) can be read, naming the others.
    """
    found: list[Photo] = []
    broken: list[str] = []
    for each in photos:
        if asked is not None and len(found) == asked:
            break
        try:
            photo = load_photo(each, background)
            _ = photo.pixels.shape
            found.append(photo)
        except InputError as error:
            broken.append(str(error))
    if len(found) < (asked or 1):
        names = " ".join(broken)
        raise InputError(
            "input/too-few-photos",
            f"expected {asked or 'at least 1'}, found {len(found)} that can be read and {len(broken)} that cannot",
            where=f"{what} photos",
            hint=f"Give more photos, or ask for fewer. {names}".strip(),
        )
    if broken:
        text = f"{len(broken)} {what} photo(s) cannot be read and were left out: {' '.join(broken)}"
        warnings.warn(text, SatchelWarning, stacklevel=3)
    return found


def hold_out(photos: list[Any]) -> tuple[list[Any], list[Any]]:
    """Splits photos into those to calibrate with and those to judge by: every fifth of ten or more is held out."""
    if len(photos) < 10:
        return photos, []
    held = photos[4::5]
    return [each for place, each in enumerate(photos) if place % 5 != 4], held


def _pictures(folder: Path) -> list[Any]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
