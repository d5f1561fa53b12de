"""Builders for detectors, segmentations and keypoints: usual values filled in, everything explicit in the spec."""

from __future__ import annotations

import numpy as np
import pytest

import satchel
from satchel_metadata.errors import SpecError
from satchel_metadata.infer import check_steps
from satchel_metadata.pipeline import Pipeline

COLOURS = ("red", "green", "blue")


def reading(description: satchel.Description) -> list[dict[str, object]]:
    check_steps(description.spec)
    return [step.model_dump(exclude_none=True) for step in description.spec.outputs[0].steps]


def test_an_ssd_has_the_anchors_and_scales_of_the_object_detection_api() -> None:
    found = satchel.object_detection(labels=("???", *COLOURS), head="ssd", boxes="b", scores="s", size=300)
    decode, nms, uncrop, label = reading(found)
    assert decode["anchors"]["grids"] == ((19, 19), (10, 10), (5, 5), (3, 3), (2, 2), (1, 1))  # type: ignore[index]
    assert (decode["scales"], decode["background"], decode["activation"]) == ((10, 10, 5, 5), "first", "sigmoid")
    assert nms == {"op": "nms", "iou": 0.5, "score": 0.25, "per_class": True, "max": 100}
    assert uncrop == {"op": "uncrop", "input": "image", "units": "normalized", "clip": True}
    assert label == {"op": "label", "labels": "classes"}
    assert [output.name for output in found.spec.outputs] == ["b", "s"]
    assert found.spec.outputs[1].steps == ()


def test_a_yolov8_is_letterboxed_and_its_boxes_are_pixels() -> None:
    picture = {"size": 640, "fit": "contain", "pad_value": (114, 114, 114), "range": "0..1"}
    found = satchel.object_detection(labels=COLOURS, head="yolo_free", boxes="output0", **picture)  # type: ignore[arg-type]
    decode, _nms, uncrop, _label = reading(found)
    assert decode == {
        "op": "decode_boxes",
        "head": "yolo_free",
        "boxes": "output0",
        "coding": "decoded",
        "layout": "columns",
        "objectness": False,
        "form": "center",
        "order": "xy",
        "activation": "none",
        "candidates": "best",
    }
    assert uncrop["units"] == "pixels"


def test_a_yolox_has_the_cells_of_its_picture() -> None:
    found = satchel.object_detection(
        labels=COLOURS, head="yolo_free", coding="yolox", boxes="out", layout_of_boxes="rows", size=(416, 640)
    )
    decode = reading(found)[0]
    assert (decode["strides"], decode["width"], decode["height"]) == ((8, 16, 32), 640, 416)


def test_a_yolov5_grid_names_an_output_a_level() -> None:
    levels = [
        {"output": name, "stride": stride, "anchors": [(10, 13), (16, 30)]} for name, stride in (("p3", 8), ("p4", 16))
    ]
    found = satchel.object_detection(labels=COLOURS, head="yolo_grid", coding="yolov5", levels=levels, size=64)
    assert [output.name for output in found.spec.outputs] == ["p3", "p4"]
    assert reading(found)[0]["coding"] == "yolov5"


def test_a_detr_is_not_suppressed() -> None:
    found = satchel.object_detection(labels=(*COLOURS, "none"), head="set", boxes="b", scores="l", iou=None, size=64)
    assert [step["op"] for step in reading(found)] == ["decode_boxes", "threshold", "uncrop", "label"]


def test_finished_boxes_need_no_activation() -> None:
    found = satchel.object_detection(
        labels=COLOURS, head="set", boxes="b", scores="s", classes="c", form="corners", order="yx", size=64
    )
    decode = reading(found)[0]
    assert set(decode) == {"op", "head", "boxes", "scores", "classes", "form", "order"}


def test_boxes_come_back_to_the_photo_through_a_letterbox() -> None:
    found = satchel.object_detection(
        labels=COLOURS, head="set", boxes="rows", form="corners", iou=None, score=0.5, size=100, fit="contain"
    )
    pipeline = Pipeline(found.spec, found.labels)
    prepared = pipeline.prepare_traced(np.zeros((100, 200, 3), np.uint8))
    rows = np.array([[[0.25, 0.25, 0.75, 0.5, 0.9, 2]]], np.float32)
    (thing,) = pipeline.read({"rows": rows}, trace=prepared.trace).objects or ()
    assert (thing.box, thing.label) == ((50.0, 0.0, 150.0, 50.0), "blue")


def test_a_segmentation_becomes_as_large_as_the_photo() -> None:
    found = satchel.segmentation(labels=("background", "person"), output="mask", threshold=0.5, size=4)
    assert [step["op"] for step in reading(found)] == ["resize_mask", "argmax_mask", "label"]
    pipeline = Pipeline(found.spec, found.labels)
    prepared = pipeline.prepare_traced(np.zeros((8, 8, 3), np.uint8))
    scores = np.zeros((1, 4, 4, 1), np.float32)
    scores[0, :, 2:] = 1
    mask = pipeline.read({"mask": scores}, trace=prepared.trace).mask
    assert mask is not None
    np.testing.assert_array_equal(mask.indices, np.repeat([[0, 0, 0, 0, 1, 1, 1, 1]], 8, axis=0))
    assert mask.labels == ("background", "person")


def test_logits_of_two_classes_become_a_mask_by_softmax_and_a_threshold() -> None:
    found = satchel.segmentation(
        labels=("background", "person"), activation="softmax", threshold=0.75, output_layout="NCHW", size=4
    )
    assert reading(found)[0] == {"op": "softmax", "layout": "NCHW"}
    assert [step["op"] for step in reading(found)] == ["softmax", "resize_mask", "argmax_mask", "label"]
    pipeline = Pipeline(found.spec, found.labels)
    prepared = pipeline.prepare_traced(np.zeros((4, 4, 3), np.uint8))
    logits = np.zeros((1, 2, 4, 4), np.float32)
    logits[0, 1, 0] = [1, 1.0985, 1.0987, 9]  # log 3 = 1.0986 is the logit of 0.75
    mask = pipeline.read({"mask": logits}, trace=prepared.trace).mask
    assert mask is not None
    assert mask.indices.tolist() == [[0, 0, 1, 1], [0] * 4, [0] * 4, [0] * 4]


def test_keypoints_are_named_and_in_pixels_of_the_photo() -> None:
    found = satchel.keypoints(
        names=("nose", "tail"), kind="landmarks", output="points", dimensions=3, order="yx", score=2, size=10
    )
    pipeline = Pipeline(found.spec, found.labels)
    prepared = pipeline.prepare_traced(np.zeros((40, 20, 3), np.uint8))
    answer = pipeline.read({"points": np.array([[0.5, 0.25, 0.75, 1, 1, 0.5]], np.float32)}, trace=prepared.trace)
    assert [(each.name, each.x, each.y, each.score) for each in answer.keypoints or ()] == [
        ("nose", 5.0, 20.0, 0.75),
        ("tail", 20.0, 40.0, 0.5),
    ]


def test_heatmaps_with_offsets_read_two_outputs_in_pixels() -> None:
    found = satchel.keypoints(
        names=("nose",), kind="heatmaps", output="heat", refine="offsets", offsets="off", stride=16, size=33
    )
    assert [output.name for output in found.spec.outputs] == ["heat", "off"]
    assert [step.get("units") for step in reading(found)] == [None, "pixels", None]


def test_a_preprocess_stands_for_the_pictures_part() -> None:
    preprocess = satchel.Preprocess.from_keras("MobileNetV2")
    found = satchel.segmentation(labels=COLOURS, preprocess=preprocess)
    assert [step.op for step in found.spec.inputs[0].steps] == [step["op"] for step in preprocess.steps]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"head": "ssd"}, "spec/no-answer"),
        ({"head": "ssd", "boxes": "b"}, "spec/inconsistent"),
        ({"head": "yolo_grid", "boxes": "b"}, "spec/inconsistent"),
        ({"head": "rcnn", "boxes": "b"}, "spec/unknown-value"),
        ({"head": "yolo_free", "boxes": "b", "coding": "yolov3"}, "spec/inconsistent"),
        ({"head": "set", "boxes": "b", "iou": 2.0}, "spec/out-of-range"),
    ],
)
def test_a_head_that_cannot_be_is_refused(arguments: dict[str, object], code: str) -> None:
    with pytest.raises(SpecError) as refused:
        satchel.object_detection(labels=COLOURS, size=64, **arguments)  # type: ignore[arg-type]
    assert refused.value.code == code
