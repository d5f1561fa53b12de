"""The compare page: two variants or runtimes of a bundle on the same inputs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

import satchel
from satchel_metadata.bundle import BundleReader
from satchel_server import Listening, listen
from zoo_bundles import zoo_bundle

from .conftest import LOADED, Visit, visiting


def test_two_variants_are_compared_as_python_would(
    browser: Browser, served: Listening, demo_bundle: Path, sample_photos: dict[str, Path]
) -> None:
    with visiting(browser, served.url) as visit:
        _compared(visit, "efficientnet-lite0")
        assert visit.page.locator("#answers-table tbody tr").count() == len(sample_photos)
        report = _report(visit)
    assert visit.complaints == []
    assert [each["artefact"] for each in report["sides"]] == ["int8/tflite", "float32/tflite"]
    bundle = satchel.open(demo_bundle)
    assert report["bundle"]["digest"] == bundle.digest
    for each in report["inputs"]:
        path = sample_photos["coffee"].with_name(each["input"])
        for answer, variant in zip(each["answers"], ("int8", "float32"), strict=True):
            expected = bundle.run(path, variant).classes
            assert expected is not None
            assert [one["index"] for one in answer["classes"][:1]] == [expected[0].index]
    scores = [np.stack([bundle.scores(path, each) for path in sample_photos.values()]) for each in ("int8", "float32")]
    found = report["tensors"]["probabilities"]
    assert found["count"] == scores[0].size
    np.testing.assert_allclose(found["largest"], np.abs(scores[0] - scores[1]).max(), rtol=1e-4)
    np.testing.assert_allclose(found["mean"], np.abs(scores[0] - scores[1]).mean(), rtol=1e-4)


def test_times_are_of_30_runs_and_sizes_are_what_crossed_the_wire(
    browser: Browser, served: Listening, demo_bundle: Path
) -> None:
    reader = BundleReader.open(demo_bundle)
    with visiting(browser, served.url) as visit:
        sent: dict[str, int] = {}
        visit.page.on("response", lambda it: sent.update({it.url: int(it.headers.get("content-length", 0))}))
        _compared(visit, "efficientnet-lite0")
        report = _report(visit)
        assert "30 runs" in visit.page.inner_text("#latency-note")
    for side in report["sides"]:
        assert 0 < side["times"]["infer"] <= side["times"]["median"] <= side["times"]["p95"]
        file = reader.artefact(side["artefact"]).file
        assert [size for url, size in sent.items() if url.endswith(file)] == [side["wire"]]


@pytest.mark.parametrize(("name", "inputs"), [("iris", 3), ("sensor-series", 3)])
def test_rows_and_signals_are_compared_too(browser: Browser, name: str, inputs: int) -> None:
    with listen([zoo_bundle(name)], port=0) as listening, visiting(browser, listening.url) as visit:
        _compared(visit, name)
        assert visit.page.locator("#answers-table tbody tr").count() == inputs
    assert visit.complaints == []


def test_files_of_a_visitor_are_compared_and_wrong_ones_refused(
    browser: Browser, served: Listening, sample_photos: dict[str, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    with visiting(browser, served.url) as visit:
        _compared(visit, "efficientnet-lite0")
        visit.page.set_input_files("#file", sample_photos["orange"])
        visit.page.wait_for_selector("#verdict:text('1 input')", timeout=LOADED)
        assert visit.page.inner_text("#answers-table tbody th") == sample_photos["orange"].name
        visit.page.set_input_files("#file", broken)
        visit.page.wait_for_selector("#notice .notice-error", timeout=LOADED)
        assert visit.page.inner_text("#notice .notice-code").startswith("input/")
        assert visit.page.is_enabled("#run")


def _compared(visit: Visit, name: str) -> None:
    visit.page.goto(f"{visit.url}/compare/{name}")
    visit.page.wait_for_selector("#result:not([hidden])", timeout=2 * LOADED)


def _report(visit: Visit) -> dict:
    with visit.page.expect_download() as downloading:
        visit.page.click("#save")
    return json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))
