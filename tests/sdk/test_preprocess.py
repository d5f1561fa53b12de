"""Preparations of other libraries: the same bytes as their arithmetic, done here with Pillow, NumPy and Keras."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import photos
import satchel
from satchel.describe import picture_steps
from satchel.preprocess.keras import APPLICATIONS
from satchel_metadata.errors import SpecError
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.tflite_metadata import write_metadata
from small_models import small_models

Array = NDArray[Any]
MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
VIT = {"image_processor_type": "ViTImageProcessor"}
CLIP = {"image_processor_type": "CLIPImageProcessor"}


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return Image.open(photos.path("chelsea")).convert("RGB").crop((0, 0, 301, 200))


def prepared(made: satchel.Preprocess, picture: Image.Image) -> Array:
    described = made.describe(labels=["a", "b"])
    return Pipeline(described.spec, described.labels).prepare(np.asarray(picture))["image"][0]


def floats(picture: Image.Image) -> Array:
    return np.asarray(picture, np.float32)


def shorter(picture: Image.Image, side: int, how: Image.Resampling) -> Image.Image:
    """The arithmetic of torchvision's and transformers' resize of the shorter side."""
    width, height = picture.size
    short, long = min(width, height), max(width, height)
    other = int(side * long / short)
    return picture.resize((side, other) if width <= height else (other, side), how)


def cropped(picture: Image.Image, side: int, rounding: Any) -> Image.Image:
    left, top = (rounding((length - side) / 2) for length in picture.size)
    return picture.crop((left, top, left + side, top + side))


@pytest.mark.parametrize(("name", "module"), [("VGG16", "vgg16"), ("MobileNetV2", "mobilenet_v2")])
def test_an_application_is_prepared_as_keras_does(name: str, module: str, picture: Image.Image) -> None:
    import keras

    loaded = picture.resize((224, 224), Image.Resampling.NEAREST)
    wanted = getattr(keras.applications, module).preprocess_input(floats(loaded))
    np.testing.assert_array_equal(prepared(satchel.Preprocess.from_keras(name), picture), wanted)


def test_the_modes_of_preprocess_input_are_all_there(picture: Image.Image) -> None:
    from keras.applications import imagenet_utils

    for mode, name in (("caffe", "ResNet50"), ("tf", "Xception"), ("torch", "DenseNet121")):
        made = satchel.Preprocess.from_keras(name, size=(32, 48), resize="pillow.bilinear")
        loaded = picture.resize((48, 32), Image.Resampling.BILINEAR)
        wanted = imagenet_utils.preprocess_input(floats(loaded), mode=mode)
        np.testing.assert_array_equal(prepared(made, picture), wanted)


def test_each_application_of_keras_has_its_mode_and_size() -> None:
    import keras

    level = np.full((1, 1, 1, 3), 200, np.float32)
    modes = {"caffe": 200 - 103.939, "tf": 200 / 127.5 - 1, "torch": (200 / 255 - 0.485) / 0.229, "none": 200}
    named = vars(keras.applications).items()
    modules = [each for name, each in named if hasattr(each, "preprocess_input") and name != "imagenet_utils"]
    found = {}
    for module in modules:
        first = module.preprocess_input(level.copy())[0, 0, 0, 0]
        mode = next(mode for mode, value in modes.items() if abs(first - np.float32(value)) < 1e-3)
        classes = [name for name, each in vars(module).items() if callable(each) and name[0].isupper()]
        # Keras exports these two beside their module only.
        classes += ["MobileNetV3Small", "MobileNetV3Large"] if module.__name__.endswith("mobilenet_v3") else []
        found |= {name.lower(): mode for name in classes}
    assert {name: mode for name, (mode, _) in APPLICATIONS.items()} == found


def test_a_model_that_prepares_its_values_gets_them_as_they_are(picture: Image.Image) -> None:
    import keras

    body = keras.Sequential([keras.Input((24, 32, 3)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten()])
    made = satchel.Preprocess.from_keras(body, resize="tf.bilinear")
    assert made.notes == ("the model does Rescaling itself",)
    assert [step["op"] for step in made.steps] == ["decode", "resize", "layout"]
    assert made.options["size"] == (24, 32)


def test_a_model_that_resizes_says_how(picture: Image.Image) -> None:
    import keras

    layers = [keras.Input((None, None, 3)), keras.layers.Resizing(20, 30), keras.layers.Rescaling(1 / 127.5, -1)]
    model = keras.Sequential(layers)
    made = satchel.Preprocess.from_keras(model)
    ours = np.asarray(model(prepared(made, picture)[np.newaxis]))
    np.testing.assert_array_equal(ours, np.asarray(model(floats(picture)[np.newaxis])))
    assert made.options["resize"] == "tf.bilinear"


def test_arithmetic_of_preprocess_input_inside_a_model_is_found() -> None:
    import keras

    image = keras.Input((32, 32, 3))
    base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
    inside = keras.Model(image, base(keras.applications.mobilenet_v2.preprocess_input(image)))
    assert [step["op"] for step in satchel.Preprocess.from_keras(inside).steps] == ["decode", "resize", "layout"]
    outside = satchel.Preprocess.from_keras(keras.Model(image, base(image)))
    assert outside.steps[2] == {"op": "rescale", "divisor": 127.5, "offset": -1}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: satchel.Preprocess.from_keras("LeNet"), "spec/unknown-preparation"),
        (lambda: satchel.Preprocess.from_keras("VGG16", mode="pytorch"), "spec/unknown-value"),  # type: ignore[arg-type]
        (lambda: satchel.Preprocess.from_keras(keras_stub((None, 8, 8, 3))), "spec/unknown-preparation"),
        (
            lambda: satchel.Preprocess.from_keras(keras_stub((None, None, None, 3)), mode="tf"),
            "spec/unknown-preparation",
        ),
        (lambda: satchel.Preprocess.from_keras(keras_stub((None, 8, 8, 1)), mode="caffe"), "spec/not-expressible"),
        (lambda: satchel.Preprocess.from_keras(keras_stub((None, 12)), mode="tf"), "spec/not-expressible"),
        (lambda: satchel.Preprocess.from_keras(keras_stub((None, 8, 8, 3)), mode="tf", size=9), "spec/inconsistent"),
    ],
)
def test_a_keras_model_that_does_not_say_is_refused(make: Any, code: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert caught.value.code == code


def keras_stub(shape: tuple[int | None, ...]) -> Any:
    return SimpleNamespace(name="own", input_shape=shape, layers=[])


def test_vit_stretches_and_normalizes_in_binary32(picture: Image.Image) -> None:
    wanted = np.asarray(picture.resize((224, 224), Image.Resampling.BILINEAR)).astype(np.float64) * (1 / 255)
    wanted = (wanted.astype(np.float32) - np.float32(0.5)) / np.float32(0.5)
    made = satchel.Preprocess.from_huggingface(VIT)
    np.testing.assert_array_equal(prepared(made, picture), wanted.transpose(2, 0, 1))


def test_clip_resizes_the_shorter_side_and_crops_rounding_down(picture: Image.Image) -> None:
    mean, std = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    resized = cropped(shorter(picture, 33, Image.Resampling.BICUBIC), 32, lambda offset: int(offset // 1))
    wanted = np.asarray(resized).astype(np.float64) * (1 / 255)
    wanted = (wanted.astype(np.float32) - np.float32(mean)) / np.float32(std)
    config = {**CLIP, "size": {"shortest_edge": 33}, "crop_size": 32, "image_mean": mean, "image_std": std}
    made = satchel.Preprocess.from_huggingface(config, layout="NHWC")
    np.testing.assert_array_equal(prepared(made, picture), wanted)


def test_efficientnet_divides_by_std_twice_and_offsets(picture: Image.Image) -> None:
    config = {"image_processor_type": "EfficientNetImageProcessor", "size": 40, "rescale_offset": True}
    made = satchel.Preprocess.from_huggingface({**config, "rescale_factor": 1 / 127.5}, layout="NHWC")
    wanted = np.asarray(picture.resize((40, 40), Image.Resampling.NEAREST)).astype(np.float64) * (1 / 127.5)
    wanted = wanted.astype(np.float32) - np.float32(1)
    wanted = (wanted - np.float32(0.5)) / np.float32(0.5) / np.float32(0.5)
    np.testing.assert_array_equal(prepared(made, picture), wanted)
    with pytest.raises(SpecError, match=r"use \.describe|Use \.describe"):
        _ = made.options


def test_a_configuration_is_read_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({**VIT, "size": 96}))
    made = satchel.Preprocess.from_huggingface(tmp_path)
    assert made.options["size"] == (96, 96)
    assert made.source.endswith("preprocessor_config.json")


@pytest.mark.parametrize(
    ("config", "step"),
    [
        ({}, "image_processor_type ''"),
        ({"image_processor_type": "DonutImageProcessor"}, "DonutImageProcessor"),
        ({**VIT, "do_pad": True}, "do_pad"),
        ({**VIT, "resample": 9}, "resample 9"),
        ({**VIT, "size": {"shortest_edge": 8, "longest_edge": 9}}, "size"),
        ({**VIT, "rescale_factor": 1 / 200}, "rescale_factor"),
        ({**CLIP, "size": 8, "crop_size": 9}, "crop_size 9 x 9"),
    ],
)
def test_what_hugging_face_does_and_a_spec_does_not_is_named(config: dict[str, Any], step: str) -> None:
    with pytest.raises(SpecError, match=step) as caught:
        satchel.Preprocess.from_huggingface(config)
    assert caught.value.code == "spec/not-expressible"


STRANGE: list[Any] = [
    None,
    -1,
    0,
    1e400,
    float("nan"),
    "x",
    [],
    [1],
    {},
    {"height": 3},
    True,
    [[1]],
    "\x1b[31m",
    10**30,
]


@pytest.mark.parametrize("field", ["size", "crop_size", "resample", "rescale_factor", "image_mean", "image_std"])
@pytest.mark.parametrize("kind", ["CLIP", "ConvNext", "EfficientNet", "ViT"])
def test_a_field_of_another_kind_is_refused_and_never_a_traceback(field: str, kind: str) -> None:
    name = f"{kind}ImageProcessor"
    for value in STRANGE:
        with contextlib.suppress(SpecError):
            satchel.Preprocess.from_huggingface({"image_processor_type": name, field: value})


@pytest.mark.parametrize("field", ["input_size", "crop_pct", "crop_mode", "interpolation", "mean", "std"])
def test_a_timm_field_of_another_kind_is_refused_and_never_a_traceback(field: str) -> None:
    for value in STRANGE:
        with contextlib.suppress(SpecError):
            satchel.Preprocess.from_timm({field: value})


@pytest.mark.parametrize(
    "told", ["", "Resize", "Resize()", "Compose(\n Resize(size=x)\n)", "(" * 300, "a.b(1)", "Resize(size=[])"]
)
def test_text_that_transforms_do_not_print_is_refused(told: str) -> None:
    with pytest.raises(SpecError):
        satchel.Preprocess.from_torchvision(told)


PRESET = """ImageClassification(
    crop_size=[32]
    resize_size=[37]
    mean=[0.485, 0.456, 0.406]
    std=[0.229, 0.224, 0.225]
    interpolation=InterpolationMode.BICUBIC
)"""
COMPOSE = """Compose(
    Resize(size=37, interpolation=bicubic, max_size=None, antialias=True)
    CenterCrop(size=(32, 32))
    ToTensor()
    Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
)"""
FIELDS = {"crop_size": 32, "resize_size": 37, "interpolation": "bicubic"}


def test_torchvision_crops_rounding_half_to_even(picture: Image.Image) -> None:
    resized = cropped(shorter(picture, 37, Image.Resampling.BICUBIC), 32, round)
    wanted = ((floats(resized) / np.float32(255) - MEAN) / STD).transpose(2, 0, 1)
    for told in (PRESET, COMPOSE, FIELDS):
        np.testing.assert_array_equal(prepared(satchel.Preprocess.from_torchvision(told), picture), wanted)


def test_the_second_generation_of_torchvision_multiplies(picture: Image.Image) -> None:
    told = "Compose(\n Resize(size=[24, 40], interpolation=InterpolationMode.BOX)\n ToImage()\n ToDtype(scale=True)\n)"
    wanted = floats(picture.resize((40, 24), Image.Resampling.BOX)) * np.float32(1 / 255)
    made = satchel.Preprocess.from_torchvision(told, layout="NHWC")
    np.testing.assert_array_equal(prepared(made, picture), wanted)


@pytest.mark.parametrize(
    ("told", "step"),
    [
        ("Compose(\n PILToTensor()\n ConvertImageDtype()\n)", "ConvertImageDtype is printed alike"),
        ("Compose(\n ToImage()\n Resize(size=[8], interpolation=InterpolationMode.BILINEAR)\n)", "Resize of a tensor"),
        ("Compose(\n Resize(size=8, interpolation=bilinear, max_size=9)\n)", "max_size"),
        ("Compose(\n RandomHorizontalFlip(p=0.5)\n)", "RandomHorizontalFlip"),
        ("Compose(\n CenterCrop(size=(8, 8))\n)", "CenterCrop 8 x 8"),
        ("Compose(\n Normalize(mean=[0.5], std=[0.5])\n)", "Normalize takes a tensor"),
        ("Compose(\n ToTensor()\n Normalize(mean=tensor([0.5]), std=[0.5])\n)", r"Normalize\(mean\)"),
        ("not transforms (", "not transforms"),
        ({"resize_size": 8}, "crop_size"),
        ({"crop_size": 8, "crop": 8}, "crop is no field"),
    ],
)
def test_what_torchvision_does_and_a_spec_does_not_is_named(told: Any, step: str) -> None:
    with pytest.raises(SpecError, match=step) as caught:
        satchel.Preprocess.from_torchvision(told)
    assert caught.value.code == "spec/not-expressible"


def test_timm_resizes_to_the_floor_of_size_by_crop_pct(picture: Image.Image) -> None:
    config = {"input_size": [3, 32, 32], "crop_pct": 0.95, "mean": [0.5] * 3, "std": [0.25] * 3}
    resized = cropped(shorter(picture, 33, Image.Resampling.BICUBIC), 32, round)
    wanted = (floats(resized) / np.float32(255) - np.float32(0.5)) / np.float32(0.25)
    made = satchel.Preprocess.from_timm({"architecture": "x", "pretrained_cfg": config}, layout="NHWC")
    np.testing.assert_array_equal(prepared(made, picture), wanted)


@pytest.mark.parametrize(
    ("config", "step"),
    [
        ({"crop_mode": "border"}, "crop_mode 'border'"),
        ({"input_size": (3, 224, 192)}, "input_size 224 x 192"),
        ({"input_size": (1, 28, 28)}, "input_size has 1 channel"),
        ({"interpolation": "random"}, "interpolation 'random'"),
        ({"crop_pct": 1.2}, "crop_pct 1.2"),
        ({"crop_border_pixels": 4}, "crop_border_pixels"),
    ],
)
def test_what_timm_does_and_a_spec_does_not_is_named(config: dict[str, Any], step: str) -> None:
    with pytest.raises(SpecError, match=step) as caught:
        satchel.Preprocess.from_timm(config)
    assert caught.value.code == "spec/not-expressible"


def test_squash_and_crop_have_steps_but_no_arguments() -> None:
    made = satchel.Preprocess.from_timm({"crop_mode": "squash"})
    assert [step["op"] for step in made.steps][1:3] == ["resize", "crop"]
    with pytest.raises(SpecError):
        _ = made.options


@pytest.mark.parametrize(
    "made",
    [
        satchel.Preprocess.from_keras("DenseNet121"),
        satchel.Preprocess.from_huggingface(CLIP),
        satchel.Preprocess.from_huggingface({**VIT, "do_normalize": False}),
        satchel.Preprocess.from_torchvision(PRESET),
        satchel.Preprocess.from_timm(
            {"crop_mode": "squash", "crop_pct": 1.0, "interpolation": "nearest"}, layout="NHWC"
        ),
    ],
)
def test_the_options_make_the_same_steps(made: satchel.Preprocess) -> None:
    if made.steps[2]["op"] == "crop" and made.steps[1]["fit"] == "stretch":
        return
    assert picture_steps(**made.options) == list(made.steps)
    described = satchel.image_classification(labels=["a"], **made.options)
    assert described == made.describe(labels=["a"])


def test_the_metadata_of_a_tflite_gives_its_normalization(tmp_path_factory: pytest.TempPathFactory) -> None:
    model = small_models(tmp_path_factory.getbasetemp().parent)["small"]
    packed = with_notes(model)
    made = satchel.Preprocess.from_tflite(packed)
    assert made.notes == ("the steps are those of the spec that the model carries",)
    other = satchel.Preprocess.from_tflite(without_files(packed))
    assert other.steps[2] == {"op": "normalize", "mean": [127.0], "std": [128.0], "range": "0..255"}
    assert other.steps[1] == {"op": "resize", "method": "tf.bilinear", "fit": "stretch", "width": 224, "height": 224}
    assert "tf.bilinear, stretch" in other.notes[0]
    with pytest.raises(SpecError) as caught:
        satchel.Preprocess.from_tflite(model)
    assert caught.value.code == "spec/unknown-preparation"


def test_a_uint8_tflite_gets_the_pixels_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, picture: Image.Image
) -> None:
    from satchel.artefacts import tflite_tensors
    from satchel.binding import bound

    model = without_files(with_notes(small_models(tmp_path_factory.getbasetemp().parent)["small8"]))
    made = satchel.Preprocess.from_tflite(model, resize="pillow.bilinear")
    described = made.describe(labels=list("abcde"))
    inputs, outputs = tflite_tensors(model, described.spec)
    spec = bound(described.spec, {"int8/tflite": inputs}, {"int8/tflite": outputs})
    ours = Pipeline(spec, described.labels, "int8/tflite").prepare(np.asarray(picture))["image"][0]
    assert ours.dtype == np.uint8
    np.testing.assert_array_equal(ours, np.asarray(picture.resize((224, 224), Image.Resampling.BILINEAR)))


def with_notes(model: bytes) -> bytes:
    """The model with TFLite Metadata, and Satchel's spec in the zip behind it."""
    from satchel.artefacts import tflite_tensors
    from satchel.binding import bound

    described = satchel.image_classification(labels=list("abcde"), size=224, mean=127, std=128)
    inputs, outputs = tflite_tensors(model, described.spec)
    spec = bound(described.spec, {"float32/tflite": inputs}, {"float32/tflite": outputs})
    return write_metadata(model, spec, described.labels, "float32/tflite")[0]


def without_files(model: bytes) -> bytes:
    """The same without the zip: it carries no spec but its metadata."""
    with zipfile.ZipFile(io.BytesIO(model)) as archive:
        return model[: min(entry.header_offset for entry in archive.infolist())]
