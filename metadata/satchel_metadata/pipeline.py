"""Runs the steps of a spec: a photo becomes the model's input tensors, its output tensors become the answer.

The steps are planned once. Where planning saves work without changing a bit, several steps become one stage: a resize
computes only what the crop behind it keeps, and for a quantised input the arithmetic on 256 possible pixel values is
done once, in a table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError, ModelError
from satchel_metadata.infer import StepShape, answer_output, check_steps, tensor_of
from satchel_metadata.ops import arithmetic, geometry, pixels, reading, resize_pillow, resize_tf
from satchel_metadata.ops.reading import Class
from satchel_metadata.photo import MAX_PIXELS, Photo, Source, load_photo
from satchel_metadata.spec import Input, Output, Spec, Tensor
from satchel_metadata.steps import Crop, Decode, Resize

__all__ = ["Answer", "Class", "Pipeline"]

Array = NDArray[Any]
Stage = Callable[[Any], Any]
Clock = MutableMapping[str, float]


@dataclass(frozen=True)
class Answer:
    """What the model says of a photo: its classes, best first unless the steps say otherwise."""

    classes: tuple[Class, ...]

    @property
    def top(self) -> Class | None:
        """Gives the best class; None when a threshold left none."""
        return self.classes[0] if self.classes else None

    def to_json(self) -> dict[str, Any]:
        """Gives {"classes": [{"index", "label", "score"}]}; the label is null where there is none."""
        found = [{"index": each.index, "label": each.label, "score": each.score} for each in self.classes]
        return {"classes": found}


class Pipeline:
    """The preparation and the reading of one spec for one artefact.

    Args:
        spec: what to do.
        labels: the lists of labels, by the names that spec.labels has.
        artefact: `<variant>/tflite` or `<variant>/tfjs`: tensors become what this artefact takes; None: float32.

    Raises:
        SpecError: the steps do not fit together, or the spec has no tensor for the artefact.
    """

    def __init__(self, spec: Spec, labels: Mapping[str, Sequence[str]], artefact: str | None = None) -> None:
        self._inputs = tuple(
            _PlannedInput(each, shapes, artefact, f"$.inputs[{place}]")
            for place, (each, shapes) in enumerate(zip(spec.inputs, check_steps(spec), strict=True))
        )
        self._output = answer_output(spec)
        place = spec.outputs.index(self._output)
        self._tensor = tensor_of(self._output, artefact, f"$.outputs[{place}]") if artefact else None
        self._scoring, self._ranking = _reading_stages(self._output, labels)

    def prepare(self, photo: Source | Photo, clock: Clock | None = None) -> dict[str, Array]:
        """Gives the input tensors of a photo, by the names of the spec's inputs.

        Args:
            photo: anything that load_photo takes, or what it gave.
            clock: receives the seconds of "decode" and "prepare".

        Returns:
            C-contiguous tensors with batch axis 1: float32, or the dtype of the artefact's tensor.

        Raises:
            InputError: the photo cannot be used.
        """
        seconds = {"decode": 0.0, "prepare": 0.0}
        tensors: dict[str, Array] = {}
        for each in self._inputs:
            start = time.perf_counter()
            loaded = photo if isinstance(photo, Photo) else load_photo(photo, each.background)
            decoded = time.perf_counter()
            tensors[each.name] = each.prepare(loaded)
            seconds["decode"] += decoded - start
            seconds["prepare"] += time.perf_counter() - decoded
        if clock is not None:
            clock.update(seconds)
        return tensors

    def read(self, outputs: Mapping[str, Array], clock: Clock | None = None) -> Answer:
        """Gives the answer of a model's output tensors.

        Args:
            outputs: raw tensors by the name of the spec's output, or of the artefact's tensor.
            clock: receives the seconds of "read".

        Raises:
            ModelError: model/missing-output, model/wrong-output or model/nan-output.
        """
        start = time.perf_counter()
        value: Any = self.scores(outputs)
        for stage in self._ranking:
            value = stage(value)
        if clock is not None:
            clock["read"] = time.perf_counter() - start
        return Answer(value)

    def scores(self, outputs: Mapping[str, Array]) -> Array:
        """Gives the score of every class, float32 [classes]: what the steps make of the output before they rank it.

        Raises:
            ModelError: as `read`.
        """
        value: Any = _scores(_found(outputs, self._output.name, self._tensor), self._tensor, self._output.name)
        for stage in self._scoring:
            value = stage(value)
        return np.asarray(value)


class _PlannedInput:
    """The stages of one input; what a value is between them is known from the shapes."""

    def __init__(self, each: Input, shapes: tuple[StepShape, ...], artefact: str | None, where: str) -> None:
        first = each.steps[0]
        assert isinstance(first, Decode)
        self.name, self.background = each.name, first.background
        tensor = tensor_of(each, artefact, where) if artefact else None
        self._stages = _plan(each, shapes, tensor)

    def prepare(self, photo: Photo) -> Array:
        value: Any = photo
        try:
            for stage in self._stages:
                value = stage(value)
        except InputError as error:
            raise InputError(error.code, error.message, where=photo.name, hint=error.hint) from None
        return np.ascontiguousarray(value)[np.newaxis]


def _plan(each: Input, shapes: tuple[StepShape, ...], tensor: Tensor | None) -> list[Stage]:
    stages: list[Stage] = []
    elementwise: list[Stage] = []
    levels = shapes[-1].channels
    steps, shapes = _without_idle(each, shapes)
    place = 1
    while place < len(steps):
        step, before = steps[place], shapes[place - 1]
        following = steps[place + 1] if place + 1 < len(steps) else None
        if step.op not in ("rescale", "normalize"):
            stages += elementwise
            elementwise = []
        if isinstance(step, Resize):
            crop = following if isinstance(following, Crop) and step.fit != "contain" else None
            stages.append(_resize_stage(step, crop))
            place += crop is not None
        elif step.op in ("rescale", "normalize"):
            elementwise.append(_step_stage(step, before))
        else:
            stages.append(_step_stage(step, before))
        place += 1
    if not isinstance(steps[1] if len(steps) > 1 else None, Resize):
        stages.insert(0, _pixels_of)
    last = _tensor_stage(tensor)
    quantised = tensor is not None and tensor.scale is not None
    uint8 = all(shape.dtype == "uint8" for shape in shapes[: len(shapes) - len(elementwise)])
    if quantised and uint8 and shapes[-1].layout == "NHWC":
        return [*stages, _table_stage([*elementwise, last], levels)]
    return [*stages, *elementwise, last]


def _without_idle(each: Input, shapes: tuple[StepShape, ...]) -> tuple[list[Any], tuple[StepShape, ...]]:
    """Leaves out the layout steps that change nothing: one behind the arithmetic would keep it out of the table."""
    layouts = [None, *(shape.layout for shape in shapes[:-1])]
    kept = [
        place
        for place, (step, layout) in enumerate(zip(each.steps, layouts, strict=True))
        if step.op != "layout" or step.to != layout
    ]
    return [each.steps[place] for place in kept], tuple(shapes[place] for place in kept)


def _pixels_of(value: Photo) -> Array:
    return value.pixels


def _resize_stage(step: Resize, crop: Crop | None) -> Stage:
    """A resize, with the crop that follows it: what is cropped away need not be computed."""

    def run(value: Photo | Array) -> Array:
        height, width = (value.height, value.width) if isinstance(value, Photo) else value.shape[:2]
        fit = geometry.fitted(step, width, height)
        if fit.width * fit.height > MAX_PIXELS:
            message = f"resizing {width} x {height} makes {fit.width} x {fit.height} pixels, more than {MAX_PIXELS}"
            raise InputError("input/too-large", message, hint="Cut the photo to a less extreme shape first.")
        window = fit.window
        if crop is not None:
            kept = geometry.cropped(crop, window.width, window.height)
            left, top = window.left + kept.left, window.top + kept.top
            window = geometry.Window(left, top, left + kept.width, top + kept.height)
        resized = _resized(value, fit.width, fit.height, step.method, window)
        return pixels.pad(resized, fit.margins, step.pad_value or (0,))

    return run


def _resized(value: Photo | Array, width: int, height: int, method: str, window: geometry.Window) -> Array:
    if method.startswith("tf."):
        source = value.pixels if isinstance(value, Photo) else value
        return resize_tf.resize(source, width, height, method, window)
    if isinstance(value, Photo):
        return resize_pillow.resize(value.picture, width, height, method, window)
    return resize_pillow.resize_array(value, width, height, method, window)


def _step_stage(step: Any, before: StepShape) -> Stage:
    """Gives one step as a function of the value before it."""
    channels = -1 if before.layout == "NHWC" else 0
    stages: dict[str, Stage] = {
        "color": lambda value: pixels.color(value, before.colour, step.to),
        "crop": lambda value: pixels.crop(value, geometry.cropped(step, value.shape[1], value.shape[0])),
        "pad": lambda value: pixels.pad(value, (step.left, step.top, step.right, step.bottom), step.value),
        "flip": lambda value: pixels.flip(value, step.axis),
        "layout": lambda value: pixels.layout(value, before.layout, step.to),
        "rescale": lambda value: arithmetic.rescale(value, step.factor, step.divisor, step.offset),
        "normalize": lambda value: arithmetic.normalize(value, step.mean, step.std, channels),
    }
    return stages[step.op]


def _tensor_stage(tensor: Tensor | None) -> Stage:
    """The last stage: the values in the dtype that the tensor has."""
    if tensor is None or tensor.dtype == "float32":
        return arithmetic.as_float32
    scale, zero_point, dtype = tensor.scale, tensor.zero_point, tensor.dtype
    if scale is None or zero_point is None:
        return lambda value: value.astype(dtype, copy=False)
    return lambda value: arithmetic.quantize(value, scale, zero_point, dtype)


def _table_stage(stages: Sequence[Stage], channels: int) -> Stage:
    """Gives stages that treat each value by itself as one look-up of what they make of the 256 pixel values."""
    levels: Any = np.broadcast_to(np.arange(256, dtype=np.uint8)[:, np.newaxis, np.newaxis], (256, 1, channels))
    for stage in stages:
        levels = stage(levels)
    tables = [np.ascontiguousarray(levels[:, 0, channel]) for channel in range(channels)]
    if all((table == tables[0]).all() for table in tables):
        return lambda value: tables[0].take(value)

    def run(value: Array) -> Array:
        found = np.empty(value.shape, tables[0].dtype)
        for channel, table in enumerate(tables):
            found[..., channel] = table.take(value[..., channel])
        return found

    return run


def _reading_stages(output: Output, labels: Mapping[str, Sequence[str]]) -> tuple[list[Stage], list[Stage]]:
    """Gives the stages that make scores and those that rank them; where no step ranks first, all classes are ranked."""
    kinds = [step.op in ("top_k", "threshold", "label") for step in output.steps]
    first = kinds.index(True) if True in kinds else len(kinds)
    scoring, ranking = (
        [_reading_stage(step, labels) for step in part] for part in (output.steps[:first], output.steps[first:])
    )
    return scoring, ranking if output.steps[first:] and output.steps[first].op == "top_k" else [_rank_all, *ranking]


def _rank_all(scores: Any) -> tuple[Class, ...]:
    return reading.top_k(scores, len(scores))


def _reading_stage(step: Any, labels: Mapping[str, Sequence[str]]) -> Stage:
    stages: dict[str, Stage] = {
        "softmax": reading.softmax,
        "sigmoid": reading.sigmoid,
        "top_k": lambda scores: reading.top_k(scores, step.k),
        "threshold": lambda classes: reading.threshold(classes, step.score),
        "label": lambda classes: reading.label(classes, labels[step.labels]),
    }
    return stages[step.op]


def _found(outputs: Mapping[str, Array], name: str, tensor: Tensor | None) -> Array:
    for known in (name, tensor.name if tensor else name):
        if known in outputs:
            return np.asarray(outputs[known])
    message = f"the model gave no output {name!r}; it gave {', '.join(sorted(outputs)) or 'none'}"
    raise ModelError("model/missing-output", message)


def _scores(raw: Array, tensor: Tensor | None, name: str) -> Array:
    if tensor is not None and tensor.scale is not None and tensor.zero_point is not None:
        scores = arithmetic.dequantize(raw, tensor.scale, tensor.zero_point)
    else:
        scores = arithmetic.as_float32(raw)
    if scores.ndim == 0 or scores.size != scores.shape[-1] or scores.size == 0:
        message = f"expected one row of scores [1, n], found {list(scores.shape)}"
        raise ModelError("model/wrong-output", message, where=name)
    return scores.reshape(-1)
