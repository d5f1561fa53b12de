"""What a phone gets: whole bundles, addresses that hold the digest, and codes that other readers read."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from flask.testing import FlaskClient

from satchel_metadata.bundle import BundleReader
from satchel_server import create_app, phone
from satchel_server.compressed import Compressor
from satchel_server.phone import network_address, qr_terminal

from .conftest import HEARS_CTRL_C, HOST, MODEL, ended, write_small

ROOT = Path(__file__).parents[2]
PRIVATE = "192.168.1.7"
HALVES = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}


def address_of(client: FlaskClient, host: str = "127.0.0.1:8000") -> str | None:
    found: str | None = client.get("/bundles", headers={"Host": host}).json[0]["phone"]
    return found


def read_terminal(code: str) -> str:
    """Gives what OpenCV reads of a code of half blocks."""
    lines = [re.fullmatch("\033\\[97;40m([█▀▄ ]+)\033\\[0m", line) for line in code.splitlines()]
    rows = [[HALVES[each] for each in line.group(1)] for line in lines if line]
    assert len(rows) == len(lines)
    pixels = np.array(rows, np.uint8).transpose(0, 2, 1).reshape(2 * len(rows), -1)
    text, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(np.kron(pixels, np.ones((8, 8), np.uint8)))
    return str(text)


def test_a_bundle_that_is_a_file_is_given_as_it_lies_there(client: FlaskClient, small: Path) -> None:
    with client.get("/bundles/small-model.satchel", **HOST) as answer:
        assert (answer.status_code, answer.data) == (200, small.read_bytes())
    headers = {name: answer.headers[name] for name in ("Content-Type", "Content-Length", "Content-Disposition")}
    assert headers == {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(small.stat().st_size),
        "Content-Disposition": "attachment; filename=small-model.satchel",
    }
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_bundle_that_is_a_folder_is_given_as_the_file_that_packing_writes(
    small: Path, tmp_path: Path, compressor: Compressor
) -> None:
    with zipfile.ZipFile(small) as zipped:
        zipped.extractall(tmp_path / "folder")
    client = create_app([tmp_path / "folder"], compressor=compressor).test_client()
    got = tmp_path / "got.satchel"
    with client.get("/bundles/small-model.satchel", **HOST) as answer:
        got.write_bytes(answer.data)
    reader, packed = BundleReader.open(got), BundleReader.open(small)
    assert (reader.digest, reader.card(), reader.measurements()) == (
        packed.digest,
        packed.card(),
        packed.measurements(),
    )
    assert [reader.read(file.path) for file in reader.manifest.files] == [
        packed.read(file.path) for file in packed.manifest.files
    ]


def test_head_tells_the_length_of_a_whole_bundle(client: FlaskClient, small: Path) -> None:
    with client.head("/bundles/small-model.satchel", **HOST) as head:
        assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(small.stat().st_size))


def test_a_folder_that_was_changed_since_is_not_given(tmp_path: Path, compressor: Compressor) -> None:
    write_small(tmp_path / "changed")
    client = create_app([tmp_path / "changed"], compressor=compressor).test_client()
    (tmp_path / "changed" / "variants" / "float32" / "model.tflite").write_bytes(MODEL[:-1] + b"!")
    answer = client.get("/bundles/small-model.satchel", **HOST)
    assert (answer.status_code, answer.json["code"]) == (422, "bundle/changed-file")


@pytest.mark.parametrize("url", ["/bundles/other.satchel", "/phone/other.svg", "/phone/small-model.svg", "/phone/"])
def test_what_is_not_there_is_404(client: FlaskClient, url: str) -> None:
    assert client.get(url, **HOST).status_code == 404


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", None),
        ("localhost", None),
        ("::1", None),
        ("10.1.2.3", "http://10.1.2.3:8000"),
        ("172.31.255.255", "http://172.31.255.255:8000"),
        ("172.32.0.0", None),
        ("192.168.1.7", "http://192.168.1.7:8000"),
        ("192.169.0.1", None),
        ("169.254.9.9", "http://169.254.9.9:8000"),
        ("100.64.0.1", None),
        ("8.8.8.8", None),
        ("203.0.113.5", None),
        ("fd00::7", "http://[fd00::7]:8000"),
        ("[fe80::7]", "http://[fe80::7]:8000"),
        ("2001:db8::7", None),
        ("laptop.local", "http://laptop.local:8000"),
    ],
)
def test_a_phone_is_sent_to_private_addresses_only(
    host: str, origin: str | None, small: Path, compressor: Compressor
) -> None:
    client = create_app([small], host=host, compressor=compressor).test_client()
    digest = BundleReader.open(small).digest
    expected = origin and f"{origin}/bundles/small-model.satchel#sha256={digest}"
    assert address_of(client) == expected


@pytest.mark.parametrize("guessed", [PRIVATE, None])
def test_on_every_address_the_one_that_was_asked_is_better_than_a_guess(
    guessed: str | None, small: Path, compressor: Compressor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone, "network_address", lambda: guessed)
    client = create_app([small], host="0.0.0.0", compressor=compressor).test_client()
    path = f"/bundles/small-model.satchel#sha256={BundleReader.open(small).digest}"
    assert address_of(client) == (f"http://{PRIVATE}:8000{path}" if guessed else None)
    assert address_of(client, "10.0.0.2:8000") == f"http://10.0.0.2:8000{path}"
    assert address_of(client, "8.8.8.8:8000") == address_of(client)


def test_this_machines_own_address_is_private_or_none() -> None:
    found = network_address()
    assert found is None or re.match(r"10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.", found)


def test_the_code_on_the_terminal_is_read_by_another_reader(small: Path, compressor: Compressor) -> None:
    app = create_app([small], host=PRIVATE, compressor=compressor)
    lines = app.extensions["satchel-phone"].lines(code=True).splitlines(keepends=True)
    address = address_of(app.test_client())
    assert read_terminal("".join(lines[:-2])) == address
    assert lines[-2:] == [
        f"Scan this in the Satchel app for Small Model: {address}\n",
        f"Codes to scan of every bundle: http://{PRIVATE}:8000/phone\n",
    ]


def test_the_code_that_the_app_is_tested_with_is_the_one_that_is_drawn() -> None:
    kept = ROOT / "android_demo" / "app" / "src" / "test" / "resources" / "bundles" / "code.txt"
    text, *lines = kept.read_text(encoding="utf-8").splitlines()
    drawn = qr_terminal(text)
    assert lines == re.sub("\033\\[[0-9;]*m", "", drawn).splitlines()
    assert read_terminal(drawn) == text


def test_a_code_fits_on_a_terminal_of_80_columns() -> None:
    longest = qr_terminal(f"http://192.168.100.100:65535/bundles/{'n' * 40}.satchel#sha256={'0' * 64}")
    assert max(len(line) for line in longest.splitlines()) - len("\033[97;40m\033[0m") <= 57
    assert len(longest.splitlines()) <= 29


def test_the_terminal_says_nothing_of_phones_that_cannot_come(small: Path, compressor: Compressor) -> None:
    app = create_app([small], compressor=compressor)
    assert app.extensions["satchel-phone"].lines(code=True) == ""


def test_serve_prints_the_address_for_phones_and_no_code_into_a_pipe(small: Path, tmp_path: Path) -> None:
    serve = f"satchel_server.serve([pathlib.Path({str(small)!r})], host='0.0.0.0', port=0)"
    guess = f"satchel_server.phone.network_address = lambda: {PRIVATE!r}"
    code = f"import pathlib, satchel_server, satchel_server.phone; {HEARS_CTRL_C}; {guess}; {serve}"
    paths = ":".join(str(ROOT / each) for each in ("metadata", "web_demo/server"))
    environment = {"PYTHONPATH": paths, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(3)]
        running.send_signal(signal.SIGINT)
        ended(running)
    port = re.fullmatch(r"Satchel is at http://0\.0\.0\.0:(\d+) \(Ctrl-C stops it\)\n", lines[2])
    assert port is not None
    address = f"http://{PRIVATE}:{port.group(1)}/bundles/small-model.satchel#sha256={BundleReader.open(small).digest}"
    assert lines[:2] == [
        f"In the Satchel app for Small Model: {address}\n",
        f"Codes to scan of every bundle: http://{PRIVATE}:{port.group(1)}/phone\n",
    ]
