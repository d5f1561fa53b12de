"""From a model's outputs to answers of every kind, and to their JSON; places go back to the photo."""

import numpy as np
import pytest

from satchel_metadata.answers import Answer, mask_json
from satchel_metadata.artefact_tensors import check_against_tensors
from satchel_metadata.errors import InputError, ModelError, SpecError
from satchel_metadata.families import Axis, Trace
from satchel_metadata.families.trace import traced
from satchel_metadata.infer import check_steps
from satchel_metadata.pipeline import Class, Pipeline
from satchel_metadata.spec import parse_spec
from satchel_metadata.values import Mask, Signal
from step_examples import CROP, DECODE, SHORTER, contain, stretch

ARTEFACT = "float32/tflite"
UNCROP = {"op": "uncrop", "input": "image", "units": "normalized", "clip": False}
SET = {"op": "decode_boxes", "head": "set", "boxes": "boxes", "scores": "scores", "form": "corners", "order": "xy",
       "activation": "none", "background": "none", "candidates": "best"}  # fmt: skip
NMS = {"op": "nms", "iou": 0.5, "score": 0.25, "per_class": True, "max": 10}
LABEL = {"op": "label", "labels": "classes"}
NAMES = {"classes": ["cat", "dog"]}


def spec_of(task, inputs, outputs, shapes=None):
    tensor = lambda name: {ARTEFACT: {"name": name, "index": 0, "dtype": "float32", "shape": shapes[name]}}  # noqa: E731
    bound = lambda name: {"tensor": tensor(name)} if shapes else {}  # noqa: E731
    return parse_spec(
        {
            "satchel": "1.0",
            "name": "test",
            "task": task,
            "inputs": [{"name": name, "steps": steps, **bound(name)} for name, steps in inputs.items()],
            "outputs": [{"name": name, "steps": steps, **bound(name)} for name, steps in outputs.items()],
            "labels": {"classes": "labels.txt"},
        }
    )


def detector(*steps, shapes=None):
    inputs = {"image": [DECODE, contain("tf.bilinear", 64, 64, 0)]}
    return spec_of("object_detection", inputs, {"boxes": [SET, *steps], "scores": []}, shapes)


FOUND = {
    "boxes": np.float32([[[0.25, 0.25, 0.75, 0.75], [0, 0, 1, 1]]]),
    "scores": np.float32([[[0.25, 0.75], [0.125, 0.0625]]]),
}


def test_a_detectors_outputs_become_objects_in_pixels_of_the_photo():
    pipeline = Pipeline(detector(NMS, UNCROP, LABEL), NAMES)
    prepared = pipeline.prepare_traced(np.zeros((64, 128, 3), np.uint8))
    answer = pipeline.read(FOUND, trace=prepared.trace)
    thing = {"box": [32.0, 0.0, 96.0, 64.0], "index": 1, "label": "dog", "score": 0.75}
    assert answer.to_json() == {"objects": [thing]}


def test_without_a_trace_places_cannot_go_back():
    with pytest.raises(InputError) as caught:
        Pipeline(detector(NMS, UNCROP, LABEL), NAMES).read(FOUND)
    assert caught.value.code == "input/no-trace"


def test_an_output_that_a_step_reads_must_be_in_the_spec_and_in_the_model():
    inputs = {"image": [DECODE]}
    with pytest.raises(SpecError) as caught:
        check_steps(spec_of("object_detection", inputs, {"boxes": [SET]}))
    assert (caught.value.code, caught.value.where) == ("spec/no-output", "$.outputs[0].steps[0]")
    with pytest.raises(ModelError) as missing:
        Pipeline(detector(NMS), NAMES).read({"boxes": FOUND["boxes"]})
    assert missing.value.code == "model/missing-output"


def test_uncrop_names_a_picture_and_stands_once():
    for step, code in (({**UNCROP, "input": "other"}, "spec/no-input"), (UNCROP, "spec/impossible-step")):
        with pytest.raises(SpecError) as caught:
            check_steps(detector(NMS, UNCROP, step))
        assert (caught.value.code, caught.value.where) == (code, "$.outputs[0].steps[3]")


def test_labels_are_counted_against_the_columns_of_scores():
    shapes = {"image": [1, 64, 64, 3], "boxes": [1, 2, 4], "scores": [1, 2, 3]}
    with pytest.raises(SpecError) as caught:
        check_against_tensors(detector(NMS, LABEL, shapes=shapes), ARTEFACT, NAMES)
    assert (caught.value.code, caught.value.where) == ("spec/label-count", "$.outputs[0].steps[2].labels")
    check_against_tensors(detector(NMS, LABEL, shapes={**shapes, "scores": [1, 2, 2]}), ARTEFACT, NAMES)


def test_numbers_are_values_where_the_task_ranks_nothing():
    for task, expected in (
        ("embedding", {"values": [0.5, 2.0]}),
        ("tabular_classification",
         {"classes": [{"index": 1, "label": None, "score": 2.0}, {"index": 0, "label": None, "score": 0.5}]}),
    ):  # fmt: skip
        pipeline = Pipeline(spec_of(task, {"image": [DECODE]}, {"out": []}), {})
        assert pipeline.read({"out": np.float32([[0.5, 2]])}).to_json() == expected


def test_a_value_that_is_nan_is_refused():
    pipeline = Pipeline(spec_of("embedding", {"image": [DECODE]}, {"out": []}), {})
    with pytest.raises(ModelError) as caught:
        pipeline.read({"out": np.float32([[0.5, np.nan]])})
    assert (caught.value.code, caught.value.where) == ("model/nan-output", "out")


def test_the_answer_of_several_windows_is_that_of_their_mean():
    steps = [{"op": "window", "length": 2, "hop": 2, "tail": "drop"}]
    pipeline = Pipeline(spec_of("signal_classification", {"in": steps}, {"out": [LABEL]}), NAMES)
    windows = pipeline.windows(Signal(np.arange(6.0).reshape(6, 1)))
    assert [(each.start, each.tensors["in"].ravel().tolist()) for each in windows] == [
        (0, [0, 1]), (2, [2, 3]), (4, [4, 5])]  # fmt: skip
    scores = [np.float32([[0.1, 0.2]]), np.float32([[0.7, 0.1]]), np.float32([[0.3, 0.4]])]
    found = [(each.start, {"out": score}) for each, score in zip(windows, scores, strict=True)]
    answer = pipeline.read_windows(found)
    mean = [(scores[0][0, at] + scores[1][0, at] + scores[2][0, at]) / np.float32(3) for at in (0, 1)]
    assert answer.classes == (Class(0, float(mean[0]), "cat"), Class(1, float(mean[1]), "dog"))
    assert answer.windows is not None
    assert [(each.start, each.answer.top.label) for each in answer.windows] == [(0, "dog"), (2, "cat"), (4, "dog")]
    assert pipeline.numbers([each for _, each in found]).tolist() == [float(each) for each in mean]


def test_inputs_that_are_made_from_different_things_get_each_their_own():
    row = [{"op": "columns", "columns": [{"name": "x", "kind": "number"}], "missing": [""]}]
    pictures = [DECODE, stretch("pillow.box", 2, 2)]
    pipeline = Pipeline(spec_of("generic", {"image": pictures, "row": row}, {"out": []}), {})
    assert pipeline.kinds == {"image": "photo", "row": "row"}
    tensors = pipeline.prepare({"image": np.full((4, 4, 3), 9, np.uint8), "row": {"x": "1.5"}})
    assert np.unique(tensors["image"]).tolist() == [9]
    assert tensors["row"].tolist() == [[1.5]]


def test_the_trace_of_a_preparation_is_exact():
    steps = parse_spec(
        {"satchel": "1.0", "name": "x", "task": "generic", "outputs": [{"name": "o", "steps": []}],
         "inputs": [{"name": "i", "steps": [DECODE, SHORTER, CROP, {"op": "flip", "axis": "horizontal"}]}]}
    ).inputs[0].steps  # fmt: skip
    # 640 x 427 becomes 383 x 256; columns 80 to 303 and rows 16 to 239 stay; then left and right change places.
    assert traced(steps, 640, 427) == Trace(Axis(640, 224, -640, 304 * 640, 383), Axis(427, 224, 427, 16 * 427, 256))


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (6, 9)])
def test_runs_fill_a_mask_again(shape):
    indices = np.random.default_rng(4).integers(0, 3, shape).astype(np.uint8)
    runs = mask_json(Mask(indices, ("a", "b", "c")))
    assert (runs["width"], runs["height"], runs["labels"]) == (shape[1], shape[0], ["a", "b", "c"])
    assert all(a != b for a, b in zip(runs["indices"], runs["indices"][1:], strict=False))
    assert np.array_equal(np.repeat(runs["indices"], runs["counts"]), indices.ravel())


def test_answers_are_equal_when_they_say_the_same():
    assert Answer(values=np.float32([1, 2])) == Answer(values=np.float32([1, 2]))
    assert Answer(values=np.float32([1, 2])) != Answer(values=np.float32([1, 3]))
    assert Answer(classes=()) != Answer()
    assert Answer(classes=()).top is None
