"""An open bundle: what it was made of and what it is asked for is held against what it says."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import satchel
from bundle_samples import Files, put_folder, relisted
from satchel.bundle import decision_of
from satchel.card import card
from satchel.cli import main
from satchel.golden_cases import need_golden
from satchel.samples import Kind
from satchel_metadata.steps import Threshold


@pytest.fixture(scope="module")
def files(packed: satchel.Bundle) -> Files:
    with zipfile.ZipFile(packed.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(files: Files, path: str, change: Callable[[Any], Any]) -> Files:
    document = json.loads(files[path])
    change(document)
    return relisted(files, path, json.dumps(document).encode())


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(satchel.SatchelError) as caught:
        work()
    return caught.value.code


@pytest.mark.parametrize("part", ["prepared", "outputs"])
def test_a_check_without_golden_tensors_is_damage(part: str, files: Files, tmp_path: Path) -> None:
    def emptied(golden: Any) -> None:
        golden["cases"][0]["artefacts"]["int8/tflite"][part] = {}

    bundle = satchel.open(put_folder(changed(files, "golden/golden.json", emptied), tmp_path / "bundle"))
    report = bundle.check()
    assert not report.ok
    assert "int8/tflite: expected" in report.damage
    assert main(["check", str(bundle.path)]) == 1


@pytest.mark.parametrize("more", [-1, 1])
def test_a_bundle_with_more_or_fewer_labels_than_scores_is_refused_before_anything_runs(
    more: int, files: Files, tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = json.loads(files["spec.json"])["labels"].values()
    lines = files[path].decode().splitlines()
    counted = [*lines, "another"] if more > 0 else lines[:-1]
    bundle = satchel.open(put_folder(relisted(files, path, "\n".join([*counted, ""]).encode()), tmp_path / "bundle"))
    for work in (lambda: bundle.run(photos / "red" / "00.png"), bundle.check, lambda: bundle.runner("int8")):
        assert refused(work) == "spec/label-count"
    for words in (["run", str(bundle.path), str(photos / "red" / "00.png")], ["check", str(bundle.path)]):
        assert main(words) == 2
        assert f"has {len(counted)} labels, the output has {len(lines)} scores" in " ".join(
            capsys.readouterr().err.split()
        )


def test_a_bundle_whose_steps_make_another_size_than_the_tensor_has_is_refused(
    files: Files, tmp_path: Path, photos: Path
) -> None:
    def wider(spec: Any) -> None:
        for tensor in spec["inputs"][0]["tensor"].values():
            tensor["shape"][2] += 1

    bundle = satchel.open(put_folder(changed(files, "spec.json", wider), tmp_path / "bundle"))
    assert refused(lambda: bundle.run(photos / "red" / "00.png")) == "spec/shape-mismatch"
    assert refused(bundle.check) == "spec/shape-mismatch"


def test_a_model_without_an_output_of_the_spec_is_refused(files: Files, tmp_path: Path, photos: Path) -> None:
    def renamed(spec: Any) -> None:
        spec["outputs"][0]["tensor"]["float32/tflite"]["name"] = "not there"

    bundle = satchel.open(put_folder(changed(files, "spec.json", renamed), tmp_path / "bundle"))
    assert refused(lambda: bundle.run(photos / "red" / "00.png")) == "model/tensor-not-found"
    problems = {case.problem for case in bundle.check().cases if case.artefact == "float32/tflite"}
    assert len(problems) == 1
    assert "the model has no output of this name" in problems.pop()


def test_agreement_needs_a_group_a_photo_and_a_variant_there_is(packed: satchel.Bundle, photos: Path) -> None:
    assert refused(lambda: satchel.agreement(packed, photos / "red", groups=["one"])) == "input/groups"
    assert refused(lambda: satchel.agreement(packed, photos / "red", reference="none")) == "bundle/no-such-variant"


def test_fewer_than_one_thread_is_refused_before_any_work(packed: satchel.Bundle, tmp_path: Path) -> None:
    assert refused(lambda: satchel.open(packed.path, threads=-3)) == "spec/out-of-range"
    nothing: Any = None
    assert refused(lambda: satchel.pack(nothing, nothing, tmp_path / "x", threads=0)) == "spec/out-of-range"


@pytest.mark.parametrize("nothing", [None, 3, ["cat.jpg"]])
def test_what_is_no_path_and_no_photo_is_refused(nothing: Any, packed: satchel.Bundle) -> None:
    assert refused(lambda: satchel.open(nothing)) == "bundle/not-found"
    assert refused(lambda: packed.run(nothing)) == "input/wrong-type"


def test_a_model_of_one_score_says_yes_from_its_threshold_on(packed: satchel.Bundle) -> None:
    output = packed.spec.outputs[0]
    steps = (*output.steps[:1], Threshold(score=0.25), *output.steps[1:])
    stricter = packed.spec.model_copy(update={"outputs": (output.model_copy(update={"steps": steps}),)})
    assert (decision_of(packed.spec), decision_of(stricter)) == (0.5, 0.25)


def test_golden_rows_cannot_be_made_and_so_three_are_needed(packed: satchel.Bundle) -> None:
    rows, pictures = Kind("row", packed.spec), Kind("photo", packed.spec)
    assert refused(lambda: need_golden([], rows)) == "input/no-photos"
    assert refused(lambda: need_golden([{}, {}], rows)) == "input/too-few-photos"
    need_golden([{}, {}, {}], rows)
    need_golden([np.zeros((4, 4, 3), np.uint8)], pictures)


@pytest.mark.parametrize(
    ("top1", "top5", "column", "cell"),
    [
        (0.75, 1.0, "top-1 agreement with the first", "75.0 %"),
        (0.75, None, "same decision as the first", "75.0 %"),
        (None, None, "largest difference from the first", "0.5"),
    ],
)
def test_the_card_says_what_was_compared(
    top1: float | None, top5: float | None, column: str, cell: str, packed: satchel.Bundle
) -> None:
    seen = {"variant": "int8", "n": 4, "top1": top1, "top5": top5, "kl": None, "relative": 0.5}
    machine = {"processor": "any", "cores": 2}
    measured = {"agreement": [seen], "latency": {"int8": {"median": 0.002}}, "machine": machine}
    lines = card(packed.spec, ["int8"], measured).splitlines()
    assert f"| variant | {column} | n | median latency |" in lines
    assert f"| int8 | {cell} | 4 | 2.0 ms |" in lines
