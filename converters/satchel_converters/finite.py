"""Weights that are numbers."""

from __future__ import annotations

import numpy as np

from satchel_metadata.errors import ModelError


def require_finite(model: bytes) -> None:
    """Refuses a .tflite whose stored values are NaN or its weights infinite (model/not-finite, with the tensor's name).

    A single infinite value is no weight: it is what a padding may be filled with.
    """
    from ai_edge_litert import schema_py_generated as schema

    types = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16}
    root = schema.Model.GetRootAs(model, 0)
    for graph in map(root.Subgraphs, range(root.SubgraphsLength())):
        for tensor in map(graph.Tensors, range(graph.TensorsLength())):
            buffer = root.Buffers(tensor.Buffer())
            if tensor.Type() not in types or not buffer.DataLength():
                continue
            values = buffer.DataAsNumpy().view(types[tensor.Type()])
            wrong = np.isnan(values) if values.size == 1 else ~np.isfinite(values)
            if wrong.any():
                raise _refused((tensor.Name() or b"").decode(errors="replace"), int(wrong.sum()), values.size)


def _refused(name: str, count: int, total: int) -> ModelError:
    return ModelError(
        "model/not-finite",
        f"{count} of {total} values are NaN or infinite",
        where=name,
        hint="The training diverged: train again with a lower rate, or load an earlier checkpoint.",
    )
