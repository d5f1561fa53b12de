"""CenterNet in the browser: LiteRT.js and TF.js give its golden answers, and find in a photo what Python finds."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import satchel
from satchel import zoo
from satchel.zoo.photos import photo_path
from satchel.zoo.tflite_models import TFLiteModel
from satchel_server import listen

from .conftest import LOADED, visiting

pytestmark = pytest.mark.filterwarnings("ignore:TFLite Metadata cannot say:satchel.SatchelWarning")

ASK = """async ({url, artefacts, photo}) => {
  const { startSatchel } = await import('/lib/client.js');
  const satchel = await startSatchel({ libraryUrl: '/lib/', runtimesUrl: '/runtimes/' });
  await satchel.open(url);
  const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
  const found = {};
  for (const artefact of artefacts) {
    await satchel.load(artefact);
    const { objects } = await satchel.run(new Blob([bytes]));
    found[artefact] = { report: await satchel.check(), objects };
  }
  satchel.close();
  return found;
}"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> satchel.Bundle:
    model = zoo.get("centernet")
    assert isinstance(model, TFLiteModel)
    out = tmp_path_factory.mktemp("centernet") / "centernet.satchel"
    photos = [known.photo for known in model.known_answers]
    return satchel.pack(model.model, model.description(), out, variants=model.variants, tfjs=["float16"], golden=photos)


def asked(browser: Browser, bundle: satchel.Bundle, photo: Path) -> dict[str, Any]:
    with listen([bundle.path], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.page.goto(listening.url)
        given = {
            "url": f"{listening.url}/bundles/centernet",
            "artefacts": sorted(bundle.manifest.artefacts()),
            "photo": base64.b64encode(photo.read_bytes()).decode(),
        }
        visit.page.set_default_timeout(LOADED)
        found: dict[str, Any] = visit.page.evaluate(ASK, given)
        assert visit.complaints == []
        return found


def test_both_runtimes_give_the_golden_answers_and_pythons_boxes(browser: Browser, bundle: satchel.Bundle) -> None:
    photo = photo_path("skimage/data/motorcycle_left.png")
    (wanted,) = bundle.run(photo).objects or ()
    found = asked(browser, bundle, photo)
    assert sorted(found) == ["float16/tfjs", "float16/tflite"]
    for artefact, each in found.items():
        assert each["report"]["pass"], (artefact, each["report"])
        (thing,) = each["objects"]
        assert (thing["label"], thing["index"]) == ("motorcycle", wanted.index)
        assert thing["score"] == pytest.approx(wanted.score, abs=1e-5)
        assert thing["box"] == pytest.approx(wanted.box, abs=0.01)
