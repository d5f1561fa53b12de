"""Reads a .pth file of PyTorch's older, non-zip format: no torch, and no pickle that can run code.

The file holds, one after the other: a magic number, a format version and a description of the machine that wrote it
(each a pickle); the state dict, a pickle in which every tensor names its storage, offset, size and strides; the list of
storage keys (a pickle); and for each key an 8-byte little-endian element count followed by the raw elements.
"""

from __future__ import annotations

import collections
import io
import pickle
import pickletools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import ModelError

Array = NDArray[np.generic]

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_MAX_MEMO = 1_000_000
_DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
}

_DAMAGE = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
    struct.error,
)
"""What unpickling a damaged file raises, besides errors of its own."""


def read_state_dict(content: bytes, where: str = "weights") -> dict[str, Array]:
    """Gives the tensors of a .pth file by name, each a C-contiguous array of the stored dtype.

    Only ordered dictionaries, tensors and plain storages are understood. Everything else that the pickle names is
    refused before it is looked up, so that nothing in the file can run.

    Args:
        content: the whole file.
        where: what to call the file in an error.

    Raises:
        ModelError: model/unsafe-pickle when the file names anything else; model/not-a-model when it is damaged, or not
            of this format.
    """
    stream = io.BytesIO(content)
    try:
        _check_header(stream, where)
        state, keys = _load(stream, where), _load(stream, where)
        storages = _read_storages(stream, _declared_storages(state, where), keys, where)
        return {name: _tensor(view, storages, f"{where}: {name}") for name, view in state.items()}
    except _DAMAGE as error:
        raise _damaged(where, f"{type(error).__name__}: {error}") from None


@dataclass(frozen=True)
class _StorageType:
    """Stands for one of torch's storage classes."""

    dtype: str


@dataclass(frozen=True)
class _Storage:
    """Raw elements that stand later in the file under `key`."""

    key: str
    dtype: str
    count: int


@dataclass(frozen=True)
class _View:
    """A tensor: a strided view of a storage; offset and strides count elements."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    strides: tuple[int, ...]


class _Rebuild:
    """Stands for torch._utils._rebuild_tensor_v2; slots keep a pickle from leaving anything on it."""

    __slots__ = ()

    def __call__(self, storage: _Storage, offset: int, size: Any, strides: Any, *_: object) -> _View:
        return _View(storage, offset, tuple(size), tuple(strides))


class _Unpickler(pickle.Unpickler):
    """An unpickler for which only the few names of a state dict exist."""

    def __init__(self, stream: BinaryIO, where: str) -> None:
        super().__init__(stream)
        self._where = where

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Rebuild()
        if module == "torch" and name in _DTYPES:
            return _StorageType(_DTYPES[name])
        raise ModelError(
            "model/unsafe-pickle",
            f"expected only tensors and dictionaries, found {module}.{name}, which was not loaded",
            where=self._where,
            hint="Do not open this file with a library that unpickles without restriction.",
        )

    def persistent_load(self, reference: Any) -> _Storage:
        kind, storage_type, key, _device, count, view = reference
        if kind != "storage" or not isinstance(storage_type, _StorageType) or view is not None:
            raise _damaged(self._where, "a reference that is not to a plain storage")
        return _Storage(str(key), storage_type.dtype, _natural(count))


def _load(stream: BinaryIO, where: str) -> Any:
    """Unpickles one value, after its opcodes were looked through: a huge memo index alone would take all memory."""
    start = stream.tell()
    for opcode, argument, _ in pickletools.genops(stream):
        if "PUT" in opcode.name and int(argument or 0) > _MAX_MEMO:
            raise _damaged(where, f"a pickle that remembers its value number {argument}")
    stream.seek(start)
    return _Unpickler(stream, where).load()


def _check_header(stream: BinaryIO, where: str) -> None:
    if stream.read(4) == b"PK\x03\x04":
        raise _damaged(where, "PyTorch's newer format, a zip file")
    stream.seek(0)
    magic, version, machine = (_load(stream, where) for _ in range(3))
    if magic != _MAGIC or version != _VERSION:
        raise _damaged(where, f"magic number {magic!r}, version {version!r}")
    if not (isinstance(machine, dict) and machine.get("little_endian") is True):
        raise _damaged(where, f"elements that are not little-endian ({machine!r})")


def _declared_storages(state: Any, where: str) -> dict[str, _Storage]:
    if not isinstance(state, Mapping) or not all(isinstance(view, _View) for view in state.values()):
        raise _damaged(where, "something else than a dictionary of tensors")
    return {view.storage.key: view.storage for view in state.values()}


def _read_storages(stream: BinaryIO, declared: dict[str, _Storage], keys: Any, where: str) -> dict[str, Array]:
    if sorted(keys) != sorted(declared):
        raise _damaged(where, "storages that no tensor names, or tensors without a storage")
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", stream.read(8))
        if count != declared[key].count:
            raise _damaged(where, f"{count} elements under a key that declares {declared[key].count}")
        dtype = np.dtype(declared[key].dtype)
        storages[key] = np.frombuffer(stream.read(count * dtype.itemsize), dtype, count)
    if stream.read(1):
        raise _damaged(where, "bytes after the last storage")
    return storages


def _tensor(view: _View, storages: dict[str, Array], where: str) -> Array:
    """Gives the tensor with its own strides honoured; a view that reaches outside its storage is refused."""
    storage = storages[view.storage.key]
    size, strides = [_natural(n) for n in view.size], [_natural(n) for n in view.strides]
    last = _natural(view.offset) + sum((n - 1) * step for n, step in zip(size, strides, strict=True))
    if 0 in size or last >= len(storage):
        raise _damaged(where, f"a view of element {last} in a storage of {len(storage)}")
    steps = [step * storage.itemsize for step in strides]
    return np.lib.stride_tricks.as_strided(storage[view.offset :], size, steps, writeable=False).copy(order="C")


def _natural(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"expected a natural number, found {value!r}")
    return value


def _damaged(where: str, found: str) -> ModelError:
    return ModelError(
        "model/not-a-model",
        f"expected a PyTorch weights file of the older, non-zip format, found {found}",
        where=where,
        hint="Fetch the file again.",
    )
