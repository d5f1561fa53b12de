"""Runs the steps of a spec: what a person has becomes the model's input tensors, its output tensors become the answer.

What one input is made from, and how, is its family's matter (families); what a reading step does stands in readers.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.answers import Answer, Keypoint, Object, Window, answer_of
from satchel_metadata.artefact_tensors import check_against_tensors
from satchel_metadata.errors import BROKEN_MODEL, ModelError
from satchel_metadata.families import Family, Plan, Trace, family_of, given_apart
from satchel_metadata.infer import answer_output, answers_classes, check_steps, ranks, tensor_of
from satchel_metadata.ops import arithmetic
from satchel_metadata.ops.reading import Class
from satchel_metadata.readers import READ_OPS
from satchel_metadata.readers.base import Context, references, row
from satchel_metadata.readers.scores import ranked
from satchel_metadata.spec import Input, Output, Spec, Tensor

__all__ = ["Answer", "Class", "Keypoint", "Object", "Pipeline", "Prepared", "Window"]

Array = NDArray[Any]
Floats = NDArray[np.float32]
Traces = Mapping[str, Trace]
Clock = MutableMapping[str, float]
Found = TypeVar("Found")
_NUMBERS = ("softmax", "sigmoid", "denormalize", "round")
"""Steps that give numbers as they take numbers: those before the first other one make the scores."""


@dataclass(frozen=True)
class Prepared:
    """The tensors of one thing, or of one window of it.

    Attributes:
        tensors: by the names of the spec's inputs, with batch axis 1.
        trace: how each picture was prepared, by the name of its input: `read` takes it for uncrop.
        start: the first sample of the window; None where the input has no windows.
    """

    tensors: dict[str, Array]
    trace: Traces = field(default_factory=dict)
    start: int | None = None


@dataclass(frozen=True)
class _Planned:
    each: Input
    family: Family
    plan: Plan


class Pipeline:
    """The preparation and the reading of one spec for one artefact.

    Args:
        spec: what to do.
        labels: the lists of labels, by the names that spec.labels has.
        artefact: `<variant>/tflite` or `<variant>/tfjs`: tensors become what this artefact takes; None: float32.

    Raises:
        SpecError: the steps do not fit together, or the steps and labels do not fit the artefact's tensors.
    """

    def __init__(self, spec: Spec, labels: Mapping[str, Sequence[str]], artefact: str | None = None) -> None:
        shapes = check_steps(spec)
        if artefact:
            check_against_tensors(spec, artefact, labels)
        self._inputs = tuple(
            _planned(each, found, artefact, f"$.inputs[{place}]")
            for place, (each, found) in enumerate(zip(spec.inputs, shapes, strict=True))
        )
        self._output, self._labels, self._ranks = answer_output(spec), labels, ranks(spec)
        wanted = {self._output.name, *(name for step in self._output.steps for name in references(step))}
        self._tensors = {
            each.name: tensor_of(each, artefact, f"$.outputs[{place}]") if artefact else None
            for place, each in enumerate(spec.outputs)
            if each.name in wanted
        }
        self._scoring, self._ranking = _parts(self._output)
        self._classes = answers_classes(spec)
        self._places = any(getattr(step, "input", None) for step in self._output.steps)

    @property
    def kinds(self) -> dict[str, str]:
        """Gives the kind of each input by its name: photo, frame, row or signal."""
        return {planned.each.name: planned.family.kind for planned in self._inputs}

    def load(self, thing: Any) -> dict[str, Any]:
        """Gives what the steps of each input take (a Photo, a Row, a Signal): read once, prepared any number of times.

        Args:
            thing: a photo in any form that load_photo takes, a row, a signal, a frame; for several inputs that are made
                from different things, a mapping from the names of all inputs.

        Raises:
            InputError: it cannot be used.
        """
        apart = given_apart(thing, self.kinds)
        return {
            planned.each.name: planned.family.load(thing[planned.each.name] if apart else thing, planned.each)
            for planned in self._inputs
        }

    def prepare(self, thing: Any, clock: Clock | None = None) -> dict[str, Array]:
        """Gives the input tensors of a photo, a row or a signal, by the names of the spec's inputs.

        Args:
            thing: what `load` takes.
            clock: receives the seconds of "decode" and "prepare".

        Returns:
            C-contiguous tensors with batch axis 1: float32, or the dtype of the artefact's tensor.

        Raises:
            InputError: it cannot be used, or has several windows (input/several-windows).
        """
        return _timed(self.load, thing, self._prepared, clock)

    def prepare_traced(self, thing: Any, clock: Clock | None = None) -> Prepared:
        """Gives what `prepare` gives, and with it how pictures were prepared.

        Raises:
            InputError: as `prepare`.
        """
        return _timed(self.load, thing, self._prepared_traced, clock)

    def windows(self, thing: Any, clock: Clock | None = None) -> tuple[Prepared, ...]:
        """Gives the tensors of every window of a signal, in their order; of anything else, of the one thing it is.

        How pictures were prepared is given where the reading steps ask for it.

        Raises:
            InputError: as `prepare`.
        """
        return _timed(self.load, thing, self._windows, clock)

    def read(self, outputs: Mapping[str, Array], clock: Clock | None = None, trace: Traces | None = None) -> Answer:
        """Gives the answer of a model's output tensors.

        Args:
            outputs: raw tensors by the name of the spec's output, or of the artefact's tensor.
            clock: receives the seconds of "read".
            trace: of Prepared: how the picture was prepared; uncrop needs it.

        Raises:
            ModelError: model/missing-output, model/wrong-output or model/nan-output.
        """
        return self._read([(None, outputs)], trace or {}, clock)

    def read_windows(
        self,
        outputs: Sequence[tuple[int | None, Mapping[str, Array]]],
        clock: Clock | None = None,
        trace: Traces | None = None,
    ) -> Answer:
        """Gives the answer of the outputs of several windows: that of their mean, and each window's own.

        The mean is of the numbers before they become classes: summed in the order of the windows in binary32, then
        divided by their count.

        Args:
            outputs: the first sample of each window, and its raw tensors as `read` takes them.
            clock: receives the seconds of "read".
            trace: as for `read`.
        """
        return self._read(outputs, trace or {}, clock)

    def scores(self, outputs: Mapping[str, Array]) -> Array:
        """Gives the score of every class, float32 [classes]: what the steps make of the output before they rank it.

        Raises:
            ModelError: as `read`.
        """
        context = self._context(outputs, {})
        value = self._run(self._scoring, context.outputs[self._output.name], context)
        with self._named():
            return row(value)

    def numbers(self, windows: Sequence[Mapping[str, Array]]) -> Array:
        """Gives what two artefacts are compared by, float32 [n]: the scores of every class, or else all outputs read.

        Args:
            windows: the outputs of every window; of anything but a signal there is one.

        Raises:
            ModelError: as `read`.
        """
        if self._classes:
            return self._mean([self.scores(outputs) for outputs in windows])
        found = [each for outputs in windows for each in self._context(outputs, {}).outputs.values()]
        return np.concatenate([each.reshape(-1) for each in found])

    def _prepared(self, loaded: Mapping[str, Any]) -> dict[str, Array]:
        return {planned.each.name: planned.plan.prepare(loaded[planned.each.name]) for planned in self._inputs}

    def _prepared_traced(self, loaded: Mapping[str, Any]) -> Prepared:
        return Prepared(self._prepared(loaded), self._traces(loaded))

    def _traces(self, loaded: Mapping[str, Any]) -> dict[str, Trace]:
        return {
            planned.each.name: planned.plan.trace(loaded[planned.each.name])
            for planned in self._inputs
            if planned.plan.trace is not None
        }

    def _windows(self, loaded: Mapping[str, Any]) -> tuple[Prepared, ...]:
        sliding = next((planned for planned in self._inputs if planned.plan.windows is not None), None)
        if sliding is None or sliding.plan.windows is None:
            return (self._prepared_traced(loaded) if self._places else Prepared(self._prepared(loaded)),)
        others = {
            planned.each.name: planned.plan.prepare(loaded[planned.each.name])
            for planned in self._inputs
            if planned is not sliding
        }
        trace, name = self._traces(loaded) if self._places else {}, sliding.each.name
        return tuple(
            Prepared({**others, name: tensor}, trace, start) for start, tensor in sliding.plan.windows(loaded[name])
        )

    def _read(
        self, windows: Sequence[tuple[int | None, Mapping[str, Array]]], trace: Traces, clock: Clock | None
    ) -> Answer:
        started = time.perf_counter()
        contexts = [self._context(outputs, trace) for _, outputs in windows]
        numbers = [self._run(self._scoring, each.outputs[self._output.name], each) for each in contexts]
        answer = self._answer(self._mean(numbers), contexts[0])
        if len(windows) > 1:
            own = zip(windows, numbers, contexts, strict=True)
            each = tuple(Window(start or 0, self._answer(value, context)) for (start, _), value, context in own)
            answer = Answer(**{**vars(answer), "windows": each})
        if clock is not None:
            clock["read"] = time.perf_counter() - started
        return answer

    def _answer(self, numbers: Floats, context: Context) -> Answer:
        value = self._run(self._ranking, numbers, context)
        if isinstance(value, np.ndarray):
            with self._named():
                _refuse_nan(value)
                value = ranked(value) if self._ranks else value
        return answer_of(value)

    def _context(self, outputs: Mapping[str, Array], trace: Traces) -> Context:
        found = {name: _numbers(_found(outputs, name, tensor), name, tensor) for name, tensor in self._tensors.items()}
        return Context(found, self._labels, trace)

    def _run(self, steps: Sequence[Any], value: Any, context: Context) -> Any:
        with self._named():
            for step in steps:
                value = READ_OPS[step.op].run(step, value, context)
        return value

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Gives an error about the model's output the name of that output."""
        try:
            yield
        except ModelError as error:
            place = error.where or self._output.name
            raise ModelError(error.code, error.message, where=place, hint=error.hint) from None

    def _mean(self, numbers: Sequence[Floats]) -> Floats:
        if len(numbers) == 1:
            return numbers[0]
        total = numbers[0]
        for each in numbers[1:]:
            if each.shape != total.shape:
                message = f"the windows gave {list(total.shape)} and {list(each.shape)}, expected one shape"
                raise ModelError(
                    "model/wrong-output",
                    message,
                    where=self._output.name,
                    hint="Convert the model with outputs of a fixed size.",
                )
            total = total + each
        return total / np.float32(len(numbers))


def _planned(each: Input, shapes: tuple[Any, ...], artefact: str | None, where: str) -> _Planned:
    family = family_of(each, where)
    tensor = tensor_of(each, artefact, where) if artefact else None
    return _Planned(each, family, family.plan(each, shapes, tensor))


def _timed(load: Callable[[Any], Any], thing: Any, work: Callable[[Any], Found], clock: Clock | None) -> Found:
    started = time.perf_counter()
    loaded = load(thing)
    decoded = time.perf_counter()
    found = work(loaded)
    if clock is not None:
        clock["decode"], clock["prepare"] = decoded - started, time.perf_counter() - decoded
    return found


def _parts(output: Output) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Gives the steps that make numbers of numbers, and those from the first other one on."""
    kinds = [step.op in _NUMBERS for step in output.steps]
    first = kinds.index(False) if False in kinds else len(kinds)
    return output.steps[:first], output.steps[first:]


def _refuse_nan(value: Floats) -> None:
    if np.isnan(value).any():
        raise ModelError("model/nan-output", "the model gave NaN", hint=BROKEN_MODEL)


def _found(outputs: Mapping[str, Array], name: str, tensor: Tensor | None) -> Array:
    for known in (name, tensor.name if tensor else name):
        if known in outputs:
            return np.asarray(outputs[known])
    message = f"the model gave no output {name!r}; it gave {', '.join(sorted(outputs)) or 'none'}"
    raise ModelError("model/missing-output", message, hint="Name the spec's output as the model does.")


def _numbers(raw: Array, name: str, tensor: Tensor | None) -> Floats:
    """Gives an output's numbers, in the shape that the artefact's tensor has."""
    if tensor is None:
        return arithmetic.as_float32(raw)
    if raw.size != math.prod(tensor.shape):
        message = f"expected {list(tensor.shape)}, found {list(raw.shape)}"
        raise ModelError("model/wrong-output", message, where=name, hint="Run the model that the spec describes.")
    raw = raw.reshape(tensor.shape)
    if tensor.scale is None or tensor.zero_point is None:
        return arithmetic.as_float32(raw)
    return arithmetic.dequantize(raw, tensor.scale, tensor.zero_point)
