"""Quantised .tflite models in which each op has a precision of its own, each op proved to have it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from satchel_converters import precision
from satchel_converters.calibration import Calibrated, Method, Progress, Sample, calibrated
from satchel_converters.quiet import kept_back
from satchel_converters.tflite import IO, Quantised, io_rule, quantise
from satchel_converters.tflite_graph import read_graph
from satchel_metadata.errors import ConversionError

OpPrecision = Literal["float32", "float16", "weight_only", "dynamic_range", "int8", "int16x8", "int4"]
OP_PRECISIONS: tuple[OpPrecision, ...] = (
    "float32",
    "float16",
    "weight_only",
    "dynamic_range",
    "int8",
    "int16x8",
    "int4",
)
_STATIC = {"int8": 8, "int16x8": 16}
"""Bits of the activations of the precisions that need calibration."""
INT4_OPS = ("FULLY_CONNECTED",)
"""Types of op that can have 4-bit weights."""


@dataclass(frozen=True)
class Op:
    """One op of the float model: its type, its name (that of its output tensor), and whether it has weights."""

    kind: str
    name: str
    weighted: bool


def ops_of(tflite: bytes) -> tuple[Op, ...]:
    """Gives the ops of a .tflite in their order."""
    return tuple(
        Op(each.name, ";".join(tensor.name for tensor in each.outputs), each.name in precision.WEIGHTED)
        for each in read_graph(tflite).ops
    )


def quantised(
    tflite: bytes,
    chosen: Sequence[OpPrecision],
    calibration: Iterable[Sample] = (),
    *,
    io: IO = "float32",
    method: Method = "min_max",
    progress: Progress | None = None,
) -> Quantised:
    """Gives the model with the precision chosen for each of its ops, in the order of `ops_of`.

    Ops without weights are computed in integers only where theirs is int8 or int16x8.

    Raises:
        ConversionError: model/already-quantised; model/no-calibration; model/precision-not-reached names the layers
            that cannot have, or do not have, what was chosen.
    """
    precision.require_float(tflite, "a quantised model")
    ops = ops_of(tflite)
    _refuse_int4(ops, chosen)
    work = _work(tflite, ops, chosen, io)
    needed = any(each in _STATIC for each in chosen)
    found = calibrated(tflite, work, calibration, method, progress) if needed else None
    made = _made(work, ops, chosen, found, io)
    return Quantised(made, precision.float_ops(made), found.facts if found else {})


class Ranged:
    """A float model whose activations' ranges are known: any choice of precisions is made of it without running it."""

    def __init__(
        self,
        tflite: bytes,
        calibration: Iterable[Sample],
        *,
        method: Method = "min_max",
        progress: Progress | None = None,
    ) -> None:
        """Takes the ranges (model/already-quantised, model/no-calibration)."""
        precision.require_float(tflite, "a quantised model")
        self.tflite, self.ops = tflite, ops_of(tflite)
        every: list[OpPrecision] = ["int8"] * len(self.ops)
        work = _work(tflite, self.ops, every, "float32")
        self.found = calibrated(tflite, work, calibration, method, progress)

    def quantised(self, chosen: Sequence[OpPrecision]) -> bytes:
        """Gives the model with the precision chosen for each of its ops, float32 at both ends, to run here.

        It computes what that of `quantised` computes; its weights stay where the quantizer puts them, which is quicker.
        """
        _refuse_int4(self.ops, chosen)
        work = _work(self.tflite, self.ops, chosen, "float32")
        with kept_back():
            made = quantise(work, self.found.ranges, inside=False)
        require_reached(made, self.ops, chosen)
        return made


def _work(tflite: bytes, ops: Sequence[Op], chosen: Sequence[OpPrecision], io: IO) -> Any:
    """Gives a quantizer that was told what each op is to be."""
    with kept_back():
        from litert_quantizer import qtyping, quantizer

        work = quantizer.Quantizer(tflite)
        for op, wanted in zip(ops, chosen, strict=True):
            _rule(work, op, wanted)
        for place in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT):
            io_rule(work, place, io)
    return work


def _made(work: Any, ops: Sequence[Op], chosen: Sequence[OpPrecision], found: Calibrated | None, io: IO) -> bytes:
    with kept_back():
        made = quantise(work, found.ranges if found else None)
    require_reached(made, ops, chosen)
    precision.require_io(made, io)
    return made


def _rule(work: Any, op: Op, wanted: OpPrecision) -> None:
    """Tells the quantizer what one op is to be."""
    from litert_quantizer import algorithm_manager, qtyping

    if wanted == "float32":
        return
    scope, every = f"^{re.escape(op.name)};?$", qtyping.TFLOperationName.ALL_SUPPORTED
    if wanted in _STATIC:
        work.add_static_config(scope, every, activation_num_bits=_STATIC[wanted], weight_num_bits=8)
    elif wanted == "dynamic_range":
        work.add_dynamic_config(scope, every, num_bits=8)
    elif wanted == "float16":
        casting = algorithm_manager.AlgorithmName.FLOAT_CASTING
        work.add_weight_only_config(scope, every, num_bits=16, algorithm_key=casting)
    else:
        work.add_weight_only_config(scope, every, num_bits=4 if wanted == "int4" else 8)


def _refuse_int4(ops: Sequence[Op], chosen: Sequence[OpPrecision]) -> None:
    wrong = [
        f"{op.kind} ({op.name})"
        for op, wanted in zip(ops, chosen, strict=True)
        if wanted == "int4" and op.weighted and op.kind not in INT4_OPS
    ]
    if wrong:
        raise ConversionError(
            "model/precision-not-reached",
            f"4-bit weights are for FULLY_CONNECTED alone, and {len(wrong)} layers are others: {', '.join(wrong[:8])}",
            where=wrong[0],
            hint='Send these layers elsewhere by rules: Mixed([("op:FULLY_CONNECTED", "int4"), ("*", "weight_only")]).',
        )


def require_reached(made: bytes, ops: Sequence[Op], chosen: Sequence[OpPrecision]) -> None:
    """Refuses a model in which a layer with weights does not have its precision (model/precision-not-reached)."""
    wanted = [(op, each) for op, each in zip(ops, chosen, strict=True) if op.weighted]
    found = precision.of_layers(made)
    wrong = [
        f"{op.kind} ({op.name}) is {there}, not {each}"
        for (op, each), there in zip(wanted, found, strict=True)
        if there not in (each, "computed")
    ]
    if wrong:
        raise ConversionError(
            "model/precision-not-reached",
            f"{len(wrong)} layers did not become what they should: {', '.join(wrong[:8])}",
            where=wrong[0].split(" is ")[0],
            hint="Choose another precision for these layers by rules (Mixed).",
        )
