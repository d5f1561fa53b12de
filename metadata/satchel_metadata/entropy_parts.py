"""Where the weights lie in a .tflite, and as which parts it is entropy coded."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.entropy import MAX_BOOK, Part
from satchel_metadata.flatbuffer import DamagedError, Table, root
from satchel_metadata.tflite_model import IDENTIFIER

_WIDTHS = {0: 4, 1: 2, 2: 4, 3: 1, 9: 1, 17: 1}
"""Bytes of an element by the number of its type: float32, float16, int32, uint8, int8, and two int4 in a byte."""
_LEAST = 64
"""Bytes, below which a buffer of weights is coded with the graph around it."""


def parts_of(tflite: bytes) -> list[Part]:
    """Gives a .tflite as parts that follow each other: a matrix for each buffer of few values, bytes between.

    Any bytes are taken; what is no .tflite is one part of plain bytes.
    """
    made, at = [], 0
    for start, part in _matrices(tflite):
        if start > at:
            made.append(_plain(tflite[at:start]))
        if start >= at:
            made.append(part)
            at = start + part.width * part.rows * part.columns
    return [*made, _plain(tflite[at:])] if at < len(tflite) else made


def _plain(data: bytes) -> Part:
    return Part(0, len(data), 0, b"", data)


def _matrices(tflite: bytes) -> list[tuple[int, Part]]:
    try:
        model = root(tflite, IDENTIFIER)
        buffers = model.tables(4)
        found = [each for graph in model.tables(2) for each in _of_graph(graph, buffers, tflite)]
    except DamagedError:
        return []
    return sorted(found, key=lambda each: each[0])


def _of_graph(graph: Table, buffers: list[Table], tflite: bytes) -> Iterator[tuple[int, Part]]:
    whole = np.frombuffer(tflite, np.uint8)
    for tensor in graph.tables(0):
        number, width = tensor.integer(2, "I"), _WIDTHS.get(tensor.integer(1, "b"))
        if width is None or number >= len(buffers):
            continue
        raw = buffers[number].raw(0)
        part = _matrix(raw, width, tensor.integers(0, "i4")) if raw.size >= _LEAST else None
        if part is not None:
            yield int(raw.ctypes.data - whole.ctypes.data), part


def _matrix(raw: NDArray[np.uint8], width: int, shape: tuple[int, ...]) -> Part | None:
    """Gives the weights as indexes, a row an output; None where they have too many values for a book."""
    if raw.size % width:
        return None
    values, index, counts = np.unique(raw.view(f"<u{width}"), return_inverse=True, return_counts=True)
    if len(values) > MAX_BOOK or 2 * len(values) > index.size:
        return None
    order = np.argsort(np.arange(len(values)) != counts.argmax(), kind="stable")
    rank = np.empty(len(order), np.uint8)
    rank[order] = np.arange(len(order))
    columns = math.prod(shape[1:]) if len(shape) > 1 else 0
    if columns < 1 or index.size % columns:
        columns = index.size
    book = values[order].astype(f"<u{width}").tobytes()
    return Part(width, index.size // columns, columns, book, rank[index.reshape(-1)].tobytes())
