"""What the page says is what Python says: the prepared tensor, every output, the answer shown."""

from __future__ import annotations

import base64
import hashlib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

import satchel
from satchel_metadata.bundle import BundleReader
from satchel_metadata.pipeline import Pipeline
from satchel_server import listen

from .conftest import SAMPLES, Visit, visiting
from .rebuilding import rebuild

RUN = """async ([url, artefact, photos]) => {
  const { startSatchel } = await import("/lib/client.js");
  const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
  await satchel.open(url);
  await satchel.load(artefact);
  const found = {};
  for (const [name, photo] of Object.entries(photos)) {
    const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
    const { classes, prepared } = await satchel.run(new Blob([bytes]), { view: true });
    found[name] = { classes, sha256: Object.values(prepared)[0].sha256 };
  }
  satchel.close();
  return found;
}"""


def percent(score: float) -> str:
    """The page's way to write a share, halves away from zero."""
    return f"{(Decimal(score) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


@pytest.fixture(scope="module")
def ranked(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's models with an answer that holds all 1000 classes, so that every output shows in it."""
    out = tmp_path_factory.mktemp("ranked") / "ranked.satchel"
    return rebuild(demo_bundle, out, variants=("float32", "int8"), top_k=1000)


@pytest.fixture(scope="module")
def in_chromium(browser: Browser, ranked: Path, sample_photos: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Artefact -> photo -> what the library makes of it in Chromium."""
    photos = {name: base64.b64encode(path.read_bytes()).decode() for name, path in sample_photos.items()}
    with listen([ranked], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        url = visit.page.evaluate("fetch('/bundles').then((r) => r.json())")[0]["url"]
        found = {each: visit.page.evaluate(RUN, [url, each, photos]) for each in ("float32/tflite", "int8/tflite")}
    assert visit.complaints == []
    return found


@pytest.mark.parametrize("artefact", ["float32/tflite", "int8/tflite"])
def test_the_prepared_tensor_of_every_sample_is_pythons_to_the_byte(
    in_chromium: dict[str, dict[str, Any]], ranked: Path, sample_photos: dict[str, Path], artefact: str
) -> None:
    reader = BundleReader.open(ranked)
    pipeline = Pipeline(reader.spec, reader.labels, artefact)
    (name,) = (each.name for each in reader.spec.inputs)
    expected = {
        photo: hashlib.sha256(pipeline.prepare(path)[name].tobytes()).hexdigest()
        for photo, path in sample_photos.items()
    }
    assert {photo: answer["sha256"] for photo, answer in in_chromium[artefact].items()} == expected


def test_every_int8_score_of_every_sample_is_pythons_to_the_bit(
    in_chromium: dict[str, dict[str, Any]], ranked: Path, sample_photos: dict[str, Path]
) -> None:
    bundle = satchel.open(ranked, variant="int8")
    for name, path in sample_photos.items():
        assert in_chromium["int8/tflite"][name]["classes"] == bundle.run(path).to_json()["classes"], name


def test_every_float_score_of_every_sample_is_within_the_bound(
    in_chromium: dict[str, dict[str, Any]], ranked: Path, sample_photos: dict[str, Path]
) -> None:
    bundle = satchel.open(ranked, variant="float32")
    for name, path in sample_photos.items():
        there, here = (_by_index(each) for each in (in_chromium["float32/tflite"][name], bundle.run(path).to_json()))
        assert np.abs(there - here).max() <= 1e-5 * np.abs(here).max(), name


@pytest.mark.parametrize("variant", ["int8", "float32"])
def test_the_page_shows_pythons_labels_and_percentages(
    visit: Visit, demo_bundle: Path, sample_photos: dict[str, Path], variant: str
) -> None:
    bundle = satchel.open(demo_bundle, variant=variant)
    visit.open()
    if variant != "int8":
        visit.choose("variant", variant)
    for name in SAMPLES:
        visit.show(sample_photos[name])
        expected = [(each.label, percent(each.score)) for each in bundle.run(sample_photos[name]).classes]
        assert visit.classes() == expected, name


def _by_index(answer: dict[str, Any]) -> np.ndarray[Any, Any]:
    return np.array([each["score"] for each in sorted(answer["classes"], key=lambda each: each["index"])])
