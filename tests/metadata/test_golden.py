"""Golden values survive the way into the bundle and back, to the bit."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bundle_samples import PIXELS, sample_parts
from satchel_metadata.errors import BundleError, SpecError
from satchel_metadata.golden import (
    WHOLE,
    golden_prepared,
    golden_thing,
    golden_values,
    parse_golden,
)
from satchel_metadata.golden_pictures import Picture, golden_picture, golden_pixels
from satchel_metadata.inflate import deflate


def test_pixels_come_back_to_the_bit() -> None:
    picture, stored = golden_picture("one", PIXELS)
    sha256 = hashlib.sha256(PIXELS.tobytes()).hexdigest()
    assert picture == Picture(file="golden/one.rgb.z", width=6, height=5, sha256=sha256)
    assert zlib.decompress(stored, -15) == PIXELS.tobytes()
    assert np.array_equal(golden_pixels(picture, stored), PIXELS)


def test_pixels_that_are_not_contiguous_are_stored_row_by_row() -> None:
    turned = PIXELS[::-1, ::-1]
    picture, stored = golden_picture("turned", turned)
    assert np.array_equal(golden_pixels(picture, stored), turned)


def test_other_pixels_than_the_hash_says_are_refused() -> None:
    picture, _ = golden_picture("one", PIXELS)
    _, other = golden_picture("one", PIXELS ^ 1)
    with pytest.raises(BundleError) as caught:
        golden_pixels(picture, other)
    assert caught.value.code == "bundle/changed-file"


@pytest.mark.parametrize("dtype", ["float32", "uint8", "int8", "int16", "int32", "int64", "bool"])
def test_a_tensor_of_every_dtype_comes_back_to_the_bit(dtype: str) -> None:
    tensor = np.random.default_rng(3).integers(-100, 100, (2, 3, 4)).astype(dtype)
    back = golden_values(tensor).array()
    assert (back.dtype, back.shape, back.tobytes()) == (tensor.dtype, tensor.shape, tensor.tobytes())


def test_values_are_little_endian_base64() -> None:
    values = golden_values(np.array([[1.0, -2.5]], ">f4"))
    assert base64.b64decode(values.data) == np.array([1.0, -2.5], "<f4").tobytes()
    assert values.array().tolist() == [[1.0, -2.5]]


def test_a_prepared_tensor_is_known_by_hash_and_range() -> None:
    tensor = np.array([[-0.5, 0.25, 1.0]], np.float32)
    prepared = golden_prepared(tensor)
    assert (prepared.sha256, prepared.min, prepared.max) == (hashlib.sha256(tensor.tobytes()).hexdigest(), -0.5, 1.0)


def test_the_document_is_written_back_as_it_was_read() -> None:
    golden = sample_parts()["golden"].golden
    assert parse_golden(golden.dumps()) == golden


Document = dict[str, Any]
WRONG: dict[str, tuple[Callable[[Document], Any], str]] = {
    "a newer version": (lambda g: g.update(satchel="2.0", unknown=1), "spec/newer-version"),
    "an unknown key": (lambda g: g.update(unknown=1), "spec/unknown-key"),
    "no cases": (lambda g: g.update(cases=[]), "spec/out-of-range"),
    "two cases": (lambda g: g["cases"].pop(), "spec/out-of-range"),
    "a bound that holds nothing back": (lambda g: g["bounds"].update({"float32/tfjs": 1e30}), "spec/out-of-range"),
    "a negative bound": (lambda g: g["bounds"].update({"float32/tfjs": -1}), "spec/out-of-range"),
    "the same case twice": (lambda g: g["cases"].append(g["cases"][0]), "spec/inconsistent"),
    "an artefact without a bound": (lambda g: g["bounds"].pop("float32/tfjs"), "spec/inconsistent"),
    "a tensor cut short": (
        lambda g: g["cases"][0]["artefacts"]["float32/tfjs"]["outputs"]["scores"].update(data="AAAA"),
        "spec/inconsistent",
    ),
    "a tensor of endless shape": (
        lambda g: g["cases"][0]["artefacts"]["float32/tfjs"]["outputs"]["scores"].update(shape=[2**50] * 60),
        "spec/inconsistent",
    ),
    "a tensor that is not base64": (
        lambda g: g["cases"][0]["artefacts"]["float32/tfjs"]["outputs"]["scores"].update(data="A A A!"),
        "spec/inconsistent",
    ),
    "a picture without width": (lambda g: g["cases"][0]["input"]["image"].update(width=0), "spec/out-of-range"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_the_document_is_refused(name: str) -> None:
    change, code = WRONG[name]
    document = json.loads(sample_parts()["golden"].golden.dumps())
    change(document)
    with pytest.raises(SpecError) as caught:
        parse_golden(json.dumps(document).encode())
    assert caught.value.code == code


def document_of(given: dict[str, Any], answer: dict[str, Any]) -> bytes:
    outputs = {"out": golden_values(np.float32([[1, 2]])).model_dump(exclude_none=True)}
    prepared = {"in": golden_prepared(np.float32([[1]])).model_dump()}
    expected = {"prepared": prepared, "outputs": outputs, "answer": answer}
    case = {"input": {"in": given}, "artefacts": {"a/tflite": expected}}
    cases = [{"id": name, **case} for name in ("one", "two", "three")]
    return json.dumps({"satchel": "1.0", "cases": cases, "bounds": {"a/tflite": 0}}).encode()


VALUES = {"values": [1.0, 2.0]}


def test_a_row_and_a_signal_come_back_as_they_were() -> None:
    row = {"x": "1.5", "y": None, "z": 2.25}
    found, *_ = parse_golden(document_of({"row": row}, VALUES)).cases
    assert golden_thing(found.input["in"], lambda path: b"") == row
    found, *_ = parse_golden(document_of({"signal": [[1, 0.1], [2, -3]], "rate": 50}, VALUES)).cases
    signal = golden_thing(found.input["in"], lambda path: b"")
    assert (signal.values.dtype, signal.values.tolist(), signal.rate) == (np.float64, [[1, 0.1], [2, -3]], 50.0)


FRAME = {
    "file": "golden/a.yuv.z",
    "format": "YUV_420_888",
    "width": 4,
    "height": 4,
    "sha256": "0" * 64,
    "row_strides": [4, 2, 2],
    "pixel_strides": [1, 1],
    "range": "full",
    "rotation": 0,
}


def test_a_frame_of_another_hash_or_length_is_refused() -> None:
    record = parse_golden(document_of(FRAME, VALUES)).cases[0].input["in"]
    for raw, code in (
        (bytes(24), "bundle/changed-file"),
        (bytes(25), "bundle/bomb"),
        (bytes(23), "bundle/wrong-length"),
    ):
        with pytest.raises(BundleError) as caught:
            golden_thing(record, lambda path, raw=raw: deflate(raw))
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"signal": [[1, 2], [3]]}, "spec/inconsistent", ""),
        ({"signal": []}, "spec/out-of-range", ".signal"),
        ({"signal": [[1]], "rate": 0}, "spec/out-of-range", ".rate"),
        ({"row": {"x": True}}, "spec/wrong-type", ".row.x"),
        ({"row": {}, "file": "golden/a.rgb.z"}, "spec/unknown-key", ".file"),
        ({"file": "golden/a.rgb.z", "width": 1, "height": 1}, "spec/missing-key", ".sha256"),
        ({**FRAME, "format": "NV12"}, "spec/unknown-value", ".format"),
        ({**FRAME, "rotation": 45}, "spec/unknown-value", ".rotation"),
        ({**FRAME, "row_strides": [4, 2]}, "spec/missing-key", ".row_strides"),
        ({**FRAME, "row_strides": [0, 2, 2]}, "spec/out-of-range", ".row_strides[0]"),
        ({**FRAME, "pixel_strides": [1, 17]}, "spec/out-of-range", ".pixel_strides[1]"),
        ({**FRAME, "row_strides": [3, 2, 2]}, "spec/inconsistent", ""),
        ({**FRAME, "pixel_strides": [1, 2]}, "spec/inconsistent", ""),
        ({**FRAME, "format": "NV21"}, "spec/inconsistent", ""),
        ({key: value for key, value in FRAME.items() if key != "pixel_strides"}, "spec/inconsistent", ""),
    ],
)
def test_golden_inputs_that_are_none_are_refused_where_they_stand(given: Any, code: str, where: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_golden(document_of(given, VALUES))
    assert (caught.value.code, caught.value.where) == (code, f"golden.json $.cases[0].input.in{where}")


OBJECT = {"box": [0, 1, 2, 3], "index": 0, "score": 0.5, "label": "cat"}
MASK = {"width": 3, "height": 2, "indices": [0, 1], "counts": [4, 2]}


@pytest.mark.parametrize(
    "answer",
    [
        {"classes": [{"index": 1, "score": 0.5}]},
        {"objects": [OBJECT]},
        {"objects": []},
        {"keypoints": [{"x": 1, "y": 2, "score": 0.5, "name": "nose"}, {"x": 1, "y": 2}]},
        {"mask": MASK},
        {**VALUES, "windows": [{"start": 0, **VALUES}, {"start": 8, **VALUES}]},
    ],
)
def test_an_answer_of_every_kind_is_golden(answer: dict[str, Any]) -> None:
    golden = parse_golden(document_of({"row": {}}, answer))
    assert golden.cases[0].artefacts["a/tflite"].answer.model_dump(mode="json", exclude_none=True) == answer
    assert parse_golden(golden.dumps()) == golden


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({}, "spec/inconsistent"),
        ({**VALUES, "classes": []}, "spec/inconsistent"),
        ({"objects": [{**OBJECT, "box": [0, 1, 2]}]}, "spec/missing-key"),
        ({"mask": {**MASK, "counts": [4, 1]}}, "spec/inconsistent"),
        ({"mask": {**MASK, "counts": [4, 1, 1]}}, "spec/inconsistent"),
        ({"mask": {**MASK, "counts": [6, 0]}}, "spec/out-of-range"),
        ({"values": [float("1e999")]}, "spec/not-finite"),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(answer: dict[str, Any], code: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_golden(document_of({"row": {}}, answer))
    assert caught.value.code in (code, "spec/not-json")


def test_of_a_large_output_evenly_chosen_values_are_kept_with_the_hash_of_all() -> None:
    tensor = np.random.default_rng(6).normal(size=(1, 1917, 91)).astype(np.float32)
    values = golden_values(tensor)
    assert values.every is not None
    assert values.array().tobytes() == tensor.reshape(-1)[:: values.every].tobytes()
    assert len(values.array()) <= WHOLE
    assert values.sha256 == hashlib.sha256(tensor.tobytes()).hexdigest()
    assert values.largest == float(np.abs(tensor).max())
    assert {place % 91 for place in range(0, tensor.size, values.every)} == set(range(91))
    small = golden_values(tensor[:, :45])
    assert (small.every, small.sha256, small.largest) == (None, None, None)
