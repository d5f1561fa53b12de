"""A detector and a person segmentation from the zoo: packed, run, drawn, and checked in the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

import satchel
from satchel import cli, zoo
from satchel.zoo.tflite_models import TFLiteModel
from satchel_metadata.tflite_model import inspect_model
from satchel_server import Listening, listen

from .conftest import LOADED, visiting

NAMES = ("ssd-mobilenet-v2", "selfie-segmenter")
pytestmark = pytest.mark.filterwarnings("ignore:TFLite Metadata cannot say:satchel.SatchelWarning")


@dataclass(frozen=True)
class Packed:
    """A model of the zoo and its bundle."""

    model: TFLiteModel
    path: Path


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Packed]:
    folder, found = tmp_path_factory.mktemp("detections"), {}
    for name in NAMES:
        model = zoo.get(name)
        assert isinstance(model, TFLiteModel)
        out = folder / f"{name}.satchel"
        photos = [known.photo for known in model.known_answers]
        variants = model.variants
        satchel.pack(
            model.model, model.description(), out, variants=variants, calibration=model.calibration, golden=photos
        )
        found[name] = Packed(model, out)
    return found


@pytest.fixture(scope="module")
def serving(packed: dict[str, Packed]) -> Iterator[Listening]:
    with listen([each.path for each in packed.values()], port=0) as listening:
        yield listening


def test_the_detector_finds_what_is_in_the_photos_and_where(packed: dict[str, Packed]) -> None:
    each = packed["ssd-mobilenet-v2"]
    bundle = satchel.open(each.path)
    middles = {"chelsea": (225, 150), "coffee": (300, 170), "astronaut": (220, 200)}
    for variant in ("float32", "int8"):
        for known in each.model.known_answers:
            (thing,) = bundle.run(known.photo, variant).objects or ()
            assert thing.index in known.classes
            assert thing.label == each.model.labels[thing.index]
            left, top, right, bottom = thing.box
            x, y = middles[known.name]
            assert left < x < right
            assert top < y < bottom


def test_the_person_is_told_from_what_is_behind(packed: dict[str, Packed]) -> None:
    each = packed["selfie-segmenter"]
    mask = satchel.open(each.path).run(each.model.known_answers[0].photo).mask
    assert mask is not None
    assert mask.labels == ("background", "person")
    face, shuttle, flag = mask.indices[60:160, 190:250], mask.indices[20:200, 400:440], mask.indices[20:120, 20:60]
    assert (face == 1).all()
    assert (shuttle == 0).all()
    assert (flag == 0).all()
    assert 0.5 < float(np.mean(mask.indices)) < 0.6


def test_the_segmentation_holds_builtins_only_and_runs_on_android(packed: dict[str, Packed]) -> None:
    each = packed["selfie-segmenter"]
    before = {op.name for op in inspect_model(each.model.model.read_bytes()).ops if op.custom}
    bundle = satchel.open(each.path)
    assert before == {"Convolution2DTransposeBias"}
    assert not [op.name for op in inspect_model(bundle.reader.model("float32")).ops if op.custom]
    assert "TRANSPOSE_CONV" in bundle.manifest.artefacts()["float32/tflite"].ops
    assert "tflite-android" in bundle.manifest.artefacts()["float32/tflite"].runtimes


@pytest.mark.parametrize("name", NAMES)
def test_every_golden_answer_holds_in_python(packed: dict[str, Packed], name: str) -> None:
    assert satchel.open(packed[name].path).check().ok


def test_run_draws_the_answers(packed: dict[str, Packed], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    each = packed["ssd-mobilenet-v2"]
    photos = [str(known.photo) for known in each.model.known_answers]
    assert cli.main(["run", str(each.path), *photos, "--json", "--draw", str(tmp_path / "seen")]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [found["objects"][0]["label"] for found in told] == ["Cat", "Coffee cup", "Person"]
    assert sorted(path.name for path in (tmp_path / "seen").iterdir()) == ["astronaut.png", "chelsea.png", "coffee.png"]
    with Image.open(photos[1]) as photo, Image.open(tmp_path / "seen" / "coffee.png") as drawn:
        assert drawn.size == (photo.width * 2, photo.height * 2)


def test_one_picture_for_several_photos_is_a_mistake(packed: dict[str, Packed], tmp_path: Path) -> None:
    each = packed["ssd-mobilenet-v2"]
    photo = str(each.model.known_answers[0].photo)
    assert cli.main(["run", str(each.path), photo, photo, "--draw", str(tmp_path / "seen.png")]) == 2
    assert cli.main(["run", str(each.path), photo, "--draw", str(tmp_path / "seen.png")]) == 0
    assert (tmp_path / "seen.png").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_the_page_verifies_the_bundle_and_draws_pythons_answer(
    browser: Browser, serving: Listening, packed: dict[str, Packed], name: str
) -> None:
    each = packed[name]
    photo = each.model.known_answers[0].photo
    with visiting(browser, serving.url) as visit:
        visit.enter()
        visit.page.wait_for_selector("#seal:not([data-state=waiting])", timeout=LOADED)
        url = f"{serving.url}/bundles/{name}"
        visit.page.select_option("#bundle", name)
        found = visit.page.evaluate(ASK, {"url": url, "artefacts": [f"{v}/tflite" for v in each.model.variants]})
        assert all(report["pass"] for report in found.values()), found
        visit.page.wait_for_function(f"() => document.title.startsWith('{name}')", timeout=LOADED)
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        visit.show(photo)
        visit.page.wait_for_selector("#overlay:not([hidden])", timeout=LOADED)
        shown = {label for label, _ in visit.classes()}
        assert visit.complaints == []
    answer: Any = satchel.open(each.path).run(photo)
    assert shown == ({found.label for found in answer.objects} if answer.objects else set(answer.mask.labels))


ASK = """async ({url, artefacts}) => {
  const { startSatchel } = await import('/lib/client.js');
  const satchel = await startSatchel({ libraryUrl: '/lib/', runtimesUrl: '/runtimes/' });
  await satchel.open(url);
  const found = {};
  for (const artefact of artefacts) {
    await satchel.load(artefact);
    found[artefact] = await satchel.check();
  }
  satchel.close();
  return found;
}"""
