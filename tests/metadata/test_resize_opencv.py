"""resize opencv.* against OpenCV itself, without its fast paths."""

import cv2
import numpy as np
import pytest

from satchel_metadata.ops import geometry, resize_opencv

pytestmark = pytest.mark.usefixtures("each_way")

FLAGS = {
    "opencv.linear": cv2.INTER_LINEAR_EXACT,
    "opencv.area": cv2.INTER_AREA,
    "opencv.nearest": cv2.INTER_NEAREST,
}


@pytest.fixture(autouse=True)
def plain_paths():
    cv2.setUseOptimized(False)
    yield
    cv2.setUseOptimized(True)


def opencv_resize(pixels, width, height, method):
    return cv2.resize(pixels, (width, height), interpolation=FLAGS[method]).reshape(height, width, pixels.shape[2])


def resize(pixels, width, height, method):
    return resize_opencv.resize(pixels, width, height, method, geometry.Window(0, 0, width, height))


def sizes(seed, count):
    """Up and down, odd, single pixels, and whole blocks."""
    rng = np.random.default_rng(seed)
    edges = [
        (1, 1, 1, 1),
        (1, 1, 7, 5),
        (7, 5, 1, 1),
        (1, 50, 20, 3),
        (64, 64, 32, 32),
        (60, 80, 20, 16),
        (90, 8, 9, 8),
    ]
    return edges + [tuple(int(side) for side in rng.integers(1, 120, 4)) for _ in range(count)]


@pytest.mark.parametrize("method", FLAGS)
def test_every_value_equals_opencvs(method):
    rng = np.random.default_rng(1)
    for place, (width, height, to_width, to_height) in enumerate(sizes(1, 80)):
        pixels = rng.integers(0, 256, (height, width, (1, 3, 3)[place % 3]), dtype=np.uint8)
        found = resize(pixels, to_width, to_height, method)
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, opencv_resize(pixels, to_width, to_height, method), err_msg=pixels.shape)


@pytest.mark.parametrize("method", FLAGS)
@pytest.mark.parametrize("side", [224, 320, 300])
def test_photo_sizes_equal_opencvs(method, side):
    pixels = np.random.default_rng(2).integers(0, 256, (960, 1280, 3), dtype=np.uint8)
    np.testing.assert_array_equal(resize(pixels, side, side, method), opencv_resize(pixels, side, side, method))


@pytest.mark.parametrize("block", [2, 3, 256, 257, 300])
def test_blocks_equal_opencvs_beyond_what_binary32_adds_up_exactly_too(block):
    pixels = np.random.default_rng(3).integers(200, 256, (block * 2, block * 3, 3), dtype=np.uint8)
    expected = opencv_resize(pixels, 3, 2, "opencv.area")
    np.testing.assert_array_equal(resize(pixels, 3, 2, "opencv.area"), expected)


@pytest.mark.parametrize("method", FLAGS)
def test_a_window_of_a_turned_picture_is_the_same_part_of_the_whole(method):
    rng = np.random.default_rng(4)
    for width, height, to_width, to_height in sizes(4, 30):
        turned = rng.integers(0, 256, (width, height, 4), dtype=np.uint8)[::-1, :, :3].transpose(1, 0, 2)
        left, right = sorted(int(edge) for edge in rng.choice(to_width + 1, 2, replace=False))
        top, bottom = sorted(int(edge) for edge in rng.choice(to_height + 1, 2, replace=False))
        window = geometry.Window(left, top, right, bottom)
        whole = resize(np.ascontiguousarray(turned), to_width, to_height, method)
        found = resize_opencv.resize(turned, to_width, to_height, method, window)
        np.testing.assert_array_equal(found, whole[top:bottom, left:right])
