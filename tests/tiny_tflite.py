"""Models written tensor by tensor, without TensorFlow: small enough to know every value by plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

FLOAT, UINT8 = schema.TensorType.FLOAT32, schema.TensorType.UINT8
ADD, SUB = schema.BuiltinOperator.ADD, schema.BuiltinOperator.SUB


@dataclass(frozen=True)
class Slot:
    """A tensor of a model to be written."""

    name: str
    shape: tuple[int, ...]
    kind: int = FLOAT
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()


@dataclass(frozen=True)
class Node:
    """An operator of a model to be written; a custom one has a name."""

    code: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    custom: str = ""


def tflite(slots: Sequence[Slot], nodes: Sequence[Node], inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
    """Gives the bytes of a .tflite with these tensors and operators."""
    model = schema.ModelT()
    model.version, model.description = 3, "written by hand"
    model.buffers = [schema.BufferT()]
    model.operatorCodes = [_code(node) for node in nodes]
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(slot) for slot in slots]
    graph.inputs, graph.outputs = list(inputs), list(outputs)
    graph.operators = [_operator(place, node) for place, node in enumerate(nodes)]
    model.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _code(node: Node) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = node.code
    code.version = 1
    if node.custom:
        code.customCode = node.custom
    return code


def _tensor(slot: Slot) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type = slot.name, list(slot.shape), slot.kind
    if slot.scales:
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale, tensor.quantization.zeroPoint = list(slot.scales), list(slot.zero_points)
    return tensor


def _operator(place: int, node: Node) -> Any:
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = place, list(node.inputs), list(node.outputs)
    options = {ADD: schema.AddOptionsT, SUB: schema.SubOptionsT}.get(node.code)
    if options is not None:
        operator.builtinOptions = options()
        operator.builtinOptionsType = {ADD: 11, SUB: 28}[node.code]
    return operator


def two_by_two() -> bytes:
    """Inputs `left` and `right`; outputs `difference` (left - right) and `sum`, in that order."""
    slots = [Slot(name, (1, 3)) for name in ("left", "right", "difference", "sum")]
    return tflite(slots, [Node(SUB, (0, 1), (2,)), Node(ADD, (0, 1), (3,))], (0, 1), (2, 3))


def quantised() -> bytes:
    """A uint8 tensor to itself plus itself: scale 0.5 and zero point 10 in, scale 1 and zero point 20 out."""
    slots = [Slot("q", (1, 4), UINT8, (0.5,), (10,)), Slot("twice", (1, 4), UINT8, (1.0,), (20,))]
    return tflite(slots, [Node(ADD, (0, 0), (1,))], (0,), (1,))
