"""What check_steps finds of good steps, and how it and check_against_tensors refuse bad ones: by code and JSON path."""

import json

import pytest

from satchel_metadata.artefact_tensors import check_against_tensors
from satchel_metadata.errors import SpecError
from satchel_metadata.infer import check_steps
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse_spec
from step_examples import (
    ARTEFACT,
    CROP,
    DECODE,
    GRAY,
    IMAGENET,
    LITE0,
    NCHW,
    NORMALIZE,
    PIPELINES,
    SHORTER,
    TO_UNIT,
    contain,
    cover,
    spec_of,
    stretch,
    tensor_of,
)

SOFTMAX, SIGMOID = {"op": "softmax"}, {"op": "sigmoid"}
TOP_5 = {"op": "top_k", "k": 5}
HALF = {"op": "threshold", "score": 0.5}
LABEL = {"op": "label", "labels": "classes"}
FLIP = {"op": "flip", "axis": "horizontal"}
BGR = {"op": "color", "to": "BGR"}
FRAME = {"op": "pad", "left": 1, "top": 1, "right": 1, "bottom": 1, "value": [0, 0, 0]}


@pytest.mark.parametrize("name", PIPELINES)
def test_the_shape_and_dtype_found_are_those_of_the_prepared_tensor(name):
    import numpy as np

    spec = spec_of(PIPELINES[name])
    last = check_steps(spec)[0][-1]
    found = Pipeline(spec, {}).prepare(np.zeros((243, 321, 3), np.uint8))["image"]
    assert len(check_steps(spec)[0]) == len(PIPELINES[name])
    assert [known in (None, side) for known, side in zip(last.shape, found.shape[1:], strict=True)] == [True] * 3
    assert (None in last.shape) == (name in ("as it is", "central fraction of the photo"))


def test_each_step_of_efficientnet_lite0_is_followed():
    shapes = check_steps(spec_of(LITE0))[0]
    assert [(each.shape, each.dtype) for each in shapes] == [
        ((None, None, 3), "uint8"),
        ((None, None, 3), "uint8"),
        ((224, 224, 3), "uint8"),
        ((224, 224, 3), "float32"),
    ]


BAD_STEPS = {
    "no steps": ([], "spec/impossible-step", ""),
    "no decode": ([SHORTER], "spec/impossible-step", ""),
    "decode twice": ([DECODE, DECODE], "spec/impossible-step", ".steps[1]"),
    "color of float values": ([DECODE, TO_UNIT, BGR], "spec/impossible-step", ".steps[2]"),
    "color after a tf resize": ([DECODE, stretch("tf.area", 9, 9), GRAY], "spec/impossible-step", ".steps[2]"),
    "colour of grey": ([DECODE, GRAY, BGR], "spec/impossible-step", ".steps[2]"),
    "pillow of float values": ([DECODE, TO_UNIT, SHORTER], "spec/impossible-step", ".steps[2]"),
    "pillow after tf": ([DECODE, stretch("tf.area", 9, 9), SHORTER], "spec/impossible-step", ".steps[2]"),
    "resize after NCHW": ([DECODE, NCHW, SHORTER], "spec/impossible-step", ".steps[2]"),
    "crop after NCHW": ([DECODE, NCHW, CROP], "spec/impossible-step", ".steps[2]"),
    "flip after NCHW": ([DECODE, NCHW, FLIP], "spec/impossible-step", ".steps[2]"),
    "pad after NCHW": ([DECODE, NCHW, FRAME], "spec/impossible-step", ".steps[2]"),
    "three means of grey": ([DECODE, GRAY, TO_UNIT, IMAGENET], "spec/channel-count", ".steps[3]"),
    "two means": ([DECODE, {**NORMALIZE, "mean": [1, 2]}], "spec/channel-count", ".steps[1]"),
    "four stds": ([DECODE, {**NORMALIZE, "std": [1, 2, 3, 4]}], "spec/channel-count", ".steps[1]"),
    "three pad values of grey": ([DECODE, GRAY, contain("tf.area", 9, 9, 1, 2, 3)], "spec/channel-count", ".steps[2]"),
    "a coloured frame of grey": ([DECODE, GRAY, FRAME], "spec/channel-count", ".steps[2]"),
    "a crop larger than the resize": ([DECODE, stretch("tf.area", 200, 300), CROP], "spec/crop-too-large", ".steps[2]"),
    "a crop larger than the side": ([DECODE, {**SHORTER, "side": 200}, CROP], "spec/crop-too-large", ".steps[2]"),
    "a crop of a crop": ([DECODE, {**CROP, "width": 99}, CROP], "spec/crop-too-large", ".steps[2]"),
    "mean of 0..1 on levels": ([DECODE, IMAGENET], "spec/range-mismatch", ".steps[1]"),
    "mean of levels on 0..1": ([DECODE, TO_UNIT, NORMALIZE], "spec/range-mismatch", ".steps[2]"),
    "a std that is 0 in binary32": ([DECODE, {**NORMALIZE, "std": [1e-50]}], "spec/out-of-range", ".steps[1]"),
    "an infinite mean": ([DECODE, {**NORMALIZE, "mean": [1e39]}], "spec/out-of-range", ".steps[1]"),
    "an infinite factor": ([DECODE, {"op": "rescale", "factor": 1e39}], "spec/out-of-range", ".steps[1]"),
    "a divisor of 0 in binary32": ([DECODE, {"op": "rescale", "divisor": 1e-50}], "spec/out-of-range", ".steps[1]"),
    "an infinite offset": ([DECODE, {**TO_UNIT, "offset": -1e39}], "spec/out-of-range", ".steps[1]"),
}


@pytest.mark.parametrize("name", BAD_STEPS)
def test_steps_that_cannot_follow_one_another_are_refused_where_they_stand(name):
    steps, code, place = BAD_STEPS[name]
    with pytest.raises(SpecError) as caught:
        check_steps(spec_of(steps))
    assert (caught.value.code, caught.value.where) == (code, f"$.inputs[0]{place}")
    assert caught.value.hint


GOOD_RANGES = {
    "levels": [NORMALIZE],
    "x / 255": [TO_UNIT, IMAGENET],
    "x / 256": [{"op": "rescale", "divisor": 256}, IMAGENET],
    "x * (1 / 255)": [{"op": "rescale", "factor": 1 / 255}, IMAGENET],
    "-1..1": [{"op": "rescale", "divisor": 127.5, "offset": -1}, {**NORMALIZE, "range": "-1..1"}],
    "twice": [TO_UNIT, IMAGENET, {**NORMALIZE, "range": "-1..1"}],
}


@pytest.mark.parametrize("name", GOOD_RANGES)
def test_mean_and_std_for_the_range_that_is_there_are_accepted(name):
    assert check_steps(spec_of([DECODE, *GOOD_RANGES[name]]))[0][-1].dtype == "float32"


BAD_READS = {
    "softmax twice": ([SOFTMAX, SOFTMAX], 1),
    "sigmoid of probabilities": ([SOFTMAX, SIGMOID], 1),
    "softmax of the best": ([TOP_5, SOFTMAX], 1),
    "top_k twice": ([TOP_5, TOP_5], 1),
    "top_k after a threshold": ([SOFTMAX, HALF, TOP_5], 2),
    "top_k after label": ([LABEL, TOP_5], 1),
    "label twice": ([SOFTMAX, LABEL, LABEL], 2),
    "softmax of labels": ([LABEL, SOFTMAX], 1),
}


@pytest.mark.parametrize("name", BAD_READS)
def test_reading_in_an_order_without_meaning_is_refused_where_it_stands(name):
    reads, place = BAD_READS[name]
    with pytest.raises(SpecError) as caught:
        check_steps(spec_of([DECODE], reads, labels=True))
    assert (caught.value.code, caught.value.where) == ("spec/impossible-step", f"$.outputs[0].steps[{place}]")


@pytest.mark.parametrize("reads", [[], [SOFTMAX], [TOP_5], [SIGMOID, HALF, LABEL, HALF], [SOFTMAX, TOP_5, HALF, LABEL]])
def test_reading_in_order_is_accepted(reads):
    check_steps(spec_of([DECODE], reads, labels=True))


def two_outputs(first, second):
    document = json.loads(spec_of([DECODE], first).dumps())
    document["outputs"].append({"name": "other", "steps": second})
    return parse_spec(document)


def test_one_output_makes_the_answer():
    check_steps(two_outputs([SOFTMAX], []))
    for first, second in (([SOFTMAX], [SOFTMAX]), ([], [])):
        with pytest.raises(SpecError) as caught:
            check_steps(two_outputs(first, second))
        assert (caught.value.code, caught.value.where) == ("spec/no-answer", "$.outputs")


QUANTISED = {"scale": 0.1, "zero_point": 0}
SCORES = tensor_of((1, 3))
LISTS = {"classes": ["a", "b", "c"]}
PIXELS = [DECODE, stretch("pillow.box", 8, 6)]
VALUES = [*PIXELS, TO_UNIT]
FITTING = [
    (PIXELS, tensor_of((1, 6, 8, 3))),
    (PIXELS, tensor_of((1, 6, 8, 3), "uint8")),
    (PIXELS, tensor_of((1, 6, 8, 3), "int32")),
    (PIXELS, tensor_of((1, 6, 8, 3), "uint8", **QUANTISED)),
    (VALUES, tensor_of((1, 6, 8, 3), layout="NHWC")),
    (VALUES, tensor_of((1, 6, 8, 3), "int8", **QUANTISED)),
    ([*VALUES, NCHW], tensor_of((1, 3, 6, 8), layout="NCHW")),
    ([DECODE, GRAY, cover("pillow.box", 8, 6)], tensor_of((1, 6, 8, 1))),
]


@pytest.mark.parametrize(("steps", "tensor"), FITTING, ids=str)
def test_prepared_values_that_fit_the_tensor_are_accepted(steps, tensor):
    spec = spec_of(steps, [SOFTMAX, LABEL], tensor=tensor, output=SCORES, labels=True)
    check_against_tensors(spec, ARTEFACT, LISTS)


MISFITS = {
    "rows and columns swapped": (PIXELS, tensor_of((1, 8, 6, 3)), "spec/shape-mismatch"),
    "no batch": (PIXELS, tensor_of((6, 8, 3)), "spec/shape-mismatch"),
    "a batch of two": (PIXELS, tensor_of((2, 6, 8, 3)), "spec/shape-mismatch"),
    "channels first": (PIXELS, tensor_of((1, 3, 6, 8)), "spec/shape-mismatch"),
    "grey for colour": ([*PIXELS, GRAY], tensor_of((1, 6, 8, 3)), "spec/shape-mismatch"),
    "another layout of the same shape": (
        [DECODE, stretch("tf.area", 3, 3), NCHW], tensor_of((1, 3, 3, 3), layout="NHWC"), "spec/shape-mismatch"),
    "a size that the photo decides": ([DECODE, SHORTER], tensor_of((1, 256, 256, 3)), "spec/shape-mismatch"),
    "float values for raw pixels": (VALUES, tensor_of((1, 6, 8, 3), "uint8"), "spec/dtype-mismatch"),
    "int8 without a scale": (PIXELS, tensor_of((1, 6, 8, 3), "int8"), "spec/dtype-mismatch"),
    "bool": (PIXELS, tensor_of((1, 6, 8, 3), "bool"), "spec/dtype-mismatch"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISFITS)
def test_prepared_values_that_do_not_fit_the_tensor_are_refused(name):
    steps, tensor, code = MISFITS[name]
    with pytest.raises(SpecError) as caught:
        check_against_tensors(spec_of(steps, tensor=tensor, output=SCORES), ARTEFACT, {})
    assert (caught.value.code, caught.value.where) == (code, "$.inputs[0].steps")
    assert str(list(tensor["shape"])) in caught.value.message or code == "spec/dtype-mismatch"


def refused_output(output, lists):
    spec = spec_of(PIXELS, [SOFTMAX, LABEL], tensor=tensor_of((1, 6, 8, 3)), output=output, labels=True)
    with pytest.raises(SpecError) as caught:
        check_against_tensors(spec, ARTEFACT, lists)
    return caught.value


@pytest.mark.parametrize("count", [0, 2, 4])
def test_another_number_of_labels_than_scores_is_refused(count):
    error = refused_output(SCORES, {"classes": ["x"] * count})
    assert (error.code, error.where) == ("spec/label-count", "$.outputs[0].steps[1].labels")
    assert f"{count} labels" in error.message
    assert "3 scores" in error.message


def test_a_label_list_that_is_not_there_is_refused():
    assert refused_output(SCORES, {}).code == "spec/no-labels"


@pytest.mark.parametrize("shape", [(1, 2, 3), (3, 1), (2, 3)])
def test_an_output_that_is_no_row_of_scores_is_refused(shape):
    error = refused_output(tensor_of(shape), LISTS)
    assert (error.code, error.where) == ("spec/shape-mismatch", "$.outputs[0]")


def test_an_artefact_that_the_spec_does_not_know_is_refused():
    spec = spec_of(PIXELS, tensor=tensor_of((1, 6, 8, 3)), output=SCORES)
    with pytest.raises(SpecError) as caught:
        check_against_tensors(spec, "int8/tflite", {})
    assert (caught.value.code, caught.value.where) == ("spec/no-tensor", "$.inputs[0].tensor")
    assert ARTEFACT in caught.value.hint
