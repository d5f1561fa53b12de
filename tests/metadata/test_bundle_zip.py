"""What a reader refuses in the zip itself: whatever two readers could understand in two ways."""

from __future__ import annotations

import io
import random
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bundle_samples import Files, sample_files, zip_bytes
from satchel_metadata.bundle import BundleReader
from satchel_metadata.errors import SatchelError

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
Refused = Callable[[bytes], str]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return sample_files(tmp_path_factory.mktemp("sample") / "whole")


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    def code(data: bytes) -> str:
        path = tmp_path / "bundle.satchel"
        path.write_bytes(data)
        with pytest.raises(SatchelError) as caught:
            BundleReader.open(path)
        return caught.value.code

    return code


def built(files: Files, change: Callable[[zipfile.ZipInfo], None], only: str = "labels.txt") -> bytes:
    """The zip with one entry's record changed before it is written."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name)
            if name == only:
                change(entry)
            archive.writestr(entry, data)
    return out.getvalue()


def patched(data: bytes, mark: bytes, offset: int, value: bytes, name: bytes = b"labels.txt") -> bytes:
    """The zip with bytes of one local or central header replaced."""
    fixed = {LOCAL: 30, CENTRAL: 46}[mark]
    place = data.index(mark)
    while data[place + fixed : place + fixed + len(name)] != name:
        place = data.index(mark, place + 4)
    return data[: place + offset] + value + data[place + offset + len(value) :]


def both(data: bytes, local: int, central: int, value: bytes) -> bytes:
    """The zip with the same field replaced in both headers of labels.txt."""
    return patched(patched(data, LOCAL, local, value), CENTRAL, central, value)


def test_a_zip_of_pythons_library_with_stored_entries_is_read(tmp_path: Path, files: Files) -> None:
    path = tmp_path / "bundle.satchel"
    path.write_bytes(zip_bytes(files))
    BundleReader.open(path).verify()


def test_a_compressed_entry_is_refused(refused: Refused, files: Files) -> None:
    assert refused(built(files, lambda entry: setattr(entry, "compress_type", zipfile.ZIP_DEFLATED))) == (
        "bundle/compressed-entry"
    )


def test_a_link_is_refused(refused: Refused, files: Files) -> None:
    assert refused(built(files, lambda entry: setattr(entry, "external_attr", (stat.S_IFLNK | 0o777) << 16))) == (
        "bundle/link"
    )


@pytest.mark.parametrize("kind", [stat.S_IFDIR, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFSOCK])
def test_a_folder_device_or_pipe_is_refused(refused: Refused, files: Files, kind: int) -> None:
    assert refused(built(files, lambda entry: setattr(entry, "external_attr", (kind | 0o644) << 16))) == (
        "bundle/not-a-file"
    )


def test_an_entry_for_a_folder_is_refused(refused: Refused, files: Files) -> None:
    assert refused(zip_bytes({**files, "variants/": b""})) == "bundle/not-a-file"


def test_a_name_twice_is_refused(refused: Refused, files: Files) -> None:
    out = io.BytesIO(zip_bytes(files))
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the very thing that is wanted here
        archive.writestr("labels.txt", files["labels.txt"])
    assert refused(out.getvalue()) == "bundle/duplicate-name"


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../up"])
def test_an_entry_that_leads_outside_is_refused(refused: Refused, files: Files, path: str) -> None:
    assert refused(zip_bytes({**files, path: b"x"})) in ("bundle/absolute-path", "bundle/climbing-path")


@pytest.mark.parametrize("flag", [1, 65])
def test_an_encrypted_entry_is_refused(refused: Refused, files: Files, flag: int) -> None:
    assert refused(both(zip_bytes(files), 6, 8, struct.pack("<H", flag))) == "bundle/encrypted"


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (6, struct.pack("<H", 0x800)),
        (8, struct.pack("<H", 8)),
        (14, b"\0\0\0\0"),
        (18, struct.pack("<I", 1)),
        (22, struct.pack("<I", 1)),
        (30, b"LABELS.TXT"),
        (0, b"PK\x03\x05"),
    ],
)
def test_a_local_header_that_says_something_else_is_refused(
    refused: Refused, files: Files, offset: int, value: bytes
) -> None:
    assert refused(patched(zip_bytes(files), LOCAL, offset, value)) == "bundle/zip-form"


def test_sizes_that_differ_in_a_stored_entry_are_refused(refused: Refused, files: Files) -> None:
    assert refused(both(zip_bytes(files), 18, 20, struct.pack("<I", 3))) == "bundle/zip-form"


@pytest.mark.parametrize("flag", [8, 32])
def test_a_streamed_or_patched_entry_is_refused(refused: Refused, files: Files, flag: int) -> None:
    assert refused(both(zip_bytes(files), 6, 8, struct.pack("<H", flag))) == "bundle/zip-form"


def test_an_offset_into_another_entry_is_refused(refused: Refused, files: Files) -> None:
    assert refused(patched(zip_bytes(files), CENTRAL, 42, struct.pack("<I", 0))) == "bundle/zip-form"


def test_an_offset_beyond_the_file_is_refused(refused: Refused, files: Files) -> None:
    assert refused(patched(zip_bytes(files), CENTRAL, 42, struct.pack("<I", 2**31))) == "bundle/zip-form"


@pytest.mark.parametrize("extra", [b"\x01\x00\x00\x00", b"\x75\x70\x01\x00\x01", b"\x99\x99\xff\x00", b"\x01"])
def test_extra_fields_that_change_size_or_name_or_are_cut_are_refused(
    refused: Refused, files: Files, extra: bytes
) -> None:
    assert refused(built(files, lambda entry: setattr(entry, "extra", extra))) == "bundle/zip-form"


def test_extra_fields_that_mean_nothing_to_a_reader_are_passed_over(tmp_path: Path, files: Files) -> None:
    path = tmp_path / "bundle.satchel"
    path.write_bytes(built(files, lambda entry: setattr(entry, "extra", b"\x55\x54\x01\x00\x00")))
    BundleReader.open(path).verify()


def test_a_name_that_is_neither_ascii_nor_marked_as_utf8_is_refused(refused: Refused, files: Files) -> None:
    assert refused(both(zip_bytes(files), 30, 46, b"l\xe4bels.txt")) == "bundle/unsafe-name"


@pytest.mark.parametrize("data", [b"x", b"\0" * 22, b"PK\x05\x06" + bytes(18)])
def test_data_after_the_end_is_refused(refused: Refused, files: Files, data: bytes) -> None:
    assert refused(zip_bytes(files) + data) == "bundle/zip-form"


def test_a_comment_is_refused(refused: Refused, files: Files) -> None:
    out = io.BytesIO(zip_bytes(files))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"hello"
    assert refused(out.getvalue()) == "bundle/zip-form"


def test_data_before_the_first_entry_is_refused(refused: Refused, files: Files) -> None:
    assert refused(b"#!/bin/sh\n" + zip_bytes(files)) == "bundle/not-a-bundle"
    assert refused(LOCAL + bytes(26) + zip_bytes(files)) == "bundle/zip-form"


def test_data_between_the_entries_is_refused(refused: Refused, files: Files) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), data)
            if name == "labels.txt":
                out.seek(archive.start_dir)
                archive.start_dir += out.write(b"hidden")
    assert refused(out.getvalue()) == "bundle/zip-form"


def test_a_64_bit_end_record_is_refused(refused: Refused, files: Files) -> None:
    data = zip_bytes(files)
    assert refused(data[:-22] + END + struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)) in (
        "bundle/zip-form",
        "bundle/too-many-files",
    )


def test_a_central_directory_of_more_than_8_mib_is_refused(refused: Refused) -> None:
    assert refused(zip_bytes({f"{place}{'a' * 60_000}": b"" for place in range(140)})) == "bundle/zip-form"


@pytest.mark.parametrize("field", range(4, 20, 2))
def test_an_end_record_that_lies_is_refused(refused: Refused, files: Files, field: int) -> None:
    data = bytearray(zip_bytes(files))
    data[len(data) - 22 + field] ^= 3
    assert refused(bytes(data)) == "bundle/zip-form"


@pytest.mark.parametrize("rounds", [1, pytest.param(40, marks=pytest.mark.long)])
def test_no_truncation_or_changed_byte_of_the_zips_own_records_goes_unseen(
    tmp_path: Path, files: Files, rounds: int
) -> None:
    whole = zip_bytes(files)
    path = tmp_path / "bundle.satchel"
    dice = random.Random(20)
    start = whole.index(CENTRAL)
    for place in [
        *dice.choices(range(len(whole)), k=60 * rounds),
        *dice.choices(range(start, len(whole)), k=200 * rounds),
    ]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << dice.randrange(8)
        for data in (bytes(flipped), whole[:place]):
            path.write_bytes(data)
            try:
                reader = BundleReader.open(path)
                reader.verify()
            except SatchelError:
                continue
            assert {name: reader.read(name) for name in files if reader.manifest.file(name)} == {
                name: data for name, data in files.items() if reader.manifest.file(name)
            }
