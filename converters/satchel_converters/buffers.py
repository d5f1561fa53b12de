"""Moves a .tflite's weights into its FlatBuffer, where every reader of .tflite files looks for them."""

from __future__ import annotations

from typing import Any

ALIGNMENT = 16
"""Bytes that the schema asks the data of a buffer to be aligned to (`force_align`)."""


def inlined(tflite: bytes) -> bytes:
    """Gives the same model with all weights inside the FlatBuffer.

    Before: the buffer tables of a quantised model point behind the FlatBuffer, which runtimes older than TensorFlow
        Lite
    2.15 do not follow. After: each table holds its own data, aligned to 16 bytes. A model that is so already comes back
    unchanged.
    """
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_litert.tools import flatbuffer_utils

    outside = schema.Model.GetRootAs(tflite, 0)
    if not any(outside.Buffers(place).Offset() > 1 for place in range(outside.BuffersLength())):
        return tflite
    model = flatbuffer_utils.read_model_from_bytearray(tflite)
    model.buffers = [_Data(schema, each.data) for each in model.buffers]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


class _Data:
    """A buffer table that packs its data aligned, which the generated code leaves out."""

    def __init__(self, schema: Any, data: Any) -> None:
        self._schema, self._data = schema, b"" if data is None else bytes(data)

    def Pack(self, builder: Any) -> int:  # noqa: N802 (the name that the generated code calls)
        """Writes the table, gives its place."""
        vector = None
        if self._data:
            builder.StartVector(1, len(self._data), ALIGNMENT)
            builder.head -= len(self._data)
            builder.Bytes[builder.head : builder.head + len(self._data)] = self._data
            vector = builder.EndVector()
        self._schema.BufferStart(builder)
        if vector is not None:
            self._schema.BufferAddData(builder, vector)
        return int(self._schema.BufferEnd(builder))
