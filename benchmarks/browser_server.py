"""Serves what browser.py compares: Satchel's own demo, and below /bench the other ways, models and photos."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import common
from flask import Flask, Response, abort
from werkzeug.serving import WSGIRequestHandler, make_server

from satchel_metadata.bundle import BundleReader
from satchel_server import create_app
from satchel_server.content import type_of

OWN = Path(__file__).with_name("browser")
LITERT = common.ROOT / "web_demo" / "node_modules" / "@litertjs"


class Quiet(WSGIRequestHandler):
    """Answers without a line a request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serving(
    bundles: list[Path], photos: dict[str, Path], tasks_vision: Path, detectors: dict[str, Path]
) -> Iterator[str]:
    """Gives the URL while the block runs; the first bundle is also what the other ways classify with."""
    server = make_server("127.0.0.1", 0, Flask("nothing"), threaded=True, request_handler=Quiet)
    app = create_app(bundles, port=server.port)
    reader = BundleReader.open(bundles[0])

    def file(path: str) -> Response:
        found = found_file(path, photos | detectors, reader, tasks_vision)
        # The other ways may need what Satchel's policy forbids; isolation, and so threads, they get too.
        return Response(
            found,
            content_type=type_of(path),
            headers={"Content-Security-Policy": "default-src * 'unsafe-eval' 'unsafe-inline' blob: data:", **ISOLATED},
        )

    app.add_url_rule("/bench/<path:path>", "bench", file)
    server.app = app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()


ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-store",
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
