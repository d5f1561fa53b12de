"""What libspng makes of a PNG against what Pillow makes of it; and which files are left to Pillow."""

import random
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import photos
from satchel_metadata.errors import InputError
from satchel_metadata.ops import png
from satchel_metadata.ops.raster import Raster
from satchel_metadata.photo import load_photo

SIZES = [(1, 1), (2, 3), (3, 2), (7, 9), (8, 8), (33, 17), (64, 130)]
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
"""Of each pass: its first column and row, and the steps between its columns and rows."""


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered(pixels, seed=None):
    """The rows of [h, w, c], each behind the byte that names its filter: 0, or one of the five by chance."""
    channels, before, rows = pixels.shape[2], np.zeros(pixels.shape[1] * pixels.shape[2], np.int64), []
    chance = random.Random(seed)
    for row in pixels.reshape(len(pixels), -1).astype(np.int64):
        left, corner = (np.concatenate([np.zeros(channels, np.int64), each])[: row.size] for each in (row, before))
        distances = [abs(before - corner), abs(left - corner), abs(left + before - 2 * corner)]
        paeth = np.where(
            (distances[0] <= distances[1]) & (distances[0] <= distances[2]),
            left,
            np.where(distances[1] <= distances[2], before, corner),
        )
        guesses = [0 * row, left, before, (left + before) // 2, paeth]
        kind = 0 if seed is None else chance.randrange(5)
        rows.append(bytes([kind]) + ((row - guesses[kind]) % 256).astype(np.uint8).tobytes())
        before = row
    return b"".join(rows)


def written(pixels, *chunks, seed=0, interlaced=False, pieces=1, level=6, tail=b"", rows=None):
    """A PNG of [h, w, c], c of 1 to 4, written by hand; `chunks` stand before its pixels, `tail` behind them."""
    height, width, channels = pixels.shape
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    passes = [pixels[y::down, x::right] for x, y, right, down in ADAM7] if interlaced else [pixels]
    samples = b"".join(filtered(part, seed) for part in passes if part.size)
    body = zlib.compress(samples if rows is None else samples[:rows], level)
    size = -(-len(body) // pieces)
    parts = [chunk(b"IDAT", body[place : place + size]) for place in range(0, len(body), size)]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, int(interlaced)))
    extra = b"".join(chunk(kind, data) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + header + extra + b"".join(parts) + tail + chunk(b"IEND", b"")


def noise(width, height, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def pillows(data):
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def decoded(data, picture):
    return png.decode(data, picture.shape[1], picture.shape[0])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_every_filter_size_and_order_gives_pillows_bits(channels, interlaced, level):
    for seed, (width, height) in enumerate(SIZES):
        pixels = noise(width, height, channels, seed)
        data = written(pixels, seed=seed, interlaced=interlaced, level=level, pieces=1 + seed)
        photo = load_photo(data)
        assert isinstance(photo.picture, Raster)
        np.testing.assert_array_equal(photo.pixels, np.broadcast_to(pixels, (height, width, 3)))
        np.testing.assert_array_equal(photo.pixels, pillows(data))
        np.testing.assert_array_equal(np.asarray(photo.picture.image), pillows(data))


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_real_photos_are_decoded_here_and_have_pillows_bits(name):
    data = photos.path(name).read_bytes()
    photo = load_photo(data)
    assert isinstance(photo.picture, Raster)
    np.testing.assert_array_equal(photo.pixels, pillows(data))


def test_notes_beside_the_pixels_change_nothing():
    pixels = noise(20, 10)
    notes = [(b"gAMA", struct.pack(">I", 30000)), (b"sBIT", b"\5\6\5"), (b"bKGD", b"\0\1\0\2\0\3"), (b"tEXt", b"a\0b")]
    data = written(pixels, *notes)
    assert decoded(data, pixels) is not None
    np.testing.assert_array_equal(load_photo(data).pixels, pillows(data))


def exif(value):
    block = Image.Exif()
    block[0x0112] = value
    return block.tobytes().removeprefix(b"Exif\0\0")


@pytest.mark.parametrize("behind", [False, True])
def test_a_png_that_says_how_it_stands_goes_through_pillow(behind):
    pixels, turned = noise(20, 10), (b"eXIf", exif(6))
    data = written(pixels, tail=chunk(*turned)) if behind else written(pixels, turned)
    assert decoded(data, pixels) is None
    np.testing.assert_array_equal(load_photo(data).pixels, np.rot90(pixels, -1))


def test_a_png_with_a_transparent_colour_goes_through_pillow():
    pixels = noise(20, 10)
    pixels[3, 4] = (1, 2, 3)
    data = written(pixels, (b"tRNS", b"\0\1\0\2\0\3"))
    assert decoded(data, pixels) is None
    photo = load_photo(data, (9, 8, 7))
    assert photo.had_alpha
    assert tuple(photo.pixels[3, 4]) == (9, 8, 7)


def test_a_png_of_several_frames_goes_through_pillow():
    out, frames = BytesIO(), [Image.fromarray(noise(20, 10, seed=seed)) for seed in range(2)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], default_image=False)
    assert png.decode(out.getvalue(), 20, 10) is None
    np.testing.assert_array_equal(load_photo(out.getvalue()).pixels, np.asarray(frames[0]))


def test_a_png_of_another_depth_or_size_goes_through_pillow(monkeypatch):
    pixels = noise(20, 10)
    deep, out = Image.fromarray(noise(20, 10, 1)[..., 0].astype(np.uint16) * 250), BytesIO()
    deep.save(out, "PNG")
    assert png.decode(out.getvalue(), 20, 10) is None
    assert png.decode(written(pixels), 21, 10) is None
    monkeypatch.setattr(png, "LARGEST", 199)
    assert decoded(written(pixels), pixels) is None


def test_every_byte_that_is_changed_is_judged_as_pillow_judges_it():
    data, chance = written(noise(24, 18), (b"tEXt", b"a\0b"), pieces=3), random.Random(0)
    for place in range(8, len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << chance.randrange(8)
        assert png.decode(bytes(damaged), 24, 18) is None, place


def judged(data):
    try:
        return load_photo(data).pixels.tobytes()
    except InputError as error:
        return error.code


@pytest.mark.parametrize("missing", [1, 12, 40, 400])
def test_a_png_that_ends_early_is_judged_as_pillow_judges_it(monkeypatch, missing):
    data = written(noise(24, 18))[:-missing]
    found = judged(data)
    monkeypatch.setattr(png, "decode", lambda *given: None)
    assert judged(data) == found


@pytest.mark.parametrize("rows", [0, 1, 73, 17 * 73])
def test_a_png_whose_rows_are_missing_behind_right_checksums_is_left_to_pillow(rows):
    pixels = noise(24, 18)
    assert decoded(written(pixels, rows=rows), pixels) is None
