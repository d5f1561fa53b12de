"""TFLite Metadata is what tflite-support itself reads, and the model in front of it stays the same model."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import libusb_package
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from satchel_metadata.errors import ModelError, SpecError
from satchel_metadata.spec import Spec, parse_spec
from satchel_metadata.tflite_metadata import read_metadata, write_metadata
from satchel_metadata.tflite_metadata_read import AttachedFile, MetadataInfo, TensorNotes
from satchel_metadata.tflite_model import ModelInfo, inspect_model
from small_models import small_models

LABELS = {"classes": ("tabby", "鶴", "crane", "crane", "<b>")}
ARTEFACT = "float32/tflite"
RESIZE = {"op": "resize", "method": "tf.bilinear", "fit": "stretch", "width": 224, "height": 224}
NORMALIZE = {"op": "normalize", "mean": [127.0], "std": [128.0], "range": "0..255"}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return small_models(tmp_path_factory.getbasetemp().parent)


def tensor_of(info: Any) -> dict[str, Any]:
    tensor = {"name": info.name, "index": 0, "shape": info.shape, "dtype": info.dtype}
    if info.quantization:
        tensor |= {"scale": info.quantization.scales[0], "zero_point": info.quantization.zero_points[0]}
    return tensor


def spec_for(model: bytes, steps: list[dict[str, Any]], reading: list[dict[str, Any]] | None = None) -> Spec:
    info = inspect_model(model)
    reading = reading or [{"op": "top_k", "k": 5}]
    document = {
        "satchel": "1.0",
        "name": "small",
        "version": "1.2.3",
        "author": "Somebody",
        "license": "Apache-2.0",
        "description": "Five classes",
        "task": "image_classification",
        "inputs": [{"name": "image", "steps": steps, "tensor": {ARTEFACT: tensor_of(info.inputs[0]), "x/tfjs": {}}}],
        "outputs": [
            {
                "name": "scores",
                "steps": [*reading, {"op": "label", "labels": "classes"}],
                "tensor": {ARTEFACT: tensor_of(info.outputs[0])},
            }
        ],
        "labels": {"classes": "labels.txt"},
    }
    document["inputs"][0]["tensor"]["x/tfjs"] = document["inputs"][0]["tensor"][ARTEFACT]  # type: ignore[index]
    return parse_spec(json.loads(json.dumps(document)))


def written(
    model: bytes, steps: list[dict[str, Any]], reading: list[dict[str, Any]] | None = None
) -> tuple[MetadataInfo, list[str]]:
    data, warnings = write_metadata(model, spec_for(model, steps, reading), LABELS, ARTEFACT)
    metadata = read_metadata(data)
    assert metadata is not None
    return metadata, warnings


def outputs(model: bytes) -> np.ndarray[Any, Any]:
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    detail = interpreter.get_input_details()[0]
    picture = np.random.default_rng(0).integers(0, 256, detail["shape"]).astype(detail["dtype"])
    interpreter.set_tensor(detail["index"], picture)
    interpreter.invoke()
    found: np.ndarray[Any, Any] = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return found


STEPS = [{"op": "decode"}, RESIZE, NORMALIZE]


def test_everything_written_is_read_back(models: dict[str, bytes]) -> None:
    metadata, _ = written(models["small"], STEPS, [{"op": "threshold", "score": 0.25}])
    files = metadata.attached
    assert metadata == MetadataInfo(
        name="small",
        description="Five classes",
        version="1.2.3",
        author="Somebody",
        license="Apache-2.0",
        min_parser_version="1.0.0",
        inputs=(
            TensorNotes(
                name="image",
                description="The photo, prepared as spec.json says.",
                content="image",
                color_space="RGB",
                mean=(127.0,),
                std=(128.0,),
                min=(-127 / 128,),
                max=(1.0,),
                score_threshold=None,
                files=(),
            ),
        ),
        outputs=(
            TensorNotes(
                name="scores",
                description="One value a class.",
                content="feature",
                color_space="",
                mean=(),
                std=(),
                min=(0.0,),
                max=(1.0,),
                score_threshold=0.25,
                files=(AttachedFile("labels.txt", "The class of each position, one a line.", "axis_labels"),),
            ),
        ),
        files=(AttachedFile("spec.json", "The Satchel spec of this model.", "unknown"),),
        attached=files,
    )
    assert metadata.labels(metadata.outputs[0]) == LABELS["classes"]
    assert files["labels.txt"] == "tabby\n鶴\ncrane\ncrane\n<b>\n".encode()


def test_the_spec_inside_tells_this_artefacts_tensors_only(models: dict[str, bytes]) -> None:
    metadata, _ = written(models["small"], STEPS)
    assert metadata.spec is not None
    assert [set(each.tensor) for each in (*metadata.spec.inputs, *metadata.spec.outputs)] == [{ARTEFACT}, {ARTEFACT}]
    assert metadata.spec.inputs[0].steps == spec_for(models["small"], STEPS).inputs[0].steps


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # TensorFlow, which tflite-support's displayer loads
def test_tflite_support_itself_reads_the_same(models: dict[str, bytes]) -> None:
    ctypes.CDLL(str(libusb_package.get_library_path()), mode=ctypes.RTLD_GLOBAL)
    from tensorflow_lite_support.metadata.python.metadata import MetadataDisplayer

    data, _ = write_metadata(models["small8"], spec_for(models["small8"], STEPS), LABELS, ARTEFACT)
    displayer = MetadataDisplayer.with_model_buffer(data)
    assert sorted(displayer.get_packed_associated_file_list()) == ["labels.txt", "spec.json"]
    shown = json.loads(displayer.get_metadata_json())
    (graph,) = shown["subgraph_metadata"]
    (image,) = graph["input_tensor_metadata"]
    (scores,) = graph["output_tensor_metadata"]
    assert image["content"] == {
        "content_properties_type": "ImageProperties",
        "content_properties": {"color_space": "RGB"},
    }
    assert image["process_units"] == [
        {"options_type": "NormalizationOptions", "options": {"mean": [127.0], "std": [128.0]}}
    ]
    assert (scores["name"], scores["stats"]) == ("scores", {"min": [0.0], "max": [0.996094]})
    assert scores["associated_files"][0]["type"] == "TENSOR_AXIS_LABELS"


@pytest.mark.parametrize("name", ["small", "small8"])
def test_the_models_own_bytes_and_answers_stay(models: dict[str, bytes], name: str) -> None:
    model = models[name]
    data, _ = write_metadata(model, spec_for(model, STEPS), LABELS, ARTEFACT)
    assert data.index(model) % 64 == 0
    assert np.array_equal(outputs(data), outputs(model))
    before, after = inspect_model(model), inspect_model(data)
    assert after.metadata == (*before.metadata, "TFLITE_METADATA")
    assert after.attached == ("labels.txt", "spec.json")
    kept = ("description", "version", "subgraphs", "ops", "signatures")
    assert {key: getattr(after, key) for key in kept} == {key: getattr(before, key) for key in kept}


def test_metadata_that_is_there_already_is_replaced(models: dict[str, bytes]) -> None:
    first, _ = write_metadata(models["small"], spec_for(models["small"], STEPS), LABELS, ARTEFACT)
    changed = spec_for(models["small"], STEPS).model_copy(update={"name": "renamed"})
    second, _ = write_metadata(first, changed, LABELS, ARTEFACT)
    metadata = read_metadata(second)
    assert metadata is not None
    assert metadata.name == "renamed"
    info: ModelInfo = inspect_model(second)
    assert info.metadata.count("TFLITE_METADATA") == 1
    assert info.attached == ("labels.txt", "spec.json")
    assert np.array_equal(outputs(second), outputs(models["small"]))


def test_two_processes_write_the_same_bytes(models: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "small.tflite").write_bytes(models["small"])
    (tmp_path / "spec.json").write_bytes(spec_for(models["small"], STEPS).dumps())
    metadata = Path(__file__).parents[2] / "metadata"
    script = (
        f"import sys; sys.path.insert(0, {str(metadata)!r})\n"
        "from hashlib import sha256\n"
        "from pathlib import Path\n"
        "from satchel_metadata import parse_spec, write_metadata\n"
        "folder = Path(sys.argv[1])\n"
        "spec = parse_spec((folder / 'spec.json').read_bytes())\n"
        f"data, _ = write_metadata((folder / 'small.tflite').read_bytes(), spec, {LABELS!r}, {ARTEFACT!r})\n"
        "assert 'tensorflow' not in sys.modules\n"
        "print(sha256(data).hexdigest())\n"
    )
    data, _ = write_metadata(models["small"], spec_for(models["small"], STEPS), LABELS, ARTEFACT)
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}
        command = [sys.executable, "-c", script, str(tmp_path)]
        done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
        assert done.stdout.strip() == hashlib.sha256(data).hexdigest()


HEAD = f"{ARTEFACT}, input 'image', "
SCALING = f"{HEAD}step 1 (resize): TFLite Metadata names no method of scaling; other programs scale the whole photo "


def test_a_pipeline_that_metadata_can_express_but_for_scaling_warns_of_scaling_only(models: dict[str, bytes]) -> None:
    _, warnings = written(models["small"], STEPS)
    assert warnings == [SCALING + "bilinearly, not with tf.bilinear and fit stretch"]


LEAVES_OUT = "TFLite Metadata cannot ask for it, other programs leave it out"


@pytest.mark.parametrize(
    ("step", "warning"),
    [
        ({"op": "crop", "central_fraction": 0.875}, f"step 1 (crop): {LEAVES_OUT}"),
        ({"op": "flip", "axis": "vertical"}, f"step 1 (flip): {LEAVES_OUT}"),
        (
            {"op": "pad", "left": 1, "top": 1, "right": 1, "bottom": 1, "value": [0]},
            f"step 1 (pad): {LEAVES_OUT}",
        ),
        ({"op": "color", "to": "BGR"}, "step 1 (color): other programs hand over RGB, not BGR"),
        ({"op": "color", "to": "GRAY"}, "step 1 (color): other programs hand over RGB, not GRAY"),
        (
            {"op": "layout", "to": "NCHW"},
            "step 1 (layout): other programs hand over height x width x channels, not NCHW",
        ),
    ],
)
def test_each_step_that_metadata_cannot_express_is_warned_of_by_name(
    models: dict[str, bytes], step: dict[str, Any], warning: str
) -> None:
    _, warnings = written(models["small"], [{"op": "decode"}, step, NORMALIZE])
    assert warnings == [HEAD + warning]


def test_a_camera_frame_is_described_as_the_picture_that_it_becomes_and_warned_of(models: dict[str, bytes]) -> None:
    frame = {"op": "yuv_to_rgb", "format": "NV21", "range": "full", "rotation": 90}
    made, warnings = written(models["small"], [frame, NORMALIZE])
    assert warnings == [HEAD + "step 0 (yuv_to_rgb): other programs hand over photos in RGB, not camera frames"]
    assert made.inputs == written(models["small"], [{"op": "decode"}, NORMALIZE])[0].inputs


@pytest.mark.parametrize("op", ["softmax", "sigmoid"])
def test_a_softmax_or_sigmoid_outside_the_model_is_warned_of(models: dict[str, bytes], op: str) -> None:
    _, warnings = written(models["small"], [{"op": "decode"}, NORMALIZE], [{"op": op}])
    assert warnings == [
        f"{ARTEFACT}, output 'scores', step 0 ({op}): TFLite Metadata cannot ask for it, other programs show the "
        "model's values without it; build it into the model"
    ]


def test_a_mean_a_channel_is_written_and_warned_of(models: dict[str, bytes]) -> None:
    steps = [{"op": "normalize", "mean": [120.0, 110.0, 100.0], "std": [64.0], "range": "0..255"}]
    metadata, warnings = written(models["small"], [{"op": "decode"}, *steps])
    assert (metadata.inputs[0].mean, metadata.inputs[0].std) == ((120.0, 110.0, 100.0), (64.0, 64.0, 64.0))
    assert warnings == [
        f"{HEAD}step 1 (normalize): mean and std differ by channel, which MediaPipe Tasks refuses to compute"
    ]


def test_rescale_and_normalize_become_one_mean_and_std(models: dict[str, bytes]) -> None:
    exact = [{"op": "rescale", "factor": 0.0078125, "offset": -1.0}]
    metadata, warnings = written(models["small"], [{"op": "decode"}, *exact])
    assert (metadata.inputs[0].mean, metadata.inputs[0].std, warnings) == ((128.0,), (128.0,), [])
    rounded = [
        {"op": "rescale", "divisor": 255.0},
        {"op": "normalize", "mean": [0.485], "std": [0.229], "range": "0..1"},
    ]
    metadata, warnings = written(models["small"], [{"op": "decode"}, *rounded])
    assert metadata.inputs[0].mean == pytest.approx((123.675,))
    assert metadata.inputs[0].std == pytest.approx((58.395,))
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{HEAD}steps 1 and 2 (rescale, normalize): folded into one subtraction of a mean")


def test_a_uint8_input_that_is_the_pixels_themselves_needs_no_warning(models: dict[str, bytes]) -> None:
    assert written(models["small8"], [{"op": "decode"}, NORMALIZE])[1] == []


def test_a_uint8_input_that_is_not_the_pixels_is_warned_of(models: dict[str, bytes]) -> None:
    other = {**NORMALIZE, "mean": [0.0], "std": [255.0]}
    (warning,) = written(models["small8"], [{"op": "decode"}, other])[1]
    assert warning.startswith(
        f"{HEAD}step 1 (normalize): other programs hand a photo's values to a uint8 model as they are"
    )


def test_a_spec_that_names_a_tensor_the_model_lacks_is_refused(models: dict[str, bytes]) -> None:
    spec = spec_for(models["small8"], STEPS)
    with pytest.raises(SpecError) as caught:
        write_metadata(models["small"], spec, LABELS, "int8/tflite")
    assert caught.value.code == "spec/unknown-tensor"


def test_a_model_without_metadata_has_none(models: dict[str, bytes]) -> None:
    assert read_metadata(models["small"]) is None


def test_a_damaged_zip_behind_a_model_counts_as_none(models: dict[str, bytes]) -> None:
    data, _ = write_metadata(models["small"], spec_for(models["small"], STEPS), LABELS, ARTEFACT)
    nameless = bytearray(data)
    for mark, offset in ((b"PK\x01\x02", 28), (b"PK\x03\x04", 26)):
        nameless[data.rindex(mark) + offset] = 0
    metadata = read_metadata(bytes(nameless))
    assert metadata is not None
    assert (metadata.name, metadata.attached, metadata.spec, metadata.labels(metadata.outputs[0])) == (
        "small",
        {},
        None,
        (),
    )


@pytest.mark.parametrize("rounds", [1500, pytest.param(60_000, marks=pytest.mark.long)])
def test_damaged_metadata_is_read_or_refused_and_nothing_else(models: dict[str, bytes], rounds: int) -> None:
    data, _ = write_metadata(models["small"], spec_for(models["small"], STEPS), LABELS, ARTEFACT)
    end = data.index(models["small"])
    dice = random.Random(rounds)
    for _ in range(rounds):
        damaged = bytearray(data[: dice.choice([len(data), dice.randrange(len(data))])])
        for _ in range(dice.choice([0, 1, 2, 8])):
            place = dice.choice(
                [dice.randrange(end), len(damaged) - 1 - dice.randrange(800), dice.randrange(len(data))]
            )
            if 0 <= place < len(damaged):
                damaged[place] = dice.choice([0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)])
        with contextlib.suppress(ModelError):
            read_metadata(bytes(damaged))
