"""Smaller .tflite models made from the float one by the LiteRT quantizer, each proved to be what was asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

from satchel_converters import precision
from satchel_converters.buffers import inlined
from satchel_converters.calibration import Method, Progress, Sample, calibrated
from satchel_converters.quiet import kept_back
from satchel_metadata.errors import ConversionError

IO = Literal["uint8", "float32"]

_EVERYTHING = ".*"


def float32(tflite: bytes) -> bytes:
    """Gives the model as it is, provided that it is float32.

    Raises:
        ConversionError: model/already-quantised.
    """
    precision.require_float(tflite, "float32")
    return tflite


def float16(tflite: bytes) -> bytes:
    """Gives the model with float16 weights, which runtimes widen as they load it; all else stays float32.

    A model that has float16 weights already is given as it is.

    Raises:
        ConversionError: model/already-quantised, model/precision-not-reached when a layer kept float32 weights.
    """
    if precision.of(tflite) == "float16":
        return tflite
    precision.require_float(tflite, "float16")
    with kept_back():
        from litert_quantizer import algorithm_manager, qtyping, quantizer

        work = quantizer.Quantizer(tflite)
        work.add_weight_only_config(
            _EVERYTHING,
            qtyping.TFLOperationName.ALL_SUPPORTED,
            num_bits=16,
            algorithm_key=algorithm_manager.AlgorithmName.FLOAT_CASTING,
        )
        made = quantise(work, None)
    precision.require(made, "float16")
    return made


def dynamic_range(tflite: bytes) -> bytes:
    """Gives the model with int8 weights, one scale a channel; activations stay float32 and are quantised as it runs.

    A model that is so already is given as it is.

    Raises:
        ConversionError: model/already-quantised, model/precision-not-reached when a layer kept float32 weights.
    """
    if precision.of(tflite) == "dynamic_range":
        return tflite
    precision.require_float(tflite, "dynamic_range")
    with kept_back():
        from litert_quantizer import qtyping, quantizer

        work = quantizer.Quantizer(tflite)
        work.add_dynamic_config(_EVERYTHING, qtyping.TFLOperationName.ALL_SUPPORTED, num_bits=8)
        made = quantise(work, None)
    precision.require(made, "dynamic_range")
    return made


@dataclass(frozen=True)
class Quantised:
    """A quantised .tflite, the ops of it that stayed in float, as "OP (tensor)", and what calibration showed."""

    tflite: bytes
    left: tuple[str, ...]
    facts: dict[str, Any]


def int8(
    tflite: bytes,
    calibration: Iterable[Sample],
    *,
    io: IO = "uint8",
    progress: Progress | None = None,
) -> bytes:
    """Gives the model with int8 weights (one scale a channel) and int8 activations, as `int8_told` makes it.

    Raises:
        ConversionError: model/no-calibration, model/precision-not-reached, which lists the ops left in float.
    """
    made, left = int8_with_leftovers(tflite, calibration, io=io, progress=progress)
    if left:
        raise precision.not_reached("int8", left, tflite)
    return made


def int8_with_leftovers(
    tflite: bytes,
    calibration: Iterable[Sample],
    *,
    io: IO = "uint8",
    progress: Progress | None = None,
) -> tuple[bytes, tuple[str, ...]]:
    """Gives what `int8` gives, and the ops that stayed in float, as "OP (tensor)", instead of refusing."""
    made = int8_told(tflite, calibration, io=io, progress=progress)
    return made.tflite, made.left


def int8_told(
    tflite: bytes,
    calibration: Iterable[Sample],
    *,
    io: IO = "uint8",
    per_channel: bool = True,
    method: Method = "min_max",
    progress: Progress | None = None,
) -> Quantised:
    """Gives the model with int8 weights and int8 activations, the ops left in float, and what calibration showed.

    (On 126 pictures ranges from the smallest to the largest value kept 90 % of EfficientNet-Lite0's top-1 answers; a
    moving average, the quantizer's own way, kept 76 %.) Nothing is kept of the samples but their ranges, so
    `calibration` may be a generator over any number of photos.

    A model that is int8 already is given as it is, with the inputs and outputs that it has, and `calibration` is not
    touched.

    Args:
        tflite: the float model.
        calibration: prepared inputs as the model gets them, input name -> float tensor with batch 1.
        io: "uint8" inputs and outputs carry a scale and a zero point; "float32" ones are quantised inside the model.
        per_channel: one scale for each output channel of a kernel, else one for the kernel.
        method: how ranges follow from the samples.
        progress: called as progress(done, total, what); total is 0 while the number of samples is not known.

    Raises:
        ConversionError: model/no-calibration, model/precision-not-reached.
    """
    if precision.of(tflite) == "int8":
        return Quantised(tflite, precision.float_ops(tflite), {})
    precision.require_float(tflite, "int8")
    with kept_back():
        from litert_quantizer import qtyping, quantizer

        grain = qtyping.QuantGranularity.CHANNELWISE if per_channel else qtyping.QuantGranularity.TENSORWISE
        work = quantizer.Quantizer(tflite)
        work.add_static_config(
            _EVERYTHING,
            qtyping.TFLOperationName.ALL_SUPPORTED,
            activation_num_bits=8,
            weight_num_bits=8,
            weight_granularity=grain,
        )
        for place in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT):
            io_rule(work, place, io)
    found = calibrated(tflite, work, calibration, method, progress)
    with kept_back():
        made = quantise(work, found.ranges)
    precision.require(made, "int8", per_channel=per_channel)
    precision.require_io(made, io)
    return Quantised(made, precision.float_ops(made), found.facts)


def io_rule(work: Any, place: Any, io: IO) -> None:
    """Sets what inputs or outputs are: asymmetric uint8, or left in float."""
    from litert_quantizer import algorithm_manager, qtyping

    if io == "float32":
        work.update_quantization_recipe(_EVERYTHING, place, algorithm_key=algorithm_manager.AlgorithmName.NO_QUANTIZE)
        return
    activations = qtyping.TensorQuantizationConfig(num_bits=8, symmetric=False, dtype=qtyping.TensorDataType.UINT)
    weights = qtyping.TensorQuantizationConfig(
        num_bits=8, symmetric=True, granularity=qtyping.QuantGranularity.CHANNELWISE
    )
    rule = qtyping.OpQuantizationConfig(
        activation_tensor_config=activations,
        weight_tensor_config=weights,
        compute_precision=qtyping.ComputePrecision.INTEGER,
        explicit_dequantize=False,
    )
    work.update_quantization_recipe(_EVERYTHING, place, rule)


def quantise(work: Any, ranges: Any, *, inside: bool = True) -> bytes:
    """Gives what a quantizer makes (model/not-quantisable where it refuses).

    Its weights stand behind the FlatBuffer, where LiteRT alone finds them; `inside` puts them into it.
    """
    try:
        with contextlib.redirect_stderr(StringIO()):  # It draws a progress bar in spite of the argument.
            made = work.quantize(ranges, enable_progress_bar=False, enable_progress_report=False).quantized_model
    except Exception as error:  # The quantizer raises whatever its passes meet.
        reason = " ".join(str(error).split())[:300]
        raise ConversionError(
            "model/not-quantisable",
            f"the LiteRT quantizer refused the model: {reason}",
            hint="It cannot quantise loops (LSTM, GRU) or branches; choose float16 or dynamic_range for such a model.",
        ) from error
    return inlined(bytes(made)) if inside else bytes(made)
