"""`satchel spec`: init, validate and explain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

import satchel
from satchel import cli, words
from satchel.cli.spec_start import PICTURES, TASKS
from satchel_metadata.spec import parse_spec
from satchel_metadata.steps import ArgmaxMask, HeatmapKeypoints, InputStep, Landmarks, Nms, OutputStep, ResizeMask
from small_models import small_models


def told(arguments: list[object], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Runs `satchel spec ...`; gives exit code, output and errors."""
    code = cli.main(["spec", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A float model [1, 224, 224, 3] -> five probabilities."""
    path = tmp_path_factory.mktemp("models") / "small.tflite"
    path.write_bytes(small_models(tmp_path_factory.getbasetemp().parent)["small"])
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.txt"
    path.write_text("a\nb\nc\nd\ne\n")
    return path


@pytest.mark.parametrize("task", TASKS)
def test_every_task_begins_with_a_spec_that_is_valid(
    task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(["init", "--task", task, "-o", tmp_path / "new"], capsys)[0] == 0
    spec = tmp_path / "new" / "spec.json"
    text = spec.read_text(encoding="utf-8")
    assert parse_spec(text).task == task
    assert (text[:5], text[-3:]) == ('{\n  "', "\n}\n"), "people edit it"
    code, out, err = told(["validate", spec, "--strict"], capsys)
    assert (code, out, err) == (0, f"{spec}: valid\n", "")
    assert told(["explain", spec], capsys)[0] == 0


def test_every_step_of_the_contract_has_words() -> None:
    ops = {
        step.model_fields["op"].default for union in (InputStep, OutputStep) for step in get_args(get_args(union)[0])
    }
    assert {op for op in ops if op not in words._TELLERS} == set()


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Nms(iou=0.5, score=0.25, per_class=True, max=10), "overlap by more than 0.5 the best, score at least 0.25"),
        (
            ResizeMask(method="tf.bilinear", to="size", layout="NHWC", width=8, height=6),
            "scaled to 8 x 6 (tf.bilinear)",
        ),
        (ArgmaxMask(layout="NHWC", threshold=0.5), "class 1 where its score is at least 0.5, else 0"),
        (HeatmapKeypoints(layout="NHWC", activation="none", refine="quarter", position="corner"), "a quarter towards"),
        (Landmarks(dimensions=3, order="xy", score=2, activation="sigmoid"), "points of 3 numbers each (xy), number 2"),
    ],
)
def test_a_reading_step_is_told_in_words(step: Any, told: str) -> None:
    assert told in words.step_in_words(step)


def test_the_name_of_the_model_is_what_was_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin = ["spec", "init", "--task", "embedding"]
    assert cli.main([*begin, "-o", str(tmp_path / "named"), "--name", "faces"]) == 0
    assert satchel.Description.read(tmp_path / "named" / "spec.json").spec.name == "faces"
    assert cli.main([*begin, "-o", str(tmp_path / "empty"), "--name", ""]) == 2
    assert "$.name" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists()


def test_a_spec_that_is_there_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init = ["init", "--task", "generic", "-o", tmp_path]
    assert told(init, capsys)[0] == 0
    code, _, err = told(init, capsys)
    assert code == 2
    assert "a spec is there already" in err
    assert told([*init, "--overwrite"], capsys)[0] == 0


@pytest.mark.parametrize("task", PICTURES)
def test_the_preparation_is_read_from_a_library(task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "preprocessor_config.json"
    config.write_text(json.dumps({"image_processor_type": "ViTImageProcessor", "size": 64}))
    code, _, err = told(["init", "--task", task, "-o", tmp_path, "--from-huggingface", config], capsys)
    assert (code, err) == (0, "")
    steps = satchel.Description.read(tmp_path / "spec.json").spec.inputs[0].model_dump(exclude_none=True)["steps"]
    made = satchel.Preprocess.from_huggingface(config).describe(labels=["a"])
    assert steps == made.spec.inputs[0].model_dump(exclude_none=True)["steps"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--from-keras", "VGG16", "--from-timm", "x"], "one of --from-keras, --from-timm"),
        (["--from-keras", "LeNet"], "none of keras.applications"),
        (["--from-torchvision", "nowhere.txt"], "cannot be read"),
        (["--from-timm", "config.json", "--mode", "tf"], "--mode is of Keras's preprocess_input"),
    ],
)
def test_a_library_that_does_not_say_is_a_mistake(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = told(["init", "--task", "image_classification", "-o", tmp_path, *options], capsys)
    assert code == 2
    assert words in err


def test_the_mode_of_a_keras_preparation_is_said_when_the_model_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--from-keras", "VGG16", "--mode", "tf"]
    assert told(["init", "--task", "image_classification", "-o", tmp_path, *options], capsys)[0] == 0
    steps = satchel.Description.read(tmp_path / "spec.json").spec.inputs[0].steps
    assert steps == satchel.Preprocess.from_keras("VGG16", mode="tf").describe(labels=["a"]).spec.inputs[0].steps
    assert steps != satchel.Preprocess.from_keras("VGG16").describe(labels=["a"]).spec.inputs[0].steps


def test_a_table_is_not_prepared_as_pictures_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told(["init", "--task", "tabular_regression", "-o", tmp_path, "--from-keras", "VGG16"], capsys)
    assert code == 2
    assert "tabular_regression takes none" in err


def test_a_spec_that_fits_a_model_is_valid(
    small: Path, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    described = satchel.image_classification(labels=labels, size=224, mean=127, std=128)
    spec = described.save(tmp_path)
    code, out, err = told(["validate", spec, "--model", small], capsys)
    assert (code, out, err) == (0, f"{spec}: valid, and fits {small}\n", "")


def test_a_spec_that_does_not_fit_a_model_names_the_step(
    small: Path, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = satchel.image_classification(labels=labels, size=192).save(tmp_path)
    code, _, err = told(["validate", spec, "--model", small], capsys)
    assert code == 2
    assert "$.inputs[0].steps[1]: this gives 192 x 192, the model takes 224 x 224" in err
    spec = satchel.image_classification(labels=["a"], size=224).save(tmp_path)
    assert "has 1 labels, the output has 5" in told(["validate", spec, "--model", small], capsys)[2]


def test_what_can_hardly_be_meant_is_a_warning_and_with_strict_a_failure(
    small: Path, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    described = satchel.image_classification(labels=labels, size=224, mean=[0.485], std=[0.229])
    spec = described.save(tmp_path)
    code, out, err = told(["validate", spec, "--model", small], capsys)
    assert (code, out) == (0, f"{spec}: valid, and fits {small}; 1 warning\n")
    assert err.startswith("warning: $.inputs[0].steps[2]: mean and std of at most 1 are said to be for 0..255.")
    assert told(["validate", spec, "--strict"], capsys)[0] == 1


def test_explain_tells_shape_dtype_and_range_after_every_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = satchel.Preprocess.from_timm({}).describe(labels=["a"], activation="softmax").save(tmp_path)
    code, out, _ = told(["explain", spec], capsys)
    rows = [line.split("  ") for line in out.splitlines()]
    gives = [[cell for cell in row if cell][-1].strip() for row in rows if row[0].strip().isdigit()]
    assert code == 0
    assert gives == [
        "as large as the photo, RGB, uint8, 0..255",
        "shorter side 256, RGB, uint8, 0..255",
        "224 x 224 pixels, RGB, uint8, 0..255",
        "224 x 224 pixels, RGB, float32, 0..1",
        "224 x 224 pixels, RGB, float32, -2.118..2.64",
        "224 x 224 pixels, RGB, float32, channels first, -2.118..2.64",
        "shares",
        "classes",
        "classes, with labels",
    ]


def test_explain_tells_a_bundle_with_its_tensors(packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(["explain", packed.path], capsys)
    assert code == 0
    assert "int8/tflite: " in out
    assert "[1, 32, 32, 3] uint8, scale" in out
