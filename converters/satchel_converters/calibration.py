"""The range of every activation over calibration inputs, taken one at a time; nothing else is kept of them."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel_converters.quiet import kept_back
from satchel_metadata.errors import ConversionError

Sample = Mapping[str, NDArray[Any]]
Progress = Callable[[int, int, str], None]
Method = Literal["min_max", "moving_average", "percentile"]
METHODS: tuple[Method, ...] = ("min_max", "moving_average", "percentile")
THREADS = 2  # Fixed, so that calibration does not follow the machine.
SMOOTHING = 0.95
"""Weight of what came before in the moving average: the LiteRT quantizer's own."""
KEPT = 99.99
"""Per cent of an activation's values within its range by percentile; half of the others lie beyond either end."""
_HALF = 8192


@dataclass(frozen=True)
class Calibrated:
    """What the samples showed.

    Attributes:
        ranges: tensor name -> {"min", "max"}, as the LiteRT quantizer takes them.
        facts: method, number of samples, and for each tensor its range and how its largest magnitude spreads over the
            samples (standard deviation by mean).
    """

    ranges: dict[str, dict[str, NDArray[Any]]]
    facts: dict[str, Any]


class Histogram:
    """Counts of values in bins of equal width around zero; the width doubles where a value lies beyond them."""

    def __init__(self) -> None:
        self._counts = np.zeros(2 * _HALF, np.int64)
        self._width = 0.0
        self._least, self._most = math.inf, -math.inf

    def add(self, values: NDArray[Any]) -> None:
        """Counts values; those that are no numbers are refused before (they have no range)."""
        self._least, self._most = min(self._least, float(values.min())), max(self._most, float(values.max()))
        reach = max(abs(self._least), abs(self._most))
        if not self._width:
            self._width = reach / (_HALF - 1)
        if not self._width:
            return
        while reach / self._width >= _HALF:
            halved = self._counts.reshape(-1, 2).sum(axis=1)
            self._counts = np.concatenate([np.zeros(_HALF // 2, np.int64), halved, np.zeros(_HALF // 2, np.int64)])
            self._width *= 2
        places = np.floor(values.ravel() / self._width).astype(np.int64) + _HALF
        self._counts += np.bincount(places, minlength=2 * _HALF)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest value."""
        return self._least, self._most

    def range(self, kept: float = KEPT) -> tuple[float, float]:
        """Gives the range that holds `kept` per cent of the values, to the width of a bin."""
        if not self._counts.any():
            return self._least, self._most
        upto = np.cumsum(self._counts)
        cut = (1 - kept / 100) / 2 * upto[-1]
        low = int(np.searchsorted(upto, cut, side="right"))
        high = int(np.searchsorted(upto, upto[-1] - cut, side="left"))
        edges = (low - _HALF) * self._width, (high + 1 - _HALF) * self._width
        return max(edges[0], self._least), min(edges[1], self._most)


class _Ranges:
    """Statistics of one tensor over the samples."""

    def __init__(self) -> None:
        self.count, self.sum, self.squares = 0, 0.0, 0.0
        self.least: Any = None
        self.most: Any = None
        self.average: Any = None

    def add(self, least: NDArray[Any], most: NDArray[Any]) -> None:
        reach = float(max(np.abs(least).max(), np.abs(most).max()))
        self.count, self.sum, self.squares = self.count + 1, self.sum + reach, self.squares + reach * reach
        if self.least is None:
            self.least, self.most, self.average = least, most, (least, most)
            return
        self.least, self.most = np.minimum(self.least, least), np.maximum(self.most, most)
        before = self.average
        self.average = tuple(
            SMOOTHING * old + (1 - SMOOTHING) * new for old, new in zip(before, (least, most), strict=True)
        )

    def spread(self) -> float:
        mean = self.sum / self.count
        return math.sqrt(max(self.squares / self.count - mean * mean, 0.0)) / mean if mean else 0.0


def calibrated(
    tflite: bytes, work: Any, samples: Iterable[Sample], method: Method = "min_max", progress: Progress | None = None
) -> Calibrated:
    """Gives the range of every activation of a float model over the samples.

    By "min_max" it reaches from the smallest to the largest value, in whatever order; by "moving_average" its ends are
    the exponential averages of each sample's, in their order; by "percentile" it holds `KEPT` per cent of all values.

    Args:
        tflite: the float model.
        work: the quantizer whose recipe it is for.
        samples: input name -> float tensor with batch 1.
        method: how ranges follow from the samples.
        progress: called as progress(done, total, what); total is 0 while the number of samples is not known.

    Raises:
        ConversionError: model/no-calibration, model/input-names, model/shape-mismatch.
    """
    watch = _watch(tflite)
    (signature, *_) = watch.get_signature_list()
    total = len(samples) if isinstance(samples, Sized) else 0
    ranges: dict[str, _Ranges] = {}
    counted = _Values(tflite, signature) if method == "percentile" else None
    done = 0
    for done, sample in enumerate(samples, start=1):
        fitted = _fit(sample, watch, signature)
        with contextlib.redirect_stderr(StringIO()):  # It draws a progress bar.
            watch.calibrate({signature: [fitted]}, work._recipe_manager)
        for name, found in watch.get_model_qsvs().items():
            if found:
                ranges.setdefault(name, _Ranges()).add(found["min"], found["max"])
        if counted:
            counted.add(fitted)
        if progress:
            progress(done, total, "calibrating")
    if not done:
        raise ConversionError(
            "model/no-calibration",
            "calibration needs at least one input, and there is none",
            hint="Give calibration photos like those the model will see: 100 to 500 of them.",
        )
    return _told(ranges, method, done, counted.found if counted else {})


def _told(ranges: dict[str, _Ranges], method: Method, samples: int, counted: Mapping[str, Histogram]) -> Calibrated:
    """Gives the ranges chosen, and the facts about them."""
    chosen = {name: _chosen(each, method, counted.get(name)) for name, each in ranges.items()}
    tensors = {
        name: {"min": float(np.min(least)), "max": float(np.max(most)), "spread": round(ranges[name].spread(), 4)}
        for name, (least, most) in chosen.items()
    }
    facts = {"method": method, "samples": samples, "tensors": tensors}
    return Calibrated({name: {"min": ends[0], "max": ends[1]} for name, ends in chosen.items()}, facts)


def _chosen(found: _Ranges, method: Method, counted: Histogram | None) -> tuple[NDArray[Any], NDArray[Any]]:
    if method == "moving_average":
        return found.average[0], found.average[1]
    if counted is not None:
        least, most = counted.range()
        return np.array([least], np.float32), np.array([most], np.float32)
    return found.least, found.most


def _watch(tflite: bytes) -> Any:
    """Gives the quantizer's calibrator, set to keep of each sample only its own ranges."""
    from litert_quantizer import calibrator

    with kept_back():
        return calibrator.Calibrator(
            tflite,
            num_threads=THREADS,
            mode=calibrator.CalibrationMode.CALIBRATION_PROFILER_BASED,
            qsv_update_func=lambda before, found: found,
        )


def histograms(tflite: bytes, samples: Iterable[Sample]) -> dict[str, Histogram]:
    """Gives the values of every float tensor that a model computes over samples, counted, by its name.

    Raises:
        ConversionError: model/input-names, model/shape-mismatch.
    """
    watch = _watch(tflite)
    (signature, *_) = watch.get_signature_list()
    counted = _Values(tflite, signature)
    for each in samples:
        counted.add(_fit(each, watch, signature))
    return counted.found


class _Values:
    """Counts the values of every float tensor that a model computes."""

    def __init__(self, tflite: bytes, signature: str) -> None:
        from litert_quantizer.utils import tfl_interpreter_utils

        with kept_back():
            self._interpreter = tfl_interpreter_utils.create_tfl_interpreter(tflite, num_threads=THREADS)
        self._runner = self._interpreter.get_signature_runner(signature)
        self._tensors = [
            (each["name"], each["index"])
            for each in self._interpreter.get_tensor_details()
            if each["name"] and each["dtype"] == np.float32 and np.all(each["shape"])
        ]
        self.found: dict[str, Histogram] = {}

    def add(self, sample: Sample) -> None:
        self._runner(**sample)
        for name, index in self._tensors:
            with contextlib.suppress(ValueError):  # A tensor that the runtime folded away has no values.
                self.found.setdefault(name, Histogram()).add(self._interpreter.get_tensor(index))


def _fit(sample: Sample, watch: Any, signature: str) -> dict[str, NDArray[Any]]:
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
