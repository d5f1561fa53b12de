"""What is wrong is told in place, what is hostile stays text, and the page never freezes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route

from satchel_server import listen

from .conftest import Visit, visiting
from .rebuilding import rebuild

HOSTILE = ("<img src=x onerror=document.title='owned'>", "\x1b[31mred\x1b[0m", "safe\u202egnp.exe")


@pytest.mark.parametrize(("name", "data"), [("notes.txt", b"hello"), ("empty.png", b""), ("cut.jpg", None)])
def test_a_file_that_is_no_photo_is_told_in_place(
    visit: Visit, sample_photos: dict[str, Path], tmp_path: Path, name: str, data: bytes | None
) -> None:
    file = tmp_path / name
    file.write_bytes(sample_photos["rocket"].read_bytes()[:200] if data is None else data)
    visit.open()
    visit.show(file)
    assert visit.page.get_attribute("#answer", "data-state") == "trouble"
    assert visit.page.get_attribute("#trouble .notice", "data-code").startswith("input/")  # type: ignore[union-attr]
    visit.show(sample_photos["coffee"])
    assert visit.page.text_content("#best-label") == "espresso"


def test_hostile_labels_are_shown_as_text(
    browser: Browser, demo_bundle: Path, sample_photos: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "hostile.satchel"
    rebuild(demo_bundle, out, variants=("int8",), relabel=lambda i, _: HOSTILE[i % 3], name=HOSTILE[0])
    with listen([out], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        visit.show(sample_photos["coffee"])
        labels = {label for label, _ in visit.classes()}
        assert visit.page.inner_text("#model-name") == HOSTILE[0]
        assert visit.page.locator("main img[src=x]").count() == 0
        assert "owned" not in visit.page.title().removeprefix(HOSTILE[0])
    assert labels <= {HOSTILE[0], "⟨U+001B⟩[31mred⟨U+001B⟩[0m", "safe⟨U+202E⟩gnp.exe"}
    assert len(labels) > 1
    assert visit.complaints == []


@pytest.mark.parametrize("file", ["manifest.json", "spec.json", "variants/int8/model.tflite", "golden/golden.json"])
def test_a_byte_changed_on_the_way_is_refused_visibly(visit: Visit, file: str) -> None:
    def tamper(route: Route) -> None:
        body = bytearray(route.fetch().body())
        body[len(body) // 2] ^= 1
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    visit.page.route(f"**/bundles/*/{file}", tamper)
    visit.enter()
    visit.page.wait_for_selector("#seal[data-state=bad]", timeout=60_000)
    assert visit.page.inner_text(".notice-title") == "This bundle is refused"
    assert visit.page.inner_text(".notice-code").startswith("bundle/")


def test_a_library_that_cannot_be_loaded_is_told(visit: Visit) -> None:
    visit.page.route(
        "**/lib/service.js",
        lambda route: route.fulfill(body="throw new Error('broken')", content_type="text/javascript"),
    )
    visit.enter()
    visit.page.wait_for_selector("#answer[data-state=trouble]")
    assert visit.page.inner_text("#trouble .notice-code") == "env/worker"
    assert visit.page.get_attribute("#seal", "data-state") == "bad"
    assert set(visit.complaints) <= {"uncaught: broken"}
    visit.complaints.clear()


def test_the_page_never_blocks_for_50_ms_on_a_12_megapixel_photo(
    browser: Browser, visit: Visit, sample_photos: dict[str, Path], tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    Image.open(sample_photos["astronaut"]).convert("RGB").resize((4000, 3000)).save(large, quality=90)
    visit.open()
    browser.start_tracing(page=visit.page, categories=["disabled-by-default-devtools.timeline"])
    for _ in range(3):
        visit.show(large)
        visit.page.wait_for_timeout(300)
    tasks = _tasks_of_the_page(json.loads(browser.stop_tracing())["traceEvents"])
    assert len(tasks) > 10
    assert [task for task in tasks if task > 50] == []


def _tasks_of_the_page(events: list[dict[str, Any]]) -> list[float]:
    """Gives the milliseconds that each task of the pages' threads kept a processor; waiting for one is not counted."""
    named = [each for each in events if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"]
    threads = {(each["pid"], each["tid"]) for each in named}
    tasks = [each for each in events if each["name"] == "RunTask" and (each["pid"], each["tid"]) in threads]
    return [each["tdur"] / 1000 for each in tasks if "tdur" in each]
