"""Packing a small classifier: what the bundle holds, what it answers, and what is refused before any work is done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import satchel
from satchel_metadata.errors import SatchelError, SatchelWarning


def refusal(model: Any, description: satchel.Description, out: Path, **options: Any) -> SatchelError:
    with pytest.raises(SatchelError) as caught:
        satchel.pack(model, description, out, **options)
    assert not out.exists()
    assert list(out.parent.glob("*.satchel*")) == []
    return caught.value


def test_the_bundle_holds_every_variant_asked_for(packed: satchel.Bundle) -> None:
    kinds = {each.name: sorted(each.artefacts) for each in packed.manifest.variants}
    assert kinds == {
        "float32": ["tfjs", "tflite"],
        "float16": ["tflite"],
        "dynamic_range": ["tflite"],
        "int8": ["tflite"],
        "uint8_weights": ["tfjs"],
    }
    assert packed.variants == ("float32", "float16", "dynamic_range", "int8")


def test_every_variant_gives_the_colour_of_a_photo(packed: satchel.Bundle, photos: Path) -> None:
    for colour in ("red", "green", "blue"):
        for variant in packed.variants:
            answer = packed.run(photos / colour / "00.png", variant)
            assert answer.top is not None
            assert (answer.top.label, answer.variant) == (colour, variant)


def test_the_answer_is_kerass_own(packed: satchel.Bundle, model: Any, photos: Path) -> None:
    photo = Image.open(photos / "green" / "03.png").resize((43, 36), Image.Resampling.BICUBIC)
    left, top = round((43 - 32) / 2), round((36 - 32) / 2)
    pixels = np.asarray(photo.crop((left, top, left + 32, top + 32)), np.float32)
    expected = np.asarray(model(((pixels - 127) / 128)[None]))[0]
    found = {each.index: each.score for each in packed.run(photos / "green" / "03.png").classes}
    np.testing.assert_allclose([found[index] for index in range(3)], expected, atol=2e-6)


def test_timings_cover_the_whole(packed: satchel.Bundle, photos: Path) -> None:
    timings = packed.run(photos / "red" / "00.png").timings
    assert list(timings) == ["decode", "prepare", "infer", "read", "total"]
    assert timings["total"] >= sum(timings[stage] for stage in ("decode", "prepare", "infer", "read"))


def test_the_golden_answers_come_back(packed: satchel.Bundle) -> None:
    report = packed.check()
    assert report.ok, report
    assert len(report.cases) == 4 * 3
    assert report.elsewhere == ("float32/tfjs", "uint8_weights/tfjs")
    assert {case.largest for case in report.cases if case.artefact == "int8/tflite"} == {0.0}


def test_photos_that_were_calibrated_with_are_not_judged_by(packed: satchel.Bundle) -> None:
    measured = json.loads(packed.reader.measurements()["measurements.json"])
    assert {each["n"] for each in measured["agreement"]} == {3}
    assert packed.manifest.provenance.options["calibration"]["photos"] == 15  # type: ignore[index,call-overload]


def test_agreement_of_the_variants_with_the_first(packed: satchel.Bundle, photos: Path) -> None:
    found = {each.variant: each for each in satchel.agreement(packed, photos / "red")}
    assert found["float32"].largest == 0.0
    assert found["int8"].top1 == 1.0
    assert 0 < found["int8"].largest < 0.1
    assert found["int8"].n == 6


def test_a_labelled_folder_says_how_often_the_bundle_is_right(packed: satchel.Bundle, photos: Path) -> None:
    found = satchel.evaluate(packed, photos, "int8")
    assert (found.n, found.top1, found.top5, found.mistakes) == (18, 1.0, 1.0, ())
    assert found.top1_interval[0] < 0.9


def test_a_labelled_folder_of_an_unknown_class_is_refused(packed: satchel.Bundle, tmp_path: Path) -> None:
    (tmp_path / "purple").mkdir()
    Image.new("RGB", (40, 40)).save(tmp_path / "purple" / "a.png")
    with pytest.raises(SatchelError, match="no class is named 'purple'"):
        satchel.evaluate(packed, tmp_path)


def test_two_processes_pack_the_same_bytes(tmp_path: Path, photos: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "import satchel, colours\n"
        "spec = satchel.image_classification(labels=['r', 'g', 'b'], resize_shorter=36, crop=32)\n"
        f"satchel.pack(colours.colour_model(), spec, sys.argv[1], calibration={str(photos)!r},\n"
        "             variants=['float32','float16','dynamic_range','int8'], tfjs=['float32','float16','uint8'])\n"
    )
    files = []
    for name in ("a", "b"):
        out = tmp_path / name
        subprocess.run([sys.executable, "-W", "ignore", "-c", program, str(out)], check=True, capture_output=True)
        paths = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
        files.append({str(path): (out / path).read_bytes() for path in paths if path.parts[0] != "measurements"})
        files[-1].pop("card.md")
    assert files[0].keys() == files[1].keys()
    assert [name for name in files[0] if files[0][name] != files[1][name]] == []


def test_an_existing_file_is_not_overwritten_unless_asked(
    model: Any, description: satchel.Description, tmp_path: Path
) -> None:
    out = tmp_path / "kept.satchel"
    out.write_bytes(b"mine")
    with pytest.raises(SatchelError, match=r"kept\.satchel"):
        satchel.pack(model, description, out, variants=["float32"], tfjs=())
    assert out.read_bytes() == b"mine"
    satchel.pack(model, description, out, variants=["float32"], tfjs=(), overwrite=True)
    assert satchel.open(out).check().ok


def test_a_pack_without_photos_has_made_golden_pictures(
    model: Any, description: satchel.Description, tmp_path: Path
) -> None:
    bundle = satchel.pack(model, description, tmp_path / "folder", variants=["float32"], tfjs=(), compress="deflate")
    assert (tmp_path / "folder" / "variants" / "float32" / "model.tflite.z").is_file()
    assert len(bundle.check().cases) == 3


def test_the_wrong_number_of_labels_is_told_with_both_numbers(model: Any, tmp_path: Path) -> None:
    spec = satchel.image_classification(labels=["a", "b"], size=32)
    error = refusal(model, spec, tmp_path / "x.satchel", variants=["float32"], tfjs=())
    assert error.code == "spec/label-count"
    assert "2" in str(error)
    assert "3" in str(error)


def test_the_wrong_picture_size_is_told_with_both_sizes(model: Any, tmp_path: Path) -> None:
    spec = satchel.image_classification(labels=["a", "b", "c"], size=48)
    error = refusal(model, spec, tmp_path / "x.satchel", variants=["float32"], tfjs=())
    assert error.code == "spec/shape-mismatch"
    assert "48" in str(error)
    assert "32" in str(error)


def test_int8_without_photos_is_refused(model: Any, description: satchel.Description, tmp_path: Path) -> None:
    error = refusal(model, description, tmp_path / "x.satchel", variants=["int8"])
    assert error.code == "input/no-photos"


def test_an_empty_calibration_folder_is_refused(model: Any, description: satchel.Description, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    error = refusal(model, description, tmp_path / "x.satchel", calibration=tmp_path / "empty")
    assert (error.code, error.where) == ("input/no-photos", str(tmp_path / "empty"))


def test_unreadable_calibration_photos_are_named(
    model: Any, description: satchel.Description, photos: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "broken.jpg").write_bytes(b"not a picture")
    (folder / "good.png").write_bytes((photos / "red" / "00.png").read_bytes())
    error = refusal(model, description, tmp_path / "x.satchel", calibration=folder, calibration_count=2)
    assert error.code == "input/too-few-photos"
    assert "broken.jpg" in str(error)
    with pytest.warns(SatchelWarning, match=r"broken\.jpg"):
        satchel.pack(model, description, tmp_path / "y.satchel", variants=["int8"], calibration=folder, tfjs=())


def test_photos_do_not_serve_twice(model: Any, description: satchel.Description, photos: Path, tmp_path: Path) -> None:
    error = refusal(model, description, tmp_path / "x.satchel", calibration=photos, evaluation=photos / "red")
    assert error.code == "input/calibration-is-evaluation"


def test_a_bundle_with_another_digest_is_refused(packed: satchel.Bundle) -> None:
    assert satchel.open(packed.path, digest=packed.digest).digest == packed.digest
    with pytest.raises(SatchelError) as caught:
        satchel.open(packed.path, digest="0" * 64)
    assert caught.value.code == "bundle/digest"


def test_an_unknown_variant_names_those_there_are(packed: satchel.Bundle, photos: Path) -> None:
    with pytest.raises(SatchelError, match="float32, float16, dynamic_range, int8"):
        packed.run(photos / "red" / "00.png", "int4")


def test_a_calibration_photo_under_another_name_does_not_serve_twice(
    model: Any, description: satchel.Description, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "copy.png").write_bytes((photos / "red" / "00.png").read_bytes())
    error = refusal(model, description, tmp_path / "x.satchel", calibration=photos, evaluation=tmp_path / "other")
    assert error.code == "input/calibration-is-evaluation"


def test_golden_photos_are_spread_over_a_folder_that_is_sorted_by_class(
    model: Any, description: satchel.Description, photos: Path, tmp_path: Path
) -> None:
    bundle = satchel.pack(model, description, tmp_path / "x.satchel", variants="float32", tfjs=(), evaluation=photos)
    bests = [case.artefacts["float32/tflite"].answer.classes for case in bundle.reader.golden().cases]
    assert {best[0].label for best in bests if best} == {"red", "green", "blue"}


def test_an_unreadable_photo_leaves_the_others_in_their_groups(
    model: Any, description: satchel.Description, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    views = [photos / "red" / "00.png", tmp_path / "broken.png", photos / "red" / "01.png"]
    with pytest.warns(SatchelWarning, match=r"broken\.png"):
        bundle = satchel.pack(
            model,
            description,
            tmp_path / "x.satchel",
            variants="float32",
            tfjs=(),
            evaluation=views,
            evaluation_groups=["one", "one", "one"],
        )
    measured = json.loads(bundle.reader.measurements()["measurements.json"])
    assert [each["n"] for each in measured["agreement"]] == [1]


def test_a_spec_file_stands_for_the_description(model: Any, description: satchel.Description, tmp_path: Path) -> None:
    spec = description.save(tmp_path)
    bundle = satchel.pack(model, spec, tmp_path / "x.satchel", variants="float32", tfjs=())
    assert bundle.labels == description.labels
