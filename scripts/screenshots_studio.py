"""Takes a picture of every page of the browser's studio: `screenshots_studio.py FOLDER BUNDLE...`.

Each page is shown what a visitor would give it, on a phone and on a desktop, light and dark, and is pictured whole:
FOLDER/PAGE-phone-light.png and so on. FOLDER/studio.png shows some of them side by side.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from unittest.mock import patch

import numpy as np
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from satchel_metadata.ops import yuv
from satchel_server import listen, phone

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "out" / "samples"
PHOTOS = ROOT / "out" / "android" / "assets" / "samples"
LOADED = 180_000
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
NETWORK = "192.168.1.7"
"""The address that the page for phones shows: not this machine's."""
CHECKED = "#seal:not([data-state=waiting])"
ANSWERED = "#answer[data-state=result][aria-busy=false]"
THREE = [(0.32, 0.26), (0.42, 0.19), (0.56, 0.19), (0.66, 0.28), (0.63, 0.40), (0.48, 0.47), (0.62, 0.53), (0.69, 0.65)]
THREE += [(0.63, 0.77), (0.48, 0.82), (0.32, 0.75)]


@dataclass(frozen=True)
class Shot:
    """One page: its address, what has come when it is there, and what is done to it then."""

    name: str
    address: str
    there: str = CHECKED
    give: Callable[[Page], None] = lambda page: None


def photo_of(name: str) -> Callable[[Page], None]:
    """Gives what chooses a photo and waits for its answer."""

    def give(page: Page) -> None:
        for _ in range(2):  # the first answer also warms everything up
            page.set_input_files("#file", PHOTOS / f"{name}.jpg")
            page.wait_for_selector(ANSWERED, timeout=LOADED)

    return give


def blurred(page: Page) -> None:
    photo_of("astronaut")(page)
    page.check("#scene-blur", force=True)
    page.wait_for_timeout(800)


def filmed(page: Page) -> None:
    page.wait_for_selector("#answer[data-state=result]", timeout=LOADED)
    page.wait_for_timeout(2500)
    page.click("#pause")


def drawn(page: Page) -> None:
    pad = page.locator("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for place, (x, y) in enumerate(THREE):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
        if place == 0:
            page.mouse.down()
    page.mouse.up()
    page.wait_for_selector("#answer[data-state=result]", timeout=LOADED)


def tabled(page: Page) -> None:
    page.set_input_files("#file", SAMPLES / "iris-held-out.csv")
    page.wait_for_selector("#many[data-state=done]", timeout=LOADED)


def played(page: Page) -> None:
    page.set_input_files("#file", SAMPLES / "sensor-series-recording.csv")
    page.wait_for_selector("#windows table", timeout=LOADED)
    page.locator("#seek").evaluate(
        "(seek) => { seek.value = seek.max * 0.45; seek.dispatchEvent(new Event('input', { bubbles: true })); }"
    )


SHOTS = (
    Shot("gallery", "/", "#bundles:not([aria-busy]) .gallery-card"),
    Shot("photo", "/photo/efficientnet-lite0", give=photo_of("coffee")),
    Shot("detection", "/photo/ssd-mobilenet-v2", give=photo_of("chelsea")),
    Shot("segmentation", "/photo/selfie-segmenter", give=blurred),
    Shot("camera", "/camera/ssd-mobilenet-v2", give=filmed),
    Shot("draw", "/draw/mnist-lenet5", give=drawn),
    Shot("table", "/table/iris", give=tabled),
    Shot("signal", "/signal/sensor-series", give=played),
    Shot("compare", "/compare/efficientnet-lite0", "#result:not([hidden])"),
    Shot("check", "/check/selfie-segmenter", "#verdict:not([data-state=waiting])"),
)
PHONE = Shot("phone", "/phone", ".phone-bundle")
STRIP = ("photo", "detection", "segmentation", "draw", "table", "signal")
"""What `docs/images/studio.png` shows."""
CLEAR = 255
"""The colour of its palette that is none."""


def take_studio(folder: Path, bundles: Sequence[Path], only: Sequence[str] = ()) -> list[Path]:
    """Pictures every page, or those that are named, and gives the files; with all of them it also writes studio.png."""
    folder.mkdir(parents=True, exist_ok=True)
    shots = [each for each in (*SHOTS, PHONE) if not only or each.name in only]
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = filming(playwright.chromium, PHOTOS / "chelsea.jpg", Path(place) / "film.y4m")
        with listen(bundles, port=0, samples=SAMPLES) as listening:
            for shot in shots:
                if shot is not PHONE:
                    take(browser, listening.url, shot, folder)
        with (
            patch.object(phone, "network_address", lambda: NETWORK),
            listen(bundles, host="0.0.0.0", port=0) as open_to,
        ):
            if PHONE in shots:
                take(browser, open_to.url.replace("0.0.0.0", "127.0.0.1"), PHONE, folder)
        browser.close()
    if not only:
        strip(folder).save(folder / "studio.png", optimize=True, transparency=CLEAR)
    return sorted(folder.glob("*-*.png"))


def filming(kind: BrowserType, photo: Path, film: Path) -> Browser:
    """Gives a browser whose camera shows a photo, at 640 x 480."""
    with Image.open(photo) as opened:
        shown = opened.convert("RGB").resize((640, 480), Image.Resampling.LANCZOS)
    planes = b"".join(plane.tobytes() for plane in yuv.rgb_to_yuv(np.asarray(shown), "limited"))
    film.write_bytes(b"YUV4MPEG2 W640 H480 F30:1 Ip A1:1 C420\n" + b"FRAME\n" + planes)
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    line = ["--no-sandbox", *camera, f"--use-file-for-fake-video-capture={film}"]
    return kind.launch(executable_path=shutil.which("chromium"), args=line)


def take(browser: Browser, url: str, shot: Shot, folder: Path) -> None:
    """Visits a page on each screen, once, and pictures it light and dark."""
    for device, (width, height) in SIZES.items():
        narrow = device == "phone"
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if narrow else 1,
            has_touch=narrow,
            is_mobile=narrow,
            color_scheme="light",
            reduced_motion="reduce",
            permissions=["camera"],
        )
        page = context.new_page()
        page.goto(url + shot.address)
        page.wait_for_selector(shot.there, timeout=LOADED)
        shot.give(page)
        if page.locator("#proof").count():
            page.wait_for_selector("#offline:has-text('Works offline')", timeout=LOADED)
        page.evaluate(
            "document.activeElement?.blur(); scrollTo(0, 0); for (const each of document.images) each.loading = 'eager'"
        )
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)
            page.screenshot(path=folder / f"{shot.name}-{device}-{scheme}.png", full_page=True)
        context.close()


def strip(folder: Path) -> Image.Image:
    """Gives the top of the pages of STRIP in two rows, light and dark by turns, on nothing."""
    width, height = SIZES["desktop"]
    small, gap, columns = (width * 5 // 10, height * 5 // 10), 24, 3
    rows = -(-len(STRIP) // columns)
    whole = (columns * small[0] + (columns - 1) * gap, rows * small[1] + (rows - 1) * gap)
    made, inside = Image.new("RGB", whole), Image.new("1", whole)
    corners = Image.new("1", small)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, small[0] - 1, small[1] - 1), 14, fill=1)
    for at, name in enumerate(STRIP):
        scheme = SCHEMES[at % 2]
        with Image.open(folder / f"{name}-desktop-{scheme}.png") as page:
            shown = page.convert("RGB").crop((0, 0, width, height)).resize(small, Image.Resampling.LANCZOS)
        place = (at % columns * (small[0] + gap), at // columns * (small[1] + gap))
        made.paste(shown, place)
        inside.paste(corners, place)
    few = made.quantize(CLEAR, Image.Quantize.MAXCOVERAGE, kmeans=1)
    few.putpalette([*(few.getpalette() or [])[: 3 * CLEAR], 0, 0, 0])
    few.paste(CLEAR, mask=ImageChops.invert(inside.convert("L")))
    return few


def lines(pictures: Sequence[Path], figure: Callable[[str, str], str]) -> Iterator[str]:
    """Gives the lines of an index page that show the pictures, a section for each page of the studio."""
    for shot in (*SHOTS, PHONE):
        yield f"<h2>The browser: {shot.name}</h2>\n<section>"
        for each in pictures:
            if each.name.startswith(f"{shot.name}-"):
                yield figure(f"studio/{each.name}", each.stem.replace("-", ", "))
        yield "</section>"


if __name__ == "__main__":
    found = take_studio(Path(sys.argv[1]), [Path(path) for path in sys.argv[2:]])
    print(f"{len(found)} pictures of the studio in {sys.argv[1]}")
