"""resize tf.* and central_fraction against TensorFlow itself, which is imported in this module only."""

import numpy as np
import pytest

from satchel_metadata.ops import geometry, resize_tf
from satchel_metadata.ops.raster import Raster, empty_memory

pytestmark = pytest.mark.usefixtures("each_way")

METHODS = ("tf.nearest", "tf.bilinear", "tf.bilinear_antialias", "tf.bicubic", "tf.area")
PHOTOS = ((640, 480, 224, 224), (451, 300, 384, 256), (1024, 768, 299, 299), (2000, 1500, 96, 90))


@pytest.fixture(scope="module")
def tf():
    import tensorflow

    return tensorflow


def tensorflow_resize(tf, pixels, width, height, method):
    antialias = method.endswith("_antialias")
    name = method.removeprefix("tf.").removesuffix("_antialias")
    return tf.cast(tf.image.resize(pixels, (height, width), method=name, antialias=antialias), tf.float32).numpy()


def resize(pixels, width, height, method):
    return resize_tf.resize(pixels, width, height, method, geometry.Window(0, 0, width, height))


def raster(width, height, orientation=1):
    memory = empty_memory(width, height)
    memory[:] = np.random.default_rng(0).integers(0, 256, memory.size, dtype=np.uint8)
    return Raster(memory, width, height, orientation)


def sizes(seed, count):
    """Up and down, odd, and single pixels."""
    rng = np.random.default_rng(seed)
    edges = [(1, 1, 1, 1), (1, 1, 7, 5), (7, 5, 1, 1), (1, 50, 20, 3), (64, 64, 64, 64), (2, 3, 300, 2), (500, 2, 3, 9)]
    return edges + [tuple(int(side) for side in rng.integers(1, 120, 4)) for _ in range(count)]


def assert_equal_to_tensorflow(tf, method, seed, count):
    rng = np.random.default_rng(seed)
    for place, (width, height, to_width, to_height) in enumerate(sizes(seed, count)):
        channels = (1, 3, 3)[place % 3]
        pixels = rng.integers(0, 256, (height, width, channels), dtype=np.uint8)
        values = pixels if place % 2 else (pixels / np.float32(127.5) - 1).astype(np.float32)
        expected = tensorflow_resize(tf, values, to_width, to_height, method)
        found = resize(values, to_width, to_height, method)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, expected, err_msg=f"{values.shape} {values.dtype} -> {expected.shape}")


@pytest.mark.parametrize("method", METHODS)
def test_every_value_equals_tensorflows(tf, method):
    assert_equal_to_tensorflow(tf, method, seed=1, count=60)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("to_width", "to_height"), [(1, 1), (1, 9), (9, 1)])
def test_long_sums_for_a_single_row_or_column_of_one_channel_equal_tensorflows(tf, method, to_width, to_height):
    values = np.random.default_rng(6).standard_normal((190, 170, 1), np.float32)
    expected = tensorflow_resize(tf, values, to_width, to_height, method)
    np.testing.assert_array_equal(resize(values, to_width, to_height, method), expected)


@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
def test_every_value_equals_tensorflows_on_many_shapes(tf, method):
    for seed in range(2, 12):
        assert_equal_to_tensorflow(tf, method, seed, count=150)


@pytest.mark.parametrize("method", METHODS)
def test_photo_sizes_equal_tensorflows(tf, method):
    for width, height, to_width, to_height in PHOTOS:
        photo = raster(width, height)
        pixels = np.ascontiguousarray(photo.pixels)
        expected = tensorflow_resize(tf, pixels, to_width, to_height, method)
        np.testing.assert_array_equal(resize(pixels, to_width, to_height, method), expected)
        np.testing.assert_array_equal(resize(photo, to_width, to_height, method), expected)


@pytest.mark.parametrize("method", METHODS)
def test_a_window_of_a_turned_picture_is_the_same_part_of_the_whole(method):
    rng = np.random.default_rng(0)
    for width, height, to_width, to_height in sizes(3, 30):
        padded = rng.integers(0, 256, (width, height, 4), dtype=np.uint8)
        turned = padded[::-1, :, :3].transpose(1, 0, 2)
        left, right = sorted(int(edge) for edge in rng.choice(to_width + 1, 2, replace=False))
        top, bottom = sorted(int(edge) for edge in rng.choice(to_height + 1, 2, replace=False))
        window = geometry.Window(left, top, right, bottom)
        whole = resize(np.ascontiguousarray(turned), to_width, to_height, method)
        found = resize_tf.resize(turned, to_width, to_height, method, window)
        np.testing.assert_array_equal(found, whole[top:bottom, left:right])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_raster_is_resized_as_the_upright_picture_is(method, orientation):
    for width, height, to_width, to_height in ((50, 40, 21, 17), (7, 90, 12, 5), (900, 30, 11, 9), (1, 1, 3, 2)):
        turned = raster(width, height, orientation)
        upright = np.ascontiguousarray(turned.pixels)
        found = resize(turned, to_width, to_height, method)
        assert found.shape == (to_height, to_width, 3)
        assert found.flags.c_contiguous
        np.testing.assert_array_equal(found, resize(upright, to_width, to_height, method))


@pytest.mark.parametrize("method", ["tf.bilinear", "tf.bicubic"])
def test_every_value_of_a_raster_equals_tensorflows(tf, method):
    for width, height, to_width, to_height in [*sizes(4, 20), (40, 30, 2500, 90), (2, 900, 3, 700)]:
        photo = raster(width, height)
        expected = tensorflow_resize(tf, np.ascontiguousarray(photo.pixels), to_width, to_height, method)
        np.testing.assert_array_equal(resize(photo, to_width, to_height, method), expected)


@pytest.mark.parametrize("method", ["tf.bilinear", "tf.bicubic"])
def test_a_resize_changes_nothing_of_the_one_before(method):
    first = resize(raster(640, 480), 224, 224, method)
    kept = first.copy()
    resize(raster(480, 640), 224, 224, method)
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_channels_in_memory_changes_nothing(method):
    pixels = np.random.default_rng(0).integers(0, 256, (61, 470, 3), dtype=np.uint8)
    found = resize(pixels[..., ::-1], 20, 40, method)
    np.testing.assert_array_equal(found, resize(pixels, 20, 40, method)[..., ::-1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("channels", [2, 4, 5])
def test_bytes_of_any_number_of_channels_are_all_resized(tf, method, channels):
    values = np.random.default_rng(0).integers(0, 256, (61, 47, channels), dtype=np.uint8)
    np.testing.assert_array_equal(resize(values, 20, 40, method), tensorflow_resize(tf, values, 20, 40, method))


def test_two_resizes_equal_tensorflows(tf):
    pixels = np.random.default_rng(0).integers(0, 256, (61, 47, 3), dtype=np.uint8)
    once = resize(pixels, 30, 40, "tf.bicubic")
    expected = tensorflow_resize(tf, tensorflow_resize(tf, pixels, 30, 40, "tf.bicubic"), 17, 50, "tf.area")
    np.testing.assert_array_equal(resize(once, 17, 50, "tf.area"), expected)


def test_the_central_fraction_is_that_of_central_crop(tf):
    rng = np.random.default_rng(0)
    fractions = [1.0, 0.875, 0.5, 0.9, 0.1, 0.333, 1e-3, *rng.uniform(0.01, 1, 40)]
    for fraction in map(float, fractions):
        width, height = (int(side) for side in rng.integers(1, 400, 2))
        places = np.arange(width * height, dtype=np.int32).reshape(height, width, 1)
        window = geometry.central_fraction(width, height, fraction)
        found = places[window.top : window.bottom, window.left : window.right]
        np.testing.assert_array_equal(found, tf.image.central_crop(places, fraction).numpy(), err_msg=str(fraction))
