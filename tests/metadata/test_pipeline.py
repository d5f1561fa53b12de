"""Whole pipelines: against Pillow and numpy by hand, against one op after another, and from outputs to answers."""

import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

import photos
from satchel_metadata.errors import InputError, ModelError, SpecError
from satchel_metadata.ops import arithmetic, content, geometry, pixels, reading, resize_pillow, resize_tf
from satchel_metadata.photo import load_photo
from satchel_metadata.pipeline import Answer, Class, Pipeline
from satchel_metadata.spec import parse_spec
from step_examples import ARTEFACT, CROP, DECODE, LITE0, NORMALIZE, PIPELINES, SHORTER, spec_of, stretch, tensor_of

SCORES = tensor_of((1, 4))


def step_by_step(spec, photo):
    """The same ops, one after another, each on the whole picture."""
    value, colour, order = np.ascontiguousarray(load_photo(photo).pixels), "RGB", "NHWC"
    for step in spec.inputs[0].steps[1:]:
        if step.op == "resize":
            fit = geometry.fitted(step, value.shape[1], value.shape[0])
            whole = geometry.Window(0, 0, fit.width, fit.height)
            resize = resize_pillow.resize_array if step.method.startswith("pillow.") else resize_tf.resize
            value = pixels.crop(resize(value, fit.width, fit.height, step.method, whole), fit.window)
            value = pixels.pad(value, fit.margins, step.pad_value or (0,))
        elif step.op == "crop":
            value = pixels.crop(value, geometry.cropped(step, value.shape[1], value.shape[0]))
        elif step.op == "crop_content":
            value = pixels.crop(value, content.content_window(value, step.threshold))
        elif step.op == "center_of_mass":
            value = content.placed_by_mass(value, step.width, step.height)
        elif step.op == "pad":
            value = pixels.pad(value, (step.left, step.top, step.right, step.bottom), step.value)
        elif step.op == "color":
            value, colour = pixels.color(value, colour, step.to), step.to
        elif step.op == "flip":
            value = pixels.flip(value, step.axis)
        elif step.op == "rescale":
            value = arithmetic.rescale(value, step.factor, step.divisor, step.offset)
        elif step.op == "normalize":
            value = arithmetic.normalize(value, step.mean, step.std, -1 if order == "NHWC" else 0)
        else:
            value, order = pixels.layout(value, order, step.to), step.to
    return value


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(0)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Image.fromarray(rng.integers(0, 256, (300, 411, 3), dtype=np.uint8)).save(out, "JPEG", exif=exif)
    return [out.getvalue(), rng.integers(0, 256, (243, 321, 3), dtype=np.uint8), photos.path("chelsea")]


@pytest.mark.parametrize("name", PIPELINES)
def test_the_planned_pipeline_gives_the_bits_of_one_step_after_another(name, pictures):
    spec = spec_of(PIPELINES[name])
    pipeline = Pipeline(spec, {})
    for photo in pictures:
        found = pipeline.prepare(photo)["image"]
        assert (found.dtype, found.flags.c_contiguous) == (np.float32, True)
        np.testing.assert_array_equal(found, step_by_step(spec, photo).astype(np.float32)[np.newaxis])


@pytest.mark.parametrize("name", [name for name in PIPELINES if name != "as it is"])
@pytest.mark.parametrize(
    ("dtype", "scale", "zero_point"),
    [("int8", 0.0137, 3), ("uint8", 0.0137, 3), ("int16", 0.0137, 3), ("uint8", 1.0, 0), ("uint8", 1 / 128, 127)],
)
def test_a_quantised_tensor_holds_the_quantised_float_values(name, dtype, scale, zero_point, pictures):
    quantised = {"dtype": dtype, "scale": scale, "zero_point": zero_point}
    for photo in pictures:
        values = step_by_step(spec_of(PIPELINES[name]), photo)
        spec = spec_of(PIPELINES[name], tensor=tensor_of((1, *values.shape), **quantised), output=SCORES)
        found = Pipeline(spec, {}, ARTEFACT).prepare(photo)["image"]
        expected = arithmetic.quantize(values, scale, zero_point, dtype)[np.newaxis]
        assert (found.dtype, found.flags.c_contiguous) == (np.dtype(dtype), True)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_an_integer_tensor_without_a_scale_takes_raw_pixels(dtype, pictures):
    steps = [DECODE, stretch("pillow.bilinear", 40, 30)]
    spec = spec_of(steps, tensor=tensor_of((1, 30, 40, 3), dtype), output=SCORES)
    found = Pipeline(spec, {}, ARTEFACT).prepare(pictures[1])["image"]
    assert found.dtype == dtype
    np.testing.assert_array_equal(found[0], step_by_step(spec, pictures[1]))


@pytest.mark.parametrize("name", ["chelsea", "rocket", "squirrel", "coffee"])
def test_the_tensor_is_that_of_pillow_and_numpy_by_hand(name):
    path = photos.path(name)
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    width, height = image.size
    short, long = min(image.size), max(image.size)
    size = (256, int(256 * long / short)) if width <= height else (int(256 * long / short), 256)
    left, top = round((size[0] - 224) / 2), round((size[1] - 224) / 2)
    by_hand = np.asarray(image.resize(size, Image.Resampling.BICUBIC))[top : top + 224, left : left + 224]
    expected = (by_hand.astype(np.float32) - np.float32(127)) / np.float32(128)
    found = Pipeline(spec_of(LITE0), {}).prepare(path)["image"]
    assert found.tobytes() == expected[np.newaxis].tobytes()


def test_a_photo_is_prepared_the_same_from_a_path_bytes_an_image_and_a_loaded_photo():
    path = photos.path("chelsea")
    pipeline = Pipeline(spec_of(LITE0), {})
    expected = pipeline.prepare(path)["image"]
    for source in (str(path), path.read_bytes(), Image.open(path), np.asarray(Image.open(path)), load_photo(path)):
        np.testing.assert_array_equal(pipeline.prepare(source)["image"], expected)


def test_the_background_of_decode_shows_through_a_transparent_photo():
    clear = np.zeros((2, 2, 4), np.uint8)
    found = Pipeline(spec_of([{"op": "decode", "background": [1, 2, 3]}]), {}).prepare(clear)["image"]
    np.testing.assert_array_equal(found, np.full((1, 2, 2, 3), [1, 2, 3], np.float32))


def test_preparing_changes_neither_the_array_nor_the_photo(pictures):
    before = pictures[1].copy()
    photo = load_photo(pictures[0])
    seen = photo.pixels.copy()
    for steps in PIPELINES.values():
        Pipeline(spec_of(steps), {}).prepare(pictures[1])["image"][...] = 0
        Pipeline(spec_of(steps), {}).prepare(photo)["image"][...] = 0
    np.testing.assert_array_equal(pictures[1], before)
    np.testing.assert_array_equal(photo.pixels, seen)


def test_a_photo_too_small_for_the_crop_is_refused_by_name(tmp_path):
    path = tmp_path / "small.png"
    Image.new("RGB", (100, 80)).save(path)
    with pytest.raises(InputError) as caught:
        Pipeline(spec_of([DECODE, CROP]), {}).prepare(path)
    assert (caught.value.code, caught.value.where) == ("input/too-small", str(path))


def test_a_photo_so_long_that_resizing_it_would_fill_the_memory_is_refused():
    with pytest.raises(InputError) as caught:
        Pipeline(spec_of(LITE0), {}).prepare(np.zeros((1, 100_000, 3), np.uint8))
    assert caught.value.code == "input/too-large"


def test_steps_that_do_not_fit_are_refused_when_the_pipeline_is_made():
    with pytest.raises(SpecError) as caught:
        Pipeline(spec_of([DECODE, NORMALIZE, SHORTER]), {})
    assert caught.value.where == "$.inputs[0].steps[2]"


def test_an_artefact_without_a_tensor_is_refused():
    with pytest.raises(SpecError) as caught:
        Pipeline(spec_of(LITE0), {}, "int8/tflite")
    assert caught.value.code == "spec/no-tensor"


SOFTMAX, SIGMOID = {"op": "softmax"}, {"op": "sigmoid"}
TOP_2 = {"op": "top_k", "k": 2}
LABEL = {"op": "label", "labels": "classes"}
LABELS = {"classes": ["ant", "bee", "cat", "dog"]}
LOGITS = np.array([[0.5, 3, -1, 3]], np.float32)


def answer(reads, outputs, output=None, artefact=None):
    tensor = tensor_of((1, 1, 1, 3)) if artefact else None
    spec = spec_of([DECODE, stretch("tf.area", 1, 1)], reads, tensor=tensor, output=output, labels=True)
    return Pipeline(spec, LABELS, artefact).read(outputs)


def test_an_answer_is_the_best_classes_with_their_labels():
    found = answer([SOFTMAX, TOP_2, LABEL], {"scores": LOGITS})
    p = reading.softmax(LOGITS[0])
    assert found == Answer((Class(1, float(p[1]), "bee"), Class(3, float(p[3]), "dog")))
    assert found.top == found.classes[0]


def test_an_answer_in_json_keeps_every_bit_of_its_scores():
    found = answer([SOFTMAX, TOP_2, LABEL], {"scores": LOGITS})
    again = json.loads(json.dumps(found.to_json()))
    assert again == {"classes": [{"index": 1, "label": "bee", "score": found.classes[0].score},
                                 {"index": 3, "label": "dog", "score": found.classes[1].score}]}  # fmt: skip
    assert all(float(np.float32(each["score"])) == each["score"] for each in again["classes"])


def test_without_top_k_all_classes_are_ranked():
    expected = [1, 3, 0, 2]
    for reads in ([], [SIGMOID], [LABEL], [SOFTMAX, LABEL]):
        assert [each.index for each in answer(reads, {"scores": LOGITS}).classes] == expected


def test_scores_are_what_the_steps_rank():
    spec = spec_of([DECODE], [SOFTMAX, TOP_2, LABEL], labels=True)
    found = Pipeline(spec, LABELS).scores({"scores": LOGITS})
    np.testing.assert_array_equal(found, reading.softmax(LOGITS[0]))
    unranked = Pipeline(spec_of([DECODE], [LABEL], labels=True), LABELS).scores({"scores": LOGITS})
    np.testing.assert_array_equal(unranked, LOGITS[0])


def test_a_threshold_may_leave_nothing():
    found = answer([SIGMOID, {"op": "threshold", "score": 0.999}, LABEL], {"scores": LOGITS})
    assert (found.classes, found.top, found.to_json()) == ((), None, {"classes": []})


def test_a_class_without_a_label_has_none():
    assert answer([TOP_2], {"scores": LOGITS}).top == Class(1, 3.0, None)


def test_a_quantised_output_is_dequantised_and_found_by_its_tensors_name():
    output = {
        "name": "StatefulPartitionedCall:0",
        "index": 0,
        "shape": [1, 4],
        "dtype": "int8",
        "scale": 0.00390625,
        "zero_point": -128,
    }
    codes = np.array([[-128, 127, 0, 127]], np.int8)
    found = answer([TOP_2, LABEL], {"StatefulPartitionedCall:0": codes}, output, ARTEFACT)
    assert found.classes == (Class(1, 0.99609375, "bee"), Class(3, 0.99609375, "dog"))


@pytest.mark.parametrize(
    ("outputs", "code"),
    [
        ({"other": LOGITS}, "model/missing-output"),
        ({"scores": np.zeros((2, 4), np.float32)}, "model/wrong-output"),
        ({"scores": np.zeros((1, 0), np.float32)}, "model/wrong-output"),
        ({"scores": np.full((1, 4), np.nan, np.float32)}, "model/nan-output"),
    ],
)
def test_an_output_that_cannot_be_read_is_refused(outputs, code):
    with pytest.raises(ModelError) as caught:
        answer([SOFTMAX, TOP_2, LABEL], outputs)
    assert caught.value.code == code


def test_the_output_with_steps_makes_the_answer():
    document = json.loads(spec_of([DECODE], [SOFTMAX]).dumps())
    document["outputs"].insert(0, {"name": "features", "steps": []})
    found = Pipeline(parse_spec(document), {}).read({"scores": LOGITS, "features": LOGITS * 0})
    assert found.top.index == 1


def test_a_clock_receives_the_seconds_of_each_stage():
    clock = {}
    pipeline = Pipeline(spec_of(LITE0, [SOFTMAX]), {})
    pipeline.prepare(photos.path("chelsea"), clock)
    pipeline.read({"scores": LOGITS}, clock)
    assert set(clock) == {"decode", "prepare", "read"}
    assert all(seconds > 0 for seconds in clock.values())
