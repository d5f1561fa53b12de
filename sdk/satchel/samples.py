"""What a model is shown, as an author gives it: photos, frames, rows or signals, in folders, files, lists or memory."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from satchel import photos
from satchel_metadata import canonical
from satchel_metadata.csv_rows import Decimal, read_rows, read_signal
from satchel_metadata.errors import CHECK_PATH, InputError, SatchelWarning
from satchel_metadata.families import family_of, given_apart
from satchel_metadata.families.rows import number_columns
from satchel_metadata.golden_pictures import frame_record
from satchel_metadata.photo import Photo
from satchel_metadata.spec import Input, Spec
from satchel_metadata.steps import YuvToRgb
from satchel_metadata.values import Frame, Signal

CSV = ".csv"


@dataclass(frozen=True)
class Kind:
    """What the inputs of a spec are made from.

    Attributes:
        name: photo, frame, row or signal; `several` when the inputs are made from different things: each sample is then
            a mapping from the names of all inputs.
        spec: the spec.
    """

    name: str
    spec: Spec

    @property
    def is_picture(self) -> bool:
        """Says whether the model looks at pictures."""
        return self.name in ("photo", "frame")

    @property
    def plural(self) -> str:
        """Gives the word for some of them."""
        return {"frame": "photos", "several": "inputs"}.get(self.name, f"{self.name}s")

    def listed(self, given: Any) -> list[Any]:
        """Gives the samples of a folder, a file or a sequence, photos and signals without reading them.

        A table is one CSV file with a row a sample; a signal is one CSV file with a sample in time a row.

        Raises:
            InputError: input/not-found, input/no-photos, or what a table is not.
        """
        if self.is_picture:
            return photos.listed(given)
        if isinstance(given, (str, Path)):
            files = self.files(Path(given))
            return [row for file in files for row in self.rows(file)] if self.name == "row" else list(files)
        if isinstance(given, Iterable) and not isinstance(given, Mapping):
            return list(given)
        return [given]

    def load(self, thing: Any) -> Any:
        """Gives a sample, read: a Photo, a Frame, a row, a Signal, or a mapping of them by the names of the inputs.

        For an input that is made from camera frames a photo becomes the frame that a camera might have given of it
        (Frame.of_photo).

        Raises:
            InputError: it cannot be used.
        """
        inputs = self.spec.inputs
        if given_apart(thing, {each.name: family_of(each).kind for each in inputs}):
            return {each.name: _loaded(thing[each.name], each) for each in inputs}
        return _loaded(thing, inputs[0])

    def files(self, place: Path) -> list[Path]:
        """Gives the files of a folder, or the file.

        Raises:
            InputError: input/not-found, input/no-photos.
        """
        return photos.listed(place) if self.is_picture else _files(place)

    def rows(self, table: str | Path | bytes, decimal: Decimal = ".") -> Iterator[dict[str, str]]:
        """Gives the rows of a CSV file, one at a time.

        Raises:
            InputError: what the table is not.
        """
        return read_rows(table, numbers=number_columns(self.spec.inputs[0]), decimal=decimal)

    def signal(self, table: str | Path | bytes, decimal: Decimal = ".") -> Signal:
        """Gives the signal of a CSV file with a sample a row.

        Raises:
            InputError: what the table is not.
        """
        columns = number_columns(self.spec.inputs[0])
        return Signal(read_signal(table, columns or None, decimal=decimal))


def _loaded(thing: Any, each: Input) -> Any:
    """Gives a thing as the family of an input loads it; for one that is made from frames, as a frame."""
    step, family = each.steps[0], family_of(each)
    if isinstance(step, YuvToRgb) and not isinstance(thing, Frame):
        told = {"format": step.format, "range": step.range, "rotation": step.rotation}
        return Frame.of_photo(thing, **told)  # type: ignore[arg-type]
    loaded = family.load(thing, each)
    if isinstance(thing, Frame):
        return replace(thing, range=step.range, rotation=step.rotation) if isinstance(step, YuvToRgb) else thing
    return loaded


def kind_of(spec: Spec) -> Kind:
    """Gives what the inputs of a spec are made from."""
    names = {family_of(each).kind for each in spec.inputs}
    return Kind(names.pop() if len(names) == 1 else "several", spec)


def readable(things: Sequence[Any], asked: int | None, what: str, kind: Kind) -> list[Any]:
    """Gives the samples that can be read, at most `asked`, and warns naming those that cannot; as `readable_keyed`."""
    return [sample for _, sample in _readable(list(enumerate(things)), asked, what, kind)]


def readable_keyed(
    things: Sequence[tuple[Hashable, Any]], asked: int | None, what: str, kind: Kind
) -> list[tuple[Hashable, Any]]:
    """Gives the samples that can be read, each with its key, at most `asked`, and warns naming those that cannot.

    Raises:
        InputError: input/too-few-photos when fewer than `asked` (or none) can be read, naming the others.
    """
    return _readable(things, asked, what, kind)


def _readable(
    things: Sequence[tuple[Hashable, Any]], asked: int | None, what: str, kind: Kind
) -> list[tuple[Hashable, Any]]:
    found: list[tuple[Hashable, Any]] = []
    broken: list[str] = []
    for key, each in things:
        if asked is not None and len(found) == asked:
            break
        try:
            sample = kind.load(each)
            if isinstance(sample, Photo):
                _ = sample.pixels.shape
            found.append((key, sample))
        except InputError as error:
            broken.append(str(error))
    if len(found) < (asked or 1):
        names = " ".join(broken)
        raise InputError(
            "input/too-few-photos",
            f"expected {asked or 'at least 1'}, found {len(found)} that can be read and {len(broken)} that cannot",
            where=f"{what} {kind.plural}",
            hint=f"Give more {kind.plural}, or ask for fewer. {names}".strip(),
        )
    if broken:
        noun = kind.plural.removesuffix("s") + "(s)"
        text = f"{len(broken)} {what} {noun} cannot be read and were left out: {' '.join(broken)}"
        warnings.warn(text, SatchelWarning, stacklevel=5)
    return found


def hash_of(sample: Any) -> str:
    """Gives the SHA-256 of all that a loaded sample says."""
    return hashlib.sha256(content(sample)).hexdigest()


def content(sample: Any) -> bytes:
    """Gives bytes that say all of a loaded sample, to hash it by."""
    if isinstance(sample, Photo):
        return f"{sample.width}x{sample.height};".encode() + sample.pixels.tobytes()
    if isinstance(sample, Frame):
        return canonical.dumps(frame_record("sample", sample)[0].model_dump(exclude_none=True))
    if isinstance(sample, Signal):
        shape = "x".join(map(str, np.shape(sample.values)))
        return f"{shape}@{sample.rate};".encode() + np.ascontiguousarray(sample.values, "<f8").tobytes()
    if any(isinstance(value, (Photo, Frame, Signal, Mapping)) for value in sample.values()):
        return b"".join(content(value) for value in sample.values())
    return canonical.dumps(dict(sample))


def _files(place: Path) -> list[Path]:
    if not place.exists():
        raise InputError("input/not-found", "no such file or folder", where=str(place), hint=CHECK_PATH)
    if not place.is_dir():
        return [place]
    found = sorted(path for path in place.rglob("*") if path.suffix.lower() == CSV and path.is_file())
    if not found:
        message = "expected CSV files, the folder holds none"
        raise InputError("input/no-photos", message, where=str(place), hint=f"Looked for {CSV}.")
    return found
