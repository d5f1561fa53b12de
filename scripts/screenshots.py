"""Puts the app's screenshots beside the browser's: `screenshots.py FOLDER BUNDLE...` writes FOLDER/index.html.

The app's tests have drawn theirs into FOLDER/android; Chromium, as wide as the phone, is shown the same photos here.
Every page of the browser's studio follows.
"""

from __future__ import annotations

import html
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from screenshots_studio import lines, take_studio

from satchel_server import listen

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "out" / "android" / "assets" / "samples"
LOADED = 60_000
STANDING = (411, 891)
LYING = (891, 411)


@dataclass(frozen=True)
class Pair:
    """The same photo in both: the app's picture by its name, and how the browser comes to its own."""

    title: str
    app: str
    bundle: str
    photo: str
    scheme: Literal["light", "dark"] = "light"
    size: tuple[int, int] = STANDING
    cut: bool = False


PAIRS = (
    Pair("Objects", "light-photo-objects", "ssd-mobilenet-v2", "chelsea"),
    Pair("Objects, dark", "dark-photo-objects", "ssd-mobilenet-v2", "chelsea", scheme="dark"),
    Pair("Objects, lying", "lying-photo-objects", "ssd-mobilenet-v2", "chelsea", size=LYING),
    Pair("Classes", "light-photo-classes", "efficientnet-lite0", "coffee"),
    Pair("A mask", "light-photo-mask", "selfie-segmenter", "astronaut"),
    Pair("A photo that was cut off", "light-photo-error", "ssd-mobilenet-v2", "rocket", cut=True),
)
STRIP = ("light-photo-objects", "light-camera-classes", "light-check")
"""What `docs/images/app.png` shows."""
DRESSES = ("light", "dark", "large", "lying")
"""How the app's tests set and hold the phone; the first part of a picture's name."""
STYLE = """\
body { font: 16px/1.4 system-ui, sans-serif; margin: 2rem; background: #eee; color: #222 }
section { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start }
figure { margin: 0; background: #fff; padding: .75rem; border-radius: .5rem }
img { display: block; max-width: 411px; max-height: 891px; border: 1px solid #ccc }
figcaption { margin-top: .5rem }"""


def main(folder: Path, bundles: list[Path]) -> None:
    """Takes the browser's pictures and writes the page; ends where the app's are not there."""
    absent = [pair.app for pair in PAIRS if not (folder / "android" / f"{pair.app}.png").exists()]
    if absent:
        raise SystemExit(f"the app's tests did not draw {', '.join(absent)}")
    (folder / "browser").mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for bundle in bundles:
            with listen([bundle], port=0) as listening:
                for pair in PAIRS:
                    if pair.bundle == bundle.stem:
                        take(browser, listening.url, pair, folder / "browser")
        browser.close()
    studio = take_studio(folder / "studio", bundles)
    (folder / "index.html").write_text("\n".join([*page(folder), *lines(studio, figure)]))
    strip(folder / "android").save(folder / "app.png", optimize=True)
    app = len(list((folder / "android").iterdir()))
    print(f"{folder / 'index.html'}: {len(PAIRS)} pairs, {app} pictures of the app, {len(studio)} of the studio")


def take(browser: Browser, url: str, pair: Pair, folder: Path) -> None:
    """Shows the page a photo in Chromium and saves what is seen then."""
    photo = SAMPLES / f"{pair.photo}.jpg"
    width, height = pair.size
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=pair.scheme, device_scale_factor=2
    )
    page.goto(url)
    page.click(".gallery-link >> nth=0")
    page.wait_for_selector("#seal:not([data-state=waiting])", timeout=LOADED)
    content = photo.read_bytes()
    content = content[: len(content) // 2] if pair.cut else content
    page.set_input_files("#file", {"name": photo.name, "mimeType": "image/jpeg", "buffer": content})
    page.wait_for_selector("#answer[aria-busy=false]", timeout=LOADED)
    page.wait_for_timeout(500)
    page.screenshot(path=folder / f"{pair.app}.png")
    page.close()


def strip(folder: Path) -> Image.Image:
    """Gives the pictures of STRIP side by side, on nothing."""
    found = [Image.open(folder / f"{name}.png").convert("RGB") for name in STRIP]
    shown = [each.resize((each.width // 2, each.height // 2), Image.Resampling.LANCZOS) for each in found]
    gap = shown[0].width // 16
    made = Image.new("RGBA", (sum(each.width for each in shown) + gap * (len(shown) - 1), shown[0].height))
    for place, each in enumerate(shown):
        made.paste(each, (place * (each.width + gap), 0))
    return made


def page(folder: Path) -> Iterator[str]:
    """Gives the lines of the page: pairs first, then every screen of the app in every dress, then the camera."""
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Screenshots</title>'
    yield f"<style>{STYLE}</style>"
    for pair in PAIRS:
        yield f"<h2>{html.escape(pair.title)}</h2>\n<section>"
        yield figure(f"android/{pair.app}.png", "the app")
        yield figure(f"browser/{pair.app}.png", "the browser")
        yield "</section>"
    names = sorted(path.stem for path in (folder / "android").glob("*.png"))
    dressed = [(dress, screen) for dress, _, screen in (name.partition("-") for name in names) if dress in DRESSES]
    for screen in sorted({screen for _, screen in dressed}):
        yield f"<h2>The app: {html.escape(screen.replace('-', ', '))}</h2>\n<section>"
        for dress in DRESSES:
            if (dress, screen) in dressed:
                yield figure(f"android/{dress}-{screen}.png", dress)
        yield "</section>"
    yield "<h2>The camera in every rotation</h2>\n<section>"
    for name in names:
        if name.partition("-")[0] not in DRESSES:
            yield figure(f"android/{name}.png", name.replace("-", ", "))
    yield "</section>"


def figure(source: str, caption: str) -> str:
    """Gives a picture with its caption."""
    said = html.escape(caption)
    return (
        f'<figure><img src="{html.escape(source)}" alt="{said}" loading="lazy"><figcaption>{said}</figcaption></figure>'
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(path) for path in sys.argv[2:]])
