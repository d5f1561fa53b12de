"""What a library does to a photo, as the steps of a spec."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from satchel.describe import Description, FrameSource, Labels, classification, of_frames, picture_steps
from satchel_metadata.errors import CHECK_PATH, SpecError
from satchel_metadata.families import family_of
from satchel_metadata.spec import Input, parse

Layout = Literal["NHWC", "NCHW"]
Step = dict[str, Any]

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PILLOW = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")
"""Pillow's filters, in the order of their numbers."""


@dataclass(frozen=True)
class Preprocess:
    """How a library prepares a photo: the same values, byte for byte, for a photo without EXIF turn and transparency.

    Attributes:
        steps: of the spec's input, as JSON, from decode to layout.
        source: what they were read from.
        notes: what the author should know: what the model does itself, what the configuration left open.
    """

    steps: tuple[Step, ...]
    source: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        each = parse(Input, {"name": "image", "steps": list(self.steps)}, self.source)
        family_of(each, self.source).check(each.steps, self.source)

    @classmethod
    def from_keras(
        cls,
        model: Any,
        *,
        mode: Literal["caffe", "tf", "torch", "none"] | None = None,
        resize: str | None = None,
        size: int | tuple[int, int] | None = None,
    ) -> Preprocess:
        """Gives the preparation of a Keras model, of its .keras file, or of one of keras.applications by its name.

        Args:
            model: a Keras model; the path of a .keras file, which is scanned and of which only the description is read:
                nothing of it is run; or a name (`MobileNetV2`). What the model does itself (Rescaling, Normalization,
                Resizing, arithmetic of preprocess_input) stays in the model, and is told in the notes.
            mode: of preprocess_input, where the model does not say: an own model, or include_preprocessing=False.
            resize: `pillow.nearest` when not given, which keras.utils.load_img(target_size=) uses; `tf.bilinear` for
                image_dataset_from_directory. A model that resizes by itself says its own.
            size: side, or (height, width); the model's or the application's own when not given.

        Raises:
            SpecError: spec/unknown-preparation; spec/not-expressible, which names the layer or field.
            ModelError: model/not-found, model/unsafe-layer, model/unknown-layer, and what else a file must not hold.
        """
        from satchel.preprocess import keras

        return keras.read(model, mode, resize, size)

    @classmethod
    def from_huggingface(cls, config: str | Path | Mapping[str, Any] | Any, *, layout: Layout = "NCHW") -> Preprocess:
        """Gives the preparation of a Hugging Face image processor, as its slow (Pillow and NumPy) form does it.

        Args:
            config: preprocessor_config.json, the folder it is in, what it holds, or the image processor itself.
            layout: NCHW as the library gives it; NHWC for a model whose input a converter has turned.

        Raises:
            SpecError: spec/not-expressible, which names the field; spec/not-found, spec/not-json.
        """
        from satchel.preprocess import huggingface

        with of_a_known_form(huggingface.FILE):
            return huggingface.read(config, layout)

    @classmethod
    def from_torchvision(cls, transforms: Any, *, layout: Layout = "NCHW") -> Preprocess:
        """Gives the preparation of torchvision transforms on a PIL image.

        Args:
            transforms: a Compose, an nn.Sequential, a preset of weights (`weights.transforms()`), the weights
                themselves; or the text that one of them prints; or a preset's fields (`crop_size`, `resize_size`, ...).
            layout: NCHW as the library gives it; NHWC for a model whose input a converter has turned.

        Raises:
            SpecError: spec/not-expressible, which names the transform.
        """
        from satchel.preprocess import torchvision

        with of_a_known_form("torchvision transforms"):
            return torchvision.read(transforms, layout)

    @classmethod
    def from_timm(cls, config: str | Path | Mapping[str, Any] | Any, *, layout: Layout = "NCHW") -> Preprocess:
        """Gives the preparation of timm.data.create_transform(**config) for evaluation.

        Args:
            config: of timm.data.resolve_model_data_config, a pretrained_cfg, config.json of a hub, or a model that has
                one. A field that is missing has timm's own default.
            layout: NCHW as the library gives it; NHWC for a model whose input a converter has turned.

        Raises:
            SpecError: spec/not-expressible, which names the field.
        """
        from satchel.preprocess import timm

        with of_a_known_form("timm configuration"):
            return timm.read(config, layout)

    @classmethod
    def from_tflite(
        cls,
        model: str | Path | bytes,
        *,
        resize: str = "tf.bilinear",
        fit: Literal["stretch", "cover", "contain"] = "stretch",
    ) -> Preprocess:
        """Gives the preparation that the TFLite Metadata of a model asks for; of a packed model, that of its spec.

        Args:
            model: a .tflite file, or its bytes.
            resize, fit: how a photo becomes as large as the input: TFLite Metadata has no words for that.

        Raises:
            SpecError: spec/not-expressible; ModelError: model/not-a-model.
        """
        from satchel.preprocess import tflite

        return tflite.read(model, resize, fit)

    @property
    def options(self) -> dict[str, Any]:
        """Gives the keyword arguments of satchel.image_classification that make these steps.

        Raises:
            SpecError: spec/not-expressible, when it has no argument for one of them; `describe` takes all steps.
        """
        found = _options(self.steps)
        if found is None:
            message = "image_classification has no arguments for all of these steps"
            hint = "Use .describe(labels=...), which takes the steps as they are."
            raise SpecError("spec/not-expressible", message, where=self.source, hint=hint)
        return found

    def describe(
        self,
        *,
        labels: Labels,
        activation: Literal["none", "softmax", "sigmoid"] = "none",
        top_k: int = 5,
        threshold: float | None = None,
        frame: FrameSource | None = None,
        name: str = "model",
        version: str = "1.0.0",
        author: str = "",
        license: str = "",
        description: str = "",
    ) -> Description:
        """Gives the description of an image classifier prepared like this; arguments as of image_classification."""
        about = {"name": name, "version": version, "author": author, "license": license, "description": description}
        steps = of_frames(self.steps, frame)
        return classification(
            steps, labels=labels, activation=activation, top_k=top_k, threshold=threshold, about=about
        )


@contextmanager
def of_a_known_form(source: str) -> Iterator[None]:
    """Refuses a configuration whose fields are not of the kind that the library writes.

    Raises:
        SpecError: spec/wrong-type, in place of what reading such a field raises.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        message = f"a field is not of the kind that the library writes ({type(error).__name__}: {error})"
        raise SpecError("spec/wrong-type", message, where=source, hint="Give it as the library wrote it.") from None


def not_expressible(source: str, step: str, why: str, hint: str = "") -> SpecError:
    """Gives the error for a step of another library that no step of a spec is."""
    hint = hint or "Leave it to the model, or prepare the photos without it."
    return SpecError("spec/not-expressible", f"{step} {why}", where=source, hint=hint)


def made(
    source: str,
    sizing: Sequence[Step],
    values: Sequence[Step],
    *,
    color: str = "RGB",
    layout: str,
    notes: Sequence[str] = (),
) -> Preprocess:
    """Gives the preparation of its parts, in the order in which image_classification puts them."""
    first: list[Step] = [{"op": "decode", "background": [0, 0, 0]}]
    first += [{"op": "color", "to": color}] if color != "RGB" else []
    return Preprocess((*first, *sizing, *values, {"op": "layout", "to": layout}), source, tuple(notes))


def shorter(method: str, side: int) -> Step:
    """Gives a resize of the shorter side, the other rounded as torchvision and transformers do."""
    return {"op": "resize", "method": method, "fit": "shorter_side", "side": side, "side_rounding": "floor"}


def stretch(method: str, height: int, width: int) -> Step:
    """Gives a resize to a size."""
    return {"op": "resize", "method": method, "fit": "stretch", "width": width, "height": height}


def crop(height: int, width: int, rounding: str) -> Step:
    """Gives a crop of the middle."""
    return {"op": "crop", "width": width, "height": height, "offset_rounding": rounding}


def normalize(mean: Sequence[float], std: Sequence[float], value_range: str) -> Step:
    """Gives (x - mean) / std."""
    return {"op": "normalize", "mean": list(map(float, mean)), "std": list(map(float, std)), "range": value_range}


def document(config: Any, file: str) -> tuple[str, dict[str, Any]]:
    """Gives what a JSON file (or the one of that name in a folder), a mapping, or an object with to_dict holds.

    Raises:
        SpecError: spec/not-found, spec/not-json.
    """
    if isinstance(config, Mapping):
        return "the configuration", dict(config)
    if not isinstance(config, (str, Path)):
        told = getattr(config, "to_dict", None)
        if told is None:
            message = f"expected a file or its fields, found {type(config).__name__}"
            raise SpecError(
                "spec/not-json", message, where=file, hint="Give its path, a dict, or the library's own object."
            )
        return type(config).__name__, dict(told())
    path = Path(config)
    path = path / file if path.is_dir() else path
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise SpecError(
            "spec/not-found", f"cannot be read ({error.strerror})", where=str(path), hint=CHECK_PATH
        ) from None
    except ValueError as error:
        raise SpecError(
            "spec/not-json", f"expected JSON ({error})", where=str(path), hint="Give the file as the library wrote it."
        ) from None
    if not isinstance(found, dict):
        raise SpecError(
            "spec/not-json",
            f"expected an object, found {type(found).__name__}",
            where=str(path),
            hint="Give the file as the library wrote it.",
        )
    return str(path), found


def _options(steps: Sequence[Step]) -> dict[str, Any] | None:
    """Gives the arguments that picture_steps makes the same steps of; None when there are none."""
    found: dict[str, Any] = {"range": "0..255"}
    for step in steps:
        found.update(_told(step))
    if "resize_shorter" not in found:
        found["size"] = found.pop("size", None) or found.pop("crop", None)
    try:
        return found if picture_steps(**found) == list(steps) else None
    except SpecError:
        return None


def _told(step: Step) -> dict[str, Any]:
    op = step["op"]
    if op == "rescale":
        return {"range": "0..1" if step.get("divisor") == 255 else "-1..1"}
    if op == "normalize":
        return {"mean": step["mean"], "std": step["std"], "range": step["range"]}
    if op == "crop":
        if "central_fraction" in step:
            return {"central_fraction": step["central_fraction"]}
        return {"crop": (step["height"], step["width"]), "offset_rounding": step["offset_rounding"]}
    if op == "resize" and step["fit"] == "shorter_side":
        return {"resize_shorter": step["side"], "resize": step["method"], "side_rounding": step["side_rounding"]}
    if op == "resize":
        fields = ("fit", "side_rounding", "offset_rounding", "pad_value")
        kept: dict[str, Any] = {name: step[name] for name in fields if name in step}
        return {"size": (step["height"], step["width"]), "resize": step["method"], **kept}
    names = {"color": "to", "layout": "to", "decode": "background"}
    keys = {"color": "color", "layout": "layout", "decode": "background"}
    return {keys[op]: step[names[op]]} if op in names else {}
