"""What is in a .tflite file: tensors, operators, quantisation, signatures. Reads any bytes, runs nothing."""

from __future__ import annotations

import functools
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from satchel_metadata.errors import ModelError
from satchel_metadata.flatbuffer import DamagedError, Table, root

Item = TypeVar("Item")
IDENTIFIER = b"TFL3"
MAX_ATTACHED = 16 * 2**20
"""Bytes of all associated files together that are read."""


@dataclass(frozen=True)
class Quantization:
    """real = (q - zero_point) * scale; one of each for the tensor, or one for each slice along `axis`."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int

    @property
    def per_channel(self) -> bool:
        """Whether each slice along the axis has a scale of its own."""
        return len(self.scales) > 1


@dataclass(frozen=True)
class TensorInfo:
    """One tensor; `shape_signature` has -1 where a size is left open, and equals `shape` elsewhere.

    `stored_bytes` is the size of its constant data, 0 for a tensor that is computed.
    """

    name: str
    index: int
    shape: tuple[int, ...]
    shape_signature: tuple[int, ...]
    dtype: str
    stored_bytes: int
    quantization: Quantization | None


@dataclass(frozen=True)
class OpInfo:
    """One kind of operator: its name in the schema (or its custom name), its version, and how often it stands there."""

    name: str
    custom: bool
    version: int
    count: int


@dataclass(frozen=True)
class Signature:
    """A named way to call the model: the caller's names for the tensors of a subgraph, by index."""

    key: str
    inputs: dict[str, int]
    outputs: dict[str, int]
    subgraph: int


@dataclass(frozen=True)
class Subgraph:
    """One graph; `inputs` and `outputs` are indices of its tensors, `last_op` is the operator that ends it."""

    name: str
    tensors: tuple[TensorInfo, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: int
    last_op: str


@dataclass(frozen=True)
class ModelInfo:
    """What a .tflite holds. `metadata` are the names of its metadata, `attached` the files in the zip behind it."""

    description: str
    version: int
    subgraphs: tuple[Subgraph, ...]
    ops: tuple[OpInfo, ...]
    signatures: tuple[Signature, ...]
    metadata: tuple[str, ...]
    attached: tuple[str, ...]
    buffer_bytes: int
    total_bytes: int

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """The inputs of the first subgraph, in their order."""
        return tuple(self.subgraphs[0].tensors[index] for index in self.subgraphs[0].inputs)

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """The outputs of the first subgraph, in their order."""
        return tuple(self.subgraphs[0].tensors[index] for index in self.subgraphs[0].outputs)

    @property
    def op_names(self) -> tuple[str, ...]:
        """The names of all operators that a runtime must know, sorted."""
        return tuple(sorted({op.name for op in self.ops}))


def inspect_model(tflite: bytes, where: str = "the model") -> ModelInfo:
    """Gives what a .tflite file holds.

    Args:
        tflite: the bytes of the file; any bytes.
        where: what to call it in an error.

    Raises:
        ModelError: model/not-a-model when it is not a TensorFlow Lite model, or a damaged one.
    """
    try:
        return _model(root(tflite, IDENTIFIER), tflite)
    except DamagedError as error:
        raise not_a_model(f"expected a TensorFlow Lite model; {error}", where) from None


def not_a_model(message: str, where: str) -> ModelError:
    """Gives the error for bytes that are not a whole .tflite."""
    return ModelError("model/not-a-model", message, where=where, hint="Give a .tflite file that an interpreter opens.")


def attached_files(tflite: bytes) -> dict[str, bytes]:
    """Gives the files in the zip behind a model, by name; none when there is no zip, or it is damaged or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(tflite)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > MAX_ATTACHED or len(entries) > 256:
                return {}
            return {entry.filename: _entry(archive, entry) for entry in entries}
    except Exception:  # zipfile raises many kinds of exception on damaged files, and a zip is no part of the model
        return {}


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        return file.read(entry.file_size)


def _model(model: Table, tflite: bytes) -> ModelInfo:
    buffers = [len(buffer.raw(0)) or buffer.integer(2, "Q") for buffer in model.tables(4)]
    codes = [_operator_code(code) for code in model.tables(1)]
    graphs = [(table, table.tables(3)) for table in model.tables(2)]
    uses = Counter(_pick(codes, operator.integer(0, "I")) for _, operators in graphs for operator in operators)
    subgraphs = tuple(_subgraph(table, operators, codes, buffers) for table, operators in graphs)
    if not subgraphs:
        raise DamagedError("it has no graph")
    return ModelInfo(
        description=model.text(3),
        version=model.integer(0, "I"),
        subgraphs=subgraphs,
        ops=tuple(OpInfo(*code, count) for code, count in sorted(uses.items())),
        signatures=tuple(_signature(table) for table in model.tables(7)),
        metadata=tuple(table.text(0) for table in model.tables(6)),
        attached=tuple(sorted(attached_files(tflite))),
        buffer_bytes=sum(buffers),
        total_bytes=len(tflite),
    )


def _operator_code(code: Table) -> tuple[str, bool, int]:
    custom = code.text(1)
    # Numbers up to 127 stood in a byte before the field of four bytes was added; the larger of the two holds.
    number = max(code.integer(0, "b"), code.integer(3, "i"))
    name = _names("BuiltinOperator").get(number, f"BUILTIN_{number}")
    return (custom or name, bool(custom) or name == "CUSTOM", code.integer(2, "i", 1))


@functools.cache
def _names(enum: str) -> dict[int, str]:
    """Gives the names of an enum of the TFLite schema; loading it takes 0.15 s, so not before it is needed."""
    from ai_edge_litert import schema_py_generated

    return {value: name for name, value in vars(getattr(schema_py_generated, enum)).items() if isinstance(value, int)}


def _subgraph(table: Table, operators: list[Table], codes: list[tuple[str, bool, int]], buffers: list[int]) -> Subgraph:
    tensors = tuple(_tensor(each, index, buffers) for index, each in enumerate(table.tables(0)))
    inputs, outputs = table.integers(1, "i4"), table.integers(2, "i4")
    for index in (*inputs, *outputs):
        _pick(tensors, index)
    last = _pick(codes, operators[-1].integer(0, "I"))[0] if operators else ""
    return Subgraph(table.text(4), tensors, inputs, outputs, len(operators), last)


def _tensor(table: Table, index: int, buffers: list[int]) -> TensorInfo:
    number = table.integer(1, "b")
    shape = table.integers(0, "i4")
    return TensorInfo(
        name=table.text(3),
        index=index,
        shape=shape,
        shape_signature=table.integers(7, "i4") or shape,
        dtype=_names("TensorType").get(number, f"type {number}").lower(),
        stored_bytes=_pick(buffers, table.integer(2, "I")) if buffers else 0,
        quantization=_quantization(table.table(4)),
    )


def _quantization(table: Table | None) -> Quantization | None:
    scales = table.numbers(2, "f4") if table else ()
    if table is None or not scales:
        return None
    zero_points = table.integers(3, "i8") or (0,) * len(scales)
    return Quantization(scales, zero_points, table.integer(6, "i"))


def _signature(table: Table) -> Signature:
    inputs = {each.text(0): each.integer(1, "I") for each in table.tables(0)}
    outputs = {each.text(0): each.integer(1, "I") for each in table.tables(1)}
    return Signature(table.text(2), inputs, outputs, table.integer(4, "I"))


def _pick(items: Sequence[Item], index: int) -> Item:
    if not 0 <= index < len(items):
        raise DamagedError(f"it refers to item {index} of {len(items)}")
    return items[index]
