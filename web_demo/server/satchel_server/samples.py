"""The samples a visitor can pick for a bundle: photos and tables of a folder, and the bundle's own golden inputs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from satchel_metadata.bundle import BundleReader
from satchel_metadata.golden import RowInput, SignalInput
from satchel_metadata.golden_pictures import FrameInput, Picture, golden_frame_of, golden_pixels
from satchel_metadata.ops.yuv import yuv_to_rgb
from satchel_metadata.spec import Spec
from satchel_server.content import Content, of_bytes, of_file
from satchel_server.shelf import Shelf, Shelved

_PHOTOS = {".jpg", ".jpeg", ".png", ".webp"}
_AT_MOST = 24
_LONGEST_HEADER = 2**16

Sources = dict[str, Callable[[], Content]]


class Samples:
    """Finds the samples of bundles.

    Args:
        folder: photos for the bundles that take photos or frames, instead of their golden inputs, and CSV files: each
            for the bundles whose columns it has, before their golden inputs. None: golden inputs alone.
        shelf: the bundles being served.
    """

    def __init__(self, folder: Path | None, shelf: Shelf) -> None:
        self._folder, self._shelf = folder, shelf
        self._found: tuple[tuple[str, ...], dict[str, Sources]] = ((), {})

    def of(self, bundle: Shelved) -> list[str]:
        """Gives the names of a bundle's samples in the order shown."""
        return list(self._sources[bundle.id])

    def find(self, name: str) -> Content | None:
        """Gives one sample, or None."""
        source = next((each[name] for each in self._sources.values() if name in each), None)
        return None if source is None else source()

    @property
    def _sources(self) -> dict[str, Sources]:
        """The samples by a bundle's id, found anew when a bundle is another than before."""
        bundles = self._shelf.bundles
        digests = tuple(each.reader.digest for each in bundles)
        if self._found[0] != digests:
            self._found = (digests, self._of_all(bundles))
        return self._found[1]

    def _of_all(self, bundles: Sequence[Shelved]) -> dict[str, Sources]:
        photos = _in_folder(self._folder) if self._folder else {}
        tables = _tables(self._folder) if self._folder else {}
        found = {
            each.id: photos
            if photos and _takes_pictures(each.reader.spec)
            else {**_fitting(each.reader.spec, tables), **_golden(each)}
            for each in bundles
        }
        return {name: dict(list(each.items())[:_AT_MOST]) for name, each in found.items()}


def _takes_pictures(spec: Spec) -> bool:
    return bool(spec.inputs[0].steps) and spec.inputs[0].steps[0].op in ("decode", "yuv_to_rgb")


def _in_folder(folder: Path) -> Sources:
    photos = sorted(
        each for each in folder.iterdir() if each.suffix.lower() in _PHOTOS and not each.name.startswith(".")
    )
    return {photo.name: lambda photo=photo: of_file(photo) for photo in photos if photo.is_file()}  # type: ignore[misc]


def _tables(folder: Path) -> dict[Path, set[str]]:
    """Gives the CSV files of a folder, each with the names in its first line."""
    files = sorted(
        each
        for each in folder.iterdir()
        if each.suffix.lower() == ".csv" and not each.name.startswith(".") and each.is_file()
    )
    found = {}
    for file in files:
        with file.open("rb") as opened:
            line = opened.readline(_LONGEST_HEADER).decode("utf-8-sig", "replace")
        found[file] = {name.strip() for name in next(csv.reader([line]), [])}
    return found


def _fitting(spec: Spec, tables: dict[Path, set[str]]) -> Sources:
    """Gives the tables that have every column which the bundle takes by name."""
    first = spec.inputs[0].steps[:1] if len(spec.inputs) == 1 else ()
    names = {column.name for step in first if step.op == "columns" for column in step.columns}
    fitting = [file for file, header in tables.items() if names and names <= header]
    return {file.name: lambda file=file: of_file(file) for file in fitting}  # type: ignore[misc]


def _golden(bundle: Shelved) -> Sources:
    found: Sources = {}
    for case in bundle.reader.golden().cases:
        given, *others = case.input.values()
        name = f"{bundle.id}-{case.id}"
        if isinstance(given, (Picture, FrameInput)) and _is_upright(given):
            found[f"{name}.png"] = lambda given=given: _png(bundle.reader, given)  # type: ignore[misc]
        elif isinstance(given, (RowInput, SignalInput)) and not others:
            found[f"{name}.csv"] = lambda given=given: _table(bundle.reader.spec, given)  # type: ignore[misc]
    return found


def _is_upright(picture: Picture | FrameInput) -> bool:
    """Says whether it is known how a golden input becomes a picture; a frame may leave that to the spec."""
    return isinstance(picture, Picture) or (picture.range is not None and picture.rotation is not None)


def _png(reader: BundleReader, picture: Picture | FrameInput) -> Content:
    written, found = io.BytesIO(), golden_picture(reader, picture)
    assert found is not None
    found.save(written, "PNG")
    return of_bytes("golden.png", written.getvalue(), foreign=True)


def golden_picture(reader: BundleReader, given: object) -> Image.Image | None:
    """Gives the pixels of a golden photo or frame; None of what is neither, or of a frame that may lie on its side."""
    if not isinstance(given, (Picture, FrameInput)) or not _is_upright(given):
        return None
    stored = reader.read(given.file)
    if isinstance(given, Picture):
        return Image.fromarray(golden_pixels(given, stored))
    assert given.range is not None
    assert given.rotation is not None
    return Image.fromarray(yuv_to_rgb(golden_frame_of(given, stored), given.range, given.rotation))


def _table(spec: Spec, given: RowInput | SignalInput) -> Content:
    """Gives the CSV file that a row or a signal is read from: an empty cell is written as the spec has it."""
    columns = next((step for step in spec.inputs[0].steps if step.op == "columns"), None)
    if isinstance(given, RowInput):
        empty = next(iter(columns.missing), "") if columns else ""
        header = list(given.row)
        rows = [[empty if cell is None else cell for cell in given.row.values()]]
    else:
        width = len(given.signal[0])
        header = [each.name for each in columns.columns] if columns else [f"channel {n + 1}" for n in range(width)]
        rows = [list(sample) for sample in given.signal]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([header, *rows])
    return of_bytes("golden.csv", written.getvalue().encode(), foreign=True)
