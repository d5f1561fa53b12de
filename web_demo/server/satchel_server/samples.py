"""The sample photos a visitor can pick: a folder's, or the bundles' own golden pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from PIL import Image

from satchel_metadata.bundle import BundleReader
from satchel_metadata.golden_pictures import FrameInput, Picture, golden_frame_of, golden_pixels
from satchel_metadata.ops.yuv import yuv_to_rgb
from satchel_server.content import Content, of_bytes, of_file
from satchel_server.shelf import Shelved

_PHOTOS = {".jpg", ".jpeg", ".png", ".webp"}
_AT_MOST = 24


class Samples:
    """Finds sample photos.

    Args:
        folder: a folder of photos, or None for the golden inputs of the bundles.
        bundles: the bundles being served.
    """

    def __init__(self, folder: Path | None, bundles: Sequence[Shelved]) -> None:
        self._folder, self._bundles = folder, bundles

    def names(self) -> list[str]:
        """Gives the names in the order shown."""
        return list(self._sources)

    def find(self, name: str) -> Content | None:
        """Gives one photo, or None."""
        source = self._sources.get(name)
        return None if source is None else source()

    @cached_property
    def _sources(self) -> dict[str, Callable[[], Content]]:
        found = _in_folder(self._folder) if self._folder else {}
        if not found:
            for bundle in self._bundles:
                found |= _golden(bundle)
        return dict(list(found.items())[:_AT_MOST])


def _in_folder(folder: Path) -> dict[str, Callable[[], Content]]:
    photos = sorted(
        each for each in folder.iterdir() if each.suffix.lower() in _PHOTOS and not each.name.startswith(".")
    )
    return {photo.name: lambda photo=photo: of_file(photo) for photo in photos if photo.is_file()}  # type: ignore[misc]


def _golden(bundle: Shelved) -> dict[str, Callable[[], Content]]:
    return {
        f"{bundle.id}-{case.id}.png": lambda picture=picture: _png(bundle.reader, picture)  # type: ignore[misc]
        for case in bundle.reader.golden().cases
        for picture in list(case.input.values())[:1]
        if isinstance(picture, (Picture, FrameInput)) and _is_upright(picture)
    }


def _is_upright(picture: Picture | FrameInput) -> bool:
    """Says whether it is known how a golden input becomes a picture; a frame may leave that to the spec."""
    return isinstance(picture, Picture) or (picture.range is not None and picture.rotation is not None)


def _png(reader: BundleReader, picture: Picture | FrameInput) -> Content:
    written, stored = io.BytesIO(), reader.read(picture.file)
    if isinstance(picture, Picture):
        pixels = golden_pixels(picture, stored)
    else:
        assert picture.range is not None
        assert picture.rotation is not None
        pixels = yuv_to_rgb(golden_frame_of(picture, stored), picture.range, picture.rotation)
    Image.fromarray(pixels).save(written, "PNG")
    return of_bytes("golden.png", written.getvalue(), foreign=True)
