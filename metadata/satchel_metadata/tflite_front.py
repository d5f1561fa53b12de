"""The arithmetic with which a .tflite begins: what a Rescaling or Normalization layer of the model became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.flatbuffer import DamagedError, Table, root
from satchel_metadata.tflite_model import IDENTIFIER, not_a_model

Floats = NDArray[np.float64]
_ARITHMETIC: dict[int, Literal["ADD", "MUL", "SUB", "DIV"]] = {0: "ADD", 18: "MUL", 41: "SUB", 42: "DIV"}
_CARRIED_OUT: dict[str, np.ufunc] = {"ADD": np.add, "MUL": np.multiply, "SUB": np.subtract, "DIV": np.divide}
_PASSING = (6, 53, 114)
"""DEQUANTIZE, CAST and QUANTIZE: the value stays what it is."""
_DTYPES = {0: "<f4", 1: "<f2", 2: "<i4", 3: "u1", 9: "i1"}
_MOST = 8
"""Operators that are looked at: a preparation is shorter."""


@dataclass(frozen=True)
class Step:
    """x op value, or value op x when `turned`; value has one number, or one for each of the last axis."""

    op: Literal["ADD", "MUL", "SUB", "DIV"]
    value: Floats
    turned: bool

    def run(self, x: Floats) -> Floats:
        """Gives what the step makes of values, [n, 1 or as many as value]."""
        left, right = (self.value, x) if self.turned else (x, self.value)
        # A stranger's model may divide by 0.
        with np.errstate(all="ignore"):
            made: Floats = _CARRIED_OUT[self.op](left, right)
        return made


def front_steps(tflite: bytes, place: int = 0, where: str = "the model") -> tuple[Step, ...]:
    """Gives the additions and multiplications by constants that an input meets before anything else.

    Args:
        tflite: the bytes of the file; any bytes.
        place: of the input among the model's inputs.
        where: what to call the model in an error.

    Raises:
        ModelError: model/not-a-model.
    """
    try:
        return _walked(root(tflite, IDENTIFIER), place)
    except (DamagedError, IndexError) as error:
        raise not_a_model(f"expected a TensorFlow Lite model; {error}", where) from None


def _walked(model: Table, place: int) -> tuple[Step, ...]:
    graph = model.tables(2)[0]
    codes = [max(code.integer(0, "b"), code.integer(3, "i")) for code in model.tables(1)]
    readers: dict[int, list[Table]] = {}
    for operator in graph.tables(3):
        for index in operator.integers(1, "i4"):
            readers.setdefault(index, []).append(operator)
    tensors, buffers = graph.tables(0), model.tables(4)
    current, found = graph.integers(1, "i4")[place], list[Step]()
    for _ in range(_MOST):
        following = readers.get(current, [])
        code = codes[following[0].integer(0, "I")] if len(following) == 1 else -1
        if code in _ARITHMETIC:
            step = _step(following[0], current, _ARITHMETIC[code], tensors, buffers)
            if step is None:
                break
            found.append(step)
        elif code not in _PASSING:
            break
        current = following[0].integers(2, "i4")[0]
    return tuple(found)


def _step(operator: Table, current: int, op: Any, tensors: list[Table], buffers: list[Table]) -> Step | None:
    inputs = operator.integers(1, "i4")
    if len(inputs) != 2 or inputs[0] == inputs[1]:
        return None
    turned = inputs[1] == current
    value = _constant(tensors[inputs[0] if turned else inputs[1]], buffers)
    last = (tensors[current].integers(0, "i4") or (1,))[-1]
    return None if value is None or value.size not in (1, last) else Step(op, value.reshape(-1), turned)


def _constant(tensor: Table, buffers: list[Table]) -> Floats | None:
    content, dtype = buffers[tensor.integer(2, "I")].raw(0), _DTYPES.get(tensor.integer(1, "b"))
    if dtype is None or not content.size or content.size % np.dtype(dtype).itemsize:
        return None
    value = content.view(dtype).astype(np.float64)
    quantization = tensor.table(4)
    scales = quantization.numbers(2, "f4") if quantization else ()
    if quantization is None or not scales:
        return value
    zero_points = quantization.integers(3, "i8") or (0,)
    return (value - zero_points[0]) * scales[0]
