"""Custom ops that have a builtin equal: rewritten, so that every TensorFlow Lite can run the model.

    x -> Convolution2DTransposeBias(kernel, bias)            (MediaPipe's; no runtime but MediaPipe's and LiteRT has it)
    x -> TRANSPOSE_CONV(output shape, kernel, x, bias)       (builtin from version 3 on with a bias)

Whoever rewrites compares the outputs before and after, and names what is left.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

BOUND = 1e-5
"""How far an output may move, relative to its largest value: another order of the same sums."""


def rewrite(model: Any) -> tuple[str, ...]:
    """Rewrites a flatbuffer's object form (ModelT) in place; gives the names of the custom ops that became builtins."""
    found = set()
    for graph in model.subgraphs:
        for op in graph.operators:
            name = _custom_name(model, op)
            if name in _REWRITES and _REWRITES[name](model, graph, op):
                found.add(name)
    return tuple(sorted(found))


def custom_names(model: Any) -> tuple[str, ...]:
    """Gives the names of the custom ops that a model runs, sorted."""
    found = {_custom_name(model, op) for graph in model.subgraphs for op in graph.operators}
    return tuple(sorted(name for name in found if name is not None))


def _custom_name(model: Any, op: Any) -> str | None:
    code = model.operatorCodes[op.opcodeIndex]
    name = code.customCode
    if name is None:
        return None
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _transpose_conv(model: Any, graph: Any, op: Any) -> bool:
    """Convolution2DTransposeBias(x, kernel OHWI, bias) -> TRANSPOSE_CONV(shape, kernel, x, bias)."""
    from ai_edge_litert import schema_py_generated as schema

    stored = bytes(bytearray(op.customOptions)) if op.customOptions is not None else b""
    paddings = {1: schema.Padding.SAME, 2: schema.Padding.VALID}
    if len(stored) < 12 or len(op.inputs) != 3:
        return False
    padding, stride_w, stride_h = struct.unpack("<3i", stored[:12])
    if padding not in paddings or min(stride_w, stride_h) < 1:
        return False
    options = schema.TransposeConvOptionsT()
    options.padding = paddings[padding]
    options.strideW, options.strideH = stride_w, stride_h
    options.fusedActivationFunction = schema.ActivationFunctionType.NONE
    x, kernel, bias = (int(index) for index in op.inputs)
    shape = _constant(model, graph, np.asarray(graph.tensors[op.outputs[0]].shape, np.int32), "output_shape")
    op.inputs = [shape, kernel, x, bias]
    op.opcodeIndex = _builtin(model, schema.BuiltinOperator.TRANSPOSE_CONV, 3)
    op.builtinOptionsType, op.builtinOptions = schema.BuiltinOptions.TransposeConvOptions, options
    op.customOptions = None
    return True


_REWRITES: dict[str, Callable[[Any, Any, Any], bool]] = {"Convolution2DTransposeBias": _transpose_conv}


def _constant(model: Any, graph: Any, values: Any, name: str) -> int:
    """Adds a constant tensor; gives its index."""
    from ai_edge_litert import schema_py_generated as schema

    buffer = schema.BufferT()
    buffer.data = values.view(np.uint8)
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type = name.encode(), [len(values)], schema.TensorType.INT32
    tensor.buffer = len(model.buffers)
    model.buffers.append(buffer)
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _builtin(model: Any, builtin: int, version: int) -> int:
    """Gives the index of a builtin's code, added where there is none of this version."""
    from ai_edge_litert import schema_py_generated as schema

    for place, code in enumerate(model.operatorCodes):
        if code.builtinCode == builtin and code.version == version:
            return place
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), version
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1
