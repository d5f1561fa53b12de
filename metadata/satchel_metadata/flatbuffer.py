"""Reads FlatBuffers from bytes that nobody vouches for: every offset is checked, and the work is bounded.

The generated readers of the flatbuffers library follow whatever offset they find; on damaged files they raise errors of
any kind or walk for minutes. This one knows tables, strings and vectors, and no schema.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MAX_WORK = 32 * 2**20
"""Bytes of tables, strings and numbers (raw data apart) that are read of one buffer at most."""
_REFERENCE = 32
"""What one reference to a table or string counts for: about what following it costs."""


class DamagedError(ValueError):
    """The bytes are not the FlatBuffer they should be."""


@dataclass
class Source:
    """The bytes, and how much has been read of them: one string can be referred to a million times."""

    data: bytes
    work: int = field(default=0)

    def number(self, form: str, place: int) -> int:
        """Gives the integer at a place, little-endian."""
        size = struct.calcsize(form)
        if place < 0 or place + size > len(self.data):
            raise DamagedError(f"an offset leads to byte {place} of {len(self.data)}")
        self.spend(size)
        return int(struct.unpack_from("<" + form, self.data, place)[0])

    def spend(self, size: int) -> None:
        """Counts what is read."""
        self.work += size
        if self.work > MAX_WORK:
            raise DamagedError("it refers to the same bytes over and over")


@dataclass(frozen=True)
class Table:
    """A table at a place in the bytes; fields are found by their number in the schema."""

    source: Source
    place: int

    def at(self, number: int) -> int | None:
        """Gives where a field's value lies, None where the field is absent."""
        start = self.place - self.source.number("i", self.place)
        slot = 4 + 2 * number
        if slot + 2 > self.source.number("H", start):
            return None
        offset = self.source.number("H", start + slot)
        return self.place + offset if offset else None

    def integer(self, number: int, form: str, default: int = 0) -> int:
        """Gives an integer field of the struct format `form`."""
        place = self.at(number)
        return default if place is None else self.source.number(form, place)

    def real(self, number: int, default: float = 0.0) -> float:
        """Gives a binary32 field."""
        place = self.at(number)
        if place is None:
            return default
        bits = self.source.number("I", place)
        return float(struct.unpack("<f", struct.pack("<I", bits))[0])

    def table(self, number: int) -> Table | None:
        """Gives the table that a field refers to."""
        place = self.at(number)
        return None if place is None else Table(self.source, place + self.source.number("I", place))

    def tables(self, number: int) -> list[Table]:
        """Gives the tables of a vector of them."""
        return [Table(self.source, place) for place in self._references(number)]

    def text(self, number: int) -> str:
        """Gives a string, empty when absent; what is not UTF-8 becomes replacement characters."""
        return self._vector(number, 1, free=False).tobytes().decode("utf-8", "replace")

    def texts(self, number: int) -> list[str]:
        """Gives the strings of a vector of them."""
        return [
            self._counted(place, 1, free=False).tobytes().decode("utf-8", "replace")
            for place in self._references(number)
        ]

    def numbers(self, number: int, dtype: str) -> tuple[float, ...]:
        """Gives a vector of numbers of the numpy dtype."""
        size = np.dtype(dtype).itemsize
        return tuple(self._vector(number, size, free=False).view(np.dtype(dtype).newbyteorder("<")).tolist())

    def integers(self, number: int, dtype: str) -> tuple[int, ...]:
        """Gives a vector of integers of the numpy dtype."""
        return tuple(map(int, self.numbers(number, dtype)))

    def raw(self, number: int) -> NDArray[np.uint8]:
        """Gives a vector of bytes, without a copy."""
        return self._vector(number, 1, free=True)

    def _references(self, number: int) -> list[int]:
        place = self.at(number)
        if place is None:
            return []
        start = place + self.source.number("I", place)
        offsets = self._counted(start, 4, free=False).view("<u4").tolist()
        self.source.spend(len(offsets) * _REFERENCE)
        return [start + 4 + 4 * index + offset for index, offset in enumerate(offsets)]

    def _vector(self, number: int, size: int, *, free: bool) -> NDArray[np.uint8]:
        place = self.at(number)
        if place is None:
            return np.empty(0, np.uint8)
        return self._counted(place + self.source.number("I", place), size, free=free)

    def _counted(self, start: int, size: int, *, free: bool) -> NDArray[np.uint8]:
        length = self.source.number("I", start) * size
        if start + 4 + length > len(self.source.data):
            raise DamagedError(f"a vector of {length} bytes ends beyond the end")
        self.source.spend(0 if free else length)
        return np.frombuffer(self.source.data, np.uint8, length, start + 4)


def root(data: bytes, identifier: bytes) -> Table:
    """Gives the root table of a FlatBuffer.

    Raises:
        DamagedError: the bytes do not bear the identifier. The table's own methods raise it for every damage.
    """
    if len(data) < 8 or data[4:8] != identifier:
        raise DamagedError(f"it does not bear the mark {identifier.decode()}")
    source = Source(data)
    return Table(source, source.number("I", 0))
