"""Camera frames in the browser: their golden answers hold, and a frame is prepared and answered as in Python."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import satchel
from colours import COLOURS, colour_model, colour_photos
from e2e.conftest import LOADED, visiting
from satchel_metadata.pipeline import Pipeline
from satchel_server import Listening, listen

PLANAR: dict[str, Any] = {"format": "YUV_420_888", "range": "limited", "rotation": 270}
NV21: dict[str, Any] = {"format": "NV21", "range": "full", "rotation": 90}
NAMES = ("planar", "nv21", "photos")
"""Bundles for the frames of one camera, and one for photos whose golden inputs are frames."""

ASK = """async ({url, artefacts, bytes, width, height, told}) => {
  const { startSatchel } = await import('/lib/client.js');
  const { nv21 } = await import('/lib/values.js');
  const satchel = await startSatchel({ libraryUrl: '/lib/', runtimesUrl: '/runtimes/' });
  await satchel.open(url);
  const found = {};
  const frame = nv21(Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0)), width, height, told);
  for (const artefact of artefacts) {
    await satchel.load(artefact);
    const report = await satchel.check();
    const answer = await satchel.run({ frame }, { view: true });
    const refusal = await satchel.run(new Blob([new Uint8Array(8)])).catch(({ code }) => code);
    found[artefact] = { report, answer, refusal, bare: await satchel.run(frame) };
  }
  satchel.close();
  return found;
}"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_photos(tmp_path_factory.mktemp("photos"), 4)


@pytest.fixture(scope="module")
def bundles(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, model = tmp_path_factory.mktemp("bundles"), colour_model()
    ways = {"planar": PLANAR, "nv21": NV21, "photos": None}
    golden = [satchel.Frame.of_photo(photos / each / "00.png", **PLANAR) for each in COLOURS]
    for name, way in ways.items():
        description = satchel.image_classification(
            labels=list(COLOURS), resize_shorter=36, crop=32, mean=127, std=128, top_k=3, name=name, frame=way
        )
        given = golden if way is None else None
        satchel.pack(model, description, folder / f"{name}.satchel", calibration=photos, golden=given)
    return {name: folder / f"{name}.satchel" for name in NAMES}


@pytest.fixture(scope="module")
def serving(bundles: dict[str, Path]) -> Iterator[Listening]:
    with listen(list(bundles.values()), port=0) as listening:
        yield listening


@pytest.mark.parametrize("name", NAMES)
def test_frames_are_checked_and_answered_in_every_artefact_as_in_python(
    browser: Browser, serving: Listening, bundles: dict[str, Path], photos: Path, name: str
) -> None:
    bundle = satchel.open(bundles[name])
    way = {"range": "limited", "rotation": 270} if name == "planar" else {"range": "full", "rotation": 90}
    frame = satchel.Frame.of_photo(photos / "green" / "03.png", **way)  # type: ignore[arg-type]
    given = {"bytes": base64.b64encode(frame.y.tobytes()).decode(), "width": frame.width, "height": frame.height}
    artefacts = list(bundle.manifest.artefacts())
    with visiting(browser, serving.url) as visit:
        visit.enter()
        visit.page.wait_for_selector("#seal:not([data-state=waiting])", timeout=LOADED)
        asked = {"url": f"{serving.url}/bundles/{name}", "artefacts": artefacts, "told": way, **given}
        found = visit.page.evaluate(ASK, asked)
        assert visit.complaints == []
    assert sorted(found) == ["float32/tfjs", "float32/tflite", "int8/tflite"]
    for artefact, each in found.items():
        assert each["report"]["pass"], (artefact, each["report"])
        assert len(each["report"]["cases"]) == 3
        tensor = Pipeline(bundle.spec, bundle.labels, artefact).prepare(frame)["image"]
        assert each["answer"]["prepared"]["image"]["sha256"] == hashlib.sha256(tensor.tobytes()).hexdigest()
        assert each["answer"]["classes"] == each["bare"]["classes"]
        assert each["answer"]["classes"][0]["label"] == "green"
        assert each["refusal"] == ("input/not-a-picture" if name == "photos" else "input/wrong-frame")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_checks_golden_frames_and_makes_the_frame_that_python_makes_of_a_photo(
    browser: Browser, bundles: dict[str, Path], photos: Path, name: str
) -> None:
    with listen([bundles[name]], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        assert visit.page.get_attribute("#seal", "data-state") == "good"
        assert visit.page.locator("#sample-list button").count() == 3
        photo = photos / "red" / "01.png"
        visit.show(photo)
        assert visit.classes()[0][0] == "red"
        way = {"planar": PLANAR, "nv21": NV21, "photos": None}[name]
        given = satchel.Frame.of_photo(photo, **way) if way else photo
        bundle, artefact = satchel.open(bundles[name]), visit.page.get_attribute("#proof", "data-artefact")
        tensor = Pipeline(bundle.spec, bundle.labels, artefact).prepare(given)["image"]
        assert visit.prepared() == hashlib.sha256(tensor.tobytes()).hexdigest()
        assert ("on camera frames" in visit.page.locator("#promise").inner_text()) == (way is not None)
        assert visit.complaints == []
