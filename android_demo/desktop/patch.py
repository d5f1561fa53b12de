"""Makes the x86_64 libtensorflowlite_jni.so of Android's TensorFlow Lite loadable by glibc, with libbio.so beside it.

    patch.py FROM TO

The same file with other words in its dynamic section, nothing moved:

    NEEDED liblog.so   ->  NEEDED libbio.so     bionic.c, which brings glibc's own libraries with it
    NEEDED libm.so     ->  RUNPATH $ORIGIN      libbio.so lies beside
    NEEDED libc.so ... ->  left out
    versions LIBC      ->  left out             glibc's symbols have others
    fprintf, sysconf   ->  Fprintf, Sysconf     what Android means otherwise than glibc
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import NamedTuple

NULL, NEEDED, HASH, STRTAB, SYMTAB, RUNPATH = 0, 1, 4, 5, 6, 29
VERSIONS = (0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF)
LOAD, DYNAMIC = 1, 2
RENAMED = (b"fprintf", b"vfprintf", b"fputc", b"fwrite", b"fflush", b"fileno", b"strerror_r", b"sysconf")
SYMBOL_BYTES = 24


class Segment(NamedTuple):
    """A part of the file and where it lies in memory."""

    kind: int
    offset: int
    address: int
    size: int


class Library:
    """A 64-bit little-endian ELF library in memory."""

    def __init__(self, content: bytes) -> None:
        if content[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", content, 18) != (62,):
            raise SystemExit("patch.py: expected an x86_64 library")
        self.content = bytearray(content)
        self.segments = self._segments()
        dynamic = next(each for each in self.segments if each.kind == DYNAMIC)
        self.dynamic = dynamic.offset
        words = struct.unpack_from(f"<{dynamic.size // 8}Q", content, dynamic.offset)
        self.entries = list(zip(words[::2], words[1::2], strict=True))
        known = dict(self.entries)
        self.strings, self.symbols = self._offset(known[STRTAB]), self._offset(known[SYMTAB])
        # A hash table has as many chains as there are symbols; nothing else says how many there are.
        _, self.count = struct.unpack_from("<II", content, self._offset(known[HASH]))

    def name(self, place: int) -> bytes:
        """Gives the string at a place of the string table."""
        start = self.strings + place
        return bytes(self.content[start : self.content.index(0, start)])

    def write(self, place: int, text: bytes) -> None:
        """Puts a string into the place of one of the same length."""
        if len(self.name(place)) != len(text):
            raise SystemExit(f"patch.py: {self.name(place)!r} is not as long as {text!r}")
        self.content[self.strings + place : self.strings + place + len(text)] = text

    def undefined(self) -> dict[bytes, int]:
        """Gives the symbols that others define: name -> place of the name in the string table."""
        found = {}
        for number in range(1, self.count):
            place, _, _, section = struct.unpack_from("<IBBH", self.content, self.symbols + SYMBOL_BYTES * number)
            if section == 0:
                found[self.name(place)] = place
        return found

    def write_entries(self, entries: list[tuple[int, int]]) -> None:
        """Puts a dynamic section in the place of the one there is, which is not shorter."""
        padded = entries + [(NULL, 0)] * (len(self.entries) - len(entries))
        for number, entry in enumerate(padded):
            struct.pack_into("<QQ", self.content, self.dynamic + 16 * number, *entry)

    def _segments(self) -> list[Segment]:
        (start,) = struct.unpack_from("<Q", self.content, 32)
        size, count = struct.unpack_from("<HH", self.content, 54)
        found = []
        for at in range(start, start + size * count, size):
            kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", self.content, at)
            found.append(Segment(kind, offset, address, length))
        return found

    def _offset(self, address: int) -> int:
        for each in self.segments:
            if each.kind == LOAD and each.address <= address < each.address + each.size:
                return each.offset + address - each.address
        raise SystemExit(f"patch.py: nothing is loaded at {address:#x}")


def patch(content: bytes) -> bytes:
    """Gives the library as glibc can load it."""
    library = Library(content)
    entries = []
    for kind, value in library.entries:
        needed = library.name(value) if kind == NEEDED else b""
        if needed == b"liblog.so":
            library.write(value, b"libbio.so")
            entries.append((NEEDED, value))
        elif needed == b"libm.so":
            library.write(value, b"$ORIGIN")
            entries.append((RUNPATH, value))
        elif not needed and kind not in (*VERSIONS, NULL):
            entries.append((kind, value))
    if {RUNPATH, NEEDED} - {kind for kind, _ in entries}:
        raise SystemExit("patch.py: expected a library that needs liblog.so and libm.so")
    library.write_entries(entries)
    rename(library)
    return bytes(library.content)


def rename(library: Library) -> None:
    """Gives the functions of RENAMED a capital letter, refusing a name that is the end of another's."""
    undefined = library.undefined()
    for name in RENAMED:
        place = undefined[name]
        if any(other < place < other + len(longer) for longer, other in undefined.items()):
            raise SystemExit(f"patch.py: {name.decode()} shares its name's letters with another symbol")
        library.write(place, name.capitalize())


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(patch(source.read_bytes()))
