"""A bundle that is one .satchel file: a zip of which every byte is accounted for.

The form is narrow on purpose, so that every reader sees the same files in it: stored entries that follow each other
from the first byte, each under a local header that says what the central directory says, then the central directory,
then its end record as the last 22 bytes. No encryption, no compression, no 64-bit fields, no comment, nothing before,
between or after.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from satchel_metadata.errors import CHECK_PATH, PACK_AGAIN, BundleError
from satchel_metadata.manifest import MAX_FILES
from satchel_metadata.text import printable

_END = struct.Struct("<4s4H2IH")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_END_MARK, _CENTRAL_MARK, _LOCAL_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_ENCRYPTED, _STREAMED, _PATCHED, _STRONG, _UTF8 = 1, 8, 32, 64, 0x800
_ZIP64, _OTHER_NAME = 0x0001, 0x7075
_UNIX = 3
PACK_FIRST = "A model becomes a bundle with `satchel pack MODEL -o OUT`; give what that writes."
MAX_DIRECTORY = 8 * 2**20
"""Bytes of the longest central directory that is read."""


@dataclass(frozen=True)
class Entry:
    """What the central directory says of one file; `data` is where its bytes begin, once the local header is read."""

    name: str
    raw_name: bytes
    flags: int
    crc: int
    size: int
    header: int
    data: int = 0


@dataclass(frozen=True)
class ZipStore:
    """The files of a .satchel file: sizes by path, and the bytes of one."""

    root: Path
    sizes: dict[str, int]
    offsets: dict[str, int]

    def chunks(self, path: str, limit: int) -> Iterator[bytes]:
        """Yields the bytes of a file, at most `limit` of them and one more."""
        left = min(limit + 1, self.sizes[path])
        try:
            with self.root.open("rb") as file:
                file.seek(self.offsets[path])
                while left > 0 and (chunk := file.read(min(left, 2**20))):
                    left -= len(chunk)
                    yield chunk
        except OSError as error:
            where = f"{self.root}: {printable(path)}"
            raise BundleError(
                "bundle/unreadable", f"cannot be read ({error.strerror})", where=where, hint=CHECK_PATH
            ) from None


def open_zip(root: Path) -> ZipStore:
    """Gives the files of a .satchel file.

    Raises:
        BundleError: bundle/not-a-bundle, bundle/zip-form, bundle/encrypted, bundle/compressed-entry, bundle/link,
            bundle/duplicate-name, bundle/too-many-files, bundle/unreadable.
    """
    try:
        with root.open("rb") as file:
            return _read(file, root)
    except OSError as error:
        raise BundleError(
            "bundle/unreadable", f"cannot be read ({error.strerror})", where=str(root), hint=CHECK_PATH
        ) from None


def _read(file: BinaryIO, root: Path) -> ZipStore:
    where = str(root)
    start, entries = _directory(file, where)
    sizes, offsets = {}, {}
    expected = 0
    for entry in sorted(entries, key=lambda each: each.header):
        if entry.header != expected:
            raise _form("its entries overlap, or other data lies between them", where)
        data = _check_local(file, entry, where)
        expected = data + entry.size
        if entry.name in sizes:
            raise BundleError(
                "bundle/duplicate-name",
                f"the name {printable(entry.name)!r} stands twice",
                where=where,
                hint=PACK_AGAIN,
            )
        sizes[entry.name], offsets[entry.name] = entry.size, data
    if expected != start:
        raise _form("other data lies between its last entry and the central directory", where)
    return ZipStore(root, sizes, offsets)


def _directory(file: BinaryIO, where: str) -> tuple[int, list[Entry]]:
    length = os.fstat(file.fileno()).st_size
    if length < _END.size or file.read(4) not in (_LOCAL_MARK, _END_MARK):
        raise BundleError(
            "bundle/not-a-bundle",
            f"expected a folder with manifest.json or a .satchel file, found a file of {length} bytes that is neither",
            where=where,
            hint=PACK_FIRST,
        )
    file.seek(length - _END.size)
    mark, disk, first_disk, here, count, size, start, comment = _END.unpack(file.read(_END.size))
    if mark != _END_MARK or comment or disk or first_disk or here != count:
        raise _form("it is cut short, or something follows its central directory", where)
    if count > MAX_FILES:
        raise BundleError(
            "bundle/too-many-files", f"expected at most {MAX_FILES} files, found {count}", where=where, hint=PACK_AGAIN
        )
    if start + size + _END.size != length or size > MAX_DIRECTORY:
        raise _form("its central directory is not where the end of the file says", where)
    file.seek(start)
    return start, _entries(file.read(size), count, where)


def _entries(directory: bytes, count: int, where: str) -> list[Entry]:
    entries, place = [], 0
    for _ in range(count):
        if place + _CENTRAL.size > len(directory):
            raise _form("its central directory is cut short", where)
        fields = _CENTRAL.unpack_from(directory, place)
        name_length, extra_length, comment_length = fields[10:13]
        name = directory[place + _CENTRAL.size :][:name_length]
        extra = directory[place + _CENTRAL.size + name_length :][:extra_length]
        place += _CENTRAL.size + name_length + extra_length + comment_length
        if fields[0] != _CENTRAL_MARK or place > len(directory) or comment_length:
            raise _form("its central directory is damaged", where)
        entries.append(_entry(fields, name, extra, where))
    if place != len(directory):
        raise _form("its central directory holds more than its entries", where)
    return entries


def _entry(fields: tuple[int, ...], raw_name: bytes, extra: bytes, where: str) -> Entry:
    _, made_by, _, flags, method, _, _, crc, packed, size, _, _, _, disk, _, attributes, header = fields
    name = _name(raw_name, flags, where)
    place = f"{where}: {printable(name)}"
    if flags & (_ENCRYPTED | _STRONG):
        raise BundleError("bundle/encrypted", "the entry is encrypted, expected it plain", where=place, hint=PACK_AGAIN)
    if method != 0:
        raise BundleError(
            "bundle/compressed-entry",
            f"the entry is compressed (method {method}), expected it stored",
            where=place,
            hint="Write the bundle with `satchel pack`, or zip it with `zip -0 -X -D`.",
        )
    kind = stat.S_IFMT(attributes >> 16) if made_by >> 8 == _UNIX else 0
    if kind == stat.S_IFLNK:
        raise BundleError("bundle/link", "expected a file, found a link", where=place, hint=PACK_AGAIN)
    if kind not in (0, stat.S_IFREG) or name.endswith("/"):
        raise BundleError(
            "bundle/not-a-file", "expected a plain file, found a folder or device", where=place, hint=PACK_AGAIN
        )
    if packed != size or disk or flags & ~_UTF8 or _forbidden(extra, place):
        raise _form("an entry has sizes that differ, or features beyond plain stored files", place)
    return Entry(name, raw_name, flags, crc, size, header)


def _name(raw: bytes, flags: int, where: str) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError:
        shown = printable(raw.decode("latin-1"))
        raise BundleError(
            "bundle/unsafe-name", f"the name {shown!r} is not UTF-8 and marked as such", where=where, hint=PACK_AGAIN
        ) from None


def _forbidden(extra: bytes, where: str) -> bool:
    """Says whether extra fields change size or name of an entry, which plain readers do not look at."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind in (_ZIP64, _OTHER_NAME):
            return True
        place += 4 + length
    if place != len(extra):
        raise _form("an entry has a damaged extra field", where)
    return False


def _check_local(file: BinaryIO, entry: Entry, where: str) -> int:
    """Gives where the entry's bytes begin, when the local header says of it what the central directory says."""
    file.seek(entry.header)
    header = file.read(_LOCAL.size)
    place = f"{where}: {printable(entry.name)}"
    if len(header) < _LOCAL.size:
        raise _form("an entry lies outside the file", place)
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
    name, extra = file.read(name_length), file.read(extra_length)
    found = (mark, flags, method, crc, packed, size, name)
    if found != (_LOCAL_MARK, entry.flags, 0, entry.crc, entry.size, entry.size, entry.raw_name):
        raise _form("the local header and the central directory disagree on an entry", place)
    if len(extra) != extra_length or _forbidden(extra, place):
        raise _form("an entry has a damaged extra field", place)
    return entry.header + _LOCAL.size + len(name) + len(extra)


def _form(message: str, where: str) -> BundleError:
    return BundleError(
        "bundle/zip-form",
        f"this is not a .satchel file as Satchel writes it: {message}",
        where=where,
        hint=PACK_AGAIN,
    )
