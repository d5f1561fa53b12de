"""The page of a diagnosis in a real browser: nothing is run or fetched, and nothing is wider than a phone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

import satchel
from satchel.report.diagnosis import diagnosis_page


@pytest.fixture(scope="module")
def written(demo_bundle: Path, sample_photos: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that accuses the preparation: the author's photos are stretched, and their channels are BGR."""

    def prepare(path: Path) -> np.ndarray:
        picture = Image.open(path).convert("RGB").resize((224, 224), Image.Resampling.NEAREST)
        return (np.asarray(picture, np.float32)[..., ::-1] - 127) / 128

    bundle, mine = satchel.open(demo_bundle), satchel.Reference(prepare=prepare)
    photos = [sample_photos[name] for name in ("chelsea", "coffee", "rocket")]
    found = satchel.diagnose(bundle, photos, reference=mine, variants=["float32", "int8"])
    assert [each.kind for each in found.causes] == ["channel_order", "fit"]
    place = tmp_path_factory.mktemp("diagnosis") / "diagnosis.html"
    place.write_text(diagnosis_page(bundle, found), encoding="utf-8")
    return place


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_the_page_stands_alone(written: Path, browser: Browser, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page, told, asked = context.new_page(), [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(written.as_uri())
    assert told == []
    assert [each for each in asked if not each.startswith("data:")] == [written.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert "BGR" in page.locator(".verdict").inner_text()
    assert [each.inner_text() for each in page.locator("h2").all()] == [
        "What each stage brings",
        "Variants",
        "Answers that change",
        "Runtimes of this machine",
        "About this diagnosis",
    ]
    context.close()
