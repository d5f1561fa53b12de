"""Every golden vector in a real Chromium: the files are handed to the page as they are, by no server."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "metadata" / "vectors"
PATHS = sorted(str(path.relative_to(VECTORS)) for path in VECTORS.glob("*/*.json"))
ORIGIN = "http://localhost/"
COUNTS: collections.Counter[str] = collections.Counter()
TYPES = {".js": "text/javascript", ".html": "text/html", ".json": "application/json"}


@pytest.fixture(scope="module")
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that can reach the library, the handlers and the vectors, and nothing else."""
    found = browser.new_context().new_page()
    found.route("**/*", _file)
    found.goto(f"{ORIGIN}tests/vectors/page.html")
    found.wait_for_function("() => 'runVectors' in globalThis")
    yield found
    found.context.close()
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        told = ", ".join(f"{op} {count}" for op, count in sorted(COUNTS.items()))
        reporter.write_line(f"\nvectors in Chromium: {told}")


def _file(route: Route) -> None:
    path = ROOT / route.request.url.removeprefix(ORIGIN)
    if route.request.url.startswith(ORIGIN) and path.is_file():
        kind = TYPES.get(path.suffix, "application/octet-stream")
        route.fulfill(body=path.read_bytes(), content_type=kind)
    else:
        route.fulfill(status=404, body="")


def test_there_are_vectors_and_every_file_has_a_handler(page: Page) -> None:
    assert PATHS
    assert sorted({path.split("/")[0] for path in PATHS} - set(page.evaluate("handled"))) == []


@pytest.mark.parametrize("path", PATHS)
def test_every_case_gives_in_chromium_what_its_library_gives(page: Page, path: str) -> None:
    found = page.evaluate("(path) => runVectors(path)", path)
    assert found["wrong"] == []
    COUNTS[path.split("/")[0]] += found["count"]


COPIES = """
globalThis.copies = 0;
const { copyTo } = VideoFrame.prototype;
VideoFrame.prototype.copyTo = function (...given) {
  copies++;
  return copyTo.apply(this, given);
};
"""
CANVAS = "globalThis.copies = 0; delete globalThis.VideoFrame;"


@pytest.mark.parametrize(("script", "copied"), [(COPIES, True), (CANVAS, False)])
def test_photos_are_read_to_the_same_bits_with_a_canvas_and_without(
    browser: Browser, script: str, copied: bool
) -> None:
    context = browser.new_context()
    context.add_init_script(script)
    page = context.new_page()
    page.route("**/*", _file)
    page.goto(f"{ORIGIN}tests/vectors/page.html")
    page.wait_for_function("() => 'runVectors' in globalThis")
    found = [page.evaluate("(path) => runVectors(path)", path) for path in PATHS if path.startswith("decode/")]
    assert sum(each["count"] for each in found) >= 15
    assert [each["wrong"] for each in found] == [[]] * len(found)
    assert (page.evaluate("copies") > 1) == copied
    context.close()


REUSE = """async () => {
  const { loadPhoto } = await import("/web_demo/lib/photo.js");
  const canvas = new OffscreenCanvas(32, 24);
  const load = async (colour) => {
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 32, 24);
    return loadPhoto(await canvas.convertToBlob({ type: "image/jpeg", quality: 1 }));
  };
  const first = await load("#000");
  const memory = first.picture.data.buffer;
  first.close();
  const second = await load("#fff");
  first.close();
  const third = await load("#000");
  return {
    reused: second.picture.data.buffer === memory,
    apart: third.picture.data.buffer !== memory,
    values: [second, third].map(({ picture }) => picture.data[0]),
  };
}"""


def test_a_photo_takes_the_memory_of_one_that_was_closed_and_of_no_other(page: Page) -> None:
    assert page.evaluate(REUSE) == {"reused": True, "apart": True, "values": [255, 0]}
