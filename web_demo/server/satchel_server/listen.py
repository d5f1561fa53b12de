"""Listening: one socket, one thread a request, its address printed, Ctrl-C ends it."""

from __future__ import annotations

import errno
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from satchel_metadata.errors import EnvironmentProblem
from satchel_server.app import create_app
from satchel_server.guard import is_loopback
from satchel_server.headers import PAGE_HEADERS
from satchel_server.phone import Phone


class _Quiet(WSGIRequestHandler):
    """Answers without a line a request, and without naming its own versions."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def version_string(self) -> str:
        return "satchel"

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuses what is no request, in a line of text, with the headers that every answer carries."""
        status = HTTPStatus(code)
        body = f"{status.value} {status.phrase}.\n".encode()
        self.request_version = "HTTP/1.0"  # to a request line of none the answer would have no headers
        self.send_response(code, status.phrase)
        own = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in {**PAGE_HEADERS, **own}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@dataclass(frozen=True)
class Listening:
    """A server whose socket is open. As a context manager it answers in a thread until the block ends."""

    url: str
    phone: Phone
    _server: BaseWSGIServer

    def run(self) -> None:
        """Answers requests until Ctrl-C."""
        try:
            self._server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            self._server.server_close()

    def __enter__(self) -> Listening:
        threading.Thread(target=self._server.serve_forever, daemon=True, name="satchel-server").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def listen(
    bundles: Sequence[Path],
    host: str = "127.0.0.1",
    port: int = 8000,
    allow_hosts: Sequence[str] = (),
    samples: Path | None = None,
) -> Listening:
    """Opens the socket and the bundles; port 0 takes any free port.

    Raises:
        BundleError: a bundle is damaged or not there.
        EnvironmentProblem: env/port-in-use, env/cannot-listen, env/missing-runtimes.
    """
    opened = _open(host, port)
    try:
        port = opened.getsockname()[1]
        app = create_app(bundles, host=host, port=port, allow_hosts=allow_hosts, samples=samples)
        server = make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=opened.fileno())
    finally:
        opened.close()  # the server, when there is one, holds a duplicate
    shown = f"[{host.strip('[]')}]" if ":" in host else host
    return Listening(f"http://{shown}:{port}", app.extensions["satchel-phone"], server)


def serve(
    bundles: Sequence[Path],
    host: str = "127.0.0.1",
    port: int = 8000,
    allow_hosts: Sequence[str] = (),
    samples: Path | None = None,
    open_browser: bool = False,
) -> None:
    """Serves the demo until Ctrl-C, printing its address, and for phones that can reach it a QR code.

    Args:
        bundles: paths of bundles, folders or .satchel files.
        host: the address to listen on; anything but loopback is warned about, for everyone who reaches it can read.
        port: the port; 0 takes any free one.
        allow_hosts: more names by which a browser may call this server.
        samples: a folder of photos for the bundles that take pictures; every bundle's golden inputs when None.
        open_browser: also opens the page.

    Raises:
        BundleError: a bundle is damaged or not there.
        EnvironmentProblem: env/port-in-use, env/cannot-listen, env/missing-runtimes.
    """
    listening = listen(bundles, host, port, allow_hosts, samples)
    if not is_loopback(host):
        print(
            f"Warning: {host} is reachable from other machines, and so are these bundles. Browsers there check hashes "
            "and use threads only where the page comes through HTTPS.",
            file=sys.stderr,
        )
    print(listening.phone.lines(code=sys.stdout.isatty()), end="")
    print(f"Satchel is at {listening.url} (Ctrl-C stops it)", flush=True)
    if open_browser:
        webbrowser.open(listening.url)
    listening.run()


def _open(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host.strip("[]"), port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise _cannot(host, port, error) from None
    return opened


def _cannot(host: str, port: int, error: OSError) -> EnvironmentProblem:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        hint = f"Stop what listens there, or choose another port with --port {port + 1}."
        return EnvironmentProblem("env/port-in-use", "the port is in use", where=where, hint=hint)
    message = f"cannot listen there ({error.strerror or error})"
    return EnvironmentProblem("env/cannot-listen", message, where=where, hint="Choose an address of this machine.")
