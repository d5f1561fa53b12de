"""Descriptions: what the builder of image classification makes of an author's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import satchel
from satchel_metadata.errors import SpecError

LABELS = ["cat", "dog"]


def steps(**options: Any) -> list[dict[str, Any]]:
    spec = satchel.image_classification(labels=LABELS, **options).spec
    return [step.model_dump(exclude_none=True) for step in spec.inputs[0].steps]


def ops(**options: Any) -> list[str]:
    return [step["op"] for step in steps(**options)]


@pytest.mark.parametrize(
    ("name", "model", "wanted"),
    [
        ("model", "packed/flowers.keras", "flowers"),
        ("model", "packed/flowers", "flowers"),
        ("model", ".", "model"),
        ("model", "\x1b[31m.keras", "model"),
        ("roses", "packed/flowers.keras", "roses"),
    ],
)
def test_a_model_without_a_name_gets_that_of_its_file(name: str, model: str, wanted: str) -> None:
    described = satchel.image_classification(labels=["a", "b"], size=24, name=name)
    made = described.named_after(model)
    assert made.spec.name == wanted
    assert made.spec.model_copy(update={"name": name}) == described.spec


def test_resize_shorter_with_crop_rounds_as_torchvision_does_for_pillow() -> None:
    made = steps(resize_shorter=256, crop=224, resize="pillow.bicubic", mean=127, std=128)
    assert made == [
        {"op": "decode", "background": (0, 0, 0)},
        {"op": "resize", "method": "pillow.bicubic", "fit": "shorter_side", "side": 256, "side_rounding": "floor"},
        {"op": "crop", "width": 224, "height": 224, "offset_rounding": "half_even"},
        {"op": "normalize", "mean": (127.0,), "std": (128.0,), "range": "0..255"},
        {"op": "layout", "to": "NHWC"},
    ]


def test_tensorflow_methods_round_as_tensorflow_does() -> None:
    made = steps(size=(96, 160), fit="cover", resize="tf.bilinear")
    assert made[1] == {
        "op": "resize",
        "method": "tf.bilinear",
        "fit": "cover",
        "width": 160,
        "height": 96,
        "side_rounding": "half_even",
        "offset_rounding": "floor",
    }


def test_central_fraction_crops_before_it_resizes() -> None:
    assert ops(size=64, central_fraction=0.875) == ["decode", "crop", "resize", "layout"]


@pytest.mark.parametrize(
    ("value_range", "expected"),
    [
        ("0..255", ["normalize"]),
        ("0..1", ["rescale", "normalize"]),
        ("-1..1", ["rescale", "normalize"]),
    ],
)
def test_mean_and_std_come_after_the_values_are_in_their_range(value_range: Any, expected: list[str]) -> None:
    assert ops(size=8, mean=[0.5, 0.4, 0.3], std=0.2, range=value_range)[2:-1] == expected


def test_grey_pictures_are_padded_with_one_value() -> None:
    assert steps(size=8, fit="contain", color="GRAY", pad_value=9)[2]["pad_value"] == (9,)


def test_inputs_and_outputs_bear_the_names_that_the_model_gives_them() -> None:
    spec = satchel.image_classification(labels=LABELS, size=8, input_name="x", output_name="y").spec
    assert (spec.inputs[0].name, spec.outputs[0].name) == ("x", "y")


def test_a_range_without_mean_only_rescales() -> None:
    assert steps(size=8, range="-1..1")[2] == {"op": "rescale", "divisor": 127.5, "offset": -1.0}


def test_the_reading_follows_activation_and_threshold() -> None:
    spec = satchel.image_classification(labels=LABELS, size=8, activation="sigmoid", top_k=2, threshold=0.5).spec
    assert [step.op for step in spec.outputs[0].steps] == ["sigmoid", "top_k", "threshold", "label"]


@pytest.mark.parametrize(
    ("options", "code", "place"),
    [
        ({}, "spec/inconsistent", "image_classification"),
        ({"resize_shorter": 9, "size": 9}, "spec/inconsistent", "image_classification"),
        ({"size": 9, "crop": 8}, "spec/inconsistent", "image_classification"),
        ({"resize_shorter": 9, "central_fraction": 0.5}, "spec/inconsistent", "image_classification"),
        ({"size": 9, "resize": "bicubic"}, "spec/unknown-value", "$.inputs[0].steps[1].method"),
        ({"size": 0}, "spec/out-of-range", "$.inputs[0].steps[1].width"),
        ({"size": 9, "mean": 1, "std": 0}, "spec/inconsistent", "$.inputs[0].steps[2]"),
        ({"size": 9, "mean": float("nan")}, "spec/not-finite", "$.inputs[0].steps[2].mean[0]"),
        ({"size": 9, "range": "0..2"}, "spec/unknown-value", ""),
        ({"size": (1, 2, 3)}, "spec/wrong-type", "size"),
        ({"size": "224"}, "spec/wrong-type", "size"),
        ({"size": 9, "version": "one"}, "spec/out-of-range", "$.version"),
    ],
)
def test_a_wrong_description_names_the_place(options: dict[str, Any], code: str, place: str) -> None:
    with pytest.raises(SpecError) as caught:
        satchel.image_classification(labels=LABELS, **options)
    assert (caught.value.code, caught.value.where) == (code, place)


def test_labels_are_read_from_a_file_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_bytes("\ufeffcat\r\ndög\n".encode())
    assert satchel.image_classification(labels=file, size=8).labels == {"classes": ("cat", "dög")}


def test_a_blank_label_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("cat\n\ndog\n")
    with pytest.raises(SpecError, match=r"labels\.txt, line 2") as caught:
        satchel.image_classification(labels=file, size=8)
    assert caught.value.code == "spec/blank-label"


def test_a_saved_description_reads_back_the_same(tmp_path: Path) -> None:
    made = satchel.image_classification(labels=LABELS, size=8, mean=127.5, std=127.5, name="pets")
    assert satchel.Description.read(made.save(tmp_path)) == made


def test_a_description_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot be read") as caught:
        satchel.Description.read(tmp_path / "spec.json")
    assert caught.value.code == "spec/not-found"
