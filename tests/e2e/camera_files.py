"""A browser whose camera shows a film of photos, and what the tests of the camera page share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser

import photos

from .chromium import installed_chromium

CLASSES, BOXES, MASKS = "efficientnet-lite0", "ssd-mobilenet-v2", "selfie-segmenter"
"""The bundles that the camera page is tried with."""

ALLOWED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def film(path: Path, photos: Sequence[Path], width: int, height: int, *, frames: int = 1, rate: int = 30) -> Path:
    """Writes a film (YUV4MPEG2, 4:2:0), and gives its path: the browser begins again where it ends.

    Args:
        path: of the file.
        photos: shown one after the other, stretched to the size by OpenCV, which also makes the planes.
        width, height: of the film; even, for no browser plays others.
        frames: that each photo is shown for.
        rate: frames a second.
    """
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420\n".encode())
        for photo in photos:
            planes = planes_of(photo, width, height).tobytes()
            file.write((b"FRAME\n" + planes) * frames)
    return path


def planes_of(photo: Path, width: int, height: int) -> np.ndarray:
    """Gives Y, U and V of a photo as a film has them, one after the other: uint8 [3/2 height, width], limited range."""
    pixels = cv2.imread(str(photo))
    assert pixels is not None
    return cv2.cvtColor(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2YUV_I420)


@contextmanager
def filming(browser: Browser, shown: Path | None, *args: str) -> Iterator[Browser]:
    """Gives a browser whose camera shows a film.

    Args:
        browser: one of the same kind, that runs already.
        shown: the film; None for a machine without a camera.
        args: more of the command line; without any, pages may use the camera unasked.
    """
    line = list(args or ALLOWED)
    if shown is not None:
        line.append(f"--use-file-for-fake-video-capture={shown}")
    started = browser.browser_type.launch(executable_path=installed_chromium(), args=line)
    try:
        yield started
    finally:
        started.close()


@dataclass
class Films:
    """Makes films of the photos that are named, each once, in a folder."""

    folder: Path

    def __call__(self, *names: str, width: int = 640, height: int = 480, frames: int = 1) -> Path:
        path = self.folder / f"{'-'.join(names)}-{width}x{height}-{frames}.y4m"
        if not path.exists():
            film(path, [photos.path(name) for name in names], width, height, frames=frames)
        return path


SLOW_MODEL = """
window.model = { asked: 0, open: 0, most: 0, delay: 0 };
const runs = new Set();
const { postMessage, addEventListener } = Worker.prototype;
Worker.prototype.postMessage = function (message, transfer) {
  if (message.verb === 'run') {
    runs.add(message.id);
    model.asked += 1;
    model.most = Math.max(model.most, (model.open += 1));
  }
  postMessage.call(this, message, transfer);
};
Worker.prototype.addEventListener = function (type, listener, ...options) {
  const later = (event) => {
    if (!runs.delete(event.data?.id)) return listener(event);
    setTimeout(() => {
      model.open -= 1;
      listener(event);
    }, model.delay);
  };
  addEventListener.call(this, type, type === 'message' ? later : listener, ...options);
};
"""
"""Counts the frames that are in the model's hands, and lets its answers come as late as a test wants them."""
