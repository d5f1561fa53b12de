"""The kernels that a .tflite stores: how many zeros and how many different values really ship."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_converters.quiet import kept_back
from satchel_converters.tflite_graph import read_graph

_KERNELS = {"CONV_2D": 1, "DEPTHWISE_CONV_2D": 1, "FULLY_CONNECTED": 1, "TRANSPOSE_CONV": 1}


@dataclass(frozen=True, eq=False)
class StoredKernel:
    """One kernel as it is stored.

    Attributes:
        name: the tensor's.
        op: the op that uses it.
        values: as stored: int8 where quantised, float16 where an op widens them, else float32.
    """

    name: str
    op: str
    values: NDArray[Any]

    @property
    def zeros(self) -> int:
        """How many of the values are zero."""
        return int(np.sum(self.values == 0))

    @property
    def different(self) -> int:
        """How many different values the whole of it has, as stored."""
        return int(np.unique(self.values).size)

    @property
    def different_in_a_channel(self) -> int:
        """How many different values one of its output channels has at most.

        A scale of each channel's own (of int8, or of a batch normalisation that was folded in) makes other values of
        those that channels share, but leaves as many in each.
        """
        axis = -1 if self.op == "DEPTHWISE_CONV_2D" else 0
        return max(int(np.unique(each).size) for each in np.moveaxis(self.values, axis, 0))


def stored_kernels(model: bytes) -> tuple[StoredKernel, ...]:
    """Gives the kernels of convolutions and dense layers, in the order of the ops.

    Raises:
        ModelError: model/damaged.
    """
    from ai_edge_litert.interpreter import Interpreter

    ops = read_graph(model).ops
    widened = {op.outputs[0].name: op.inputs[0] for op in ops if op.name == "DEQUANTIZE"}
    used = {}
    for op in ops:
        if op.name in _KERNELS:
            kernel = op.inputs[_KERNELS[op.name]]
            stored = kernel if kernel.constant else widened.get(kernel.name, kernel)
            if stored.constant:
                used[stored.name] = op.name
    with kept_back():
        interpreter = Interpreter(model_content=model)
        details = {each["name"]: each for each in interpreter.get_tensor_details()}
        return tuple(_stored(name, op, interpreter, details[name]) for name, op in used.items())


def _stored(name: str, op: str, interpreter: Any, detail: Any) -> StoredKernel:
    return StoredKernel(name, op, np.array(interpreter.get_tensor(detail["index"])))
