"""The layers of a Keras model, from a live model or from its file, of which only the description is read."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from satchel_converters.formats import find_format
from satchel_converters.safety import scan
from satchel_metadata.errors import ModelError, SpecError

_FIELDS = ("height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias")


@dataclass(frozen=True)
class Layer:
    """One layer, or one operation that is no layer, such as a division.

    Attributes:
        kind: the name of its class.
        name: its own.
        fields: what it was made with; of a live one, those of Resizing.
        layers: those of a model that stands as a layer.
    """

    kind: str
    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()

    def walk(self) -> Iterator[Layer]:
        """Gives the layers in their order, those of a model inside behind it."""
        for each in self.layers:
            yield each
            yield from each.walk()


@dataclass(frozen=True)
class Model:
    """What a Keras model says of itself.

    Attributes:
        source: what to call it in an error.
        input_shape: with the batch axis; a list of shapes where it has several inputs, None where it does not say.
        root: its layers and name.
    """

    source: str
    input_shape: Any
    root: Layer


def of_live(model: Any) -> Model:
    """Gives a live model."""
    return Model(f"Keras model {model.name!r}", getattr(model, "input_shape", None), _live(model))


def of_file(path: Path) -> Model:
    """Gives the model of a .keras file. It is scanned first; nothing is built of it, and none of it is run.

    Raises:
        ModelError: what the scan refuses; model/unsupported-input, for another kind of model.
        SpecError: spec/unknown-preparation, when its description is of another form.
    """
    kind = find_format(path)
    if kind != "keras":
        message = f"expected a .keras file, found a model of the kind {kind}"
        hint = "Give the .keras file, or the model as Keras loads it."
        if kind == "tflite":
            hint = "Use Preprocess.from_tflite."
        raise ModelError("model/unsupported-input", message, where=str(path), hint=hint)
    scan(path, kind)
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    try:
        root = _described(config)
        return Model(str(path), _input_shape(config, root), root)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        message = f"its description is not of the form that Keras writes ({type(error).__name__}: {error})"
        hint = "Give the model as Keras loads it."
        raise SpecError("spec/unknown-preparation", message, where=str(path), hint=hint) from None


def _live(layer: Any) -> Layer:
    # Keras 3 lists operations that are no layers, such as a division, apart.
    inside = getattr(layer, "operations", None) or getattr(layer, "layers", None) or ()
    fields = {name: getattr(layer, name) for name in _FIELDS if hasattr(layer, name)}
    return Layer(type(layer).__name__, layer.name, fields, tuple(map(_live, inside)))


def _described(found: Mapping[str, Any]) -> Layer:
    fields = found["config"]
    name = fields.get("name") or found.get("name") or found["class_name"]
    return Layer(found["class_name"], str(name), fields, tuple(map(_described, fields.get("layers", ()))))


def _input_shape(config: Mapping[str, Any], root: Layer) -> Any:
    inputs = [each for each in root.layers if each.kind == "InputLayer"]
    shapes = [each.fields.get("batch_shape") or each.fields.get("batch_input_shape") for each in inputs]
    if not shapes:
        built = config.get("build_config") or {}
        shapes = [built.get("input_shape") or root.fields.get("build_input_shape")]
    return tuple(shapes[0]) if len(shapes) == 1 and shapes[0] else shapes
