"""Adds metadata to a .tflite without touching a byte of the model.

References in a FlatBuffer only point forward. So a new root table goes in front of the old file, with the new metadata,
and refers to the old graphs, operators and buffers behind it. Unpacking and packing the model again, as general
libraries do, would lose what their schema does not know yet, and the alignment of the weights.
"""

from __future__ import annotations

import io
import struct
import zipfile

import flatbuffers

from satchel_metadata.errors import ModelError
from satchel_metadata.flatbuffer import DamagedError, Table, root
from satchel_metadata.tflite_model import IDENTIFIER, not_a_model

_VERSION, _BUFFERS, _METADATA = 0, 4, 6
_FIELDS = 16
"""Fields of the root table that are carried over; the schema of today has 10."""
_ALIGNMENT = 64
_LATER = 0xFFFFFFFF
"""Stands for a reference into the old file until its distance is known."""


def with_metadata(tflite: bytes, name: str, payload: bytes, files: dict[str, bytes]) -> bytes:
    """Gives the model with one named metadata buffer and a zip of associated files behind it.

    Metadata of the same name and a zip that was there already are replaced.

    Raises:
        ModelError: model/not-a-model, or model/too-large for a model whose weights lie outside its FlatBuffer.
    """
    old = without_zip(tflite)
    try:
        model = root(old, IDENTIFIER)
        if any(buffer.integer(1, "Q") > 1 for buffer in model.tables(_BUFFERS)):
            raise ModelError(
                "model/too-large",
                "expected the weights inside the model's FlatBuffer, not behind it",
                hint="Convert a model of less than 2 GB.",
            )
        front = _front(model, name, payload)
    except DamagedError as error:
        raise not_a_model(f"expected a TensorFlow Lite model; {error}", "the model") from None
    return _with_zip(front + old, files)


def without_zip(tflite: bytes) -> bytes:
    """Gives the model without the zip of associated files behind it."""
    try:
        with zipfile.ZipFile(io.BytesIO(tflite)) as archive:
            starts = [entry.header_offset for entry in archive.infolist()]
            return tflite[: min([*starts, archive.start_dir])]
    except Exception:  # zipfile raises many kinds of exception on what is no zip
        return tflite


def _front(model: Table, name: str, payload: bytes) -> bytes:
    """Gives the new root table with its lists of buffers and of metadata, references into the old file resolved."""
    buffers = [buffer.place for buffer in model.tables(_BUFFERS)]
    kept = [entry.place for entry in model.tables(_METADATA) if entry.text(0) != name]
    front = bytearray(_built(model, name, payload, len(buffers), len(kept)))
    front.extend(bytes(-len(front) % _ALIGNMENT))
    new = root(bytes(front), IDENTIFIER)
    for number in range(1, _FIELDS):
        place, old = new.at(number), model.at(number)
        if place is not None and old is not None and number not in (_BUFFERS, _METADATA):
            _point(front, place, old + model.source.number("I", old))
    for number, targets in ((_BUFFERS, buffers), (_METADATA, kept)):
        place = new.at(number) or 0
        first = place + new.source.number("I", place) + 4
        for index, target in enumerate(targets):
            _point(front, first + 4 * index, target)
    return bytes(front)


def _built(model: Table, name: str, payload: bytes, buffers: int, kept: int) -> bytes:
    """Builds the new beginning, from its end to its start as FlatBuffers are, with `_LATER` for every old reference."""
    builder = flatbuffers.Builder(len(payload) + 1024)
    builder.StartVector(1, len(payload), 16)
    builder.head -= len(payload)
    builder.Bytes[builder.head : builder.head + len(payload)] = payload
    data = builder.EndVector()
    builder.StartObject(1)
    builder.PrependUOffsetTRelativeSlot(0, data, 0)
    buffer = builder.EndObject()
    label = builder.CreateString(name)
    builder.StartObject(2)
    builder.PrependUOffsetTRelativeSlot(0, label, 0)
    builder.PrependUint32Slot(1, buffers, 0)
    entry = builder.EndObject()
    lists = {_BUFFERS: _list(builder, buffers, buffer), _METADATA: _list(builder, kept, entry)}
    builder.StartObject(_FIELDS)
    builder.PrependUint32Slot(_VERSION, model.integer(_VERSION, "I"), 0)
    for number in range(1, _FIELDS):
        if number in lists:
            builder.PrependUOffsetTRelativeSlot(number, lists[number], 0)
        elif model.at(number) is not None:
            builder.PrependUint32Slot(number, _LATER, 0)
    builder.Finish(builder.EndObject(), IDENTIFIER)
    return bytes(builder.Output())


def _list(builder: flatbuffers.Builder, old: int, new: int) -> int:
    """Adds a vector of references: the old ones, to be resolved, then the new one."""
    builder.StartVector(4, old + 1, 4)
    builder.PrependUOffsetTRelative(new)
    for _ in range(old):
        builder.PrependUint32(_LATER)
    return int(builder.EndVector())


def _point(front: bytearray, place: int, target: int) -> None:
    """Resolves the reference at `place` to what lay at `target` in the old file."""
    struct.pack_into("<I", front, place, len(front) + target - place)


def _with_zip(model: bytes, files: dict[str, bytes]) -> bytes:
    out = io.BytesIO(model)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return out.getvalue()
