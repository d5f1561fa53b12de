"""The routes: pages (`/`, `/photo/<bundle>`, ...), their files, bundles and samples. All is read-only."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from os import SEEK_END
from pathlib import Path

from flask import Flask, Response, jsonify, request, send_file
from werkzeug.exceptions import HTTPException, NotFound, RequestedRangeNotSatisfiable

from satchel_metadata.errors import SatchelError
from satchel_server.assets import Assets
from satchel_server.compressed import Compressor
from satchel_server.content import Content, of_bytes
from satchel_server.guard import Guard, is_loopback
from satchel_server.headers import protect
from satchel_server.listing import entry_of
from satchel_server.pages import GALLERY, TRIES, Pages
from satchel_server.phone import Phone, qr_svg
from satchel_server.ranges import ranged
from satchel_server.samples import Samples
from satchel_server.shelf import Shelf, Shelved
from satchel_server.shell import shell_of
from satchel_server.thumbnails import Thumbnails

_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


def create_app(
    bundles: Sequence[Path],
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    allow_hosts: Sequence[str] = (),
    samples: Path | None = None,
    compressor: Compressor | None = None,
) -> Flask:
    """Gives the WSGI application.

    Args:
        bundles: paths of bundles, folders or .satchel files.
        host: the address that will be listened on.
        port: the port that will be listened on; with `host` it settles which Host headers are answered.
        allow_hosts: more names by which the server may be called.
        samples: a folder of photos for the bundles that take pictures; every bundle's golden inputs when None.
        compressor: where compressed forms come from.

    Raises:
        BundleError: a bundle is damaged or not there.
        EnvironmentProblem: env/missing-runtimes.
    """
    app = Flask("satchel_server", static_folder=None)
    app.url_map.merge_slashes = False
    guard, squeeze = Guard(host, port, allow_hosts), compressor or Compressor()
    assets, shelf = Assets(), Shelf(bundles)
    if not is_loopback(host):
        squeeze.prepare(assets.contents().values())
    app.before_request(lambda: guard.check(request))
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(SatchelError, _problem)
    app.after_request(_finish)
    pages = Pages(assets)
    _route_pages(app, pages, squeeze)
    _route_assets(app, assets, squeeze)
    _route_offline(app, assets, pages, squeeze)
    found = Samples(samples, shelf)
    phone = app.extensions["satchel-phone"] = Phone(host, port, shelf)
    _route_bundles(app, shelf, found, phone, squeeze)
    _route_files(app, shelf, squeeze)
    _route_codes(app, shelf, phone, squeeze)
    _route_samples(app, found, squeeze)
    return app


def _route_pages(app: Flask, pages: Pages, squeeze: Compressor) -> None:
    def page(name: str, bundle: str = "") -> Response:
        # Also where the browser has the page already: it takes the headers of that answer for its own.
        return protect(_answer(pages.find(name), squeeze), camera=name == "camera")

    app.add_url_rule("/", "gallery", lambda: page(GALLERY))
    app.add_url_rule("/phone", "phone", lambda: page("phone"))
    app.add_url_rule(f"/<any({', '.join(TRIES)}):name>/<bundle>", "page", page)


def _route_assets(app: Flask, assets: Assets, squeeze: Compressor) -> None:
    def asset(part: str, path: str) -> Response:
        return _answer(assets.find(f"{part}/{path}"), squeeze)

    def icon() -> Response:
        return _answer(assets.find("pages/icon.svg"), squeeze)

    app.add_url_rule("/favicon.ico", "icon", icon)
    app.add_url_rule("/<any(pages, lib, runtimes):part>/<path:path>", "asset", asset)


def _route_offline(app: Flask, assets: Assets, pages: Pages, squeeze: Compressor) -> None:
    # A service worker sees the addresses below its own, so this script is served at the root.
    app.add_url_rule("/offline.js", "offline", lambda: _answer(assets.find("pages/offline.js"), squeeze))
    app.add_url_rule("/shell", "shell", lambda: jsonify(shell_of(assets, pages)))


def _route_bundles(app: Flask, shelf: Shelf, samples: Samples, phone: Phone, squeeze: Compressor) -> None:
    thumbnails = Thumbnails()

    def listed() -> Response:
        entries = [entry_of(each, samples, phone.address(each, request.host)) for each in shelf.bundles]
        return _answer(of_bytes("bundles.json", jsonify(entries).get_data()), squeeze)

    def thumbnail(name: str) -> Response:
        bundle, named_by_digest = _found(shelf, name)
        return _answer(thumbnails.of(bundle), squeeze, forever=named_by_digest)

    app.add_url_rule("/bundles", "bundles", listed)
    app.add_url_rule("/thumbnails/<name>", "thumbnail", thumbnail)


def _route_files(app: Flask, shelf: Shelf, squeeze: Compressor) -> None:
    def whole(name: str) -> Response:
        bundle, _ = _found(shelf, name)
        opened, tag = bundle.file()
        size = opened.seek(0, SEEK_END)
        opened.seek(0)
        name = f"{bundle.id}.satchel"
        response = send_file(
            opened, "application/octet-stream", as_attachment=True, download_name=name, conditional=False
        )
        response.content_length = size
        response.set_etag(tag)
        try:
            return protect(ranged(response, request, size), foreign=True)
        except HTTPException:
            opened.close()
            raise

    def file(name: str, path: str) -> Response:
        bundle, named_by_digest = _found(shelf, name)
        return _answer(bundle.find(path), squeeze, forever=named_by_digest and bundle.pinned(path))

    app.add_url_rule("/bundles/<name>.satchel", "bundle-whole", whole)
    app.add_url_rule("/bundles/<name>/<path:path>", "bundle-file", file)


def _route_codes(app: Flask, shelf: Shelf, phone: Phone, squeeze: Compressor) -> None:
    def code(name: str) -> Response:
        bundle, _ = _found(shelf, name)
        address = phone.address(bundle, request.host)
        return _answer(None if address is None else of_bytes("code.svg", qr_svg(address)), squeeze)

    app.add_url_rule("/phone/<name>.svg", "code", code)


def _found(shelf: Shelf, name: str) -> tuple[Shelved, bool]:
    """Gives a bundle by its name in the URL, and whether the digest was named; 404 when there is none."""
    found = shelf.find(name)
    if found is None:
        raise NotFound
    return found


def _route_samples(app: Flask, samples: Samples, squeeze: Compressor) -> None:
    def sample(name: str) -> Response:
        return _answer(samples.find(name), squeeze)

    app.add_url_rule("/samples/<name>", "sample", sample)


def _answer(content: Content | None, squeeze: Compressor, *, forever: bool = False) -> Response:
    """Gives the response for a content: 304 when the browser has these very bytes, 404 when there is none."""
    if content is None:
        raise NotFound
    response = Response(content_type=content.kind)
    response.headers["Cache-Control"] = _FOREVER if forever else _ASK_AGAIN
    response.headers["Vary"] = "Accept-Encoding"
    smaller = None
    if not is_loopback(request.remote_addr or ""):
        smaller = squeeze.find(content, lambda encoding: request.accept_encodings[encoding] > 0)
    tag = content.sha256 if smaller is None else f"{content.sha256}-{smaller[0]}"
    response.set_etag(tag)
    if request.if_none_match.contains_weak(tag):
        response.status_code = HTTPStatus.NOT_MODIFIED
        return response
    if smaller is not None:
        response.headers["Content-Encoding"] = smaller[0]
        response.data = smaller[1]
    else:
        response.data = data = content.read()
        response = ranged(response, request, len(data))
    return protect(response, foreign=content.foreign)


def _finish(response: Response) -> Response:
    if "Content-Security-Policy" not in response.headers:
        protect(response)
    response.headers.setdefault("Cache-Control", _ASK_AGAIN)
    return response


def _refusal(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    text = f"{status.value} {status.phrase}. {error.description or ''}\n"
    response = Response(text, status, content_type="text/plain; charset=utf-8")
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "GET, HEAD"
    if isinstance(error, RequestedRangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.length}"
    return response


def _problem(error: SatchelError) -> Response:
    """A bundle's file is not what its manifest says: the page shows the paragraph in place."""
    response = jsonify({"code": error.code, "message": error.paragraph()})
    response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response
