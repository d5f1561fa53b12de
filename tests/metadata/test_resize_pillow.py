"""resize pillow.* against Pillow itself; and the ways around work against the plain way, bit for bit."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from satchel_metadata.ops import bands, geometry, resize_pillow
from satchel_metadata.ops.geometry import Window
from satchel_metadata.photo import load_photo

METHODS = tuple(resize_pillow.METHODS)
FILTERED = tuple(method for method in METHODS if method != "pillow.nearest")
EDGES = [(1, 1, 1, 1), (1, 1, 9, 7), (9, 7, 1, 1), (1, 80, 30, 2), (64, 64, 64, 64), (300, 2, 2, 300), (50, 40, 50, 20)]


def pillows(pixels, width, height, method):
    """One call of Pillow; two where Pillow 12.3 would go down the columns first."""
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    filtered = Image.Resampling[method.removeprefix("pillow.").upper()]
    if image.height > 100 * image.width:
        image = image.resize((width, image.height), filtered)
    resized = image.resize((width, height), filtered)
    return np.asarray(resized).reshape(height, width, pixels.shape[2])


def random_sizes(seed, count, largest=150):
    rng = np.random.default_rng(seed)
    return [tuple(int(side) for side in rng.integers(1, largest, 4)) for _ in range(count)]


def random_window(rng, width, height):
    left, right = sorted(int(edge) for edge in rng.choice(width + 1, 2, replace=False))
    top, bottom = sorted(int(edge) for edge in rng.choice(height + 1, 2, replace=False))
    return Window(left, top, right, bottom)


@pytest.mark.parametrize("method", METHODS)
def test_every_pixel_equals_pillows(method):
    rng = np.random.default_rng(0)
    for place, (width, height, to_width, to_height) in enumerate(EDGES + random_sizes(1, 80)):
        pixels = rng.integers(0, 256, (height, width, 1 if place % 3 == 0 else 3), dtype=np.uint8)
        whole = Window(0, 0, to_width, to_height)
        found = resize_pillow.resize_array(pixels, to_width, to_height, method, whole)
        np.testing.assert_array_equal(found, pillows(pixels, to_width, to_height, method))


def test_pillow_goes_along_the_rows_first_up_to_a_hundred_times_as_high_as_wide():
    """The shapes where one call and two differ, and so where Satchel keeps to its own order."""
    rng = np.random.default_rng(0)
    for height, differs in ((300, False), (301, True)):
        image = Image.fromarray(rng.integers(0, 256, (height, 3, 3), dtype=np.uint8))
        one = image.resize((50, 37), Image.Resampling.BICUBIC)
        two = image.resize((50, height), Image.Resampling.BICUBIC).resize((50, 37), Image.Resampling.BICUBIC)
        assert (one.tobytes() != two.tobytes()) == differs


@pytest.mark.parametrize("method", METHODS)
def test_a_window_is_the_same_part_of_the_whole(method):
    rng = np.random.default_rng(0)
    for width, height, to_width, to_height in random_sizes(2, 40):
        pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        window = random_window(rng, to_width, to_height)
        found = resize_pillow.resize_array(pixels, to_width, to_height, method, window)
        np.testing.assert_array_equal(found, geometry_cut(pillows(pixels, to_width, to_height, method), window))


def geometry_cut(pixels, window):
    return pixels[window.top : window.bottom, window.left : window.right]


def jpeg(width, height, orientation, seed=0):
    rng = np.random.default_rng(seed)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(out, "JPEG", exif=exif, quality=95)
    return load_photo(out.getvalue())


@pytest.mark.parametrize("cores", [1, 2, 3, 16])
@pytest.mark.parametrize("method", FILTERED)
def test_bands_and_left_out_rows_change_no_bit(monkeypatch, method, cores):
    monkeypatch.setattr(resize_pillow, "_LARGE", 0)
    monkeypatch.setattr(bands, "processors", lambda: cores)
    rng = np.random.default_rng(cores)
    for place, (width, height, to_width, to_height) in enumerate(EDGES + random_sizes(cores, 16)):
        photo = jpeg(width, height, place % 8 + 1)
        expected = pillows(np.ascontiguousarray(photo.pixels), to_width, to_height, method)
        for window in (Window(0, 0, to_width, to_height), random_window(rng, to_width, to_height)):
            found = resize_pillow.resize(photo.picture, to_width, to_height, method, window)
            np.testing.assert_array_equal(found, geometry_cut(expected, window))


@pytest.mark.long
@pytest.mark.parametrize("method", FILTERED)
def test_bands_and_left_out_rows_change_no_bit_on_many_shapes(monkeypatch, method):
    monkeypatch.setattr(resize_pillow, "_LARGE", 0)
    rng = np.random.default_rng(7)
    for place, (width, height, to_width, to_height) in enumerate(random_sizes(8, 600, largest=400)):
        photo = jpeg(width, height, place % 8 + 1, seed=place)
        window = random_window(rng, to_width, to_height)
        found = resize_pillow.resize(photo.picture, to_width, to_height, method, window)
        expected = pillows(np.ascontiguousarray(photo.pixels), to_width, to_height, method)
        np.testing.assert_array_equal(found, geometry_cut(expected, window))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photo_of_a_phone_is_resized_to_pillows_bits(orientation):
    photo = jpeg(1600, 1200, orientation)
    width, height = geometry.shorter_side(photo.width, photo.height, 256, "floor")
    window = geometry.centred(width, height, 224, 224, "half_even")
    found = resize_pillow.resize(photo.picture, width, height, "pillow.bicubic", window)
    expected = pillows(np.ascontiguousarray(photo.pixels), width, height, "pillow.bicubic")
    np.testing.assert_array_equal(found, geometry_cut(expected, window))


@pytest.mark.parametrize("method", FILTERED)
def test_rows_that_are_left_out_are_never_read(method):
    rng = np.random.default_rng(3)
    for rows, _, height, _ in random_sizes(4, 60, largest=500):
        top, bottom = sorted(int(edge) for edge in rng.choice(height + 1, 2, replace=False))
        first, last = resize_pillow.rows_read(rows, height, method, top, bottom)
        pixels = rng.integers(0, 256, (rows, 3, 3), dtype=np.uint8)
        other = rng.integers(0, 256, (rows, 3, 3), dtype=np.uint8)
        other[first:last] = pixels[first:last]
        one, two = (pillows(each, 3, height, method)[top:bottom] for each in (pixels, other))
        np.testing.assert_array_equal(one, two)
