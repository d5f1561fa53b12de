"""The gallery: the bundles that are served, and one that a visitor drops onto it."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from satchel_metadata.bundle import BundleReader
from satchel_server import Listening, listen
from zoo_bundles import zoo_bundle

from .conftest import LOADED, Visit, visiting

NAMES = ("ssd-mobilenet-v2", "selfie-segmenter", "iris", "sensor-series")
WAYS = {
    "ssd-mobilenet-v2": ["Photo", "Camera", "Compare", "Check"],
    "selfie-segmenter": ["Photo", "Camera", "Compare", "Check"],
    "iris": ["Table", "Compare", "Check"],
    "sensor-series": ["Signal", "Compare", "Check"],
}


@pytest.fixture(scope="module")
def studio() -> Iterator[Listening]:
    with listen([zoo_bundle(name) for name in NAMES], port=0) as listening:
        yield listening


def test_each_bundle_has_a_card_with_its_picture_sizes_and_ways(browser: Browser, studio: Listening) -> None:
    with visiting(browser, studio.url) as visit:
        visit.page.goto(studio.url)
        visit.page.wait_for_selector("#bundles:not([aria-busy]) .gallery-card")
        cards = visit.page.locator(".gallery-card")
        assert cards.evaluate_all("(all) => all.map((each) => each.dataset.bundle)") == list(NAMES)
        for name in NAMES:
            card = visit.page.locator(f"[data-bundle='{name}']")
            assert card.locator(".gallery-ways a").all_inner_texts() == WAYS[name]
            card.scroll_into_view_if_needed()
            picture = card.locator("img")
            picture.evaluate("(image) => image.decode()")
            assert picture.evaluate("(image) => image.naturalWidth") > 0
            reader = BundleReader.open(zoo_bundle(name))
            whole = sum(file.bytes for file in reader.manifest.files)
            shown = f"{whole / 1e6:.1f} MB" if whole >= 999_500 else f"{whole / 1e3:.0f} kB"
            assert shown in card.locator(".gallery-facts").inner_text()
    assert visit.complaints == []


def test_a_dropped_bundle_is_checked_listed_and_opened_like_any_other(browser: Browser, studio: Listening) -> None:
    with visiting(browser, studio.url) as visit:
        visit.page.goto(studio.url)
        visit.page.wait_for_selector("#bundles:not([aria-busy])")
        _drop(visit, "mine.satchel", zoo_bundle("iris").read_bytes())
        visit.page.wait_for_selector("[data-bundle^=visit-]", timeout=LOADED)
        visit.page.click("[data-bundle^=visit-] .gallery-link")
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        assert "/table/visit-" in visit.page.url
        visit.page.reload()
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        visit.page.goto(studio.url)
        visit.page.click("[data-bundle^=visit-] button")
        visit.page.wait_for_function("() => document.querySelectorAll('.gallery-card').length === 4")
    assert visit.complaints == []


def _of_version_2(path: Path, out: Path) -> bytes:
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "manifest.json":
                data = json.dumps({**json.loads(data), "satchel": "2.0"}).encode()
            target.writestr(name, data)
    return out.read_bytes()


def _with_another_label(path: Path, out: Path) -> bytes:
    """Gives a bundle whose archive is sound, with a file that is not the one which the manifest promises."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"setosa", b"SETOSA") if name.startswith("labels") else data)
    return out.read_bytes()


def test_what_is_no_bundle_is_refused_with_the_reason(browser: Browser, studio: Listening, tmp_path: Path) -> None:
    whole = zoo_bundle("iris")
    wrong = {
        ("photo.jpg", b"\xff\xd8\xff"): "bundle/not-a-bundle",
        ("cut.satchel", whole.read_bytes()[:5000]): "bundle/",
        ("empty.satchel", b""): "bundle/",
        ("changed.satchel", _with_another_label(whole, tmp_path / "changed.satchel")): "bundle/changed-file",
        ("newer.satchel", _of_version_2(whole, tmp_path / "newer.satchel")): "spec/newer-version",
    }
    with visiting(browser, studio.url) as visit:
        visit.page.goto(studio.url)
        visit.page.wait_for_selector("#bundles:not([aria-busy])")
        for (name, data), code in wrong.items():
            visit.page.evaluate("() => document.querySelector('#notice').replaceChildren()")
            _drop(visit, name, data)
            visit.page.wait_for_selector("#notice .notice-code", timeout=LOADED)
            assert visit.page.inner_text("#notice .notice-code").startswith(code), name
            assert len(visit.page.inner_text("#notice .notice-error p:nth-child(2)")) > 20
        assert visit.page.locator(".gallery-card").count() == 4
    assert visit.complaints == []


def test_a_dropped_bundle_where_storage_is_refused_says_so(browser: Browser, studio: Listening) -> None:
    with visiting(browser, studio.url) as visit:
        visit.page.add_init_script("".join(_REFUSE.format(name) for name in ("caches", "sessionStorage")))
        visit.page.goto(studio.url)
        visit.page.wait_for_selector("#bundles:not([aria-busy])")
        _drop(visit, "mine.satchel", zoo_bundle("iris").read_bytes())
        visit.page.wait_for_selector("#notice .notice-code", timeout=LOADED)
        assert visit.page.inner_text("#notice .notice-code") == "env/no-storage"
        assert "satchel serve FILE" in visit.page.inner_text("#notice")
    assert visit.complaints == []


def test_an_address_of_no_bundle_says_which_there_are(browser: Browser, studio: Listening) -> None:
    with visiting(browser, studio.url) as visit:
        visit.page.goto(f"{studio.url}/photo/nothing")
        visit.page.wait_for_selector(".notice-code:text('bundle/not-found')")
        assert "iris" in visit.page.inner_text(".notice-error")
    assert visit.complaints == []


_REFUSE = """Object.defineProperty(window, '{}', {{
  get() {{ throw new DOMException('refused', 'SecurityError'); }},
}});"""


def _drop(visit: Visit, name: str, data: bytes) -> None:
    visit.page.evaluate(
        """([name, data]) => {
          const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name));
          const event = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
          document.body.dispatchEvent(event);
        }""",
        [name, base64.b64encode(data).decode()],
    )
