"""What the server keeps out, and what it forbids the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from satchel_server import create_app
from satchel_server.compressed import Compressor

from .conftest import HOST, REPORT


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
def test_this_machines_own_names_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8000",
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:8001",
        "localhost.evil.example:8000",
        "0.0.0.0:8000",
        "",
    ],
)
def test_a_host_that_is_not_this_server_is_misdirected(client: FlaskClient, host: str) -> None:
    assert client.get("/bundles", headers={"Host": host}).status_code == 421


def test_a_host_that_was_asked_for_is_answered(small: Path, compressor: Compressor) -> None:
    client = create_app([small], allow_hosts=["models.example"], compressor=compressor).test_client()
    hosts = ["models.example", "models.example:8000", "other.example"]
    assert [client.get("/", headers={"Host": host}).status_code for host in hosts] == [200, 200, 421]


def test_on_every_address_bare_addresses_are_answered_and_names_are_not(small: Path, compressor: Compressor) -> None:
    client = create_app([small], host="0.0.0.0", compressor=compressor).test_client()
    hosts = ["192.168.1.7:8000", "[fe80::1]:8000", "192.168.1.7:99", "rebound.example:8000"]
    assert [client.get("/", headers={"Host": host}).status_code for host in hosts] == [200, 200, 421, 421]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("url", ["/", "/bundles", "/lib/client.js", "/nothing"])
def test_everything_but_reading_is_405(client: FlaskClient, method: str, url: str) -> None:
    answer = client.open(url, method=method, **HOST)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_writing_from_another_origin_is_403(client: FlaskClient) -> None:
    origins = ["http://evil.example", "null", "http://127.0.0.1:8001", "http://127.0.0.1:8000"]
    found = [client.post("/bundles", headers={"Origin": origin}, **HOST).status_code for origin in origins]
    assert found == [403, 403, 403, 405]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_large_upload_is_413_without_being_read(app: Flask, method: str) -> None:
    class Unreadable:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = __iter__ = read

    upload = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": "100000000"}
    answer = app.test_client().open("/", method=method, environ_overrides=upload, **HOST)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/lib/../server/satchel_server/app.py",
        "/lib/%2e%2e/server/satchel_server/app.py",
        "/lib/..%2f..%2fsetup.py",
        "/lib/..\\..\\setup.py",
        "/lib/%5c..%5csetup.py",
        "/lib/client.js%00.png",
        "/bundles/small-model/../small-model/manifest.json",
        "/bundles/small-model/%2e%2e/%2e%2e/etc/passwd",
        "/samples/..%2f..%2fetc%2fpasswd",
        "/./bundles",
    ],
)
def test_a_climbing_path_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path, **HOST).status_code == 400


@pytest.mark.parametrize(
    "path", ["//etc/passwd", "/lib//client.js", "/pages/.hidden", "/web_demo/package.json", "/lib/client.js/"]
)
def test_a_path_beside_the_files_finds_nothing(client: FlaskClient, path: str) -> None:
    assert client.get(path, **HOST).status_code == 404


@pytest.mark.parametrize("url", ["/", "/lib/worker.js", "/bundles", "/samples", "/nothing"])
def test_every_answer_isolates_the_page_and_forbids_all_it_does_not_need(client: FlaskClient, url: str) -> None:
    headers = client.get(url, **HOST).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "worker-src": "'self'",
        "img-src": "'self' blob: data:",
        "connect-src": "'self'",
        "style-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert {name: headers[name] for name in ISOLATION} == ISOLATION


ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def test_a_bundles_own_page_is_served_in_a_sandbox(client: FlaskClient) -> None:
    answer = client.get("/bundles/small-model/measurements/report.html", **HOST)
    assert (answer.data, answer.headers["Content-Type"]) == (REPORT, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["sandbox", "default-src 'none'"]
    assert not any(part.startswith(("script-src", "connect-src")) for part in policy)
