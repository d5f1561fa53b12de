"""Reads from a .tflite which precision it really has, so that none is claimed that was not produced."""

from __future__ import annotations

from typing import Literal

from satchel_converters.tflite_graph import GraphOp, GraphTensor, read_graph
from satchel_metadata.errors import ConversionError

Precision = Literal["float32", "float16", "dynamic_range", "int8"]

WEIGHTED = {"CONV_2D": 1, "DEPTHWISE_CONV_2D": 1, "FULLY_CONNECTED": 1, "TRANSPOSE_CONV": 1}
"""Ops with weights, and which of their inputs these are."""
_AT_THE_EDGE = ("QUANTIZE", "DEQUANTIZE")
_FLOATS = ("FLOAT32", "FLOAT16", "FLOAT64", "BFLOAT16")


def of(model: bytes, where: str = "") -> Precision:
    """Gives the precision of a .tflite: int8 when any activation is quantised, else that of its weights.

    Args:
        model: the .tflite.
        where: what it is called in an error.

    Raises:
        ModelError: model/damaged.
    """
    graph = read_graph(model, where)
    activations = [tensor for op in graph.ops for tensor in op.outputs if op.name not in _AT_THE_EDGE]
    if any(tensor.scales and tensor.dtype not in _FLOATS for tensor in activations):
        return "int8"
    constants = [tensor for op in graph.ops for tensor in op.inputs if tensor.constant]
    if any(tensor.scales and tensor.dtype not in _FLOATS for tensor in constants):
        return "dynamic_range"
    return "float16" if any(tensor.dtype == "FLOAT16" for tensor in constants) else "float32"


def require_float(model: bytes, wanted: str) -> None:
    """Refuses a model that is quantised already (model/already-quantised)."""
    found = of(model)
    if found in ("int8", "dynamic_range"):
        raise ConversionError(
            "model/already-quantised",
            f"{wanted} is made from a float model, and this one is {found} already",
            hint=f"Pack it as {found}, or start from the float model.",
        )


def require(model: bytes, wanted: Literal["float16", "dynamic_range", "int8"], *, per_channel: bool = True) -> None:
    """Refuses a model that is not of the precision it was made to have.

    Every convolution and dense layer must have float16 weights, or int8 weights with one scale a channel (or,
    where not `per_channel`, one scale in all).

    Raises:
        ConversionError: model/precision-not-reached, which lists the layers that do not.
    """
    graph = read_graph(model)
    widened = {op.outputs[0].name: op.inputs[0] for op in graph.ops if op.name == "DEQUANTIZE"}
    dtype = "FLOAT16" if wanted == "float16" else "INT8"
    left = [op for op in graph.ops if op.name in WEIGHTED and not _has_weights(op, widened, dtype, per_channel)]
    if left:
        raise not_reached(wanted, tuple(map(_shown, left)))
    found = of(model)
    if found != wanted:
        raise ConversionError(
            "model/precision-not-reached",
            f"{wanted} was asked for, but the model stayed {found}: it has no weights that could become so",
            hint="Pack it as float32.",
        )


def of_layers(model: bytes) -> tuple[str, ...]:
    """Gives the precision of each op with weights, in their order; "computed" where another op computes the weights."""
    graph = read_graph(model)
    widened = {op.outputs[0].name: op.inputs[0] for op in graph.ops if op.name == "DEQUANTIZE"}
    return tuple(_layer(op, widened) for op in graph.ops if op.name in WEIGHTED)


def _layer(op: GraphOp, widened: dict[str, GraphTensor]) -> str:
    tensor, answer = op.inputs[WEIGHTED[op.name]], op.outputs[0].dtype
    stored = tensor if tensor.constant else widened.get(tensor.name, tensor)
    if not stored.constant:
        return "computed"
    if stored.dtype == "INT8":
        whole = {"INT8": "int8", "INT16": "int16x8"}.get(answer, "dynamic_range")
        return whole if tensor.constant else "weight_only"
    return {"FLOAT32": "float32", "FLOAT16": "float16", "INT4": "int4"}.get(stored.dtype, stored.dtype.lower())


def _has_weights(op: GraphOp, widened: dict[str, GraphTensor], dtype: str, per_channel: bool) -> bool:
    tensor = op.inputs[WEIGHTED[op.name]]
    weights = tensor if tensor.constant else widened.get(tensor.name, tensor)
    if not weights.constant:
        return True  # Weights that another op computes are activations.
    scaled = weights.scales == (_channels(op, weights) if per_channel else 1) or dtype == "FLOAT16"
    return weights.dtype == dtype and scaled


def _channels(op: GraphOp, weights: GraphTensor) -> int:
    return weights.shape[-1] if op.name == "DEPTHWISE_CONV_2D" else weights.shape[0]


def require_io(model: bytes, io: str) -> None:
    """Refuses a quantised model whose inputs or outputs are not as asked (model/precision-not-reached)."""
    graph = read_graph(model)
    wrong = [each for each in (*graph.inputs, *graph.outputs) if not _io_fits(each, io)]
    if wrong:
        found = ", ".join(f"{each.name} is {each.dtype.lower()}" for each in wrong)
        raise ConversionError(
            "model/precision-not-reached",
            f"expected {io} inputs and outputs, found: {found}",
            where=wrong[0].name,
            hint="Ask for the other kind of input and output, or start from the float model.",
        )


def _io_fits(tensor: GraphTensor, io: str) -> bool:
    number = tensor.dtype in _FLOATS or tensor.scales > 0
    return not number or tensor.dtype == io.upper()


def float_ops(model: bytes) -> tuple[str, ...]:
    """Gives the ops that compute in float, as "OP (tensor)"; steps into and out of integers at the edge are none."""
    graph = read_graph(model)
    edge = {tensor.name for tensor in (*graph.inputs, *graph.outputs)}
    return tuple(_shown(op) for op in graph.ops if _computes_in_float(op, edge))


def _computes_in_float(op: GraphOp, edge: set[str]) -> bool:
    floats = [tensor for tensor in (*op.inputs, *op.outputs) if tensor.dtype in _FLOATS]
    if op.name in _AT_THE_EDGE:
        return any(tensor.name not in edge for tensor in floats)
    return bool(floats)


def not_reached(wanted: str, left: tuple[str, ...], model: bytes | None = None) -> ConversionError:
    """Gives the error that lists the ops left in float (model/precision-not-reached).

    Args:
        wanted: the precision asked for.
        left: the ops, as "OP (tensor)".
        model: the float .tflite it was to be made of; an integer input of it that becomes floats inside is named.
    """
    shown = ", ".join(left[:8]) + (f" and {len(left) - 8} more" if len(left) > 8 else "")
    return ConversionError(
        "model/precision-not-reached",
        f"{wanted} was asked for, but {len(left)} ops did not become so: {shown}",
        hint=_cast_hint(model, left)
        or "Replace these layers, or choose a variant that keeps float activations (float16, dynamic_range).",
    )


def _cast_hint(model: bytes | None, left: tuple[str, ...]) -> str:
    """Gives what to do where the ops left make floats of an integer input, else nothing."""
    whole = (
        [each for each in read_graph(model).inputs if each.dtype not in _FLOATS and not each.scales] if model else []
    )
    if not whole or not any(op.startswith("CAST ") for op in left):
        return ""
    name, dtype = whole[0].name, whole[0].dtype.lower()
    return (
        f"The input {name!r} is {dtype} and made float inside the model: give the model a float32 input instead; the "
        "int8 variant's own input is uint8 all the same."
    )


def _shown(op: GraphOp) -> str:
    return f"{op.name} ({op.outputs[0].name if op.outputs else '?'})"
