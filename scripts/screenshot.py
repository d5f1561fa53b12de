"""Takes the README's picture of the page: `python scripts/screenshot.py BUNDLE PHOTO OUT.png`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

PORT = 8765


def main(bundle: str, photo: str, out: str) -> None:
    """Serves the bundle, shows it the photo in Chromium, and saves what the page looks like then."""
    satchel = str(Path(sys.executable).with_name("satchel"))
    command = [satchel, "serve", "--samples", "out/samples", "--port", str(PORT), bundle]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{PORT}/")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1200, "height": 860})
            page.goto(f"http://127.0.0.1:{PORT}/")
            page.click(".gallery-link >> nth=0")
            page.get_by_text("Answers verified").wait_for()
            for _ in range(3):  # the first answer also warms everything up
                page.set_input_files("input[type=file]", photo)
                page.wait_for_timeout(1500)
            page.screenshot(path=out, full_page=True)
            browser.close()
    finally:
        server.terminate()


def wait_for(url: str) -> None:
    """Waits until the server answers, at most ten seconds."""
    for _ in range(100):
        try:
            urllib.request.urlopen(url).close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


if __name__ == "__main__":
    main(*sys.argv[1:4])
