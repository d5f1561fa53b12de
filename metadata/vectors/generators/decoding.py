"""Vectors of decode: photo files of every kind that all languages read, and files that are none."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from PIL import __version__ as pillow_version

from generators.base import Array, Case, VectorFile, invalid, valid
from generators.images import pixels

DECODE = {"op": "decode"}
RED = {"op": "decode", "background": [200, 30, 4]}


def files() -> Iterator[VectorFile]:
    yield VectorFile("decode/pillow.json", "Pillow", pillow_version, cases())


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Gives the bytes of a picture file."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes, background: tuple[int, ...] = (0, 0, 0)) -> Array:
    """Gives what Pillow reads, upright, its alpha composited as a browser's canvas does over an opaque colour."""
    with Image.open(BytesIO(data)) as found:
        upright = ImageOps.exif_transpose(found)
        if upright.mode.startswith("I;16"):
            return np.repeat((np.asarray(upright) >> 8).astype(np.uint8)[..., np.newaxis], 3, axis=2)
        if "A" not in upright.getbands() and "transparency" not in upright.info:
            return np.asarray(upright.convert("RGB"))
        rgba = np.asarray(upright.convert("RGBA")).astype(np.int64)
        mixed = (rgba[..., :3] * rgba[..., 3:] + np.array(background) * (255 - rgba[..., 3:]) + 127) // 255
        return mixed.astype(np.uint8)


def file(data: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode()}


def case(name: str, comment: str, data: bytes, step: dict[str, Any] = DECODE) -> Case:
    return valid(name, comment, file(data), opened(data, tuple(step.get("background", (0, 0, 0)))), step=step)


def smooth(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Gives a picture with soft colours, as JPEG is made for."""
    rng = np.random.default_rng(width * 100 + height)
    rough = rng.integers(0, 256, (max(2, height // 4), max(2, width // 4), 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def cases() -> Iterator[Case]:
    half = saved(Image.fromarray(np.array([[[200, 200, 200, 128]]], np.uint8)), "PNG")
    yield case("in-spec", "half transparent over black", half)
    white = {"op": "decode", "background": [255, 255, 255]}
    yield case("in-spec-white", "half transparent over white", half, white)
    for width, height in ((1, 1), (1, 9), (9, 1), (7, 5), (8, 8), (16, 16), (17, 15)):
        yield case(
            f"png-{width}x{height}",
            f"PNG, {width} x {height}",
            saved(Image.fromarray(pixels(width, width, height)), "PNG"),
        )
        for subsampling, words in ((0, "4:4:4"), (2, "4:2:0")):
            data = saved(smooth(width, height), "JPEG", quality=90, subsampling=subsampling)
            yield case(f"jpeg-{width}x{height}-{words}", f"JPEG, {width} x {height}, {words}", data)
    yield case("jpeg-4:2:2", "colour at half the width", saved(smooth(19, 10), "JPEG", subsampling=1))
    yield case("jpeg-quality-30", "strong compression", saved(smooth(24, 24), "JPEG", quality=30))
    yield case("jpeg-progressive", "progressive", saved(smooth(24, 20), "JPEG", progressive=True))
    yield case("jpeg-gray", "grey: three equal channels", saved(smooth(12, 10, "L"), "JPEG"))
    for orientation in range(1, 9):
        yield case(
            f"jpeg-exif-{orientation}", f"EXIF orientation {orientation} is applied", turned("JPEG", orientation)
        )
    yield case("jpeg-exif-9", "there is no orientation 9: as it is stored", turned("JPEG", 9))
    yield case("webp-exif-6", "EXIF orientation of WebP", turned("WEBP", 6, lossless=True))
    yield from modes()
    yield from transparent()
    yield from wrong()


def turned(kind: str, orientation: int, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(smooth(14, 9), kind, exif=exif, **options)


def modes() -> Iterator[Case]:
    """Gives pictures that are not stored as 8-bit RGB."""
    image = Image.fromarray(pixels(50, 9, 6))
    yield case("png-gray", "grey", saved(image.convert("L"), "PNG"))
    yield case("png-1-bit", "black and white", saved(image.convert("1"), "PNG"))
    yield case("png-palette", "a palette of 256 colours", saved(image.quantize(64), "PNG"))
    yield case("png-palette-4", "a palette of 4 colours, 2 bits a pixel", saved(image.quantize(4), "PNG", bits=2))
    deep = np.array([[0, 1, 127, 128, 255, 256, 257, 32767, 32768, 65279, 65280, 65535]], np.uint16)
    yield case("png-16-bit-gray", "16-bit samples are shifted right by 8", saved(Image.fromarray(deep), "PNG"))
    colours = np.stack([deep, deep[:, ::-1], deep // 2], axis=-1)
    data = png(colours, 2, 16)
    expected = (colours >> 8).astype(np.uint8)
    yield valid("png-16-bit", "in three channels too", file(data), expected, step=DECODE)
    yield case("png-profile", "a colour profile is not applied", saved(image, "PNG", icc_profile=profile()))
    yield case("png-gamma", "nor a gamma", with_chunk(saved(image, "PNG"), b"gAMA", struct.pack(">I", 100000)))
    yield case("bmp", "BMP", saved(image, "BMP"))
    yield case("gif", "GIF", saved(image.quantize(32), "GIF"))
    yield case("webp", "WebP without loss", saved(image, "WEBP", lossless=True))
    frames = [image.quantize(8), image.rotate(180).quantize(8)]
    yield case(
        "gif-frames", "of several frames the first", saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    )


def transparent() -> Iterator[Case]:
    """Gives pictures with alpha: every alpha on some colours, and colours that a canvas would lose."""
    alpha = np.arange(256, dtype=np.uint8).reshape(16, 16)
    colours = np.random.default_rng(8).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    rgba = Image.fromarray(np.dstack([colours, alpha]))
    for name, comment, step in (("black", "over black, when nothing is said", DECODE), ("red", "over a colour", RED)):
        yield case(
            f"png-rgba-{name}", f"every alpha, {comment}: (c a + b (255 - a) + 127) div 255", saved(rgba, "PNG"), step
        )
        grey = Image.merge("LA", (rgba.getchannel("G"), rgba.getchannel("A")))
        yield case(f"png-gray-alpha-{name}", f"grey with alpha, {comment}", saved(grey, "PNG"), step)
        yield case(
            f"webp-rgba-{name}", f"WebP with alpha, {comment}", saved(rgba, "WEBP", lossless=True, exact=True), step
        )
    yield case(
        "png-opaque",
        "alpha that is 255 everywhere changes nothing",
        saved(Image.fromarray(colours).convert("RGBA"), "PNG"),
        RED,
    )
    hidden = Image.fromarray(np.dstack([colours, np.zeros((16, 16), np.uint8)]))
    yield case("png-invisible", "alpha 0: the background alone", saved(hidden, "PNG"), RED)
    palette = Image.fromarray(colours).quantize(8)
    yield case(
        "png-palette-alpha",
        "a palette with alpha",
        saved(palette, "PNG", transparency=bytes([0, 50, 100, 128, 200, 255, 255, 255])),
        RED,
    )
    yield case("gif-transparent", "a transparent colour", saved(palette, "GIF", transparency=3), RED)


def png(samples: Array, colour: int, depth: int) -> bytes:
    """Gives a PNG of samples that Pillow does not write."""
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunk(data: bytes, name: bytes, content: bytes) -> bytes:
    return data[:33] + chunk(name, content) + data[33:]


def profile() -> bytes:
    """Gives an sRGB profile: its dates are made the same every time."""
    from PIL import ImageCms

    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = bytes(12)
    return bytes(made)


def wrong() -> Iterator[Case]:
    """Gives what is no photo."""
    whole = saved(smooth(16, 16), "JPEG")
    large = saved(smooth(64, 48), "JPEG", quality=95)
    lossless = saved(Image.fromarray(pixels(1, 30, 30)), "PNG")
    for name, comment, data, code in (
        ("empty", "a file of no bytes", b"", "input/empty"),
        ("text", "a text", b"I am no picture, only words.", "input/not-a-picture"),
        ("only-a-header", "a PNG that ends behind its name", lossless[:20], "input/not-a-picture"),
        ("cut-png", "a PNG that ends in the middle", lossless[: len(lossless) // 2], "input/truncated"),
        ("short-jpeg", "a JPEG that ends among its pixels", large[: len(large) // 2], "input/truncated"),
        ("cut-jpeg", "a JPEG that ends in its tables", whole[: len(whole) // 4], "input/not-a-picture"),
        ("no-columns", "a PNG of 0 x 5 pixels", png_of_size(0, 5), "input/empty"),
        ("bomb", "a PNG that says it has 60000 x 60000 pixels", png_of_size(60000, 60000), "input/too-large"),
    ):
        yield invalid(name, comment, file(data), code, step=DECODE)
    at = "$.inputs[0].steps[0]"
    for name, comment, change, code, key in (
        ("two-numbers", "a background has three numbers", {"background": [0, 0]}, "spec/missing-key", ".background"),
        ("too-bright", "of 0..255", {"background": [0, 0, 256]}, "spec/out-of-range", ".background[2]"),
        ("unknown-key", "a key that is not known", {"profile": True}, "spec/unknown-key", ".profile"),
    ):
        yield invalid(name, comment, file(lossless), code, f"{at}{key}", step={**DECODE, **change})


def png_of_size(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
