"""Keras: what preprocess_input of each application does, and what a model does itself."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from satchel.preprocess.base import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Preprocess,
    Step,
    made,
    normalize,
    not_expressible,
    stretch,
)
from satchel.preprocess.keras_layers import Layer, Model, of_file, of_live
from satchel_metadata.errors import SpecError

Size = int | tuple[int, int]
_VALUES: dict[str, list[Step]] = {
    "caffe": [normalize([103.939, 116.779, 123.68], [1], "0..255")],
    "tf": [{"op": "rescale", "divisor": 127.5, "offset": -1}],
    "torch": [{"op": "rescale", "divisor": 255}, normalize(IMAGENET_MEAN, IMAGENET_STD, "0..1")],
    "none": [],
}
_SIDES: dict[str, dict[int, tuple[str, ...]]] = {
    "caffe": {224: ("vgg16", "vgg19", "resnet50", "resnet101", "resnet152")},
    "tf": {
        224: ("mobilenet", "mobilenetv2", "resnet50v2", "resnet101v2", "resnet152v2", "nasnetmobile"),
        299: ("inceptionv3", "inceptionresnetv2", "xception"),
        331: ("nasnetlarge",),
    },
    "torch": {224: ("densenet121", "densenet169", "densenet201")},
    "none": {
        224: (
            *("mobilenetv3small", "mobilenetv3large", "efficientnetb0", "efficientnetv2b0"),
            *("convnexttiny", "convnextsmall", "convnextbase", "convnextlarge", "convnextxlarge"),
        ),
        240: ("efficientnetb1", "efficientnetv2b1"),
        260: ("efficientnetb2", "efficientnetv2b2"),
        300: ("efficientnetb3", "efficientnetv2b3"),
        380: ("efficientnetb4",),
        384: ("efficientnetv2s",),
        456: ("efficientnetb5",),
        480: ("efficientnetv2m", "efficientnetv2l"),
        528: ("efficientnetb6",),
        600: ("efficientnetb7",),
    },
}
APPLICATIONS = {name: (mode, side) for mode, sides in _SIDES.items() for side, names in sides.items() for name in names}
"""Application -> mode of its preprocess_input, and its default side in pixels."""
_ON_VALUES = {
    *("Rescaling", "Normalization", "TrueDivide", "Divide", "Subtract", "Multiply", "Add", "GetItem", "Stack"),
    *("TFOpLambda", "SlicingOpLambda"),
}
"""Layers of a preparation, and the operations that preprocess_input leaves in a model, in Keras 3 and in tf_keras."""
_PASSED = {"InputLayer", "CenterCrop", "Dropout", "GaussianNoise", "Identity"}
"""Layers that leave the values of a picture as they are when the model is asked."""
_CHANNELS = {"caffe": 3, "torch": 3}


@dataclass(frozen=True)
class _Front:
    """What a model begins with: its layers on values and on sizes, and the application it is or holds."""

    values: tuple[str, ...] = ()
    resizing: Layer | None = None
    application: str | None = None


def read(model: Any, mode: str | None, resize: str | None, size: Size | None) -> Preprocess:
    """Gives the preparation of a Keras model, of its .keras file, or of an application.

    Raises:
        SpecError: spec/unknown-preparation, spec/not-expressible, spec/unknown-value.
        ModelError: what a file is not, or must not hold.
    """
    if mode is not None and mode not in _VALUES:
        raise SpecError("spec/unknown-value", f"found mode {mode!r}", hint=f"Allowed: {', '.join(_VALUES)}.")
    if isinstance(model, os.PathLike) or (isinstance(model, str) and _is_path(model)):
        return _of_model(of_file(Path(model)), mode, resize, size)
    if isinstance(model, str):
        name = _application(model)
        if name is None:
            message = f"{model!r} is none of keras.applications"
            hint = "Give the model, its .keras file, or a name as MobileNetV2."
            raise SpecError("spec/unknown-preparation", message, hint=hint)
        found, side = APPLICATIONS[name]
        height, width = _sides(size or side)
        source = f"keras.applications {model}"
        notes = ("the model prepares the values itself",) if found == "none" else ()
        return _preprocess(source, mode or found, resize or "pillow.nearest", (height, width, 3), "NHWC", notes)
    return _of_model(of_live(model), mode, resize, size)


def _is_path(text: str) -> bool:
    """Tells a file from an application; none of those has a point or a slash in its name."""
    return Path(text).suffix != "" or Path(text).name != text or Path(text).exists()


def _of_model(model: Model, mode: str | None, resize: str | None, size: Size | None) -> Preprocess:
    source = model.source
    height, width, channels, layout = _input(model)
    front = _front(model.root)
    notes = [f"the model does {each} itself" for each in front.values]
    if front.resizing is not None:
        own = int(front.resizing.fields["height"]), int(front.resizing.fields["width"])
        if height is None or width is None:
            size, resize = size or own, resize or _method(front.resizing, source)
        notes.append(f"the model resizes to {own[0]} x {own[1]} itself")
    if size is None and height and width:
        size = (height, width)
    if size is None and front.application is not None:
        size = APPLICATIONS[front.application][1]
    if size is None:
        message = "the size of its input is open"
        raise SpecError("spec/unknown-preparation", message, where=source, hint="Say size=, as in training.")
    sides = _sides(size)
    if height and width and sides != (height, width):
        message = f"its input is {height} x {width}, size says {sides[0]} x {sides[1]}"
        raise SpecError("spec/inconsistent", message, where=source, hint="Leave size= out.")
    chosen = mode or _mode(front, source)
    return _preprocess(source, chosen, resize or "pillow.nearest", (*sides, channels), layout, tuple(notes))


def _preprocess(
    source: str, mode: str, method: str, shape: tuple[int, int, int], layout: str, notes: tuple[str, ...]
) -> Preprocess:
    height, width, channels = shape
    if channels != _CHANNELS.get(mode, channels) or channels not in (1, 3):
        raise not_expressible(source, f"preprocess_input mode {mode!r}", f"on {channels} channels is no step of a spec")
    color = "GRAY" if channels == 1 else "BGR" if mode == "caffe" else "RGB"
    values = [dict(step) for step in _VALUES[mode]]
    return made(source, [stretch(method, height, width)], values, color=color, layout=layout, notes=notes)


def _mode(front: _Front, source: str) -> str:
    if front.values:
        return "none"
    mode = APPLICATIONS[front.application][0] if front.application else "none"
    if mode != "none":
        return mode
    message = "nothing in it says which values it takes"
    if front.application:
        message = f"it is {front.application} without the preparation that is usually inside"
    hint = "Say mode= (--mode): 'none' for 0..255, 'tf' for -1..1, 'torch' or 'caffe' as preprocess_input does."
    raise SpecError("spec/unknown-preparation", message, where=source, hint=hint)


def _input(model: Model) -> tuple[int | None, int | None, int, str]:
    shape = model.input_shape
    if not isinstance(shape, tuple) or len(shape) != 4:
        hint = "Give a model of one picture."
        raise not_expressible(model.source, f"input shape {shape}", "is no single picture", hint)
    first, last = shape[1], shape[3]
    if first in (1, 3) and last not in (1, 3):
        return shape[2], last, first, "NCHW"
    if not isinstance(last, int):
        raise not_expressible(model.source, f"input shape {shape}", "does not say how many channels there are")
    return first, shape[2], last, "NHWC"


def _front(root: Layer) -> _Front:
    """Looks at a model's first layers, also inside a model that is its first layer."""
    values: list[str] = []
    resizing, application = None, _application(root.name)
    for layer in root.walk():
        if layer.kind in _ON_VALUES:
            values.append(layer.kind)
        elif layer.kind == "Resizing" and not values:
            resizing = resizing or layer
        elif layer.layers:
            application = application or _application(layer.name)
        elif layer.kind not in _PASSED and not layer.kind.startswith("Random"):
            break
    return _Front(tuple(dict.fromkeys(values)), resizing, application)


def _application(name: str) -> str | None:
    plain = re.sub(r"^(mobilenet(?:v2)?)_\d.*$", r"\1", name.lower())
    plain = re.sub(r"[^a-z0-9]", "", plain)
    return plain if plain in APPLICATIONS else None


def _method(layer: Layer, source: str) -> str:
    """Gives the method of a Resizing layer: what it makes of a photo it leaves alone when it comes again."""
    fields = layer.fields
    if fields.get("crop_to_aspect_ratio") or fields.get("pad_to_aspect_ratio"):
        hint = "Give the model's input a fixed size, or say resize=."
        raise not_expressible(source, "Resizing that keeps the aspect ratio", "is no step of a spec", hint)
    interpolation, antialias = fields.get("interpolation", "bilinear"), bool(fields.get("antialias"))
    methods = {("bilinear", True): "tf.bilinear_antialias"}
    method = methods.get((interpolation, antialias), f"tf.{interpolation}")
    if method not in ("tf.bilinear", "tf.bilinear_antialias", "tf.nearest", "tf.bicubic") or (
        antialias and interpolation == "bicubic"
    ):
        raise not_expressible(source, f"Resizing with {interpolation}", "is no step of a spec")
    return method


def _sides(size: Size) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])
