"""Photo files of every kind, and the pixels that Pillow makes of them: `decoded_photos.py FOLDER`.

The app's tests hold Android's decoder against it. `photos.json` has, for each file, its kind, its size upright and the
background; NAME.rgb.z holds the RGB rows (zlib). The files are made of photos that packages carry, the same each time.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "metadata" / "vectors")]

from generators.decoding import chunk, opened, png, profile, saved, with_chunk  # noqa: E402 - likewise

import photos  # noqa: E402 - put on the path above

WHOLE = ("china", "flower", "coffee", "astronaut", "chelsea")
GAMMA = (30000).to_bytes(4, "big")
RED = (200, 30, 4)


class PhotoFile(NamedTuple):
    """A photo file: what its pixels depend on is its kind."""

    name: str
    kind: str
    data: bytes
    background: tuple[int, int, int] = (0, 0, 0)


def picture(name: str, width: int | None = None, height: int | None = None, mode: str = "RGB") -> Image.Image:
    """Gives a photo, or a part of it from its middle on."""
    with Image.open(photos.find(name)) as found:
        whole = found.convert("RGB")
    left, top = whole.width // 3, whole.height // 3
    size = width or whole.width, height or whole.height
    box = (left, top, left + size[0], top + size[1]) if width else (0, 0, *size)
    return whole.crop(box).convert(mode)


def jpeg(image: Image.Image, quality: int = 85, subsampling: str = "4:2:0", **options: Any) -> bytes:
    """Gives the bytes of a JPEG."""
    return saved(image, "JPEG", quality=quality, subsampling=subsampling, **options)


def baseline() -> Iterator[PhotoFile]:
    """Baseline JPEGs by how colour is stored, by quality, and of sizes that no block divides."""
    for name in WHOLE:
        yield PhotoFile(f"{name}-420", "JPEG 4:2:0", jpeg(picture(name)))
    for name in ("china", "astronaut"):
        yield PhotoFile(f"{name}-422", "JPEG 4:2:2", jpeg(picture(name), subsampling="4:2:2"))
        yield PhotoFile(f"{name}-444", "JPEG 4:4:4", jpeg(picture(name), subsampling="4:4:4"))
    for quality in (30, 50, 95):
        yield PhotoFile(f"quality-{quality}", "JPEG 4:2:0", jpeg(picture("coffee", 300, 200), quality))
    yield PhotoFile("quality-100", "JPEG 4:4:4", jpeg(picture("coffee", 300, 200), 100, "4:4:4"))
    for sampling in ("4:2:0", "4:2:2", "4:4:4"):
        for width, height in ((301, 199), (17, 33)):
            small = jpeg(picture("flower", width, height), subsampling=sampling)
            yield PhotoFile(f"{width}x{height}-{sampling.replace(':', '')}", f"JPEG {sampling}", small)
    yield PhotoFile("restarts", "JPEG 4:2:0", jpeg(picture("chelsea", 200, 150), restart_marker_rows=1))
    yield PhotoFile("optimized", "JPEG 4:2:0", jpeg(picture("chelsea", 200, 150), optimize=True))


def others() -> Iterator[PhotoFile]:
    """JPEGs that are progressive, turned, grey, of another colour space, or with a profile that swaps red and blue."""
    for sampling in ("4:2:0", "4:2:2", "4:4:4"):
        data = jpeg(picture("china", 303, 201), subsampling=sampling, progressive=True)
        yield PhotoFile(f"progressive-{sampling.replace(':', '')}", f"JPEG {sampling}", data)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield PhotoFile(f"exif-{orientation}", "JPEG 4:2:0", jpeg(picture("rocket", 205, 131), exif=exif.tobytes()))
    yield PhotoFile("grey", "JPEG grey", saved(picture("flower", 203, 151, "L"), "JPEG", quality=85))
    grey = saved(picture("flower", 203, 151, "L"), "JPEG", quality=85, progressive=True)
    yield PhotoFile("grey-progressive", "JPEG grey", grey)
    swapped = profile().replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")
    yield PhotoFile("profile", "JPEG 4:2:0", jpeg(picture("coffee", 200, 150), icc_profile=swapped))
    yield PhotoFile("rgb", "JPEG RGB", jpeg(picture("coffee", 200, 150), subsampling="4:4:4", keep_rgb=True))
    yield PhotoFile("cmyk", "JPEG CMYK", saved(picture("astronaut", 200, 150, "CMYK"), "JPEG", quality=90))


def interlaced(samples: Any) -> bytes:
    """Gives a PNG of 16-bit RGB in the seven passes of Adam7, by which a picture is seen before it is all there."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    parts = [samples[top::down, left::across] for left, top, across, down in passes]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for part in parts for row in part)
    height, width = samples.shape[:2]
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 1)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def without_loss() -> Iterator[PhotoFile]:
    """PNGs of every kind of sample, and WebP."""
    small = picture("chelsea", 151, 101)
    yield PhotoFile("png", "PNG", saved(small, "PNG"))
    yield PhotoFile("png-grey", "PNG", saved(small.convert("L"), "PNG"))
    yield PhotoFile("png-palette", "PNG", saved(small.quantize(200), "PNG"))
    yield PhotoFile("png-gamma", "PNG", with_chunk(saved(small, "PNG"), b"gAMA", GAMMA))
    samples = np.asarray(small).astype(np.uint16) * 256 + np.arange(151, dtype=np.uint16)[:, np.newaxis]
    yield PhotoFile("png-16-bit", "PNG", png(samples, 2, 16))
    yield PhotoFile("png-16-bit-grey", "PNG", saved(Image.fromarray(samples[..., 1]), "PNG"))
    yield PhotoFile("png-16-bit-interlaced", "PNG", interlaced(samples))
    alpha = picture("astronaut", 151, 101, "L")
    clear = small.copy()
    clear.putalpha(alpha)
    yield PhotoFile("png-alpha", "PNG alpha", saved(clear, "PNG"), RED)
    yield PhotoFile("png-grey-alpha", "PNG alpha", saved(clear.convert("LA"), "PNG"), RED)
    sevenths = saved(small.quantize(7), "PNG", transparency=bytes(range(0, 210, 30)))
    yield PhotoFile("png-palette-alpha", "PNG alpha", sevenths, RED)
    yield PhotoFile("webp-lossless", "WebP", saved(small, "WEBP", lossless=True))
    yield PhotoFile("webp", "WebP with loss", saved(picture("coffee", 201, 151), "WEBP", quality=80))


def main(folder: Path) -> None:
    """Writes the files and what Pillow makes of them."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for each in (*baseline(), *others(), *without_loss()):
        pixels = opened(each.data, each.background)
        (folder / each.name).write_bytes(each.data)
        (folder / f"{each.name}.rgb.z").write_bytes(zlib.compress(pixels.tobytes()))
        height, width = pixels.shape[:2]
        about = {"name": each.name, "kind": each.kind, "width": width, "height": height}
        listed.append(about | {"background": list(each.background)})
    (folder / "photos.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
