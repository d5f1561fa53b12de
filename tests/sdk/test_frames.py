"""Camera frames from packing to the answer: bundles for frames, bundles for photos, and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import satchel
from colours import COLOURS
from satchel import cli
from satchel.golden_cases import golden_pictures
from satchel.samples import kind_of
from satchel_metadata.errors import SatchelError
from satchel_metadata.golden import RowInput
from satchel_metadata.golden_pictures import FrameInput, golden_frame

WAYS: tuple[dict[str, Any], ...] = (
    {"format": "NV21", "range": "full", "rotation": 90},
    {"format": "YUV_420_888", "range": "limited", "rotation": 270},
)


def described(frame: Any = None) -> satchel.Description:
    return satchel.image_classification(
        labels=list(COLOURS), resize_shorter=36, crop=32, mean=127, std=128, top_k=3, name="colours", frame=frame
    )


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: way["format"])
def live(
    request: pytest.FixtureRequest, model: Any, photos: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[satchel.Bundle, dict[str, Any]]:
    """A bundle for the frames of one camera, packed from photos, and how its frames are."""
    out = tmp_path_factory.mktemp("live") / "live.satchel"
    bundle = satchel.pack(model, described(request.param), out, variants=["float32", "int8"], calibration=photos)
    return bundle, request.param


def test_a_bundle_for_frames_answers_them_and_gives_its_golden_answers(live: Any, photos: Path) -> None:
    bundle, way = live
    for colour in COLOURS:
        top = bundle.run(satchel.Frame.of_photo(photos / colour / "00.png", **way)).top
        assert top is not None
        assert top.label == colour
    report = bundle.check()
    assert report.ok
    assert len(report.cases) == 2 * 3


def test_the_golden_inputs_of_a_bundle_for_frames_are_frames_as_its_spec_says(live: Any, photos: Path) -> None:
    bundle, way = live
    cases = bundle.reader.golden().cases
    assert [case.id for case in cases] == ["frame-1", "frame-2", "frame-3"]
    for case in cases:
        record = case.input["image"]
        assert isinstance(record, FrameInput)
        assert {name: getattr(record, name) for name in way} == way
        assert (record.width, record.height) == (40, 48)
    assert satchel.agreement(bundle, photos / "red")[1].top1 == 1.0
    assert satchel.evaluate(bundle, photos).top1 == 1.0


def test_a_bundle_for_frames_refuses_a_photo_and_says_what_a_frame_is(live: Any, photos: Path) -> None:
    with pytest.raises(SatchelError) as caught:
        live[0].run(photos / "red" / "00.png")
    assert caught.value.code == "input/wrong-frame"
    assert "brightness and colour in planes" in caught.value.hint


def test_a_bundle_for_frames_is_packed_alike_from_frames_and_from_their_photos(
    live: Any, model: Any, photos: Path, tmp_path: Path
) -> None:
    bundle, way = live
    golden = sorted(photos.rglob("*.png"))
    frames = [satchel.Frame.of_photo(each, **way) for each in golden]
    again = satchel.pack(
        model, described(way), tmp_path / "a.satchel", variants=["float32", "int8"], calibration=frames
    )
    assert again.digest == bundle.digest


def test_a_frame_cannot_be_calibrated_with_and_judged_by(model: Any, photos: Path, tmp_path: Path) -> None:
    given = sorted((photos / "red").glob("*.png"))
    with pytest.raises(SatchelError) as caught:
        satchel.pack(model, described(WAYS[0]), tmp_path / "a.satchel", calibration=given, evaluation=given[:1])
    assert (caught.value.code, caught.value.where) == ("input/calibration-is-evaluation", "frame")


def test_a_bundle_for_photos_answers_any_frame_as_its_upright_picture(packed: satchel.Bundle, photos: Path) -> None:
    photo = photos / "green" / "01.png"
    for way in WAYS:
        frame = satchel.Frame.of_photo(photo, **way)
        upright = packed.runner("float32").pipeline.load(frame)["image"].pixels
        assert upright.shape == (40, 48, 3)
        assert packed.run(frame).to_json()["classes"] == packed.run(upright).to_json()["classes"]


def test_a_bundle_for_photos_may_have_golden_frames(model: Any, photos: Path, tmp_path: Path) -> None:
    frames = [satchel.Frame.of_photo(photos / each / "00.png", **WAYS[1]) for each in COLOURS]
    bundle = satchel.pack(model, described(), tmp_path / "a.satchel", variants="float32", golden=frames)
    records = [case.input["image"] for case in bundle.reader.golden().cases]
    assert all(isinstance(each, FrameInput) and each.rotation == 270 for each in records)
    assert bundle.check().ok


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way["format"])
def test_golden_frames_are_made_smaller_until_they_fit(way: Any) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (600, 900, 3), dtype=np.uint8)
    loaded = kind_of(described(way).spec).load(noise)
    assert (loaded.width, loaded.height) == (600, 900)
    (small,) = golden_pictures([loaded], 20_000)
    assert (small.range, small.rotation) == (way["range"], way["rotation"])
    assert small.uv_pixel_stride == loaded.uv_pixel_stride
    assert len(golden_frame("one", small)[1]) <= 20_000
    assert golden_pictures([small], 20_000) == (small,)


def test_inputs_of_different_kinds_are_packed_answered_and_checked(tmp_path: Path) -> None:
    import keras

    image, row = keras.Input((4, 4, 3), name="image"), keras.Input((2,), name="row")
    flat = keras.layers.Flatten()(image)
    out = keras.layers.Dense(2, activation="softmax", name="out")(keras.layers.Concatenate()([flat, row]))
    size = {"op": "resize", "method": "pillow.box", "fit": "stretch", "width": 4, "height": 4}
    columns = {"op": "columns", "columns": [{"name": name, "kind": "number"} for name in "ab"], "missing": [""]}
    description = satchel.generic(
        inputs={
            "image": [{"op": "yuv_to_rgb", **WAYS[1]}, size, {"op": "rescale", "divisor": 255}],
            "row": [columns],
        }
    )
    rng = np.random.default_rng(1)
    given = [
        {"image": rng.integers(0, 256, (9, 8, 3), dtype=np.uint8), "row": {"a": 1.5, "b": place}} for place in range(3)
    ]
    model = keras.Model([image, row], out)
    bundle = satchel.pack(model, description, tmp_path / "a.satchel", variants=["float32", "int8"], tfjs=(),
                          calibration=given)  # fmt: skip
    assert bundle.check().ok
    inputs = bundle.reader.golden().cases[0].input
    assert isinstance(inputs["image"], FrameInput)
    assert isinstance(inputs["row"], RowInput)
    answer = bundle.run({"image": satchel.Frame.of_photo(given[0]["image"], **WAYS[1]), "row": given[0]["row"]})
    assert answer.values is not None
    assert len(answer.values) == 2
    for wrong in (given[0]["image"], {"image": given[0]["image"]}):
        with pytest.raises(SatchelError) as caught:
            satchel.pack(model, description, tmp_path / "b.satchel", variants="float32", tfjs=(), golden=[wrong] * 3)
        assert "image (a frame), row (a row)" in str(caught.value)


def test_two_pictures_are_golden_each_for_its_own_input(tmp_path: Path) -> None:
    import keras

    sides = [keras.Input((4, 4, 3), name=name) for name in ("left", "right")]
    flat = [keras.layers.Flatten()(side) for side in sides]
    model = keras.Model(sides, keras.layers.Dense(2, name="out")(keras.layers.Subtract()(flat)))
    size = {"op": "resize", "method": "pillow.box", "fit": "stretch", "width": 4, "height": 4}
    steps = [{"op": "decode"}, size, {"op": "rescale", "divisor": 255}]
    pixels = np.random.default_rng(2).integers(0, 256, (3, 2, 8, 9, 3), dtype=np.uint8)
    golden = [
        {"left": left, "right": satchel.Frame.of_photo(right, range="full", rotation=180)} for left, right in pixels
    ]
    description = satchel.generic(inputs={"left": steps, "right": steps})
    bundle = satchel.pack(model, description, tmp_path / "a.satchel", variants="float32", tfjs=(), golden=golden)
    case = bundle.reader.golden().cases[0]
    assert (case.id, case.input["left"].file) == ("input-1", "golden/input-1-left.rgb.z")
    assert isinstance(case.input["right"], FrameInput)
    assert bundle.check().ok
    hashes = {each.sha256 for each in case.artefacts["float32/tflite"].prepared.values()}
    assert len(hashes) == 2


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way["format"])
def test_every_builder_of_pictures_describes_models_for_frames(way: Any) -> None:
    labels = ["a", "b"]
    size: dict[str, Any] = {"size": 8, "frame": way}
    preprocess = satchel.Preprocess.from_timm({"input_size": (3, 8, 8), "mean": (0.5,) * 3, "std": (0.5,) * 3})
    for description in (
        satchel.image_classification(labels=labels, **size),
        satchel.object_detection(labels=labels, head="set", boxes="boxes", scores="scores", **size),
        satchel.segmentation(labels=labels, **size),
        satchel.keypoints(names=labels, kind="landmarks", **size),
        satchel.embedding(**size),
        satchel.segmentation(labels=labels, preprocess=preprocess, frame=way),
        preprocess.describe(labels=labels, frame=way),
    ):
        steps = [step.model_dump(exclude_none=True) for step in description.spec.inputs[0].steps]
        assert steps[0] == {"op": "yuv_to_rgb", **way}
        assert "decode" not in [step["op"] for step in steps]


def test_a_frame_has_no_background_and_says_all_of_itself() -> None:
    with pytest.raises(SatchelError) as caught:
        satchel.image_classification(labels=["a", "b"], size=8, background=(255, 255, 255), frame=WAYS[0])
    assert (caught.value.code, caught.value.where) == ("spec/inconsistent", "background")
    with pytest.raises(SatchelError) as caught:
        satchel.segmentation(labels=["a", "b"], size=8, frame={"format": "NV21", "rotation": 0})
    assert (caught.value.code, caught.value.where) == ("spec/missing-key", "$.inputs[0].steps[0].range")


@pytest.fixture
def raw(photos: Path, tmp_path: Path) -> Path:
    """The NV21 bytes of a red photo, taken by a camera that is turned by 90 degrees."""
    frame = satchel.Frame.of_photo(photos / "red" / "02.png", rotation=90)
    path = tmp_path / "red.nv21"
    path.write_bytes(frame.y.tobytes())
    assert path.stat().st_size == 40 * 48 * 3 // 2
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(each) for each in arguments])
    found = capsys.readouterr()
    return code, found.out, " ".join(found.err.split())


def test_run_answers_a_raw_frame_of_either_kind_of_bundle(
    live: Any, packed: satchel.Bundle, raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(capsys, "run", packed.path, raw, "--frame", "40x48,full,90", "--json")
    answer = json.loads(out)
    assert (code, answer["frame"], answer["classes"][0]["label"]) == (0, str(raw), "red")
    if live[1]["format"] == "NV21":
        drawing = tmp_path / "seen.png"
        code, out, _ = told(capsys, "run", live[0].path, raw, "--frame", "40x48", "--json", "--draw", drawing)
        assert (code, json.loads(out)["classes"][0]["label"]) == (0, "red")
        with Image.open(drawing) as seen:
            assert seen.width / seen.height == 48 / 40


def test_run_says_what_a_frame_is_and_how_to_give_one(
    live: Any, packed: satchel.Bundle, raw: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, "run", live[0].path, photos / "red" / "00.png")
    assert (code, out) == (2, "")
    assert "raw NV21 bytes and say how large they are with --frame WIDTHxHEIGHT" in err
    code, _, err = told(capsys, "run", packed.path, raw, "--frame", "40x48")
    assert (code, "--frame 40x48,full,90" in err) == (2, True)
    code, _, err = told(capsys, "run", packed.path, raw, "--frame", "40x46,full,90")
    assert (code, "an NV21 frame of 40 x 46 has 2760 bytes, found 2880" in err) == (2, True)
    code, _, err = told(capsys, "run", packed.path, raw.parent / "none.nv21", "--frame", "40x48,full,90")
    assert (code, "none.nv21: cannot be read" in err) == (2, True)
    code, _, err = told(capsys, "run", packed.path, raw, "--frame", "40 by 48")
    assert (code, "expected width x height" in err) == (2, True)


def test_explain_and_inspect_say_how_the_frames_are(live: Any, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, way = live
    words = f"a camera's frame ({way['format']}, {way['range']} range) to RGB, turned by {way['rotation']} degrees"
    for verb in (("spec", "explain"), ("inspect",)):
        code, out, _ = told(capsys, *verb, bundle.path)
        assert code == 0
        assert words in " ".join(out.split())
    assert "golden/frame-1.yuv.z" in out
    code, out, _ = told(capsys, "check", bundle.path)
    assert code == 0
