"""Descriptions of models that find things in a picture: objects, classes of pixels, keypoints."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Unpack

from satchel.describe import Description, FrameSource, Labels, Size, Values, of_frames, picture_steps, read_labels
from satchel.preprocess import Preprocess
from satchel_metadata.errors import SpecError
from satchel_metadata.spec import Task, parse_spec

Activation = Literal["none", "softmax", "sigmoid"]
Layout = Literal["NHWC", "NCHW"]
FITTED = ("size", "crop", "resize_shorter")


class Picture(TypedDict, total=False):
    """How a photo becomes the model's input: the arguments of `satchel.image_classification` of the same names."""

    resize_shorter: int
    crop: Size
    size: Size
    fit: Literal["stretch", "cover", "contain"]
    central_fraction: float
    resize: str
    side_rounding: str
    offset_rounding: str
    pad_value: Sequence[int]
    mean: Values
    std: Values
    range: Literal["0..255", "0..1", "-1..1"]
    color: Literal["RGB", "BGR", "GRAY"]
    layout: Layout
    background: Sequence[int]
    frame: FrameSource


class About(TypedDict, total=False):
    """What a model is called and whose it is; the version is semantic (`1.0.0`)."""

    name: str
    version: str
    author: str
    license: str
    description: str


class Told(Picture, About):
    """Everything that is not of one task alone; a `preprocess` (`satchel.Preprocess`) stands for the picture's part."""

    preprocess: Preprocess


def object_detection(
    *,
    labels: Labels,
    head: Literal["ssd", "yolo_grid", "yolo_free", "set"],
    boxes: str | None = None,
    scores: str | None = None,
    classes: str | None = None,
    levels: Sequence[Mapping[str, Any]] | None = None,
    coding: str | None = None,
    layout_of_boxes: Literal["rows", "columns"] | None = None,
    objectness: bool | None = None,
    strides: Sequence[int] | None = None,
    form: Literal["corners", "center", "corner_size"] | None = None,
    order: Literal["xy", "yx"] | None = None,
    units: Literal["normalized", "pixels"] | None = None,
    anchors: Mapping[str, Any] | None = None,
    scales: Sequence[float] | None = None,
    activation: Activation | None = None,
    background_class: Literal["none", "first", "last"] | None = None,
    candidates: Literal["best", "all"] | None = None,
    iou: float | None = 0.5,
    score: float = 0.25,
    per_class: bool = True,
    max: int = 100,
    **told: Unpack[Told],
) -> Description:
    """Gives the description of a model that finds objects in a picture.

    Args:
        labels: a text file with one label a line, or the labels: one a column of scores, a background too.
        head: `ssd` (boxes coded against anchors), `yolo_grid` (YOLOv3 to v5, an output a grid), `yolo_free` (YOLOv5
            decoded, YOLOv8, YOLOX, FCOS: one output), `set` (DETR, and models that give finished boxes).
        boxes, scores, classes: names of the model's outputs; a YOLO has its scores beside the boxes.
        levels: for `yolo_grid`: {"output", "stride", "anchors": [(width, height), ...]} for each grid.
        coding: `yolov3` or `yolov5`; `decoded` (the default of `yolo_free`), `yolox`, `distances`.
        layout_of_boxes: for `yolo_free`: a box is a `columns` (YOLOv8, the default) or one of `rows`.
        objectness: whether a box has one, before its classes.
        strides: of YOLOX and FCOS, finest first; 8, 16, 32 when not given.
        form: `corners` (VOC), `center` (YOLO), `corner_size` (COCO).
        order: `xy`, or `yx` as in TensorFlow.
        units: of the boxes: fractions of the picture (`normalized`) or its `pixels`; pixels for YOLO when not given.
        anchors: of an SSD: grids [(rows, columns), ...], min_scale, max_scale, aspect_ratios, interpolated_ratio,
            reduce_lowest; those of SSD MobileNet at 300 x 300 when not given.
        scales: of an SSD's box coder: down, across, height, width; 10, 10, 5, 5 when not given.
        activation: what is still to be done to the scores; `sigmoid` for SSD and `yolo_grid`, `softmax` for `set` with
            scores, `none` for `yolo_free` when not given.
        background_class: which column of scores is no class: `first` for SSD, `last` for `set` when not given.
        candidates: `best`: one class a box (the default); `all`: every class of every box.
        iou: overlap above which the worse of two boxes is dropped; None: none is, as for DETR.
        score: the least score of an object.
        per_class: whether only boxes of one class drop each other.
        max: how many objects an answer has at most.
        told: how the photo is prepared and what the model is called, as in `satchel.image_classification`.

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    given = {
        "boxes": boxes,
        "scores": scores,
        "classes": classes,
        "levels": levels and [{**level, "anchors": [list(pair) for pair in level["anchors"]]} for level in levels],
        "coding": coding,
        "layout": layout_of_boxes,
        "objectness": objectness,
        "strides": strides and list(strides),
        "form": form,
        "order": order,
        "anchors": anchors and {**anchors, "grids": [list(cells) for cells in anchors["grids"]]},
        "scales": scales and list(scales),
        "activation": activation,
        "background": background_class,
        "candidates": candidates,
    }
    step = _head(head, {key: value for key, value in given.items() if value is not None}, _model_size(told))
    steps = [step]
    if iou is None:
        steps.append({"op": "threshold", "score": score})
    else:
        steps.append({"op": "nms", "iou": iou, "score": score, "per_class": per_class, "max": max})
    units = units or ("normalized" if head in ("ssd", "set") else "pixels")
    steps.append({"op": "uncrop", "input": "image", "units": units, "clip": True})
    steps.append({"op": "label", "labels": "classes"})
    named = [each["output"] for each in levels or ()] or [each for each in (boxes, scores, classes) if each]
    return _described("object_detection", steps, named, labels, told)


SSD_MOBILENET = {
    "grids": [[19, 19], [10, 10], [5, 5], [3, 3], [2, 2], [1, 1]],
    "min_scale": 0.2,
    "max_scale": 0.95,
    "aspect_ratios": [1.0, 2.0, 0.5, 3.0, 0.3333],
    "interpolated_ratio": 1.0,
    "reduce_lowest": True,
}
"""The 1917 anchors of SSD MobileNet at 300 x 300."""


def _head(head: str, given: dict[str, Any], side: tuple[int, int]) -> dict[str, Any]:
    """Gives the decode_boxes step; what was not given is what models of this head have."""
    usual: dict[str, Any] = {"activation": "sigmoid", "candidates": "best"}
    if head == "ssd":
        usual |= {"anchors": SSD_MOBILENET, "scales": [10.0, 10.0, 5.0, 5.0], "background": "first"}
    elif head == "yolo_free":
        usual |= {"activation": "none", "coding": "decoded", "layout": "columns", "objectness": False}
        if given.get("coding", "decoded") == "decoded":
            usual |= {"form": "center", "order": "xy"}
        else:
            usual |= {"strides": [8, 16, 32], "width": side[1], "height": side[0]}
    elif head == "yolo_grid":
        usual |= {"coding": "yolov3"}
    elif head == "set":
        usual = {"form": "center", "order": "xy"}
        if "scores" in given and "classes" not in given:
            usual |= {"activation": "softmax", "background": "last", "candidates": "best"}
    return {"op": "decode_boxes", "head": head, **usual, **given}


def segmentation(
    *,
    labels: Labels,
    output: str = "mask",
    activation: Activation = "none",
    output_layout: Layout = "NHWC",
    threshold: float | None = None,
    to: Literal["photo", "model"] = "photo",
    method: Literal["tf.bilinear", "tf.nearest"] = "tf.bilinear",
    **told: Unpack[Told],
) -> Description:
    """Gives the description of a model that puts every pixel of a picture into a class.

    Args:
        labels: a text file with one label a line, or the labels, in the order of the model's output; for one channel
            with a threshold two: what is below it, and what is not.
        output: name of the model's output, [1, h, w, classes] or [1, classes, h, w].
        activation: what is still to be done to the scores at each place, before they become as large as the photo.
        output_layout: NHWC or NCHW.
        threshold: for one channel or two: the least score of class 1. Logits of two classes need `softmax` for it.
        to: the mask is as large as the `photo`, or as the `model` gives it.
        method: how the scores become as large as the photo.
        told: how the photo is prepared and what the model is called, as in `satchel.image_classification`.

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    steps: list[dict[str, Any]] = [{"op": activation}] if activation != "none" else []
    if activation == "softmax":
        steps[0]["layout"] = output_layout
    if to == "photo":
        onto = {"to": "photo", "layout": output_layout, "input": "image"}
        steps.append({"op": "resize_mask", "method": method, **onto})
    steps.append({"op": "argmax_mask", "layout": output_layout})
    if threshold is not None:
        steps[-1]["threshold"] = threshold
    steps.append({"op": "label", "labels": "classes"})
    return _described("segmentation", steps, [output], labels, told)


def keypoints(
    *,
    names: Labels,
    kind: Literal["heatmaps", "landmarks"],
    output: str = "keypoints",
    activation: Literal["none", "sigmoid"] = "none",
    output_layout: Layout = "NHWC",
    refine: Literal["none", "quarter", "offsets"] = "quarter",
    position: Literal["corner", "center", "ends"] = "corner",
    offsets: str | None = None,
    stride: float | None = None,
    dimensions: int = 2,
    order: Literal["xy", "yx"] = "xy",
    score: int | None = None,
    units: Literal["normalized", "pixels"] | None = None,
    **told: Unpack[Told],
) -> Description:
    """Gives the description of a model that finds named points in a picture.

    Args:
        names: a text file with one name a line, or the names, in the order of the model's points.
        kind: `heatmaps`, one a point, or `landmarks`, a vector of numbers.
        output: name of the model's output.
        activation: what is still to be done to the scores.
        output_layout: of heatmaps: NHWC or NCHW.
        refine: of heatmaps: `none`, `quarter` of a cell towards the larger neighbour (Simple Baselines, HRNet), or by
            the output `offsets` (PoseNet).
        position: of a cell: its `corner` (p / n), its `center` ((p + 0.5) / n), or `ends` (p / (n - 1)).
        offsets, stride: name of the output of offsets, in pixels, and pixels from one cell to the next.
        dimensions: of landmarks: numbers a point.
        order: of landmarks: `xy`, or `yx` as in MoveNet.
        score: of landmarks: which number of a point is its score, from 0; none when not given.
        units: of landmarks: fractions of the picture (`normalized`, the default) or its `pixels`.
        told: how the photo is prepared and what the model is called, as in `satchel.image_classification`.

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    step: dict[str, Any]
    found: dict[str, Any]
    if kind == "heatmaps":
        step = {"op": "heatmap_keypoints", "layout": output_layout, "activation": activation, "refine": refine}
        found = {"offsets": offsets, "stride": stride} if refine == "offsets" else {"position": position}
        units = units or ("pixels" if refine == "offsets" else "normalized")
    else:
        step = {"op": "landmarks", "dimensions": dimensions, "order": order}
        found = {"score": score, "activation": activation} if score is not None else {}
    step |= {key: value for key, value in found.items() if value is not None}
    back = {"op": "uncrop", "input": "image", "units": units or "normalized", "clip": False}
    steps = [step, back, {"op": "label", "labels": "classes"}]
    return _described("keypoints", steps, [output, *([offsets] if offsets else [])], names, told)


def _model_size(told: Mapping[str, Any]) -> tuple[int, int]:
    """Gives height and width of the prepared picture, of what the author said of it; 1 x 1 where that is nothing."""
    if "preprocess" in told:
        sized = [step for step in told["preprocess"].steps if "width" in step]
        return (sized[-1]["height"], sized[-1]["width"]) if sized else (1, 1)
    size = next((told[name] for name in FITTED if told.get(name) is not None), 1)
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def about_of(told: Mapping[str, Any], kind: Any = About) -> dict[str, str]:
    """Gives what a model is called and whose it is.

    Args:
        told: what a builder was called with.
        kind: the TypedDict of all that it may be.

    Raises:
        TypeError: as Python says it of an argument that a function does not have.
    """
    for name in sorted(told.keys() - kind.__annotations__.keys()):
        near = difflib.get_close_matches(name, kind.__annotations__, 1)
        raise TypeError(f"got an unexpected keyword argument {name!r}{f', did you mean {near[0]!r}?' if near else ''}")
    return {name: told[name] for name in About.__annotations__ if name in told}


def preparation_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Gives the steps that prepare the picture: those of `preprocess`, or of the arguments that make them.

    Raises:
        SpecError: as picture_steps.
    """
    if "preprocess" in told:
        return of_frames(told["preprocess"].steps, told.get("frame"))
    return picture_steps(**{key: told[key] for key in Picture.__annotations__ if key in told})


def _described(
    task: Task, steps: Sequence[dict[str, Any]], outputs: Sequence[str], labels: Labels, told: Told
) -> Description:
    """Gives the description whose first output has the steps; the others are read by them."""
    if not outputs:
        hint = "Give the names that the model's outputs have."
        raise SpecError("spec/no-answer", "no output of the model is named", where="boxes", hint=hint)
    about = about_of(told, Told)
    names = list(dict.fromkeys(outputs))
    preparation = preparation_of(told)
    document = {
        "name": "model",
        **about,
        "task": task,
        "inputs": [{"name": "image", "steps": preparation}],
        "outputs": [{"name": name, "steps": list(steps) if name == names[0] else []} for name in names],
        "labels": {"classes": "labels/classes.txt"},
    }
    return Description(parse_spec(document), {"classes": read_labels(labels)})
