"""Descriptions: a spec with its label lists, as an author writes it before there is a bundle."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

from satchel_metadata import canonical
from satchel_metadata.errors import CHECK_PATH, SpecError
from satchel_metadata.labels import check_labels, dump_labels, parse_labels
from satchel_metadata.spec import Spec, parse_spec

Size = int | tuple[int, int]
Values = float | Sequence[float]
Labels = str | Path | Sequence[str]


class FrameSource(TypedDict):
    """How a camera gives the frames that a model is asked about; `rotation` is clockwise, and makes them upright."""

    format: Literal["NV21", "YUV_420_888"]
    range: Literal["full", "limited"]
    rotation: Literal[0, 90, 180, 270]


DEFAULT_NAME = "model"


@dataclasses.dataclass(frozen=True)
class Description:
    """A spec and the labels it names.

    Attributes:
        spec: says how the input is prepared and the output is read; its tensors are filled in when the model is packed.
        labels: list name -> labels in the order of the model's output.
    """

    spec: Spec
    labels: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: str | Path) -> Description:
        """Gives the description in a spec.json whose label files stand beside it.

        Raises:
            SpecError: what is wrong with it, with the JSON path; spec/not-found when a file is not there.
        """
        path = Path(path)
        spec = parse_spec(canonical.loads(_bytes(path), where=str(path)))
        return cls(spec, {name: read_labels(path.parent / file) for name, file in spec.labels.items()})

    def named_after(self, model: Any) -> Description:
        """Gives the description, called as the model's file or folder where it was not named."""
        stem = Path(model).stem if isinstance(model, (str, Path)) else ""
        if self.spec.name != DEFAULT_NAME or not stem or not stem.isprintable():
            return self
        named = {**self.spec.model_dump(exclude_none=True), "name": stem[:200]}
        return dataclasses.replace(self, spec=parse_spec(named))

    def save(self, folder: str | Path) -> Path:
        """Writes spec.json, indented to be edited, and its label files into a folder; gives the path of spec.json."""
        folder = Path(folder)
        for name, file in self.spec.labels.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(dump_labels(self.labels[name]))
        text = self.spec.model_dump_json(indent=2, exclude_none=True) + "\n"
        (folder / "spec.json").write_bytes(text.encode())
        return folder / "spec.json"


def image_classification(
    *,
    labels: Labels,
    resize_shorter: int | None = None,
    crop: Size | None = None,
    size: Size | None = None,
    fit: Literal["stretch", "cover", "contain"] | None = None,
    central_fraction: float | None = None,
    resize: str = "pillow.bilinear",
    side_rounding: str | None = None,
    offset_rounding: str | None = None,
    pad_value: int | Sequence[int] = 0,
    mean: Values | None = None,
    std: Values | None = None,
    range: Literal["0..255", "0..1", "-1..1"] = "0..255",
    color: Literal["RGB", "BGR", "GRAY"] = "RGB",
    layout: Literal["NHWC", "NCHW"] = "NHWC",
    background: Sequence[int] = (0, 0, 0),
    frame: FrameSource | None = None,
    activation: Literal["none", "softmax", "sigmoid"] = "none",
    top_k: int = 5,
    threshold: float | None = None,
    input_name: str = "image",
    output_name: str = "probabilities",
    name: str = "model",
    version: str = "1.0.0",
    author: str = "",
    license: str = "",
    description: str = "",
) -> Description:
    """Gives the description of a model that puts one picture into classes.

    The picture is sized in one of three ways: `resize_shorter` and then the central `crop` (torchvision, timm); `size`
    with a `fit` (`stretch` unless told); the `central_fraction` first and then `size` (TensorFlow).

    Args:
        labels: a text file with one label a line, or the labels, in the order of the model's output.
        resize_shorter: pixels of the shorter side, the other keeps the proportion.
        crop: the side of the central square, or (height, width).
        size: the side, or (height, width), that the picture is resized to.
        fit: how a picture of another shape becomes `size`.
        central_fraction: the part of both sides to keep before resizing, 0 < f <= 1.
        resize: the algorithm the model was trained with (`pillow.bicubic`, `tf.bilinear`, ...).
        side_rounding, offset_rounding: `floor` or `half_even`; as torchvision for pillow.*, as TensorFlow for tf.*.
        pad_value: the margins of `contain`, 0..255: one value, or one a channel.
        mean, std: one number or one a channel, for values in `range`: (x - mean) / std.
        range: the values mean and std are for, and what the model gets when there is no mean: `0..255` as stored,
            `0..1` divided by 255, `-1..1` divided by 127.5 and less 1.
        color, layout: channel order and axis order of the model's input.
        background: colour that transparent pictures are laid on, 0..255.
        frame: for a model that is only asked about frames of one camera, how it gives them: `format`, `range` and
            `rotation` of the step yuv_to_rgb. When not given, it is asked about photos, and about any frame that says
            its range and rotation (`satchel.Frame`).
        activation: what is still to be done to the output; `none` when the model itself ends in softmax or sigmoid.
        top_k: how many classes an answer has.
        threshold: the least score of an answer's class; all of the top_k when not given.
        input_name, output_name: what the model calls them; free where it has only one of each.
        name, version, author, license, description: of the model; the version is semantic (`1.0.0`).

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    steps = picture_steps(
        resize_shorter=resize_shorter,
        crop=crop,
        size=size,
        fit=fit,
        central_fraction=central_fraction,
        resize=resize,
        side_rounding=side_rounding,
        offset_rounding=offset_rounding,
        pad_value=pad_value,
        mean=mean,
        std=std,
        range=range,
        color=color,
        layout=layout,
        background=background,
        frame=frame,
    )
    return classification(
        steps,
        labels=labels,
        activation=activation,
        top_k=top_k,
        threshold=threshold,
        input_name=input_name,
        output_name=output_name,
        about={"name": name, "version": version, "author": author, "license": license, "description": description},
    )


def classification(
    steps: Sequence[Mapping[str, Any]],
    *,
    labels: Labels,
    activation: str = "none",
    top_k: int = 5,
    threshold: float | None = None,
    input_name: str = "image",
    output_name: str = "probabilities",
    about: Mapping[str, str],
) -> Description:
    """Gives the description of a model that puts what the steps prepare into classes; arguments as above.

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    reading: list[dict[str, Any]] = [{"op": activation}] if activation != "none" else []
    reading.append({"op": "top_k", "k": top_k})
    reading += [{"op": "threshold", "score": threshold}] if threshold is not None else []
    reading.append({"op": "label", "labels": "classes"})
    spec = parse_spec(
        {
            "task": "image_classification",
            "inputs": [{"name": input_name, "steps": list(steps)}],
            "outputs": [{"name": output_name, "steps": reading}],
            "labels": {"classes": "labels/classes.txt"},
            **about,
        }
    )
    return Description(spec, {"classes": read_labels(labels)})


def picture_steps(
    *,
    resize_shorter: int | None = None,
    crop: Size | None = None,
    size: Size | None = None,
    fit: str | None = None,
    central_fraction: float | None = None,
    resize: str = "pillow.bilinear",
    side_rounding: str | None = None,
    offset_rounding: str | None = None,
    pad_value: int | Sequence[int] = 0,
    mean: Values | None = None,
    std: Values | None = None,
    range: str = "0..255",
    color: str = "RGB",
    layout: str = "NHWC",
    background: Sequence[int] = (0, 0, 0),
    frame: FrameSource | None = None,
) -> list[dict[str, Any]]:
    """Gives the steps that prepare a photo, as JSON; arguments as for image_classification.

    Raises:
        SpecError: spec/inconsistent, for a mixture of the three ways to size a picture, or a background of frames;
            spec/unknown-value.
    """
    _one_way(resize_shorter, crop, size, central_fraction, fit)
    roundings = ("floor", "half_even") if resize.startswith("pillow.") else ("half_even", "floor")
    side_rounding, offset_rounding = side_rounding or roundings[0], offset_rounding or roundings[1]
    steps: list[dict[str, Any]] = [{"op": "decode", "background": list(background)}]
    steps += [{"op": "color", "to": color}] if color != "RGB" else []
    if resize_shorter is not None:
        shorter = {"fit": "shorter_side", "side": resize_shorter, "side_rounding": side_rounding}
        steps.append({"op": "resize", "method": resize, **shorter})
        if crop is not None:
            steps.append({"op": "crop", **_sides(crop), "offset_rounding": offset_rounding})
    if size is not None:
        steps += [{"op": "crop", "central_fraction": central_fraction}] if central_fraction is not None else []
        steps.append({"op": "resize", "method": resize, **_fit(fit or "stretch", size, side_rounding, offset_rounding)})
        if fit == "contain":
            steps[-1]["pad_value"] = [pad_value] if isinstance(pad_value, int) else list(pad_value)
    steps += _values(mean, std, range)
    steps += [{"op": "layout", "to": layout}]
    return of_frames(steps, frame)


def of_frames(steps: Sequence[Mapping[str, Any]], frame: FrameSource | None) -> list[dict[str, Any]]:
    """Gives steps that begin with decode as steps that begin with yuv_to_rgb, where there are frames.

    Raises:
        SpecError: spec/inconsistent, where photos are laid on another background than black.
    """
    first, *others = map(dict, steps)
    if frame is None:
        return [first, *others]
    if any(first.get("background", ())):
        hint = "Leave out background, or frame."
        raise SpecError("spec/inconsistent", "a camera's frame has no background", where="background", hint=hint)
    return [{"op": "yuv_to_rgb", **frame}, *others]


def read_labels(labels: Labels) -> tuple[str, ...]:
    """Gives the labels of a text file, one a line, or of a sequence, in the order of the model's output.

    Raises:
        SpecError: spec/not-found, spec/blank-label, spec/no-labels, spec/label-encoding, with the line.
    """
    if isinstance(labels, (str, Path)):
        return parse_labels(_bytes(Path(labels)), str(labels))
    return check_labels([str(label) for label in labels])


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SpecError(
            "spec/not-found", f"cannot be read ({error.strerror})", where=str(path), hint=CHECK_PATH
        ) from None


def _one_way(
    resize_shorter: int | None, crop: Size | None, size: Size | None, fraction: float | None, fit: str | None
) -> None:
    """Refuses mixtures of the three ways to size a picture."""
    wrong = ""
    if (resize_shorter is None) == (size is None):
        wrong = "exactly one of resize_shorter and size is needed"
    elif size is not None and crop is not None:
        wrong = "crop goes with resize_shorter, not with size"
    elif resize_shorter is not None and (fraction is not None or fit is not None):
        wrong = "central_fraction and fit go with size, not with resize_shorter"
    if wrong:
        raise SpecError(
            "spec/inconsistent",
            wrong,
            where="image_classification",
            hint="Use resize_shorter= with crop=, or size= with fit=, or central_fraction= with size=.",
        )


def _sides(size: Size) -> dict[str, int]:
    pair = (size, size) if isinstance(size, int) else tuple(size)
    if len(pair) != 2 or not all(isinstance(side, int) for side in pair):
        raise SpecError(
            "spec/wrong-type",
            f"expected a side or (height, width), whole numbers of pixels; found {size!r}",
            where="size",
            hint="For example size=224, or size=(192, 256).",
        )
    return {"width": pair[1], "height": pair[0]}


def _fit(fit: str, size: Size, side_rounding: str, offset_rounding: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"fit": fit, **_sides(size)}
    if fit != "stretch":
        fields["side_rounding"] = side_rounding
    if fit == "cover":
        fields["offset_rounding"] = offset_rounding
    return fields


def _values(mean: Values | None, std: Values | None, value_range: str) -> list[dict[str, Any]]:
    rescale = {
        "0..255": [],
        "0..1": [{"op": "rescale", "divisor": 255}],
        "-1..1": [{"op": "rescale", "divisor": 127.5, "offset": -1}],
    }
    if value_range not in rescale:
        raise SpecError(
            "spec/unknown-value", f"found range {value_range!r}", hint=f"Allowed: {', '.join(map(repr, rescale))}."
        )
    if mean is None and std is None:
        return rescale[value_range]
    means, stds = _numbers(0.0 if mean is None else mean), _numbers(1.0 if std is None else std)
    return [*rescale[value_range], {"op": "normalize", "mean": means, "std": stds, "range": value_range}]


def _numbers(values: Values) -> list[float]:
    return [values] if isinstance(values, (int, float)) else list(values)
