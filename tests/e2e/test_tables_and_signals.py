"""Bundles of tables and signals in the browser: their golden answers hold, and a CSV file is prepared as in Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import satchel
from e2e.conftest import LOADED, Visit, visiting
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


def test_the_page_answers_a_csv_file(
    browser: Browser, bundles: dict[str, Path], models: dict[str, TrainedModel], tmp_path: Path
) -> None:
    titles = {"iris": "Give it a table", "sensor-series": "Give it a signal"}
    for name, model in models.items():
        (tmp_path / name).mkdir()
        model.write_examples(tmp_path / name)
        with listen([bundles[name]], port=0) as listening, visiting(browser, listening.url) as visit:
            visit.open()
            assert visit.page.locator("h1").inner_text() == titles[name]
            visit.show(tmp_path / name / "samples" / f"{model.labels[2].lower()}.csv")
            visit.page.wait_for_selector("#answer[data-state=result]", timeout=LOADED)
            assert visit.classes()[0][0] == model.labels[2]
            assert visit.page.locator("#stage-text").inner_text().startswith(",".join(model.recipe.channels))
            assert not visit.page.is_visible("#seen")
            assert visit.complaints == []


@contextmanager
def both(browser: Browser, bundles: list[Path], samples: Path | None = None) -> Iterator[Visit]:
    """Gives a visitor of a page that serves several bundles, with the first of them open."""
    with listen(bundles, port=0, samples=samples) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        yield visit
        assert visit.complaints == []


def _switch(visit: Visit, name: str) -> None:
    visit.page.select_option("#bundle", label=name)
    visit.page.wait_for_selector(f"#model-name:text-is('{name}')", timeout=LOADED)
    visit.page.wait_for_selector("#seal:not([data-state=waiting])", timeout=LOADED)


def test_every_bundle_offers_samples_of_its_own(
    browser: Browser, demo_bundle: Path, bundles: dict[str, Path], sample_photos: dict[str, Path]
) -> None:
    folder = sample_photos["chelsea"].parent
    with both(browser, [demo_bundle, *bundles.values()], folder) as visit:
        page = visit.page
        assert page.locator("#sample-list img").count() == len(sample_photos)
        for name in NAMES:
            _switch(visit, page.locator(f"#bundle option[value*='{name}']").inner_text())
            assert page.locator("#sample-list img").count() == 0
            assert page.locator("#sample-list button").count() == 3
            for case in satchel.open(bundles[name]).reader.golden().cases:
                page.click(f"#sample-list button[title='{name}-{case.id}']")
                page.wait_for_selector(f"#photo-name:text-is('{name}-{case.id}.csv')")
                page.wait_for_selector("#answer[data-state=result]", timeout=LOADED)
                expected = case.artefacts[page.get_attribute("#proof", "data-artefact") or ""].answer.classes
                assert expected
                assert visit.classes()[0][0] == expected[0].label


def test_a_table_of_several_rows_is_answered_row_by_row(
    browser: Browser, bundles: dict[str, Path], models: dict[str, TrainedModel], tmp_path: Path
) -> None:
    models["iris"].write_examples(tmp_path)
    labels = models["iris"].labels
    files = [(tmp_path / "samples" / f"{label.lower()}.csv").read_text().splitlines() for label in labels]
    header, rows = files[0][0], [lines[1] for lines in files]
    bad = ",".join(["seven", *rows[0].split(",")[1:]])
    (tmp_path / "some.csv").write_text("\n".join([header, *rows, bad, rows[0], "1,2", rows[0]]))
    (tmp_path / "many.csv").write_text("\n".join([header, *rows * 400]))
    with both(browser, [bundles["iris"]]) as visit:
        visit.show(tmp_path / "some.csv")
        assert visit.page.inner_text("#best-label") == "6 rows"
        assert visit.page.inner_text("#best-share") == "2 without an answer"
        found = [line.locator("th, td").all_inner_texts() for line in visit.page.locator("#rows tbody tr").all()]
        assert [line[0] for line in found] == ["1", "2", "3", "4", "5", "6"]
        assert [line[1] for line in found[:3]] == list(labels)
        assert found[4][1:] == found[0][1:]
        assert "'seven'" in found[3][1] or '"seven"' in found[3][1]
        assert "expected 4 fields as in the header, found 2" in found[5][1]
        assert "cannot be read beyond row 6" in visit.page.inner_text("#rows")
        visit.show(tmp_path / "many.csv")
        assert visit.page.inner_text("#best-label") == "First 1,000 rows"
        assert visit.page.locator("#rows tbody tr").count() == 1000
        assert "this page answers the first 1,000" in visit.page.inner_text("#rows")
        visit.show(tmp_path / "samples" / f"{labels[1].lower()}.csv")
        assert visit.classes()[0][0] == labels[1]
        assert visit.page.locator("#rows table").count() == 0


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
        with both(browser, [bundles.get(name, demo_bundle)]) as visit:
            visit.show(given)
            assert visit.page.inner_text("#trouble .notice-title") == f"This {word} cannot be used"
            assert visit.page.get_attribute("#trouble .notice", "data-code") == code
            assert not visit.page.is_visible("#stage-text")
            assert visit.page.inner_text("#photo-title").lower() == word
            assert visit.page.is_visible(f".icon-{'row' if word == 'table' else word}")
            assert visit.page.locator(".drop-icon g:visible").count() == 1
