"""Smaller .tflite models made from the float one by the LiteRT quantizer, each proved to be what was asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sized
from io import StringIO
from typing import Any, Literal

import numpy as np

from satchel_converters import precision
from satchel_converters.buffers import inlined
from satchel_converters.quiet import kept_back
from satchel_metadata.errors import ConversionError

Sample = Mapping[str, np.ndarray[Any, Any]]
Progress = Callable[[int, int, str], None]
IO = Literal["uint8", "float32"]

_EVERYTHING = ".*"
THREADS = 2  # Fixed, so that calibration does not follow the machine.


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
        made = _made(work, None)
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
        made = _made(work, None)
    precision.require(made, "dynamic_range")
    return made


def int8(
    tflite: bytes,
    calibration: Iterable[Sample],
    *,
    io: IO = "uint8",
    progress: Progress | None = None,
) -> bytes:
    """Gives the model with int8 weights (one scale a channel) and int8 activations.

    Each activation's range reaches from the smallest to the largest value over all samples, in whatever order. (On 126
    pictures this kept 90 % of EfficientNet-Lite0's top-1 answers; a moving average, the quantizer's own way, kept
    76 %.) Nothing is kept of the samples but these ranges, so `calibration` may be a generator over any number of
    photos.

    A model that is int8 already is given as it is, with the inputs and outputs that it has, and `calibration` is not
    touched.

    Args:
        tflite: the float model.
        calibration: prepared inputs as the model gets them, input name -> float tensor with batch 1.
        io: "uint8" inputs and outputs carry a scale and a zero point; "float32" ones are quantised inside the model.
        progress: called as progress(done, total, what); total is 0 while the number of samples is not known.

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
    if precision.of(tflite) == "int8":
        return tflite, precision.float_ops(tflite)
    precision.require_float(tflite, "int8")
    with kept_back():
        from litert_quantizer import qtyping, quantizer

        work = quantizer.Quantizer(tflite)
        work.add_static_config(
            _EVERYTHING, qtyping.TFLOperationName.ALL_SUPPORTED, activation_num_bits=8, weight_num_bits=8
        )
        for place in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT):
            _io_rule(work, place, io)
    ranges = _calibrated(tflite, work, calibration, progress)
    with kept_back():
        made = _made(work, ranges)
    precision.require(made, "int8")
    precision.require_io(made, io)
    return made, precision.float_ops(made)


def _io_rule(work: Any, place: Any, io: IO) -> None:
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


def _made(work: Any, ranges: Any) -> bytes:
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
    return inlined(bytes(made))


def _calibrated(tflite: bytes, work: Any, calibration: Iterable[Sample], progress: Progress | None) -> Any:
    """Gives the range of every activation over all samples, taken one at a time."""
    from litert_quantizer import calibrator
    from litert_quantizer.utils import qsv_utils

    with kept_back():
        watch = calibrator.Calibrator(
            tflite,
            num_threads=THREADS,
            mode=calibrator.CalibrationMode.CALIBRATION_PROFILER_BASED,
            qsv_update_func=qsv_utils.min_max_update,
        )
    (signature, *_) = watch.get_signature_list()
    total = len(calibration) if isinstance(calibration, Sized) else 0
    done = 0
    for done, sample in enumerate(calibration, start=1):
        with contextlib.redirect_stderr(StringIO()):  # Another progress bar.
            watch.calibrate({signature: [_fit(sample, watch, signature)]}, work._recipe_manager)
        if progress:
            progress(done, total, "calibrating")
    if not done:
        raise ConversionError(
            "model/no-calibration",
            "int8 needs at least one calibration input, and there is none",
            hint="Give calibration photos like those the model will see: 100 to 500 of them.",
        )
    return watch.get_model_qsvs()


def _fit(sample: Sample, watch: Any, signature: str) -> dict[str, np.ndarray[Any, Any]]:
    """Gives a sample in the dtypes of the model's inputs, refused when names or shapes are not the model's."""
    details = watch._tfl_interpreter.get_signature_runner(signature).get_input_details()
    if len(sample) == len(details) == 1:  # a single input needs no name
        sample = dict(zip(details, sample.values(), strict=True))
    if set(sample) != set(details):
        raise ConversionError(
            "model/input-names",
            f"the model's inputs are {sorted(details)}, a calibration input gives {sorted(sample)}",
            hint="Give one value for each of the model's inputs.",
        )
    for name, detail in details.items():
        if tuple(np.shape(sample[name])) != tuple(detail["shape"]):
            raise ConversionError(
                "model/shape-mismatch",
                f"expected {list(map(int, detail['shape']))}, found a calibration input {list(np.shape(sample[name]))}",
                where=name,
                hint="Give values of the input's shape, with a batch of 1.",
            )
    return {name: np.ascontiguousarray(sample[name], detail["dtype"]) for name, detail in details.items()}
