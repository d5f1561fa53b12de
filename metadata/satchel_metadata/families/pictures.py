"""Pictures, from a photo or a camera's frame: how their steps are carried out.

The steps are planned once. Where planning saves work without changing a bit, several steps become one stage: a resize
computes only what the crop behind it keeps, and for a quantised input the arithmetic on 256 possible pixel values is
done once, in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError
from satchel_metadata.families import frames
from satchel_metadata.families.base import Family, Plan, tensor_stage
from satchel_metadata.families.picture_shapes import PictureShape, picture_shapes
from satchel_metadata.families.trace import Trace, traceable, traced
from satchel_metadata.ops import arithmetic, content, geometry, pixels, resize_opencv, resize_pillow, resize_tf
from satchel_metadata.ops.raster import Raster
from satchel_metadata.photo import MAX_PIXELS, Photo, load_photo
from satchel_metadata.spec import Input, Tensor
from satchel_metadata.steps import Crop, Decode, Resize
from satchel_metadata.values import Frame

Array = NDArray[Any]
Stage = Callable[[Any], Any]
LARGEST = 2.0**100
"""The largest value that is resized or weighed: no sum of 2^27 is infinite, of which a weight of 0 would make NaN."""


def load(thing: Any, each: Input) -> Photo:
    """Gives the photo of anything that load_photo takes, of what it gave, or of a camera's frame."""
    if isinstance(thing, Frame):
        return frames.load(thing, each)
    first = each.steps[0]
    assert isinstance(first, Decode)
    return thing if isinstance(thing, Photo) else load_photo(thing, first.background)


def plan(each: Input, shapes: tuple[PictureShape, ...], tensor: Tensor | None) -> Plan:
    """Gives how a photo becomes the tensor of an input."""
    stages = _stages(each, shapes, tensor)

    def prepare(photo: Photo) -> Array:
        value: Any = photo
        try:
            for stage in stages:
                value = stage(value)
        except InputError as error:
            raise InputError(error.code, error.message, where=photo.name, hint=error.hint) from None
        return np.ascontiguousarray(value)[np.newaxis]

    def trace(photo: Photo) -> Trace:
        return traced(each.steps, photo.width, photo.height)

    return Plan(prepare, trace=trace if traceable(each.steps) else None)


PHOTO = Family("photo", ("decode",), check=picture_shapes, plan=plan, load=load)
FRAME = Family("frame", ("yuv_to_rgb",), check=picture_shapes, plan=plan, load=frames.load)


def _stages(each: Input, shapes: tuple[PictureShape, ...], tensor: Tensor | None) -> list[Stage]:
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
    last = tensor_stage(tensor)
    quantised = tensor is not None and tensor.scale is not None
    uint8 = all(shape.dtype == "uint8" for shape in shapes[: len(shapes) - len(elementwise)])
    if quantised and uint8 and shapes[-1].layout == "NHWC":
        return [*stages, _table_stage([*elementwise, last], levels)]
    return [*stages, *elementwise, last]


def _without_idle(each: Input, shapes: tuple[PictureShape, ...]) -> tuple[list[Any], tuple[PictureShape, ...]]:
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
    if not method.startswith("pillow."):
        source: Any = value
        if isinstance(value, Photo):
            source = value.picture if isinstance(value.picture, Raster) else value.pixels
        _refuse_beyond(source)
        resize = resize_tf.resize if method.startswith("tf.") else resize_opencv.resize
        return resize(source, width, height, method, window)
    if isinstance(value, Photo):
        return resize_pillow.resize(value.picture, width, height, method, window)
    return resize_pillow.resize_array(value, width, height, method, window)


def _placed_by_mass(value: Array, width: int, height: int) -> Array:
    _refuse_beyond(value)
    return content.placed_by_mass(value, width, height)


def _refuse_beyond(source: Any) -> None:
    """Refuses values that are beyond LARGEST."""
    if isinstance(source, np.ndarray) and source.dtype == np.float32 and not (np.abs(source) <= LARGEST).all():
        hint = "Change factor, offset, mean or std, or put them behind this step."
        raise InputError("input/not-finite", "a value before resize or center_of_mass is beyond 2^100", hint=hint)


def _step_stage(step: Any, before: PictureShape) -> Stage:
    """Gives one step as a function of the value before it."""
    channels = -1 if before.layout == "NHWC" else 0
    stages: dict[str, Stage] = {
        "color": lambda value: pixels.color(value, before.colour, step.to),
        "crop": lambda value: pixels.crop(value, geometry.cropped(step, value.shape[1], value.shape[0])),
        "crop_content": lambda value: pixels.crop(value, content.content_window(value, step.threshold)),
        "center_of_mass": lambda value: _placed_by_mass(value, step.width, step.height),
        "pad": lambda value: pixels.pad(value, (step.left, step.top, step.right, step.bottom), step.value),
        "flip": lambda value: pixels.flip(value, step.axis),
        "layout": lambda value: pixels.layout(value, before.layout, step.to),
        "rescale": lambda value: arithmetic.rescale(value, step.factor, step.divisor, step.offset),
        "normalize": lambda value: arithmetic.normalize(value, step.mean, step.std, channels),
    }
    return stages[step.op]


def _table_stage(stages: Sequence[Stage], channels: int) -> Stage:
    """Gives stages that treat each value by itself as one look-up of what they make of the 256 pixel values."""
    levels: Any = np.broadcast_to(np.arange(256, dtype=np.uint8)[:, np.newaxis, np.newaxis], (256, 1, channels))
    for stage in stages:
        levels = stage(levels)
    tables = [np.ascontiguousarray(levels[:, 0, channel]) for channel in range(channels)]
    looked_up = [_look_up(table) for table in tables]
    if all((table == tables[0]).all() for table in tables):
        return looked_up[0]

    def run(value: Array) -> Array:
        found = np.empty(value.shape, tables[0].dtype)
        for channel, look_up in enumerate(looked_up):
            found[..., channel] = look_up(value[..., channel])
        return found

    return run


def _look_up(table: Array) -> Stage:
    """Gives what makes table[value] of uint8; of single bytes as bytes, for numpy would make an index of 8 of each."""
    if table.dtype == np.uint8 and (table == np.arange(256)).all():
        return lambda value: value
    if table.itemsize > 1:
        return lambda value: table.take(value)
    translation = table.tobytes()

    def run(value: Array) -> Array:
        translated = bytearray(np.ascontiguousarray(value)).translate(translation)
        return np.frombuffer(translated, table.dtype).reshape(value.shape)

    return run
