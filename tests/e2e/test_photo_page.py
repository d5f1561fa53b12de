"""The photo page: several photos, addresses, sliders, files of boxes, backgrounds."""

from __future__ import annotations

import base64
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

import photos as test_photos
import satchel
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse_spec
from satchel_server import Listening, listen
from zoo_bundles import zoo_bundle

from .conftest import LOADED, Visit, visiting

ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture(scope="module")
def detecting(sample_photos: dict[str, Path]) -> Iterator[tuple[Path, Listening]]:
    bundle = zoo_bundle("ssd-mobilenet-v2")
    with listen([bundle], port=0, samples=sample_photos["coffee"].parent) as listening:
        yield bundle, listening


def test_several_photos_are_all_answered_and_one_is_on_the_stage(
    visit: Visit, sample_photos: dict[str, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(sample_photos["orange"].read_bytes()[:100])
    visit.open()
    visit.page.set_input_files("#file", [sample_photos["coffee"], broken, sample_photos["orange"]])
    visit.page.wait_for_function("() => document.querySelectorAll('.several-item[data-state]').length === 3")
    told = visit.page.locator(".several-told").all_inner_texts()
    assert told[0].startswith("espresso, ")
    assert told[1] == "This photo cannot be used"
    assert told[2].startswith("orange, ")
    assert visit.page.text_content("#best-label") == "espresso"
    visit.page.click(".several-item >> nth=2")
    visit.page.wait_for_selector("#best-label:text('orange')")
    assert visit.page.get_attribute(".several-item >> nth=2", "aria-pressed") == "true"


def test_a_photo_comes_by_its_address_on_this_server_and_no_other(visit: Visit) -> None:
    visit.open()
    visit.page.click("#address summary")
    visit.page.fill("#address-text", "/samples/coffee.png")
    visit.page.press("#address-text", "Enter")
    visit.page.wait_for_selector("#best-label:text('espresso')")
    visit.page.fill("#address-text", "https://elsewhere.example/photo.jpg")
    visit.page.press("#address-text", "Enter")
    visit.page.wait_for_selector("#answer[data-state=trouble]")
    assert "it is on another server" in visit.page.inner_text("#trouble")
    assert visit.page.inner_text("#trouble .notice-code") == "input/unreachable"


def test_the_answer_is_copied_as_the_json_of_every_language(
    browser: Browser, served: Listening, demo_bundle: Path, sample_photos: dict[str, Path]
) -> None:
    with visiting(browser, served.url, **ALLOWED) as visit:
        visit.open()
        visit.show(sample_photos["coffee"])
        visit.page.click("#copy-answer")
        copied = json.loads(visit.page.evaluate("() => navigator.clipboard.readText()"))
    expected = satchel.open(demo_bundle).run(sample_photos["coffee"], "int8").to_json()
    assert [each["label"] for each in copied["classes"]] == [each["label"] for each in expected["classes"]]
    np.testing.assert_allclose(
        [each["score"] for each in copied["classes"]], [each["score"] for each in expected["classes"]], rtol=1e-6
    )
    assert visit.complaints == []


def test_sliders_act_at_once_as_the_spec_with_those_numbers_would(
    browser: Browser, detecting: tuple[Path, Listening], sample_photos: dict[str, Path]
) -> None:
    bundle, listening = detecting
    with visiting(browser, listening.url) as visit:
        visit.open()
        visit.show(sample_photos["coffee"])
        before = len(visit.classes())
        visit.page.evaluate(_SLIDE, {"score": 0.05, "iou": 0.9})
        visit.page.wait_for_function(f"() => document.querySelectorAll('#classes .class').length > {before}")
        visit.page.wait_for_timeout(300)
        shown = visit.classes()
        visit.page.evaluate(_SLIDE, {"score": 1, "iou": 0.9})
        visit.page.wait_for_selector("#best-label:text('Nothing recognised')")
    assert visit.complaints == []
    assert [label for label, _ in shown] == _labels_with(bundle, sample_photos["coffee"], score=0.05, iou=0.9)


def test_boxes_are_saved_as_voc_coco_and_yolo(
    browser: Browser, detecting: tuple[Path, Listening], sample_photos: dict[str, Path]
) -> None:
    bundle, listening = detecting
    with visiting(browser, listening.url) as visit:
        visit.open()
        visit.show(sample_photos["coffee"])
        saved = {name: _saved(visit, name) for name in ("coffee.xml", "coffee.json", "coffee.txt", "classes.txt")}
    found = satchel.open(bundle).run(sample_photos["coffee"], "int8").objects
    with Image.open(sample_photos["coffee"]) as photo:
        width, height = photo.size
    names = saved["classes.txt"].split("\n")[:-1]
    boxes = ElementTree.fromstring(saved["coffee.xml"]).findall("object")
    coco = json.loads(saved["coffee.json"])["annotations"]
    lines = saved["coffee.txt"].splitlines()
    assert len(boxes) == len(coco) == len(lines) == len(found) > 0
    for thing, box, annotation, line in zip(found, boxes, coco, lines, strict=True):
        left, top, right, bottom = thing.box
        assert box.findtext("name") == thing.label == names[int(line.split()[0])]
        assert [int(box.findtext(f"bndbox/{side}") or 0) for side in ("xmax", "ymax")] == [
            min(width, round(right)),
            min(height, round(bottom)),
        ]
        np.testing.assert_allclose(annotation["bbox"], [left, top, right - left, bottom - top], atol=1e-3)
        middle = [(left + right) / 2 / width, (top + bottom) / 2 / height]
        np.testing.assert_allclose([float(each) for each in line.split()[1:3]], middle, atol=2e-6)
    assert visit.complaints == []


def test_the_background_of_a_person_is_blurred_replaced_and_cut_out(browser: Browser, tmp_path: Path) -> None:
    photo = test_photos.path("astronaut")
    with listen([zoo_bundle("selfie-segmenter")], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        visit.show(photo)
        visit.page.wait_for_selector("#scene:not([hidden])", timeout=LOADED)
        original = np.asarray(Image.open(photo).convert("RGB")).astype(int)
        face, wall = (110, 220), (20, 500)  # rows and columns on the astronaut's face and on the flag's far corner
        shown = {way: _scene(visit, way) for way in ("blur", "colour", "cut")}
    for way, pixels in shown.items():
        assert pixels.shape[:2] == original.shape[:2], way
        assert np.abs(pixels[face][:3].astype(int) - original[face]).max() <= 1, way
    assert list(shown["colour"][wall]) == [0x2F, 0x6F, 0x8F, 255]
    assert (shown["cut"][wall][3], shown["cut"][face][3]) == (0, 255)
    assert np.abs(shown["blur"][..., :3].astype(int) - original).mean() > 3
    assert visit.complaints == []


def _labels_with(bundle: Path, photo: Path, **changed: float) -> list[str]:
    """Gives the labels that Python finds where the spec's own reading steps have other numbers."""
    opened = satchel.open(bundle)
    document = json.loads(opened.spec.model_dump_json(exclude_none=True))
    for output in document["outputs"]:
        for step in output["steps"]:
            step.update({name: value for name, value in changed.items() if name in step})
    pipeline = Pipeline(parse_spec(json.dumps(document).encode()), opened.labels, "int8/tflite")
    prepared = pipeline.prepare_traced(photo)
    outputs = opened.runner("int8").infer(prepared.tensors)
    return [thing.label for thing in pipeline.read(outputs, trace=prepared.trace).objects or ()]


_SLIDE = """(values) => {
  for (const [name, value] of Object.entries(values)) {
    const slider = document.querySelector(`#slider-${name}`);
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""


def _saved(visit: Visit, name: str) -> str:
    with visit.page.expect_download() as downloading:
        visit.page.click(f"#actions [data-file='{name}']")
    assert downloading.value.suggested_filename == name
    return Path(downloading.value.path()).read_text(encoding="utf-8")


def _scene(visit: Visit, way: str) -> np.ndarray:
    """Gives the RGBA pixels that are shown when the background is treated so."""
    visit.page.check(f"#scene-{way}", force=True)
    visit.page.wait_for_selector("#scene-save:not([hidden])")
    visit.page.wait_for_timeout(700)
    url = visit.page.evaluate("() => document.querySelector('#overlay').toDataURL('image/png')")
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGBA"))
