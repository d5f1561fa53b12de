"""What load_photo gives, held against Pillow and against the contract's formulas; and what it refuses."""

import contextlib
import random
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFile, ImageOps

import photos
from satchel_metadata.errors import InputError
from satchel_metadata.ops import jpeg
from satchel_metadata.ops.raster import Raster
from satchel_metadata.photo import MAX_PIXELS, load_photo

ORIENTATION = 0x0112


def noise(width, height, channels=3, seed=0):
    shape = (height, width, channels) if channels > 1 else (height, width)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def smooth(width, height, seed=0):
    """A picture that a JPEG keeps well, with edges: what decoders could treat differently."""
    small = Image.fromarray(noise(max(1, width // 9), max(1, height // 9), seed=seed))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def encoded(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pillows(data, mode="RGB"):
    return np.asarray(Image.open(BytesIO(data)).convert(mode))


def with_orientation(value):
    exif = Image.Exif()
    exif[ORIENTATION] = value
    return exif


def png(width, height, depth, colour, samples, *chunks):
    """A PNG written by hand: Pillow writes none with 16 bits a colour."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    extra = b"".join(chunk(kind, data) for kind, data in chunks)
    body = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)))
    return b"\x89PNG\r\n\x1a\n" + header + extra + body + chunk(b"IEND", b"")


def composited(rgba, background):
    """The contract's formula, in Python's own integers."""
    rows = []
    for row in rgba.tolist():
        pixels = [
            [(c * a + b * (255 - a) + 127) // 255 for c, b in zip(rgb, background, strict=True)] for *rgb, a in row
        ]
        rows.append(pixels)
    return np.array(rows, np.uint8)


JPEG_OPTIONS = [
    {"subsampling": "4:4:4"},
    {"subsampling": "4:2:2"},
    {"subsampling": "4:2:0"},
    {"subsampling": "4:2:0", "progressive": True},
    {"subsampling": "4:4:4", "progressive": True, "quality": 30},
    {"subsampling": "4:2:2", "quality": 100, "optimize": True},
    {"subsampling": "4:2:0", "quality": 5},
    {"subsampling": "4:2:0", "restart_marker_rows": 1},
    {"keep_rgb": True},
]


@pytest.mark.parametrize("options", JPEG_OPTIONS, ids=str)
def test_a_jpeg_has_pillows_bits(options):
    for seed, (width, height) in enumerate([(1, 1), (2, 3), (8, 8), (17, 16), (31, 33), (127, 64), (200, 151)]):
        for image in (smooth(width, height, seed), Image.fromarray(noise(width, height, seed=seed))):
            data = encoded(image, "JPEG", **options)
            photo = load_photo(data)
            assert isinstance(photo.picture, Raster)
            np.testing.assert_array_equal(photo.pixels, pillows(data))
            np.testing.assert_array_equal(np.asarray(photo.picture.image), pillows(data))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_grey_jpeg_has_pillows_bits(progressive):
    for width, height in ((1, 1), (33, 17), (120, 90)):
        data = encoded(smooth(width, height).convert("L"), "JPEG", progressive=progressive)
        photo = load_photo(data)
        assert isinstance(photo.picture, Raster)
        np.testing.assert_array_equal(photo.pixels, pillows(data))


def test_a_cmyk_jpeg_goes_through_pillow():
    data = encoded(smooth(40, 30).convert("CMYK"), "JPEG")
    assert jpeg.decode(data, 40, 30) is None
    np.testing.assert_array_equal(load_photo(data).pixels, pillows(data))


@pytest.mark.parametrize("name", ["rocket", "squirrel", "baboon", "orange", "china", "flower", "chelsea", "coffee"])
def test_real_photos_have_pillows_bits(name):
    path = photos.path(name)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    np.testing.assert_array_equal(load_photo(path).pixels, expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_exif_orientation_is_applied(kind, orientation):
    data = encoded(smooth(37, 22), kind, exif=with_orientation(orientation))
    with Image.open(BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    photo = load_photo(data)
    np.testing.assert_array_equal(photo.pixels, expected)
    assert (photo.width, photo.height) == expected.shape[1::-1]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_pillow_image_is_turned_upright_too(orientation):
    image = Image.open(BytesIO(encoded(smooth(37, 22), "JPEG", exif=with_orientation(orientation))))
    np.testing.assert_array_equal(load_photo(image).pixels, np.asarray(ImageOps.exif_transpose(image)))


@pytest.mark.parametrize("orientation", [0, 9, 700])
def test_an_orientation_beyond_1_to_8_is_none(orientation):
    data = encoded(smooth(37, 22), "JPEG", exif=with_orientation(orientation))
    np.testing.assert_array_equal(load_photo(data).pixels, pillows(data))


def test_a_damaged_exif_block_does_no_harm():
    data = encoded(smooth(37, 22), "JPEG", exif=b"Exif\0\0MM\0*garbage")
    np.testing.assert_array_equal(load_photo(data).pixels, pillows(encoded(smooth(37, 22), "JPEG")))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("method", ["BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"])
def test_a_band_narrowed_as_stored_is_the_upright_band_narrowed(orientation, method):
    data = encoded(smooth(61, 47), "JPEG", exif=with_orientation(orientation))
    raster = load_photo(data).picture
    assert isinstance(raster, Raster)
    filtered = Image.Resampling[method]
    for width in (1, 13, 29, raster.width, 90):
        whole = raster.image.copy().resize((width, raster.height), filtered)
        for top, bottom in ((0, raster.height), (5, 6), (7, 31)):
            found = raster.narrowed(top, bottom, width, filtered)
            np.testing.assert_array_equal(np.asarray(found), np.asarray(whole.crop((0, top, width, bottom))))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_shifted_right_by_8(kind):
    samples = np.random.default_rng(0).integers(0, 65536, (9, 7), dtype=np.uint16)
    photo = load_photo(encoded(Image.fromarray(samples), kind))
    np.testing.assert_array_equal(photo.pixels, np.repeat((samples >> 8)[..., np.newaxis], 3, axis=2))


def test_a_big_endian_16_bit_tiff_is_shifted_right_by_8():
    samples = np.random.default_rng(0).integers(0, 65536, (9, 7)).astype(">u2")
    photo = load_photo(encoded(Image.fromarray(samples), "TIFF"))
    np.testing.assert_array_equal(photo.pixels[..., 1], samples >> 8)


def test_a_16_bit_pgm_is_shifted_right_by_8():
    samples = np.random.default_rng(0).integers(0, 65536, (9, 7)).astype(">u2")
    photo = load_photo(b"P5 7 9 65535\n" + samples.tobytes())
    np.testing.assert_array_equal(photo.pixels[..., 2], samples >> 8)


def test_16_bit_colour_is_shifted_right_by_8():
    samples = np.random.default_rng(0).integers(0, 65536, (9, 7, 3), dtype=np.uint16)
    np.testing.assert_array_equal(load_photo(png(7, 9, 16, 2, samples)).pixels, samples >> 8)


def test_16_bit_alpha_is_shifted_right_by_8_before_it_is_composited():
    samples = np.random.default_rng(0).integers(0, 65536, (9, 7, 4), dtype=np.uint16)
    expected = composited(samples >> 8, (10, 20, 30))
    np.testing.assert_array_equal(load_photo(png(7, 9, 16, 6, samples), (10, 20, 30)).pixels, expected)


def test_a_transparent_level_of_a_16_bit_grey_is_the_background():
    samples = np.array([[300, 40000, 300]], np.uint16)
    photo = load_photo(png(3, 1, 16, 0, samples, (b"tRNS", struct.pack(">H", 300))), (9, 8, 7))
    assert photo.pixels.tolist() == [[[9, 8, 7], [156, 156, 156], [9, 8, 7]]]
    assert photo.had_alpha


@pytest.mark.parametrize("background", [(0, 0, 0), (255, 255, 255), (1, 128, 250)])
def test_alpha_is_composited_over_the_background(background):
    rgba = noise(64, 64, 4)
    photo = load_photo(encoded(Image.fromarray(rgba), "PNG"), background)
    np.testing.assert_array_equal(photo.pixels, composited(rgba, background))
    assert photo.had_alpha


def test_every_colour_under_every_alpha_is_composited_exactly():
    colour, alpha = np.meshgrid(np.arange(256), np.arange(256))
    rgba = np.stack([colour, 255 - colour, colour // 2, alpha], axis=2).astype(np.uint8)
    for background in ((0, 0, 0), (255, 254, 1)):
        np.testing.assert_array_equal(load_photo(rgba, background).pixels, composited(rgba, background))


@pytest.mark.parametrize("kind", ["LA", "P", "RGB", "L"])
def test_every_kind_of_transparency_is_composited(kind):
    rgba = noise(31, 20, 4, seed=3)
    rgba[..., :3] //= 64
    image, options = Image.fromarray(rgba), {}
    if kind == "LA":
        image = image.convert("LA")
    elif kind == "P":
        image, options = Image.fromarray(rgba[..., :3]).quantize(16), {"transparency": bytes(range(0, 256, 16))}
    else:
        image = Image.fromarray(rgba[..., :3]).convert(kind)
        options = {"transparency": image.getpixel((3, 3))}
    data = encoded(image, "PNG", **options)
    seen = Image.open(BytesIO(data)).convert("RGBA")
    photo = load_photo(data, (200, 100, 50))
    np.testing.assert_array_equal(photo.pixels, composited(np.asarray(seen), (200, 100, 50)))
    assert photo.had_alpha


def test_an_alpha_channel_that_hides_nothing_is_no_alpha():
    rgba = noise(8, 8, 4)
    rgba[..., 3] = 255
    photo = load_photo(rgba)
    np.testing.assert_array_equal(photo.pixels, rgba[..., :3])
    assert not photo.had_alpha


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "HSV", "LAB", "RGBX"])
def test_other_modes_go_through_pillows_convert(mode):
    image = smooth(30, 20).convert("RGB" if mode == "LAB" else mode)
    image = Image.merge("LAB", image.split()) if mode == "LAB" else image
    np.testing.assert_array_equal(load_photo(image).pixels, np.asarray(image.convert("RGB")))


FORMATS_AND_MODES = [
    *(("BMP", "RGB"), ("TIFF", "CMYK"), ("GIF", "P"), ("PPM", "L"), ("TGA", "RGB"), ("JPEG2000", "RGB")),
    *(("QOI", "RGB"), ("WEBP", "RGB"), ("PNG", "1")),
]


@pytest.mark.parametrize(("kind", "mode"), FORMATS_AND_MODES)
def test_every_format_reads_as_pillow_reads_it(kind, mode):
    data = encoded(smooth(30, 20).convert(mode), kind)
    np.testing.assert_array_equal(load_photo(data).pixels, pillows(data))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_taken(kind):
    frames = [Image.fromarray(noise(20, 10, seed=seed)) for seed in range(3)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(load_photo(data).pixels, pillows(data))
    assert Image.open(BytesIO(data)).n_frames == 3


def test_a_path_bytes_an_image_and_an_array_give_the_same_picture(tmp_path):
    rgb = noise(12, 9)
    path = tmp_path / "photo.png"
    Image.fromarray(rgb).save(path)
    for source in (
        path,
        str(path),
        path.read_bytes(),
        Image.open(path),
        Image.fromarray(rgb),
        rgb,
        rgb[:, ::-1][:, ::-1],
    ):
        np.testing.assert_array_equal(load_photo(source).pixels, rgb)
    assert load_photo(path).name == str(path)
    assert load_photo(Image.open(path)).name == str(path)
    assert load_photo(rgb).name == "photo"


def test_a_grey_array_becomes_three_equal_channels():
    grey = noise(12, 9, 1)
    np.testing.assert_array_equal(load_photo(grey).pixels, np.stack([grey] * 3, axis=2))


def refused(source):
    with pytest.raises(InputError) as caught:
        load_photo(source)
    return caught.value


def test_a_missing_file_is_refused_by_name(tmp_path):
    error = refused(tmp_path / "no.jpg")
    assert (error.code, error.where) == ("input/not-found", str(tmp_path / "no.jpg"))


def test_a_folder_is_refused(tmp_path):
    assert refused(tmp_path).code == "input/not-a-picture"


@pytest.mark.parametrize("content", [b"hello, world", b"\0" * 1000, b"%PDF-1.4 ...", b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_what_is_no_picture_is_refused_by_name(tmp_path, content):
    path = tmp_path / "text.jpg"
    path.write_bytes(content)
    error = refused(path)
    assert (error.code, error.where) == ("input/not-a-picture", str(path))


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.png"
    path.touch()
    assert refused(path).code == "input/empty"


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (5, 0)])
def test_a_picture_of_no_pixels_is_refused(size):
    none = np.zeros((size[1], size[0], 3), np.uint8)
    assert refused(png(*size, 8, 2, [])).code == "input/empty"
    assert refused(b"GIF89a" + struct.pack("<HH", *size) + b"\0\0\0;").code == "input/empty"
    assert refused(none).code == "input/empty"
    assert refused(Image.new("RGB", size)).code == "input/empty"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("loads_truncated", [False, True])
def test_a_truncated_picture_is_refused_wherever_it_ends(monkeypatch, tmp_path, kind, loads_truncated):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", loads_truncated)
    data = encoded(Image.fromarray(noise(64, 48)), kind)
    path = tmp_path / "cut"
    for part in (0.2, 0.5, 0.9, 0.99):
        path.write_bytes(data[: int(len(data) * part)])
        error = refused(path)
        assert error.code in ("input/truncated", "input/not-a-picture")
        assert error.where == str(path)
    assert loads_truncated == ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_jpeg_or_png_that_breaks_off_in_its_pixels_is_called_truncated(options):
    photo, drawing = encoded(smooth(200, 150), "JPEG", **options), encoded(Image.fromarray(noise(64, 48)), "PNG")
    for data, missing in ((photo, 1), (photo, 50), (photo, len(photo) // 2), (drawing, 50), (drawing, 5000)):
        assert refused(data[:-missing]).code == "input/truncated"


def test_a_jpeg_with_bytes_missing_in_the_middle_is_refused():
    data = encoded(Image.fromarray(noise(200, 150)), "JPEG")
    assert refused(data[: len(data) // 2] + data[-2:]).code == "input/truncated"


@pytest.mark.parametrize(("width", "height"), [(70000, 70000), (2**14, 2**13 + 1), (2**31 - 1, 1)])
def test_a_picture_beyond_the_limit_is_refused_before_it_is_decoded(width, height):
    assert width * height > MAX_PIXELS
    assert refused(png(width, height, 8, 2, [])).code == "input/too-large"


@pytest.mark.parametrize("mode", ["F", "I"])
def test_samples_of_unknown_range_are_refused_by_mode(mode):
    error = refused(encoded(Image.new(mode, (3, 2)), "TIFF"))
    assert error.code == "input/unsupported-mode"
    assert f"mode {mode}" in error.message


@pytest.mark.parametrize(
    "array", [np.zeros((2, 2, 3)), np.zeros((2, 2, 2), np.uint8), np.zeros((1, 2, 2, 3), np.uint8)]
)
def test_an_array_that_is_no_picture_is_refused(array):
    assert refused(array).code == "input/wrong-array"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of damage in some of these; that it does is no matter
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "TGA"])
def test_damaged_bytes_give_a_picture_or_an_input_error_and_nothing_else(kind):
    data = encoded(smooth(40, 30).convert("P" if kind == "GIF" else "RGB"), kind)
    chance = random.Random(0)
    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with contextlib.suppress(InputError):
            assert load_photo(bytes(damaged)).pixels.shape[2] == 3
