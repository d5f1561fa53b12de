"""Vectors of what a bundle is stored in: raw DEFLATE of a stated size (zlib), and the narrow zip (Python's zipfile)."""

from __future__ import annotations

import io
import platform
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid

CONTENT = {"a.txt": b"first", "b/c.bin": b"\x00\x01\x02", "empty": b""}
NAME = b"b/c.bin"
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
FORM = "bundle/zip-form"


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("inflate/zlib.json", "zlib", zlib.ZLIB_VERSION, inflate_cases())
    yield VectorFile("zip/python.json", "Python zipfile", platform.python_version(), zip_cases())


def seen(data: bytes) -> Array:
    """Gives bytes as an array."""
    return np.frombuffer(data, np.uint8)


def deflated(raw: bytes, level: int = 9, strategy: int = zlib.Z_DEFAULT_STRATEGY, flush: bool = False) -> bytes:
    """Gives raw DEFLATE."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    first = packer.compress(raw[: len(raw) // 2]) + packer.flush(zlib.Z_FULL_FLUSH) if flush else b""
    return first + packer.compress(raw[len(raw) // 2 :] if flush else raw) + packer.flush()


def inflate_cases() -> Iterator[Case]:
    """Gives streams of every kind of block, and streams that are refused."""
    text = b"anchors, boxes, scores; " * 9
    noise = np.random.default_rng(401).integers(0, 256, 300, np.uint8).tobytes()

    def one(name: str, comment: str, stored: bytes, raw: bytes) -> Case:
        assert zlib.decompress(stored, -15) == raw
        return valid(name, comment, {"stored": seen(stored), "size": len(raw)}, seen(raw))

    def wrong(name: str, comment: str, stored: bytes, size: int, code: str) -> Case:
        return invalid(name, comment, {"stored": seen(stored), "size": size}, f"bundle/{code}")

    yield one("in-spec", "five bytes", deflated(b"aaaaa"), b"aaaaa")
    yield one("nothing", "no bytes", deflated(b""), b"")
    yield one("one", "one byte", deflated(b"x"), b"x")
    yield one("dynamic", "codes of its own", deflated(text + noise), text + noise)
    yield one("fixed", "the fixed codes", deflated(text, strategy=zlib.Z_FIXED), text)
    yield one("stored", "blocks that are not compressed", deflated(noise, 0), noise)
    yield one("huffman", "no repetitions", deflated(text, strategy=zlib.Z_HUFFMAN_ONLY), text)
    yield one("two-blocks", "a full flush between, which is an empty block", deflated(text, flush=True), text)
    yield one(
        "far", "a repetition 32,768 bytes back", deflated(noise + bytes(32468) + noise), noise + bytes(32468) + noise
    )
    whole = deflated(text)
    yield wrong("bomb", "one byte more than stated", whole, len(text) - 1, "bomb")
    yield wrong("bomb-of-nothing", "something where nothing is stated", whole, 0, "bomb")
    yield wrong("large-bomb", "a million bytes of a thousand", deflated(bytes(2**20)), 1000, "bomb")
    yield wrong("less", "one byte less than stated", whole, len(text) + 1, "wrong-length")
    yield wrong("cut", "no end", whole[:-1], len(text), "changed-file")
    yield wrong("cut-stored", "cut inside a stored block", deflated(noise, 0)[:-9], len(noise), "changed-file")
    yield wrong("empty", "no data at all", b"", 0, "changed-file")
    yield wrong("behind", "a byte behind the end", whole + b"\0", len(text), "changed-file")
    yield wrong("twice", "a second stream behind the first", whole + whole, len(text), "changed-file")
    yield wrong("zlib", "with zlib's header", zlib.compress(text), len(text), "changed-file")
    yield wrong("reserved", "a kind of block that there is not", b"\x07", 0, "changed-file")
    yield wrong("too-far", "a repetition from before the beginning", bytes.fromhex("030200"), 3, "changed-file")


def zipped(change: Callable[[zipfile.ZipInfo], None] | None = None, content: dict[str, bytes] | None = None) -> bytes:
    """Gives a zip with one entry's record changed before it is written."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (content or CONTENT).items():
            entry = zipfile.ZipInfo(name)
            if change and name == NAME.decode():
                change(entry)
            archive.writestr(entry, data)
    return out.getvalue()


def set_to(**fields: object) -> Callable[[zipfile.ZipInfo], None]:
    """Gives what sets fields of an entry."""
    return lambda entry: [setattr(entry, name, value) for name, value in fields.items()] and None


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """Gives the zip with bytes of the local or the central header of NAME replaced."""
    fixed, place = (30 if mark == LOCAL else 46), data.index(mark)
    while not data.startswith(NAME, place + fixed):
        place = data.index(mark, place + 4)
    return data[: place + offset] + value + data[place + offset + len(value) :]


def both(data: bytes, local: int, central: int, value: bytes) -> bytes:
    """Gives the zip with the same field replaced in both headers."""
    return patched(patched(data, LOCAL, local, value), CENTRAL, central, value)


def zip_cases() -> Iterator[Case]:
    """Gives zips that are read, with their files, and zips that are refused."""
    for name, comment, data in read_zips():
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            there = {each.filename: seen(archive.read(each)) for each in archive.infolist()}
        yield valid(name, comment, {"bytes": seen(data)}, there)
    wrong = both(zipped(), 14, 16, b"\1\2\3\4")
    there = {name: seen(data) for name, data in CONTENT.items()}
    yield valid("checksum", "checksums are compared, not computed: the hash is", {"bytes": seen(wrong)}, there)
    for name, comment, data, code in refused_zips():
        yield invalid(name, comment, {"bytes": seen(data)}, code)


def read_zips() -> Iterator[tuple[str, str, bytes]]:
    """Gives (id, comment, zip)."""
    plain = zipped()
    yield "in-spec", "one file", zipped(content={"a": b"x"})
    yield "three", "files in a folder and not, one empty", plain
    yield "nothing", "no file at all", b"PK\x05\x06" + bytes(18)
    yield "utf-8", "a name that is marked as UTF-8", zipped(content={"猫.txt": b"cat"})
    yield "other-order", "entries in any order", zipped(content=dict(reversed(CONTENT.items())))
    yield "mode", "a plain file's mode", zipped(set_to(external_attr=(stat.S_IFREG | 0o755) << 16))
    yield "no-kind", "a mode without a kind", zipped(set_to(external_attr=0o644 << 16))
    yield "time", "another time", zipped(set_to(date_time=(2026, 1, 2, 3, 4, 6)))
    yield "extra", "an extra field that means nothing here", zipped(set_to(extra=b"\x55\x54\x01\x00\x00"))
    yield (
        "link-of-dos",
        "a mode of Unix counts only in an entry made there",
        patched(zipped(set_to(external_attr=(stat.S_IFLNK | 0o777) << 16)), CENTRAL, 5, b"\0"),
    )
    yield "central-order", "the directory in another order than the entries", turned(plain)


def turned(data: bytes) -> bytes:
    """Gives the zip with the records of its central directory the other way round."""
    start = struct.unpack("<I", data[-6:-2])[0]
    records = [CENTRAL + each for each in data[start:-22].split(CENTRAL)[1:]]
    return data[:start] + b"".join(reversed(records)) + data[-22:]


def refused_zips() -> Iterator[tuple[str, str, bytes, str]]:
    """Gives (id, comment, zip, code)."""
    plain = zipped()
    yield from wrong_around(plain)
    yield from wrong_entries(plain)
    yield from wrong_names(plain)
    yield from wrong_headers(plain)


def wrong_around(plain: bytes) -> Iterator[tuple[str, str, bytes, str]]:
    """Gives files that are no zip, data where none belongs, and end records that lie."""
    start, end = plain.index(CENTRAL), len(plain) - 22
    yield "no-zip", "something else", b"{}" * 20, "bundle/not-a-bundle"
    yield "short", "less than an end record", plain[:21], "bundle/not-a-bundle"
    yield "before", "data in front of the first entry", b"#!/bin/sh\n" + plain, "bundle/not-a-bundle"
    yield "before-as-entry", "that look like an entry", LOCAL + bytes(26) + plain, FORM
    yield "cut", "cut short", plain[:-1], FORM
    yield "behind", "a byte behind the end", plain + b"x", FORM
    yield "comment", "a comment", plain[:-2] + b"\x01\x00x", FORM
    yield "second-end", "a second end record", plain + b"PK\x05\x06" + bytes(18), FORM
    yield "before-directory", "data in front of the directory", shifted(plain, start), FORM
    for offset, what in ((4, "disk"), (6, "disk-of-directory"), (8, "entries-here"), (12, "size"), (16, "place")):
        changed = bytearray(plain)
        changed[end + offset] ^= 1
        yield f"end-{what}", f"an end record that lies about: {what}", bytes(changed), FORM
    many = plain[:-14] + struct.pack("<2H", 4097, 4097) + plain[-10:]
    yield "many", "4097 entries, it says", many, "bundle/too-many-files"
    yield "fewer", "fewer entries than the directory holds", plain[:-14] + struct.pack("<2H", 2, 2) + plain[-10:], FORM


def wrong_entries(plain: bytes) -> Iterator[tuple[str, str, bytes, str]]:
    """Gives entries that are not plain stored files."""
    packed, encrypted = zipped(set_to(compress_type=8)), "bundle/encrypted"
    yield "compressed", "an entry is compressed", packed, "bundle/compressed-entry"
    yield "encrypted", "an entry is encrypted", both(plain, 6, 8, b"\1\0"), encrypted
    yield "encrypted-and-compressed", "encryption first", both(packed, 6, 8, b"\1\0"), encrypted
    yield "strong", "strong encryption", both(plain, 6, 8, b"\x40\0"), encrypted
    yield "streamed", "sizes behind the data", both(plain, 6, 8, b"\x08\0"), FORM
    yield "patch", "a patch", both(plain, 6, 8, b"\x20\0"), FORM
    yield "sizes", "a stored entry of two sizes", both(plain, 18, 20, struct.pack("<I", 2)), FORM
    yield "link", "a link", zipped(set_to(external_attr=(stat.S_IFLNK | 0o777) << 16)), "bundle/link"
    yield "device", "a device", zipped(set_to(external_attr=(stat.S_IFBLK | 0o644) << 16)), "bundle/not-a-file"
    yield "folder", "an entry for a folder", zipped(content={"b/": b"", **CONTENT}), "bundle/not-a-file"


def wrong_names(plain: bytes) -> Iterator[tuple[str, str, bytes, str]]:
    """Gives names that are no UTF-8 or stand twice, and what is said beside a name."""
    yield "name", "a name that is not UTF-8, nor marked so", both(plain, 30, 46, b"b/c\xffbin"), "bundle/unsafe-name"
    marked = both(both(plain, 6, 8, b"\0\x08"), 30, 46, b"b/c\xffbin")
    yield "name-marked", "a name that is marked as UTF-8 and is not", marked, "bundle/unsafe-name"
    twice = zipped(content={"one": b"1", "two": b"2"}).replace(b"two", b"one")
    yield "twice", "a name twice", twice, "bundle/duplicate-name"
    for extra, what in ((b"\x01\0\0\0", "64-bit"), (b"\x75\x70\1\0\1", "other-name"), (b"\x99\x99\xff\0", "damaged")):
        yield f"extra-{what}", f"an extra field: {what}", zipped(set_to(extra=extra)), FORM
    yield "directory-comment", "a comment of an entry", zipped(set_to(comment=b"x")), FORM


def wrong_headers(plain: bytes) -> Iterator[tuple[str, str, bytes, str]]:
    """Gives entries whose two headers do not say the same, or lie elsewhere."""
    yield "entry-disk", "an entry on another disk", patched(plain, CENTRAL, 34, b"\1\0"), FORM
    for offset, value, what in (
        (6, b"\0\x08", "flags"),
        (8, b"\x08\0", "method"),
        (14, bytes(4), "checksum"),
        (18, b"\1\0\0\0", "size"),
        (22, b"\1\0\0\0", "raw-size"),
        (30, b"B/C.BIN", "name"),
        (0, b"PK\x03\x05", "mark"),
    ):
        changed = patched(plain, LOCAL, offset, value)
        yield f"local-{what}", f"the local header says something else: {what}", changed, FORM
    yield "offset", "an entry that is another's", patched(plain, CENTRAL, 42, bytes(4)), FORM
    yield "offset-outside", "an entry outside the file", patched(plain, CENTRAL, 42, struct.pack("<I", 2**31)), FORM


def shifted(plain: bytes, start: int) -> bytes:
    """Gives the zip with four bytes between its entries and its directory."""
    return plain[:start] + b"more" + plain[start:-6] + struct.pack("<I", start + 4) + plain[-2:]
