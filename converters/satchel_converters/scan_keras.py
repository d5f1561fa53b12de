"""Reads .keras archives and .h5 files as data, and refuses what could reach outside them or fill the memory."""

from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from satchel_converters.scan_config import scan_config
from satchel_metadata.errors import ModelError

_MIB = 1024 * 1024
_FREE = 256 * _MIB  # What may unpack from any file, however small.
_RATIO = 20  # Beyond that, the most that a byte of the file may become.


def scan_archive(path: Path) -> None:
    """Refuses a .keras archive that is damaged, reaches outside itself, or describes anything but Keras' own layers.

    Raises:
        ModelError: model/not-a-model, model/damaged, model/unsafe-file, model/unsafe-layer, model/unknown-layer.
    """
    where = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist(), path.stat().st_size, where)
            config = _json(archive, "config.json", where)
            scan_config(config, where)
            for entry in archive.infolist():
                if entry.filename.endswith(".h5"):
                    _check_hdf5(io.BytesIO(archive.read(entry)), entry.file_size, f"{where}: {entry.filename}")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error) as error:
        raise _damaged(where, error) from None


def written_by(path: Path) -> str:
    """Gives "keras" or "tf_keras": the package that wrote a scanned .keras or .h5 file and can read it."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            version = _json(archive, "metadata.json", str(path)).get("keras_version", "")
    else:
        with _open_h5(path) as file:
            version = _text(file.attrs.get("keras_version", ""))
    return "keras" if str(version).split(".")[0].isdigit() and int(str(version).split(".")[0]) >= 3 else "tf_keras"


def scan_h5(path: Path) -> None:
    """Refuses an .h5 file that is damaged, links outside itself, or describes anything but Keras' own layers.

    Raises:
        ModelError: model/damaged, model/weights-only, model/unsafe-file, model/unsafe-layer, model/unknown-layer.
    """
    where = str(path)
    _check_hdf5(path, path.stat().st_size, where)
    with _open_h5(path) as file:
        described = file.attrs.get("model_config")
    if described is None:
        raise ModelError(
            "model/weights-only",
            "the file holds weights but no model_config, so nothing says what they are weights of",
            where=where,
            hint="Save the whole model (model.save), not only its weights.",
        )
    try:
        config = json.loads(_text(described))
    except (ValueError, RecursionError) as error:
        raise _damaged(where, error) from None
    scan_config(config, where)


def _check_entries(entries: list[zipfile.ZipInfo], size: int, where: str) -> None:
    names = [entry.filename for entry in entries]
    if "config.json" not in names:
        raise ModelError(
            "model/not-a-model",
            "the zip file holds no config.json, so it is not a .keras archive",
            where=where,
            hint="A .keras file is what model.save('model.keras') writes.",
        )
    if len({name.casefold() for name in names}) != len(names):
        raise _unsafe("a name stands twice in the archive", where)
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        if entry.filename.startswith("/") or "\\" in entry.filename or ".." in parts or ":" in entry.filename:
            raise _unsafe(f"the entry {entry.filename!r} climbs out of the archive", where)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _unsafe(f"the entry {entry.filename!r} is a link", where)
        if entry.flag_bits & 1:
            raise _unsafe(f"the entry {entry.filename!r} is encrypted", where)
    _check_total(sum(entry.file_size for entry in entries), size, where)


def _check_total(unpacked: int, size: int, where: str) -> None:
    if unpacked > max(_FREE, _RATIO * size):
        raise _unsafe(f"{size} bytes unpack to {unpacked}, more than a model's weights ever do", where)


def _json(archive: zipfile.ZipFile, name: str, where: str) -> Any:
    try:
        value = json.loads(archive.read(name))
    except (KeyError, ValueError, RecursionError) as error:
        raise _damaged(f"{where}: {name}", error) from None
    if not isinstance(value, dict):
        raise ModelError(
            "model/damaged",
            "expected a JSON object",
            where=f"{where}: {name}",
            hint="Save the model again, or copy it again.",
        )
    return value


def _open_h5(source: Any) -> Any:
    import h5py

    return h5py.File(source, "r")


def _check_hdf5(source: Any, size: int, where: str) -> None:
    """Refuses HDF5 links to other files, virtual and external datasets, and datasets larger than the file can hold."""
    import h5py

    total = 0
    try:
        with _open_h5(source) as file:
            for item in _items(file, where):
                if isinstance(item, h5py.Dataset):
                    if item.is_virtual or item.external:
                        raise _unsafe(f"the dataset {item.name} keeps its values in another file", where)
                    total += int(item.nbytes)
                    _check_total(total, size, where)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise _damaged(where, error) from None


def _items(file: Any, where: str) -> Iterator[Any]:
    """Gives every object of the file once, and refuses links other than hard ones, which stay in the file."""
    import h5py

    waiting, seen = [file], set()
    while waiting:
        group = waiting.pop()
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise _unsafe(f"{group.name}/{name} is a link ({type(link).__name__})", where)
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address not in seen:
                seen.add(address)
                waiting.extend([item] if isinstance(item, h5py.Group) else [])
                yield item


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _unsafe(message: str, where: str) -> ModelError:
    return ModelError(
        "model/unsafe-file", message, where=where, hint="It was not loaded. Save the model anew with Keras."
    )


def _damaged(where: str, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return ModelError(
        "model/damaged", f"the file is damaged ({reason})", where=where, hint="Save the model again, or copy it again."
    )
