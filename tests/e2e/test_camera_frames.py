"""Every kind of VideoFrame is prepared as in Python: by its planes where they are BT.601's, else by its pixels."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser

import satchel
from colours import COLOURS, colour_model, colour_photos
from e2e.conftest import Visit, visiting
from satchel_metadata.pipeline import Pipeline
from satchel_server import listen

WIDTH, HEIGHT = 64, 48
LIMITED = {"matrix": "smpte170m", "fullRange": False}
FULL = {"matrix": "bt470bg", "fullRange": True}

ASK = """async ({ url, bytes, init, plain }) => {
  const { startSatchel } = await import('/lib/client.js');
  const { loadVideoFrame } = await import('/lib/camera_frame.js');
  const data = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
  const frame = () => new VideoFrame(data, { timestamp: 0, ...init });
  if (plain) {
    const { copyTo } = VideoFrame.prototype;
    VideoFrame.prototype.copyTo = function (to, { format, ...rest } = {}) { return copyTo.call(this, to, rest); };
    const video = frame();
    const { picture } = await loadVideoFrame(video, { steps: [{ op: 'decode' }] });
    video.close();
    VideoFrame.prototype.copyTo = copyTo;
    const { offset, row, step, width, height } = picture;
    const at = (i, c) => picture.data[offset + Math.floor(i / width) * row + (i % width) * step + c];
    return { rgb: Array.from({ length: width * height * 3 }, (_, i) => at(Math.floor(i / 3), i % 3)) };
  }
  const satchel = await startSatchel({ libraryUrl: '/lib/', runtimesUrl: '/runtimes/' });
  await satchel.open(url);
  await satchel.load('float32/tflite');
  const video = frame();
  const { prepared, view } = await satchel.run({ frame: video }, { view: true });
  satchel.close();
  return { sha256: prepared.image.sha256, middle: [...view.data.slice(2112, 2115)], closed: video.format === null };
}"""


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, model = tmp_path_factory.mktemp("bundles"), colour_model()
    photos = colour_photos(tmp_path_factory.mktemp("photos"), 4)
    ways: dict[str, Any] = {"photos": None, "nv21": {"format": "NV21", "range": "full", "rotation": 90}}
    for name, way in ways.items():
        description = satchel.image_classification(
            labels=list(COLOURS), resize_shorter=36, crop=32, mean=127, std=128, top_k=3, name=name, frame=way
        )
        satchel.pack(model, description, folder / f"{name}.satchel", variants=("float32",), calibration=photos)
    return {name: folder / f"{name}.satchel" for name in ways}


@pytest.fixture(scope="module")
def visit(browser: Browser, bundles: dict[str, Path]) -> Iterator[Visit]:
    with listen(list(bundles.values()), port=0) as listening, visiting(browser, listening.url) as one:
        one.page.goto(one.url)
        yield one
        assert one.complaints == []


def asked(visit: Visit, name: str, data: np.ndarray, *, plain: bool = False, **init: object) -> dict[str, Any]:
    """Gives what the library makes of a VideoFrame of these bytes."""
    text = base64.b64encode(data.tobytes()).decode()
    init = {"codedWidth": WIDTH, "codedHeight": HEIGHT, **init}
    given = {"url": f"{visit.url}/bundles/{name}", "bytes": text, "init": init, "plain": plain}
    return dict(visit.page.evaluate(ASK, given))


def prepared(path: Path, given: object) -> str:
    """Gives the SHA-256 of the tensor that Python prepares."""
    bundle = satchel.open(path)
    tensor = Pipeline(bundle.spec, bundle.labels, "float32/tflite").prepare(given)["image"]  # type: ignore[arg-type]
    return hashlib.sha256(tensor.tobytes()).hexdigest()


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


def photo_of(rgb: np.ndarray, folder: Path) -> Path:
    assert cv2.imwrite(str(folder / "photo.png"), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return folder / "photo.png"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(("colours", "range"), [(LIMITED, "limited"), (FULL, "full"), ({}, "limited")])
def test_planes_apart_go_as_they_are(
    visit: Visit, bundles: dict[str, Path], colours: object, range: Any, rotation: Any
) -> None:
    data = noise(WIDTH * HEIGHT * 3 // 2)
    found = asked(visit, "photos", data, format="I420", colorSpace=colours, rotation=rotation)
    assert found["closed"]
    size = WIDTH * HEIGHT
    y, u, v = (
        each.reshape(-1, width) for each, width in zip(np.split(data, [size, size * 5 // 4]), (64, 32, 32), strict=True)
    )
    assert found["sha256"] == prepared(bundles["photos"], satchel.Frame.planar(y, u, v, range=range, rotation=rotation))


def test_planes_by_turns_and_an_odd_part_of_a_frame_go_as_they_are(visit: Visit, bundles: dict[str, Path]) -> None:
    data = noise(WIDTH * HEIGHT * 3 // 2)
    part = {"x": 0, "y": 0, "width": 61, "height": 45}
    found = asked(visit, "photos", data, format="NV12", colorSpace=FULL, visibleRect=part)
    chroma = data[WIDTH * HEIGHT :]
    frame = satchel.Frame(61, 45, data, chroma, chroma[1:], WIDTH, WIDTH, WIDTH, 1, 2, "full", 0)
    assert found["sha256"] == prepared(bundles["photos"], frame)


@pytest.mark.parametrize(("width", "height"), [(639, 479), (63, 48), (1, 1)])
def test_a_camera_of_odd_sides_goes_as_it_is(visit: Visit, bundles: dict[str, Path], width: int, height: int) -> None:
    wide, high = (width + 1) // 2, (height + 1) // 2
    data = noise(width * height + 2 * wide * high)
    found = asked(visit, "photos", data, format="I420", colorSpace=FULL, codedWidth=width, codedHeight=height)
    y, u, v = np.split(data, [width * height, width * height + wide * high])
    frame = satchel.Frame(width, height, y, u, v, width, wide, wide, 1, 1, "full", 0)
    assert found["sha256"] == prepared(bundles["photos"], frame)


def test_a_frame_that_was_mirrored_is_mirrored_back(visit: Visit, bundles: dict[str, Path], tmp_path: Path) -> None:
    data = noise(HEIGHT * 3 // 2, WIDTH)
    found = asked(visit, "photos", data, format="NV12", colorSpace=LIMITED, flip=True)
    rgb = cv2.flip(cv2.cvtColor(data, cv2.COLOR_YUV2RGB_NV12), 1)
    assert found["sha256"] == prepared(bundles["photos"], photo_of(rgb, tmp_path))


@pytest.mark.parametrize("order", ["RGBA", "RGBX", "BGRA", "BGRX"])
def test_pixels_go_as_they_are(visit: Visit, bundles: dict[str, Path], tmp_path: Path, order: str) -> None:
    rgb = noise(HEIGHT, WIDTH, 3)
    opaque = np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
    data = np.concatenate([rgb if order.startswith("RGB") else rgb[..., ::-1], opaque], axis=-1)
    found = asked(visit, "photos", data, format=order)
    assert found["sha256"] == prepared(bundles["photos"], photo_of(rgb, tmp_path))
    older = asked(visit, "photos", data, plain=True, format=order)
    assert np.array_equal(np.reshape(older["rgb"], rgb.shape), rgb)


def test_another_matrix_is_the_browsers_matter(visit: Visit) -> None:
    data = np.repeat(np.array([120, 120, 170], np.uint8), [WIDTH * HEIGHT, WIDTH * HEIGHT // 4, WIDTH * HEIGHT // 4])
    found = asked(visit, "photos", data, format="I420", colorSpace={"matrix": "bt709", "fullRange": False})
    # ITU-R BT.709, limited range: by the matrix of BT.601 red is 8 levels off, and green 10.
    light = 255 / 219 * (120 - 16)
    expected = [light + 1.793 * 42, light - 0.213 * (120 - 128) - 0.533 * 42, light + 2.112 * (120 - 128)]
    assert found["middle"] == pytest.approx(expected, abs=2)


def test_of_another_frame_the_one_that_a_spec_asks_for_is_made(
    visit: Visit, bundles: dict[str, Path], tmp_path: Path
) -> None:
    data = noise(HEIGHT * 3 // 2, WIDTH)
    found = asked(visit, "nv21", data, format="I420", colorSpace=LIMITED)
    photo = photo_of(cv2.cvtColor(data, cv2.COLOR_YUV2RGB_I420), tmp_path)
    frame = satchel.Frame.of_photo(photo, format="NV21", range="full", rotation=90)
    assert found["sha256"] == prepared(bundles["nv21"], frame)
