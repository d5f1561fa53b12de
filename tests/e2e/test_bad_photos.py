"""What is dropped onto the photo page: each refusal names what it is and what to do, and the next photo is answered."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

import satchel
from satchel_metadata.bundle import BundleReader
from satchel_metadata.pipeline import Pipeline
from satchel_server import Listening

from .conftest import LOADED, Visit, visiting

LONGEST = 2 * LOADED
DROP = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const event = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def opened(browser: Browser, served: Listening) -> Iterator[Visit]:
    """One visit for all that is dropped: what one file does to the page the next would suffer."""
    with visiting(browser, served.url) as visit:
        visit.page.on("crash", lambda _: visit.complaints.append("the tab crashed"))
        visit.open()
        yield visit


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", "hello")
    return file.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _bomb(side: int) -> bytes:
    """Gives a PNG of one bit a pixel, all black: of 30000 x 30000 it takes 3.6 GB of memory, and 110 kB of disk."""
    packing, row = zlib.compressobj(9), bytes(1 + side // 8)
    rows = b"".join(packing.compress(row) for _ in range(side)) + packing.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _claiming(side: int) -> bytes:
    """Gives a small JPEG whose header claims to be of another size."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG")
    data = bytearray(file.getvalue())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", side, side)
    return bytes(data)


def _heif(brand: bytes, *others: bytes) -> bytes:
    """Gives what a HEIF file begins with, as its standard lays boxes out, without a picture in it."""
    told = brand + bytes(4) + b"".join(others)
    meta = b"hdlr" + bytes(8) + b"pict" + bytes(13)
    meta = bytes(4) + struct.pack(">I", len(meta) + 4) + meta
    boxes = [(b"ftyp", told), (b"meta", meta), (b"mdat", bytes(200))]
    return b"".join(struct.pack(">I", len(data) + 8) + kind + data for kind, data in boxes)


def _dng() -> bytes:
    """Gives a TIFF that Pillow writes, with Adobe's tag of RAW photos."""
    file = io.BytesIO()
    Image.new("L", (16, 16)).save(file, "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    return file.getvalue()


def _tiff() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "TIFF")
    return file.getvalue()


CR2 = b"II*\0\x10\0\0\0CR\2\0" + bytes(500)
REFUSED: dict[str, tuple[Callable[[], bytes], str, str, str]] = {
    "notes.txt": (lambda: b"hello, world", "input/not-a-picture", "begins", "JPEG, PNG"),
    "photos.zip": (_zip, "input/not-a-picture", "ZIP", "Unpack"),
    "model.satchel": (_zip, "input/not-a-picture", "bundle", "gallery"),
    "rows.csv": (lambda: b"a,b\n1,2\n", "input/not-a-picture", "CSV", "choose a photo"),
    "empty.jpg": (bytes, "input/empty", "holds nothing", "again"),
    "phone.heic": (lambda: _heif(b"heic", b"mif1", b"heic"), "input/not-a-picture", "HEIC", "as JPEG"),
    "phone.heif": (lambda: _heif(b"mif1", b"mif1", b"heic"), "input/not-a-picture", "HEIC", "as JPEG"),
    "broken.avif": (lambda: _heif(b"avif", b"mif1", b"avif"), "input/not-a-picture", "AVIF", "as JPEG"),
    "camera.dng": (_dng, "input/not-a-picture", "RAW", "as JPEG"),
    "camera.cr2": (lambda: CR2, "input/not-a-picture", "RAW", "as JPEG"),
    "camera.cr3": (lambda: _heif(b"crx ", b"isom"), "input/not-a-picture", "RAW", "as JPEG"),
    "scan.tif": (_tiff, "input/not-a-picture", "TIFF", "as JPEG"),
    "bomb.png": (lambda: _bomb(30_000), "input/too-large", "134 megapixels", "smaller"),
    "claims.jpg": (lambda: _claiming(60_000), "input/too-large", "134 megapixels", "smaller"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_answered_is_refused_in_words_and_the_next_photo_is_answered(
    opened: Visit, sample_photos: dict[str, Path], name: str
) -> None:
    make, code, found, remedy = REFUSED[name]
    _drop(opened, name, make())
    told = opened.page.locator("#trouble .notice")
    assert opened.page.get_attribute("#answer", "data-state") == "trouble"
    assert told.locator(".notice-title").inner_text() == "This photo cannot be used"
    sentence = told.locator("p").nth(1).inner_text()
    assert sentence.startswith(f"{name}: ")
    assert found in sentence
    assert remedy in sentence
    assert told.locator(".notice-code").inner_text() == code
    opened.show(sample_photos["coffee"])
    assert opened.page.text_content("#best-label") == "espresso"
    assert opened.complaints == []


def test_a_photo_of_100_megapixels_is_answered_as_in_python_and_so_is_the_next(
    opened: Visit, demo_bundle: Path, sample_photos: dict[str, Path], tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    with Image.open(sample_photos["coffee"]) as photo:
        photo.convert("RGB").resize((10_000, 10_000), Image.Resampling.NEAREST).save(large, quality=60)
    opened.page.set_input_files("#file", large)
    opened.page.wait_for_selector("#answer[aria-busy=false]", timeout=LONGEST)
    assert opened.prepared() == _prepared(demo_bundle, large)
    assert opened.page.text_content("#best-label") == "espresso"
    opened.show(sample_photos["chelsea"])
    assert opened.prepared() == _prepared(demo_bundle, sample_photos["chelsea"])
    assert opened.complaints == []


ODD = [
    *(f"exif-{orientation}.jpg" for orientation in range(1, 9)),
    *(
        "exif-6.webp",
        "exif-8.png",
        "alpha.png",
        "alpha.webp",
        "alpha-profile.png",
        "profile.jpg",
        "profile.webp",
        "cmyk.jpg",
    ),
]


@pytest.mark.parametrize("name", ODD)
def test_turned_transparent_and_profiled_photos_are_pythons_to_the_byte(
    opened: Visit, demo_bundle: Path, sample_photos: dict[str, Path], tmp_path: Path, name: str
) -> None:
    path = _odd(tmp_path / name, sample_photos)
    opened.show(path)
    assert opened.prepared() == _prepared(demo_bundle, path)
    expected = satchel.open(demo_bundle, variant="int8").run(path).to_json()["classes"]
    assert [label for label, _ in opened.classes()] == [each["label"] for each in expected]
    assert opened.complaints == []


def _odd(path: Path, samples: dict[str, Path]) -> Path:
    """Writes a photo of the manner that its name tells; all but the profiled ones show coffee."""
    with Image.open(samples["rocket"]) as rocket:
        profile = rocket.info["icc_profile"]
    with Image.open(samples["coffee"]) as coffee:
        photo = coffee.convert("RGB").resize((300, 200))
    told: dict[str, object] = {}
    manner = path.stem
    if manner.startswith("exif"):
        exif = Image.Exif()
        exif[0x0112] = int(manner[-1])
        told["exif"] = exif
    if "profile" in manner:
        told["icc_profile"] = profile
    if manner.startswith("alpha"):
        photo.putalpha(Image.linear_gradient("L").resize(photo.size))
    if manner == "cmyk":
        photo = photo.convert("CMYK")
    photo.save(path, **told)  # type: ignore[arg-type]
    return path


def _prepared(bundle: Path, photo: Path) -> str:
    """Gives the SHA-256 of the tensor that Python prepares for the variant which the page begins with."""
    reader = BundleReader.open(bundle)
    tensors = Pipeline(reader.spec, reader.labels, "int8/tflite").prepare(photo)
    (name,) = (each.name for each in reader.spec.inputs)
    return hashlib.sha256(tensors[name].tobytes()).hexdigest()


def _drop(visit: Visit, name: str, data: bytes) -> None:
    """Drops a file, with the type that a browser tells by its name where it knows one, and waits for what is said."""
    kind = {"csv": "text/csv", "txt": "text/plain", "png": "image/png", "jpg": "image/jpeg", "zip": "application/zip"}
    visit.page.evaluate(DROP, [name, kind.get(name.rpartition(".")[2], ""), base64.b64encode(data).decode()])
    visit.settled()
