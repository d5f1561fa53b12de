"""Vectors of the entropy coded form: known bytes, as the coder writes them; what is expected is those bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid
from satchel_metadata.entropy import MAX_CODED, Part, encoded_plainly
from satchel_metadata.entropy_coder import EVEN, Coder

TEXT = b"anchors, boxes, scores; " * 9
DAMAGED, BOMB = "bundle/changed-file", "bundle/bomb"


def files() -> Iterator[VectorFile]:
    """Gives the file of this family."""
    yield VectorFile("entropy/contract.json", "SPEC.md", "1.1", [*read(), *refused()])


def seen(data: bytes) -> Array:
    """Gives bytes as an array."""
    return np.frombuffer(data, np.uint8)


def plain(data: bytes) -> Part:
    """Gives a part of plain bytes."""
    return Part(0, len(data), 0, b"", data)


def matrix(index: Any, values: Any) -> tuple[Part, bytes]:
    """Gives a part of a matrix of indexes into values of 1, 2 or 4 bytes, and the bytes that it stands for."""
    index, values = np.asarray(index, np.uint8), np.asarray(values)
    part = Part(values.itemsize, *index.shape, values.tobytes(), index.tobytes())
    return part, values[index].tobytes()


def pruned(rng: np.random.Generator, rows: int, columns: int, count: int) -> Array:
    """Gives indexes of which nine in ten are 0, and columns that are wholly 0."""
    index = rng.integers(1, max(count, 2), (rows, columns)) * (rng.random((rows, columns)) < 0.1)
    index[:, ::7] = 0
    return np.minimum(index, count - 1)


def contents() -> Iterator[tuple[str, str, list[Part], bytes]]:
    """Yields id, comment, parts, and the bytes that they stand for."""
    rng = np.random.default_rng(407)
    noise = rng.integers(0, 256, 300, np.uint8).tobytes()
    yield "in-spec", "five bytes", [plain(b"aaaaa")], b"aaaaa"
    yield "nothing", "no parts", [], b""
    yield "one", "one byte", [plain(b"x")], b"x"
    yield "text", "bytes that repeat", [plain(TEXT)], TEXT
    yield "noise", "bytes that do not", [plain(noise)], noise
    yield "two-parts", "bytes in two parts: contexts go on", [plain(TEXT[:70]), plain(TEXT[70:])], TEXT
    yield "long", "as many zeros as odds are counted, and more", [plain(bytes(700))], bytes(700)
    for name, comment, index, values in (
        ("int8", "a pruned layer of int8 with 12 values", pruned(rng, 20, 49, 12), np.arange(-3, 9, dtype=np.int8)),
        ("float16", "float16 with 5 values", pruned(rng, 9, 30, 5), np.linspace(-1, 1, 5, dtype="<f2")),
        ("float32", "float32 with 16 values", pruned(rng, 30, 20, 16), rng.normal(0, 1, 16).astype("<f4")),
        ("constant", "one value: no index is coded", np.zeros((40, 50)), np.array([7], np.int8)),
        ("two-values", "two values: zero or not is all", pruned(rng, 8, 8, 2), np.array([0, 5], np.int8)),
        ("three-values", "three values: one bit more", pruned(rng, 8, 8, 3), np.array([0, 5, 9], np.int8)),
        ("all-values", "256 values", np.arange(512).reshape(16, 32) % 256, np.arange(256, dtype=np.uint8)),
        ("one-row", "one row", pruned(rng, 1, 90, 4), np.arange(4, dtype=np.uint8)),
        ("one-column", "one column", pruned(rng, 90, 1, 4), np.arange(4, dtype=np.uint8)),
        ("two-columns", "two columns: neighbours end at the edge", np.ones((9, 2)), np.arange(2, dtype=np.uint8)),
    ):  # fmt: skip
        part, raw = matrix(index, values)
        yield name, comment, [part], raw
    first, one = matrix(pruned(rng, 12, 12, 6), np.arange(6, dtype=np.int8))
    second, two = matrix(pruned(rng, 12, 12, 6), np.arange(6, dtype="<f4"))
    parts = [plain(b"graph"), first, second, plain(b"the end")]
    yield "model", "bytes, two matrices that learn apart, bytes", parts, b"graph" + one + two + b"the end"


def read() -> Iterator[Case]:
    """Gives codes that are read."""
    for name, comment, parts, raw in contents():
        yield valid(name, comment, {"stored": seen(encoded_plainly(parts)), "size": len(raw)}, seen(raw))


def written(write: Callable[[Coder], Any]) -> bytes:
    """Gives the code that a few calls write."""
    coder = Coder()
    write(coder)
    return coder.finish()


def header(width: int, rows: int, columns: int, count: int) -> bytes:
    """Gives a code that begins with the numbers of a matrix."""

    def write(coder: Coder) -> None:
        coder.narrow(EVEN, 1)
        for each in (width, rows, columns, count):
            coder.number(each)
        for _ in range(64):
            coder.byte(0)

    return written(write)


def beyond(coder: Coder) -> None:
    """Writes index 4 of a book of four."""
    coder.narrow(EVEN, 1)
    for each in (1, 1, 1, 4):
        coder.number(each)
    for each in range(4):
        coder.byte(each)
    coder.matrix(1, 1, 5, 0, b"\4")


def lengthy(coder: Coder) -> None:
    """Writes a number of 63 bits."""
    coder.narrow(EVEN, 0)
    for _ in range(6):
        coder.narrow(EVEN, 1)


def refused() -> Iterator[Case]:
    """Gives codes that are refused."""
    whole, sparse = encoded_plainly([plain(TEXT)]), matrix(np.zeros((8, 8)), np.arange(3, dtype=np.int8))[0]
    none = written(lambda coder: (coder.narrow(EVEN, 0), coder.number(0)))
    for name, comment, stored, size, code in (
        ("bomb", "one byte more than stated", whole, len(TEXT) - 1, BOMB),
        ("matrix-bomb", "a matrix of more than stated", encoded_plainly([sparse]), 63, BOMB),
        ("second-bomb", "a second part of more than is left", encoded_plainly([plain(b"ab"), sparse]), 65, BOMB),
        ("area", "a matrix of nearly 2^64 values", header(4, 2**32 - 1, 2**32 - 1, 2), 1000, BOMB),
        ("half-area", "one of 2^32 values", header(1, 2**16, 2**16, 2), 1000, BOMB),
        ("too-large", "more than this form may hold, unread", whole, MAX_CODED + 1, BOMB),
        ("cut", "no end", whole[:-1], len(TEXT), DAMAGED),
        ("cut-early", "cut in the middle", whole[: len(whole) // 2], len(TEXT), DAMAGED),
        ("empty", "no data at all", b"", 0, DAMAGED),
        ("three-bytes", "less than a beginning", b"\0\0\0", 0, DAMAGED),
        ("behind", "a byte behind the end", whole + b"\0", len(TEXT), DAMAGED),
        ("twice", "a second code behind the first", whole + whole, len(TEXT), DAMAGED),
        ("something-of-nothing", "five bytes where nothing is stated", encoded_plainly([plain(b"aaaaa")]), 0, DAMAGED),
        ("no-bytes", "a part of no bytes, which could stand there for ever", none, 5, DAMAGED),
        ("width", "values of three bytes", header(3, 2, 2, 2), 12, DAMAGED),
        ("no-width", "values of no bytes", header(0, 2, 2, 2), 12, DAMAGED),
        ("no-rows", "no rows", header(1, 0, 2, 2), 12, DAMAGED),
        ("no-columns", "no columns", header(1, 2, 0, 2), 12, DAMAGED),
        ("no-book", "no values", header(1, 2, 2, 0), 12, DAMAGED),
        ("large-book", "257 values", header(1, 2, 2, 257), 12, DAMAGED),
        ("beyond-book", "an index beyond the book", written(beyond), 1, DAMAGED),
        ("lengthy", "a number of more than 32 bits", written(lengthy), 5, DAMAGED),
    ):
        yield invalid(name, comment, {"stored": seen(stored), "size": size}, code)
