"""From what a person has (a file, bytes, a Pillow image, an array) to an upright RGB picture, or a clear refusal."""

from __future__ import annotations

import os
import stat
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from satchel_metadata.errors import CHECK_PATH, InputError
from satchel_metadata.ops import jpeg, png
from satchel_metadata.ops.raster import UPRIGHT, Raster

Source = str | os.PathLike[str] | bytes | Image.Image | NDArray[Any]
Colour = tuple[int, int, int]

MAX_PIXELS = 2**27
"""The largest photo that is read: 134 megapixels, 512 MB in memory. A larger one is more often a trap than a photo."""
MAX_BYTES = 2**29
"""The largest file that is read."""
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "DIB", "PPM", "WEBP", "AVIF", "TIFF", "JPEG2000", "ICO", "TGA", "QOI")
"""What is recognised. Formats whose reader starts other programs (EPS) or that hold no photos are left out."""

_ORIENTATION = 0x0112
_loading = threading.Lock()


@dataclass(frozen=True, eq=False)
class Photo:
    """An upright RGB picture.

    Args:
        name: what to call it in a message: its path, or "photo".
        picture: a Raster, or a Pillow image in RGB.
        had_alpha: whether some pixel was not opaque, and so was mixed with the background.
    """

    name: str
    picture: Raster | Image.Image
    had_alpha: bool = False

    @property
    def width(self) -> int:
        """Gives the columns."""
        return self.picture.width

    @property
    def height(self) -> int:
        """Gives the rows."""
        return self.picture.height

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """Gives the picture as uint8 [height, width, 3]; not to be written to, not always contiguous."""
        return self.picture.pixels if isinstance(self.picture, Raster) else np.asarray(self.picture)


def load_photo(source: Source, background: Colour = (0, 0, 0)) -> Photo:
    """Gives the upright RGB picture of a photo.

    EXIF orientation is applied, 16-bit samples are shifted right by 8, alpha is composited over `background` as
    (c * a + b * (255 - a) + 127) // 255, of several frames the first is taken, every other mode goes through Pillow's
    convert("RGB"). Colour profiles are not applied.

    Args:
        source: a path, the bytes of a file, a Pillow image, or uint8 [h, w], [h, w, 3] (RGB) or [h, w, 4] (RGBA).
        background: what shows through where the photo is transparent.

    Raises:
        InputError: input/not-found, input/not-a-picture, input/not-readable, input/truncated, input/empty,
            input/too-large, input/unsupported-mode, input/wrong-array, input/wrong-type; each names the file.
    """
    name, refusal = _name(source), None
    try:
        if isinstance(source, np.ndarray):
            return _of_image(name, _image_of_array(source), background)
        if isinstance(source, Image.Image):
            return _of_image(name, source, background)
        return _of_file(name, source if isinstance(source, bytes) else _read(_path(source)), background)
    except InputError as error:
        refusal = error
    raise InputError(refusal.code, refusal.message, where=name, hint=refusal.hint) from None


def _name(source: Source) -> str:
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    return str(getattr(source, "filename", "")) or "photo"


def _path(source: Any) -> Path:
    if not isinstance(source, (str, os.PathLike)):
        hint = "Give a path, the bytes of a file, a Pillow image or an array."
        raise InputError("input/wrong-type", f"expected a photo, found {type(source).__name__}", hint=hint)
    return Path(source)


def _read(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(
                "input/not-a-picture",
                "expected a photo, found a folder or a device",
                hint="Give the path of one photo.",
            )
        if found.st_size > MAX_BYTES:
            raise InputError(
                "input/too-large", f"the file is larger than {MAX_BYTES >> 20} MB", hint="Save the photo smaller first."
            )
        with path.open("rb", buffering=0) as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError("input/not-found", "there is no such file", hint=CHECK_PATH) from None
    except (OSError, ValueError) as error:
        raise InputError("input/not-readable", f"the file cannot be read ({error})", hint=CHECK_PATH) from None


def _of_file(name: str, data: bytes, background: Colour) -> Photo:
    image = _opened(data)
    refuse_size(image.width, image.height)
    if image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L"):
        memory = jpeg.decode(data, image.width, image.height)
        if memory is not None:
            return Photo(name, Raster(memory, image.width, image.height, _orientation(image)))
    if image.format == "PNG" and image.mode in ("RGB", "L"):
        memory = png.decode(data, image.width, image.height)
        if memory is not None:
            return Photo(name, Raster(memory, image.width, image.height))
    return _of_image(name, image, background)


def _opened(data: bytes) -> Image.Image:
    """Reads the header."""
    if not data:
        raise InputError("input/empty", "the file holds nothing", hint="Copy or save the photo again.")
    try:
        with _quietly():
            return Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_large("more") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        _refuse_empty(data)
        found = "what looks like a damaged picture" if _looks_like_picture(data) else f"a file that begins {data[:8]!r}"
        hint = f"Readable are {', '.join(FORMATS)}."
        raise InputError("input/not-a-picture", f"expected a photo, found {found}", hint=hint) from error


def _looks_like_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")) or data[8:12] == b"WEBP"


def _refuse_empty(data: bytes) -> None:
    """Tells a picture of no pixels, which Pillow does not recognise at all, from a file that is none."""
    stated = (1, 1)
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        stated = struct.unpack(">II", data[16:24])
    elif data.startswith(b"GIF8") and len(data) >= 10:
        stated = struct.unpack("<HH", data[6:10])
    refuse_size(*stated)


def refuse_size(width: int, height: int) -> None:
    """Refuses a picture without pixels, or with more than MAX_PIXELS.

    Raises:
        InputError: input/empty, input/too-large.
    """
    if width == 0 or height == 0:
        raise InputError(
            "input/empty",
            f"the picture has no pixels ({width} x {height})",
            hint="Give a picture of at least 1 x 1 pixels.",
        )
    if width * height > MAX_PIXELS:
        raise _too_large(f"{width} x {height} pixels")


def _too_large(found: str) -> InputError:
    return InputError(
        "input/too-large",
        f"expected at most {MAX_PIXELS // 10**6} megapixels, found {found}",
        hint="Make the photo smaller first.",
    )


def _of_image(name: str, image: Image.Image, background: Colour) -> Photo:
    refuse_size(image.width, image.height)
    _load(image)
    refuse_size(image.width, image.height)
    upright = image.transpose(UPRIGHT[_orientation(image)]) if _orientation(image) in UPRIGHT else image
    upright.info = image.info
    eight, alpha = _eight_bits(upright, image.format)
    if alpha is None:
        return Photo(name, eight if eight.mode == "RGB" else _converted(eight))
    opaque = bool((alpha == 255).all())
    rgb = _converted(eight)
    return Photo(name, rgb if opaque else _composited(rgb, alpha, background), had_alpha=not opaque)


def _load(image: Image.Image) -> None:
    try:
        with _no_grey_rows():
            image.load()
    except MemoryError:
        raise _too_large(f"{image.width} x {image.height} pixels") from None
    except Image.DecompressionBombError:
        raise _too_large("more") from None
    except Exception as error:  # Pillow's readers raise many kinds of exception on damaged files
        raise InputError(
            "input/truncated",
            f"the picture is truncated or damaged ({error})",
            hint="Copy or download the photo again.",
        ) from error


@contextmanager
def _quietly() -> Iterator[None]:
    """Pillow warns of large pictures, which our limit judges, and of damaged extras, which do no harm.

    The lock is there because catch_warnings changes what the whole process does with warnings.
    """
    with _loading, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _no_grey_rows() -> Iterator[None]:
    """Other libraries switch Pillow to filling what is missing with grey; here that is never wanted."""
    if not ImageFile.LOAD_TRUNCATED_IMAGES:
        yield
        return
    with _loading:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = True


def _orientation(image: Image.Image) -> int:
    """Gives the EXIF orientation, 1 when there is none or it is damaged; XMP, which browsers ignore, is not asked."""
    stored = image.info.get("exif")
    if not stored:
        return 1
    exif = Image.Exif()
    try:
        with _quietly():
            exif.load(stored)
            found = exif.get(_ORIENTATION, 1)
    except Exception:  # a damaged EXIF block does not make the pixels wrong
        return 1
    return found if found in UPRIGHT else 1


def _eight_bits(image: Image.Image, file_format: str | None) -> tuple[Image.Image, NDArray[np.uint8] | None]:
    """Gives the image with 8-bit samples, and its alpha, None when it has none."""
    transparent = image.info.get("transparency")
    if image.mode.startswith("I;16") or (image.mode == "I" and file_format == "PPM"):
        samples = np.asarray(image)
        grey = Image.fromarray((samples >> 8).astype(np.uint8))
        alpha = None if transparent is None else np.where(samples == transparent, 0, 255).astype(np.uint8)
        return grey, alpha
    if image.mode in ("F", "I"):
        kind = "floating-point" if image.mode == "F" else "32-bit"
        raise InputError(
            "input/unsupported-mode",
            f"the picture has {kind} samples (Pillow's mode {image.mode}), whose range is not known",
            hint="Save it with 8 or 16 bits a sample.",
        )
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or transparent is not None:
        rgba = _converted(_converted(image, "LA") if image.mode == "La" else image, "RGBA")
        return rgba, np.asarray(rgba.getchannel("A"))
    return image, None


def _converted(image: Image.Image, mode: str = "RGB") -> Image.Image:
    try:
        return image.convert(mode)
    except ValueError as error:
        raise InputError(
            "input/unsupported-mode",
            f"Pillow cannot show mode {image.mode} as {mode} ({error})",
            hint="Save it as RGB with 8 bits a sample.",
        ) from None


def _composited(rgb: Image.Image, alpha: NDArray[np.uint8], background: Colour) -> Image.Image:
    """The products and their sum stay below 2^16."""
    cover = alpha.astype(np.uint16)[..., np.newaxis]
    behind = np.array(background, np.uint16)
    mixed = (np.asarray(rgb) * cover + behind * (255 - cover) + np.uint16(127)) // np.uint16(255)
    return Image.fromarray(mixed.astype(np.uint8))


def _image_of_array(pixels: NDArray[Any]) -> Image.Image:
    fits = pixels.dtype == np.uint8 and (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4)))
    if not fits:
        raise InputError(
            "input/wrong-array",
            f"expected uint8 [h, w], [h, w, 3] or [h, w, 4], found {pixels.dtype} {list(pixels.shape)}",
            hint="Give samples of 0..255 as uint8: rows, columns, then RGB or RGBA.",
        )
    refuse_size(pixels.shape[1], pixels.shape[0])
    return Image.fromarray(np.ascontiguousarray(pixels))
