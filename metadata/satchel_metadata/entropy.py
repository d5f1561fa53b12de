"""A model's bytes in the entropy coded form, and back: code books and range coded indexes (SPEC.md, section 6).

In compiled code (entropy.c) where it was built, else by entropy_coder.py, which gives the same bytes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from satchel_metadata.entropy_coder import EVEN, Coder, PastEndError
from satchel_metadata.errors import PACK_AGAIN, BundleError

MAX_CODED = 16 * 2**20
"""Bytes of the largest model that may travel in this form: what a phone decodes in seconds."""
MAX_BOOK = 256
_PAST, _DAMAGED = -1, -2
_DAMAGE = "the entropy code is damaged, cut short or has an end too many"


@dataclass(frozen=True)
class Part:
    """A stretch of the model: bytes as they are (`width` 0, `rows` of them), or a matrix of indexes into a code book.

    Attributes:
        width: bytes of a value: 1, 2 or 4; 0 for plain bytes.
        rows, columns: of the matrix.
        book: the distinct values one after another, at most 256, the most frequent first.
        data: the plain bytes, or a byte for each index.
    """

    width: int
    rows: int
    columns: int
    book: bytes
    data: bytes

    @property
    def count(self) -> int:
        """How many values the book has."""
        return len(self.book) // self.width if self.width else 0

    @property
    def decisions(self) -> int:
        """How many bits are foretold at most: what coding it costs in time."""
        if not self.width:
            return 8 * len(self.data)
        others = len(self.data) - self.data.count(0)
        return 8 * len(self.book) + len(self.data) + others * max(self.count - 2, 0).bit_length()


def encoded(parts: Sequence[Part]) -> bytes:
    """Gives the entropy code of parts that follow each other."""
    return _encoded_compiled(parts) if library is not None else encoded_plainly(parts)


def decoded(stored: bytes, size: int, where: str) -> bytes:
    """Gives the bytes of an entropy code, no more than stated.

    Raises:
        BundleError: bundle/bomb when it states more than `size` or `size` is above MAX_CODED, bundle/changed-file when
            it is damaged, cut short or goes on behind its end.
    """
    if size > MAX_CODED:
        raise _bomb(f"an entropy code is said to hold {size} bytes, expected at most {MAX_CODED}", where)
    return _decoded_compiled(stored, size, where) if library is not None else decoded_plainly(stored, size, where)


def encoded_plainly(parts: Sequence[Part]) -> bytes:
    """Gives what `encoded` gives, without compiled code."""
    coder = Coder()
    for place, part in enumerate(parts):
        coder.narrow(EVEN, int(part.width > 0))
        if not part.width:
            coder.number(len(part.data))
            for value in part.data:
                coder.byte(value)
            continue
        for each in (part.width, part.rows, part.columns, part.count):
            coder.number(each)
        for value in part.book:
            coder.byte(value)
        coder.matrix(part.rows, part.columns, part.count, place, part.data)
    return coder.finish()


def decoded_plainly(stored: bytes, size: int, where: str) -> bytes:
    """Gives what `decoded` gives, without compiled code."""
    made = bytearray()
    try:
        coder = Coder(stored)
        place = 0
        while len(made) < size:
            made += _part(coder, size - len(made), place, where)
            place += 1
        if coder.at != len(stored):
            raise PastEndError("it goes on behind its end")
    except PastEndError:
        raise _damaged(where) from None
    return bytes(made)


def _part(coder: Coder, room: int, place: int, where: str) -> bytes:
    if not coder.narrow(EVEN):
        length = coder.number()
        if not length:
            raise PastEndError("a part of no bytes")
        if length > room:
            raise _past(where)
        return bytes(coder.byte() for _ in range(length))
    width, rows, columns, count = (coder.number() for _ in range(4))
    if width not in (1, 2, 4) or not rows or not columns or not 0 < count <= MAX_BOOK:
        raise PastEndError("a matrix of no form")
    if rows * columns * width > room:
        raise _past(where)
    book = np.frombuffer(bytes(coder.byte() for _ in range(width * count)), np.uint8).reshape(count, width)
    index = coder.matrix(rows, columns, count, place)
    return book[np.frombuffer(index, np.uint8)].tobytes()


def _opened() -> Any:
    """Gives the library, or None where it was not built or this machine cannot load it."""
    try:
        found = ctypes.CDLL(str(Path(__file__).with_name("_entropy.so")))
    except OSError:
        return None
    found.satchel_entropy_encode.argtypes = (ctypes.c_void_p, ctypes.c_int64, *[ctypes.c_void_p] * 2, ctypes.c_int64)
    found.satchel_entropy_encode.restype = ctypes.c_int64
    found.satchel_entropy_decode.argtypes = (ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)
    return found


library: Any = _opened()
"""What entropy.c was built to; None where there is none."""


def _encoded_compiled(parts: Sequence[Part]) -> bytes:
    rows = [(part.width, part.rows, part.columns, part.count) for part in parts]
    layout = np.array(rows, np.int64).reshape(-1, 4)
    given = np.frombuffer(b"".join(part.book + part.data for part in parts), np.uint8)
    wire = np.empty(2 * given.size + 1024, np.uint8)
    length = library.satchel_entropy_encode(
        layout.ctypes.data, len(layout), given.ctypes.data, wire.ctypes.data, wire.size
    )
    if length < 0:
        raise MemoryError("there is no memory for entropy coding")
    return wire[:length].tobytes()


def _decoded_compiled(stored: bytes, size: int, where: str) -> bytes:
    wire, made = np.frombuffer(stored, np.uint8), np.empty(size, np.uint8)
    wrong = library.satchel_entropy_decode(wire.ctypes.data, wire.size, made.ctypes.data, size)
    if wrong == _PAST:
        raise _past(where)
    if wrong == _DAMAGED:
        raise _damaged(where)
    if wrong:
        raise MemoryError("there is no memory for entropy decoding")
    return made.tobytes()


def _past(where: str) -> BundleError:
    return _bomb("the entropy code holds more than the stated bytes", where)


def _bomb(message: str, where: str) -> BundleError:
    return BundleError("bundle/bomb", message, where=where, hint=PACK_AGAIN)


def _damaged(where: str) -> BundleError:
    return BundleError("bundle/changed-file", _DAMAGE, where=where, hint=PACK_AGAIN)
