"""What every page owes its visitors: nothing serious that axe finds, no sideways scrolling, no jumps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from satchel_server import Listening, listen
from zoo_bundles import ROOT, zoo_bundle

from .conftest import LOADED, visiting

AXE = ROOT / "web_demo" / "node_modules" / "axe-core" / "axe.min.js"
ZOO = ("ssd-mobilenet-v2", "selfie-segmenter", "iris", "sensor-series", "mnist-lenet5")
# The address of each page, and what is there when it has settled.
PAGES = {
    "gallery": ("/", "#bundles:not([aria-busy])"),
    "photo": ("/photo/efficientnet-lite0", "#seal:not([data-state=waiting])"),
    "detection": ("/photo/ssd-mobilenet-v2", "#seal:not([data-state=waiting])"),
    "segmentation": ("/photo/selfie-segmenter", "#seal:not([data-state=waiting])"),
    "camera": ("/camera/efficientnet-lite0", "#seal:not([data-state=waiting])"),
    "draw": ("/draw/mnist-lenet5", "#seal:not([data-state=waiting])"),
    "table": ("/table/iris", "#seal:not([data-state=waiting])"),
    "signal": ("/signal/sensor-series", "#seal:not([data-state=waiting])"),
    "compare": ("/compare/iris", "#result:not([hidden])"),
    "check": ("/check/iris", "#verdict:not([data-state=waiting])"),
    "phone": ("/phone", "#bundles li"),
}


@pytest.fixture(scope="module")
def studio(demo_bundle: Path, sample_photos: dict[str, Path]) -> Iterator[Listening]:
    bundles = [demo_bundle, *(zoo_bundle(name) for name in ZOO)]
    with listen(bundles, port=0, samples=sample_photos["coffee"].parent) as listening:
        yield listening


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(
    browser: Browser, studio: Listening, sample_photos: dict[str, Path], name: str, scheme: str
) -> None:
    narrow = scheme == "dark"
    size = {"width": 360, "height": 740} if narrow else {"width": 1280, "height": 800}
    with visiting(browser, studio.url, color_scheme=scheme, viewport=size) as visit:
        _settle(visit.page, studio.url, name)
        if name in ("photo", "detection", "segmentation"):
            visit.show(sample_photos["astronaut"])
            visit.page.wait_for_selector("#answer[data-state=result]", timeout=LOADED)
        assert visit.page.evaluate("() => document.documentElement.scrollWidth") == size["width"]
        assert _serious(visit.page) == []
    assert visit.complaints == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "phone"])
def test_what_is_there_does_not_jump(browser: Browser, studio: Listening, name: str) -> None:
    """Cumulative layout shift as Web Vitals means it, where up to 0.1 is good."""
    with visiting(browser, studio.url, viewport={"width": 390, "height": 844}) as visit:
        visit.page.add_init_script(
            "window.shifted = 0; new PerformanceObserver((list) => {"
            " for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value;"
            "}).observe({ type: 'layout-shift', buffered: true });"
        )
        _settle(visit.page, studio.url, name)
        assert visit.page.evaluate("() => window.shifted") < 0.1


@pytest.mark.parametrize("name", ["gallery", "photo"])
def test_nothing_moves_for_who_wants_less_motion(browser: Browser, studio: Listening, name: str) -> None:
    with visiting(browser, studio.url, reduced_motion="reduce") as visit:
        _settle(visit.page, studio.url, name)
        lasting = visit.page.evaluate(
            "() => document.getAnimations().filter((each) => each.playState === 'running'"
            " && each.effect.getComputedTiming().activeDuration > 100).length"
        )
        assert lasting == 0


def _settle(page: Page, url: str, name: str) -> None:
    address, settled = PAGES[name]
    page.goto(url + address)
    page.wait_for_selector(settled, timeout=2 * LOADED)
    page.wait_for_timeout(300)


def _serious(page: Page) -> list[Any]:
    """Gives what axe finds of serious and critical weight: the rule and the first elements that break it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        (each["id"], [node["target"] for node in each["nodes"][:3]])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
