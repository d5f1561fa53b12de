"""Bundles of tables and signals in the browser: their golden answers hold, and a CSV file is prepared as in Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import satchel
from e2e.conftest import LOADED, visiting
from satchel import zoo
from satchel.zoo.trained import TrainedModel
from satchel_metadata.pipeline import Pipeline
from satchel_server import Listening, listen

NAMES = ("iris", "sensor-series")


@pytest.fixture(scope="module")
def models() -> dict[str, TrainedModel]:
    found = {name: zoo.get(name) for name in NAMES}
    return {name: model for name, model in found.items() if isinstance(model, TrainedModel)}


@pytest.fixture(scope="module")
def bundles(models: dict[str, TrainedModel], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bundles")
    for name, model in models.items():
        out = folder / f"{name}.satchel"
        satchel.pack(model.model, model.description(), out, calibration=list(model.calibration))
    return {name: folder / f"{name}.satchel" for name in models}


@pytest.fixture(scope="module")
def serving(bundles: dict[str, Path]) -> Iterator[Listening]:
    with listen(list(bundles.values()), port=0) as listening:
        yield listening


ASK = """async ({url, artefacts, text}) => {
  const { startSatchel } = await import('/lib/client.js');
  const satchel = await startSatchel({ libraryUrl: '/lib/', runtimesUrl: '/runtimes/' });
  await satchel.open(url);
  const found = {};
  for (const artefact of artefacts) {
    await satchel.load(artefact);
    const answer = await satchel.run(new Blob([text]), { view: true });
    found[artefact] = { report: await satchel.check(), answer };
  }
  satchel.close();
  return found;
}"""


@pytest.fixture(scope="module", params=NAMES)
def asked(
    request: pytest.FixtureRequest,
    browser: Browser,
    serving: Listening,
    models: dict[str, TrainedModel],
    bundles: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """What the page's library says of a sample of the first class, in every artefact of a bundle."""
    name = request.param
    folder = tmp_path_factory.mktemp("examples")
    models[name].write_examples(folder)
    sample = folder / "samples" / f"{models[name].labels[0].lower()}.csv"
    bundle = satchel.open(bundles[name])
    artefacts = list(bundle.manifest.artefacts())
    with visiting(browser, serving.url) as visit:
        visit.page.goto(serving.url)
        visit.page.set_default_timeout(LOADED)
        url = f"{serving.url}/bundles/{name}"
        found = visit.page.evaluate(ASK, {"url": url, "artefacts": artefacts, "text": sample.read_text()})
        assert visit.complaints == []
    return {"found": found, "bundle": bundle, "sample": sample, "name": name, "model": models[name]}


def test_every_golden_answer_holds_in_every_artefact(asked: dict[str, Any]) -> None:
    assert sorted(asked["found"]) == ["float32/tfjs", "float32/tflite", "int8/tflite"]
    for artefact, each in asked["found"].items():
        assert len(each["report"]["cases"]) == 3
        assert each["report"]["pass"], (artefact, each["report"])


def test_a_csv_file_becomes_the_tensor_that_python_makes_of_it(asked: dict[str, Any]) -> None:
    bundle = asked["bundle"]
    for artefact, each in asked["found"].items():
        tensors = Pipeline(bundle.spec, bundle.labels, artefact).prepare(asked["sample"])
        expected = {name: hashlib.sha256(tensor.tobytes()).hexdigest() for name, tensor in tensors.items()}
        assert {name: found["sha256"] for name, found in each["answer"]["prepared"].items()} == expected


def test_a_csv_file_is_answered_with_its_class(asked: dict[str, Any]) -> None:
    for each in asked["found"].values():
        assert each["answer"]["classes"][0]["label"] == asked["model"].labels[0]


def test_the_page_shows_that_every_golden_answer_holds(browser: Browser, bundles: dict[str, Path]) -> None:
    for name in NAMES:
        with listen([bundles[name]], port=0) as listening, visiting(browser, listening.url) as visit:
            visit.open()
            assert visit.page.get_attribute("#seal", "data-state") == "good"
            assert visit.complaints == []


def test_every_sample_of_a_bundle_is_answered_with_its_golden_class(browser: Browser, bundles: dict[str, Path]) -> None:
    for name in NAMES:
        with listen([bundles[name]], port=0) as listening, visiting(browser, listening.url) as visit:
            visit.open()
            cases = satchel.open(bundles[name]).reader.golden().cases
            chips = visit.page.locator("#sample-list button")
            assert chips.count() == len(cases)
            artefact = visit.page.get_attribute("#proof", "data-artefact") or ""
            for place, case in enumerate(cases):
                chips.nth(place).click()
                label = (case.artefacts[artefact].answer.classes or ())[0].label
                visit.page.wait_for_selector(f"#best-label:text-is('{label}')", timeout=LOADED)
            assert visit.complaints == []


def test_what_another_kind_of_model_takes_is_refused_in_words_of_this_one(
    browser: Browser, demo_bundle: Path, bundles: dict[str, Path], sample_photos: dict[str, Path], tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n")
    wrong = {
        "iris": (sample_photos["coffee"], "table", "input/csv-encoding"),
        "sensor-series": (sample_photos["coffee"], "signal", "input/csv-encoding"),
        "photo": (table, "photo", "input/not-a-picture"),
    }
    for name, (given, word, code) in wrong.items():
        path = bundles.get(name, demo_bundle)
        with listen([path], port=0) as listening, visiting(browser, listening.url) as visit:
            visit.open()
            visit.page.set_input_files("#file", given)
            notice = visit.page.wait_for_selector(f".notice[data-code='{code}']", timeout=LOADED)
            assert notice is not None
            assert notice.inner_text().startswith(f"This {word} cannot be used")
            assert visit.complaints == []
