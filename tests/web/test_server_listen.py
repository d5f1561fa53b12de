"""The running server: its socket, its compressed forms, its one line."""

from __future__ import annotations

import gzip
import http.client
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from satchel_metadata.errors import EnvironmentProblem
from satchel_server import create_app, listen
from satchel_server.assets import Assets
from satchel_server.compressed import Compressor
from satchel_server.headers import PAGE_HEADERS

from .conftest import HEARS_CTRL_C, HOST, ended

ROOT = Path(__file__).parents[2]
REMOTE = {"environ_base": {"REMOTE_ADDR": "192.168.1.7"}}


def test_a_port_in_use_is_told_with_the_remedy(small: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentProblem) as refused:
            listen([small], port=port)
    assert (refused.value.code, refused.value.where) == ("env/port-in-use", f"127.0.0.1:{port}")
    assert f"--port {port + 1}" in refused.value.hint


def test_an_address_that_is_not_this_machines_is_told(small: Path) -> None:
    with pytest.raises(EnvironmentProblem) as refused:
        listen([small], host="192.0.2.1", port=0)
    assert refused.value.code == "env/cannot-listen"


def test_a_running_server_answers_and_refuses_a_real_100_mb_upload(small: Path) -> None:
    with listen([small], port=0) as listening:
        with urllib.request.urlopen(f"{listening.url}/bundles") as answer:
            assert (answer.status, answer.headers["Server"]) == (200, "satchel")
        connection = http.client.HTTPConnection(listening.url.removeprefix("http://"))
        connection.putrequest("POST", "/bundles")
        connection.putheader("Content-Length", str(100_000_000))
        connection.endheaders()
        connection.send(b"x" * 65536)
        assert connection.getresponse().status == 413
        connection.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414 "),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"431 "),
        (b"GET /a b HTTP/1.1\r\n\r\n", b"400 "),
        (b"nonsense\r\n\r\n", b"400 "),
    ],
)
def test_what_is_no_request_is_refused_with_the_headers_that_every_answer_carries(
    small: Path, sent: bytes, status: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with listen([small], port=0) as listening:
        place = urllib.parse.urlsplit(listening.url)
        with socket.create_connection((place.hostname, place.port)) as connection:
            connection.sendall(sent)
            answer = connection.makefile("rb").read()
    head, body = answer.split(b"\r\n\r\n", 1)
    assert body.startswith(status)
    told = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert told.pop("Date")
    plain = {"Server": "satchel", "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    assert told == {**PAGE_HEADERS, **plain, "Connection": "close"}
    assert capsys.readouterr() == ("", "")


def test_serve_prints_one_line_and_ctrl_c_ends_it_quietly(small: Path, tmp_path: Path) -> None:
    serve = f"satchel_server.serve([pathlib.Path({str(small)!r})], port=0)"
    code = f"import pathlib, satchel_server; {HEARS_CTRL_C}; {serve}"
    paths = ":".join(str(ROOT / each) for each in ("metadata", "web_demo/server"))
    environment = {"PYTHONPATH": paths, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        url = line.removeprefix("Satchel is at ").split(" ")[0]
        with urllib.request.urlopen(url) as answer:
            assert answer.status == 200
        running.send_signal(signal.SIGINT)
        out, err = ended(running)
    assert (line, out, err, running.returncode) == (f"Satchel is at {url} (Ctrl-C stops it)\n", "", "", 0)


def test_another_machine_gets_compressed_forms_once_they_are_made(small: Path, compressor: Compressor) -> None:
    client = create_app([small], host="0.0.0.0", compressor=compressor).test_client()
    content = Assets().find("lib/client.js")
    assert content is not None
    patience = time.monotonic() + 120
    while time.monotonic() < patience:
        answer = client.get("/lib/client.js", headers={"Accept-Encoding": "gzip"}, **HOST, **REMOTE)
        if "Content-Encoding" in answer.headers:
            break
        time.sleep(0.05)
    assert (answer.headers["Content-Encoding"], answer.headers["ETag"]) == ("gzip", f'"{content.sha256}-gzip"')
    assert gzip.decompress(answer.data) == content.read()
    plain = client.get("/lib/client.js", headers={"Accept-Encoding": "identity"}, **HOST, **REMOTE)
    here = client.get("/lib/client.js", headers={"Accept-Encoding": "gzip"}, **HOST)
    assert [each.headers.get("Content-Encoding") for each in (plain, here)] == [None, None]
    assert plain.data == here.data == content.read()


def test_compressed_forms_are_kept_on_disk_by_hash(tmp_path: Path) -> None:
    content = Assets().find("lib/client.js")
    assert content is not None
    first = Compressor(tmp_path)
    first.prepare([content])
    first.close()
    kept = list(tmp_path.iterdir())
    assert [path.name.split(".")[0] for path in kept] == [content.sha256]
