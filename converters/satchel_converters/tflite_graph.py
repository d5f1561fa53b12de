"""The ops and tensors of a .tflite, as the checks of precision need them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from satchel_metadata.errors import ModelError


@dataclass(frozen=True)
class GraphTensor:
    """One tensor: `constant` when its values are stored in the file, `scales` the number of its quantisation scales."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    constant: bool
    scales: int

    @property
    def elements(self) -> int:
        """The number of its elements."""
        count = 1
        for size in self.shape:
            count *= max(size, 1)
        return count


@dataclass(frozen=True)
class GraphOp:
    """One op with its inputs and outputs; optional inputs that are absent are left out."""

    name: str
    inputs: tuple[GraphTensor, ...]
    outputs: tuple[GraphTensor, ...]


@dataclass(frozen=True)
class Graph:
    """Every op of every subgraph, and the inputs and outputs of the first."""

    ops: tuple[GraphOp, ...]
    inputs: tuple[GraphTensor, ...]
    outputs: tuple[GraphTensor, ...]


def read_graph(model: bytes, where: str = "") -> Graph:
    """Gives the ops and tensors of a .tflite.

    Raises:
        ModelError: model/damaged when the flatbuffer does not hold together.
    """
    from ai_edge_litert import schema_py_generated as schema

    try:
        root = schema.Model.GetRootAs(model, 0)
        names = _enum(schema.TensorType)
        codes = [
            _op_name(root.OperatorCodes(i), _enum(schema.BuiltinOperator)) for i in range(root.OperatorCodesLength())
        ]
        graphs = [_subgraph(root, i, codes, names) for i in range(root.SubgraphsLength())]
        first = graphs[0]
    except Exception as error:  # A damaged flatbuffer fails in whatever way its wrong offsets lead to.
        raise ModelError(
            "model/damaged",
            f"the .tflite is damaged or cut off: {type(error).__name__} while reading its graph",
            where=where,
            hint="Copy it again, or convert the model again.",
        ) from None
    return Graph(tuple(op for graph in graphs for op in graph.ops), first.inputs, first.outputs)


def _enum(kind: Any) -> dict[int, str]:
    return {value: name for name, value in vars(kind).items() if isinstance(value, int)}


def _op_name(code: Any, builtins: dict[int, str]) -> str:
    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    name = builtins.get(number, f"OP_{number}")
    return f"CUSTOM:{(code.CustomCode() or b'').decode(errors='replace')}" if name == "CUSTOM" else name


def _subgraph(root: Any, index: int, codes: list[str], types: dict[int, str]) -> Graph:
    part = root.Subgraphs(index)
    tensors = [_tensor(root, part.Tensors(i), types) for i in range(part.TensorsLength())]

    def picked(count: int, at: Any) -> Iterator[GraphTensor]:
        return (tensors[at(i)] for i in range(count) if at(i) >= 0)

    def op(index: int) -> GraphOp:
        each = part.Operators(index)
        inputs = tuple(picked(each.InputsLength(), each.Inputs))
        return GraphOp(codes[each.OpcodeIndex()], inputs, tuple(picked(each.OutputsLength(), each.Outputs)))

    ops = tuple(op(i) for i in range(part.OperatorsLength()))
    inputs = tuple(picked(part.InputsLength(), part.Inputs))
    return Graph(ops, inputs, tuple(picked(part.OutputsLength(), part.Outputs)))


def _tensor(root: Any, tensor: Any, types: dict[int, str]) -> GraphTensor:
    quantisation = tensor.Quantization()
    scales = quantisation.ScaleLength() if quantisation else 0
    buffer = root.Buffers(tensor.Buffer())
    constant = tensor.Buffer() > 0 and (buffer.DataLength() > 0 or buffer.Offset() > 1)
    name = (tensor.Name() or b"").decode(errors="replace")
    shape = tuple(tensor.Shape(i) for i in range(tensor.ShapeLength()))
    return GraphTensor(name, shape, types.get(tensor.Type(), f"TYPE_{tensor.Type()}"), constant, scales)
