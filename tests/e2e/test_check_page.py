"""The check page: every variant in every runtime of this browser, its verdict, its report, and cancelling it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from satchel_metadata.bundle import BundleReader
from satchel_server import listen

from .conftest import LOADED, visiting
from .rebuilding import rebuild


@pytest.mark.parametrize("width", [360, 1280])
def test_each_variant_is_right_in_each_runtime_and_the_report_says_so(
    browser: Browser, demo_bundle: Path, tmp_path: Path, width: int
) -> None:
    bundle = rebuild(demo_bundle, tmp_path / "int8.satchel", variants=("int8",))
    reader = BundleReader.open(bundle)
    viewport = {"width": width, "height": 800}
    with listen([bundle], port=0) as listening, visiting(browser, listening.url, viewport=viewport) as visit:
        page = visit.page
        page.goto(listening.url)
        (entry,) = page.evaluate("fetch('/bundles').then((r) => r.json())")
        page.goto(f"{listening.url}/check/{entry['id']}")
        page.wait_for_selector("#verdict[data-state=good]", timeout=LOADED)
        with page.expect_download() as saving:
            page.click("#save")
        report = json.loads(Path(saving.value.path()).read_text())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        verdicts = page.locator("#rows .cell-verdict").evaluate_all("(all) => all.map((e) => e.dataset.verdict)")
    assert report["ok"]
    assert report["bundle"]["digest"] == reader.digest
    assert [cell["verdict"] for cell in report["cells"]] == verdicts
    ran = [cell for cell in report["cells"] if cell["verdict"] == "right"]
    assert {(cell["artefact"], cell["backend"]) for cell in ran} >= {("int8/tflite", "wasm")}
    for cell in ran:
        assert [case["id"] for case in cell["cases"]] == [case.id for case in reader.golden().cases]
        assert all(len(case["milliseconds"]) == 2 for case in cell["cases"])
    assert visit.complaints == []
