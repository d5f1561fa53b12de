"""The page for phones: what it shows is what the server holds, and its codes are read off the screen."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser

from satchel_metadata.bundle import BundleReader
from satchel_server import listen, phone

from .conftest import visiting
from .rebuilding import rebuild

ADDRESS = "192.168.1.7"


@pytest.fixture
def pair(demo_bundle: Path, tmp_path: Path) -> list[Path]:
    """Two bundles, one with a name that would be markup."""
    return [
        demo_bundle,
        rebuild(demo_bundle, tmp_path / "odd.satchel", variants=("int8",), name="<b>Odd</b> \u202e one"),
    ]


@pytest.mark.parametrize(
    "screen",
    [
        {"viewport": {"width": 1100, "height": 900}, "color_scheme": "dark"},
        {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True},
    ],
)
def test_each_code_on_the_screen_is_the_address_with_the_digest(
    screen: dict[str, object], pair: list[Path], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone, "network_address", lambda: ADDRESS)
    digests = [BundleReader.open(each).digest for each in pair]
    with listen(pair, host="0.0.0.0", port=0) as listening:
        url = listening.url.replace("0.0.0.0", "127.0.0.1")
        with visiting(browser, url, **screen) as visit:
            visit.page.goto(url)
            visit.page.click("footer a")
            visit.page.wait_for_url(f"{url}/phone")
            visit.page.wait_for_selector(".phone-bundle >> nth=1")
            visit.page.evaluate("Promise.all([...document.images].map((each) => each.decode()))")
            cards = visit.page.locator(".phone-bundle")
            shown = [visit.page.locator("img.code").nth(n).screenshot() for n in range(2)]
            names = cards.locator("h2").all_inner_texts()
            links = [each.get_attribute("href") for each in visit.page.locator("a.to-app").all()]
            seen = [each.is_visible() for each in visit.page.locator("a.to-app").all()]
            facts = visit.page.locator(".phone-facts dd").all_inner_texts()
            wide = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    port = url.rpartition(":")[2]
    files = [f"http://{ADDRESS}:{port}/bundles/{each}.satchel" for each in ("efficientnet-lite0", "b-odd-b-one")]
    addresses = [f"{file}#sha256={digest}" for file, digest in zip(files, digests, strict=True)]
    assert list(map(read, shown)) == addresses
    assert links == [f"satchel:{each}" for each in addresses]
    assert seen == [bool(screen.get("has_touch"))] * 2
    assert facts == [files[0], digests[0], files[1], digests[1]]
    assert names[1] == "<b>Odd</b> ⟨U+202E⟩ one"
    assert wide <= 0
    assert visit.complaints == []


def test_a_server_that_no_phone_reaches_says_how_it_would(demo_bundle: Path, browser: Browser) -> None:
    with listen([demo_bundle], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.page.goto(f"{listening.url}/phone")
        visit.page.wait_for_selector(".phone-bundle")
        assert "satchel serve --host 0.0.0.0" in visit.page.inner_text("#notice")
        assert visit.page.locator("img.code").count() == visit.page.locator("a.to-app").count() == 0
    assert visit.complaints == []


def read(screenshot: bytes) -> str:
    """Gives what OpenCV reads of a code in a PNG."""
    pixels = cv2.imdecode(np.frombuffer(screenshot, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    return str(
        cv2.QRCodeDetectorAruco().detectAndDecode(cv2.copyMakeBorder(pixels, 40, 40, 40, 40, cv2.BORDER_REPLICATE))[0]
    )
