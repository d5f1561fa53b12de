"""Serves what browser.py compares: Satchel's own demo, and below /bench the other ways, models and photos, as a
network of caches would: compressed, and to be kept for good."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import common
from browser_line import Line
from flask import Flask, Response, abort, request
from werkzeug.serving import WSGIRequestHandler, make_server

from satchel_metadata.bundle import BundleReader
from satchel_server import create_app
from satchel_server.compressed import Compressor
from satchel_server.content import Content, of_bytes

OWN = Path(__file__).with_name("browser")
LITERT = common.ROOT / "web_demo" / "node_modules" / "@litertjs"


class Quiet(WSGIRequestHandler):
    """Answers without a line a request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Ready(Compressor):
    """Waits for a compressed form that is not there yet: a server that runs for days has them all."""

    def _future(self, content: Content, encoding: str) -> Future[bytes] | None:
        future = super()._future(content, encoding)
        if future is not None:
            future.result()
        return future


@contextmanager
def serving(
    bundles: list[Path], photos: dict[str, Path], tasks_vision: Path, detectors: dict[str, Path]
) -> Iterator[tuple[str, Line]]:
    """Gives the URL and the line to it while the block runs; the other ways classify with the first bundle's model."""
    server = make_server("127.0.0.1", 0, Flask("nothing"), threaded=True, request_handler=Quiet)
    squeeze = Ready()
    app = create_app(bundles, port=server.port, compressor=squeeze)
    line = Line(app.wsgi_app)
    reader = BundleReader.open(bundles[0])

    def file(path: str) -> Response:
        content = of_bytes(path, found_file(path, photos | detectors, reader, tasks_vision))
        smaller = squeeze.find(content, lambda encoding: request.accept_encodings[encoding] > 0)
        encoding = {"Content-Encoding": smaller[0]} if smaller else {}
        return Response(
            smaller[1] if smaller else content.read(), content_type=content.kind, headers={**HEADERS, **encoding}
        )

    app.add_url_rule("/bench/<path:path>", "bench", file)
    server.app = line
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", line
    finally:
        server.shutdown()
        server.server_close()


HEADERS = {
    # The other ways may need what Satchel's policy forbids; isolation, and so threads, they get too.
    "Content-Security-Policy": "default-src * 'unsafe-eval' 'unsafe-inline' blob: data:",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}


def found_file(path: str, photos: dict[str, Path], reader: BundleReader, tasks_vision: Path) -> bytes:
    """Gives the bytes of a path below /bench."""
    part, _, rest = path.partition("/")
    if part in ("photo", "detector"):
        return photos[rest].read_bytes()
    if part == "model":
        return reader.model(rest)
    if part == "tasks-vision":
        return (tasks_vision / rest).read_bytes()
    if part == "litert":
        return litert(rest)
    return (OWN / part).read_bytes() if (OWN / part).is_file() else abort(404)


def litert(name: str) -> bytes:
    """Gives a file of LiteRT.js, its one bare import made a path, or the worker, beside which it looks for its wasm."""
    if name == "bare.js":
        return (OWN / name).read_bytes()
    if name == "core.js":
        source = (LITERT / "core" / "dist" / "index.js").read_text(encoding="utf-8")
        return source.replace('"@litertjs/wasm-utils"', '"./wasm-utils.js"').encode()
    if name == "wasm-utils.js":
        return (LITERT / "wasm-utils" / "dist" / "bundle.js").read_bytes()
    return (LITERT / "core" / "wasm" / name).read_bytes()
