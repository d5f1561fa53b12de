"""A transfer that was cut off goes on: single ranges of bytes, of files of bundles, runtimes and whole bundles."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from satchel_server import create_app
from satchel_server.compressed import Compressor

from .conftest import HOST, MODEL, write_small

FILE = "/bundles/small-model/variants/float32/model.tflite"
RUNTIME = "/runtimes/litert/litert_wasm_internal.wasm"
WHOLE = "/bundles/small-model.satchel"
READ = {**HOST, "buffered": True}
REMOTE = {"environ_base": {"REMOTE_ADDR": "192.168.1.7"}}


@pytest.mark.parametrize("url", [FILE, RUNTIME, WHOLE, "/lib/client.js"])
@pytest.mark.parametrize(
    ("asked", "start", "stop"), [("7-", 7, None), ("0-0", 0, 1), ("5-20", 5, 21), ("-9", -9, None)]
)
def test_a_part_is_the_bytes_that_were_asked_for(
    client: FlaskClient, url: str, asked: str, start: int, stop: int | None
) -> None:
    whole = client.get(url, **READ)
    part = client.get(url, headers={"Range": f"bytes={asked}"}, **READ)
    assert (part.status_code, part.data) == (206, whole.data[start:stop])
    first = start % len(whole.data)
    expected = f"bytes {first}-{first + len(part.data) - 1}/{len(whole.data)}"
    assert (part.headers["Content-Range"], part.headers["Content-Length"]) == (expected, str(len(part.data)))
    for name in ("ETag", "Content-Type", "Content-Security-Policy", "Cross-Origin-Embedder-Policy"):
        assert part.headers[name] == whole.headers[name]


@pytest.mark.parametrize("url", [FILE, RUNTIME, WHOLE])
def test_the_whole_says_that_parts_can_be_had_and_of_what(client: FlaskClient, url: str) -> None:
    whole = client.get(url, **READ)
    assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert whole.headers["ETag"] == f'"{hashlib.sha256(whole.data).hexdigest()}"'


@pytest.mark.parametrize("url", [FILE, RUNTIME, WHOLE])
def test_the_rest_is_given_only_of_the_same_bytes(client: FlaskClient, url: str) -> None:
    tag = client.get(url, **READ).headers["ETag"]
    conditions = [tag, '"another"', f"W/{tag}"]
    answers = [client.get(url, headers={"Range": "bytes=7-", "If-Range": each}, **READ) for each in conditions]
    assert [each.status_code for each in answers] == [206, 200, 200]
    assert len(answers[1].data) == len(answers[0].data) + 7


@pytest.mark.parametrize("url", [FILE, WHOLE])
def test_a_part_beyond_the_end_is_416_with_the_length(client: FlaskClient, url: str) -> None:
    size = len(client.get(url, **READ).data)
    answer = client.get(url, headers={"Range": f"bytes={size}-"}, **READ)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=nothing", "bytes", "bytes=9-3"])
def test_what_is_not_one_range_of_bytes_gets_the_whole(client: FlaskClient, asked: str) -> None:
    answer = client.get(FILE, headers={"Range": asked}, **READ)
    assert (answer.status_code, answer.data) == (200, MODEL)


def test_head_gives_no_part(client: FlaskClient) -> None:
    answer = client.head(FILE, headers={"Range": "bytes=7-"}, **READ)
    assert (answer.status_code, answer.headers["Content-Length"]) == (200, str(len(MODEL)))


def test_a_compressed_answer_offers_no_parts(app: Flask) -> None:
    client, headers = app.test_client(), {"Accept-Encoding": "gzip"}
    for _ in range(100):
        whole = client.get("/lib/client.js", headers=headers, **READ, **REMOTE)
        if "Content-Encoding" in whole.headers:
            break
        time.sleep(0.1)
    answer = client.get("/lib/client.js", headers={**headers, "Range": "bytes=7-"}, **READ, **REMOTE)
    assert (answer.status_code, answer.headers["Content-Encoding"], answer.data) == (200, "gzip", whole.data)
    assert "Accept-Ranges" not in answer.headers


def test_the_list_of_the_shell_names_every_file_by_its_hash(client: FlaskClient) -> None:
    listed = client.get("/shell", **READ).json
    assert listed["pages"].keys() >= {"/", "/phone", "/photo/", "/table/", "/signal/"}
    for part in ("files", "runtimes"):
        for url, sha256 in listed[part].items():
            assert hashlib.sha256(client.get(url, **READ).data).hexdigest() == sha256, url
    for path, sha256 in listed["pages"].items():
        url = f"{path}anything" if path.endswith("/") and path != "/" else path
        assert hashlib.sha256(client.get(url, **READ).data).hexdigest() == sha256, url


def test_the_service_worker_is_served_where_it_sees_every_page(client: FlaskClient) -> None:
    answer = client.get("/offline.js", **READ)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_bundle_that_is_a_folder_goes_on_too(tmp_path: Path, compressor: Compressor) -> None:
    write_small(tmp_path / "folder")
    client = create_app([tmp_path / "folder"], compressor=compressor).test_client()
    whole = client.get(WHOLE, **READ)
    rest = client.get(WHOLE, headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]}, **READ)
    assert (rest.status_code, rest.data) == (206, whole.data[100:])
