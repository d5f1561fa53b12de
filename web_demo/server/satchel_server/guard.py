"""What is let in: the Host names that are this server's, reading only, and paths that do not climb.

A page elsewhere can make a browser send requests here. With a name of its own that resolves to 127.0.0.1 it could also
read the answers (DNS rebinding), so the Host header must name this server.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from flask import Request
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, MethodNotAllowed, RequestEntityTooLarge

MAX_BODY = 64 * 1024
EVERYWHERE = ("0.0.0.0", "::", "[::]")
"""What to listen on for all addresses of this machine."""

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_READING = ("GET", "HEAD")


class MisdirectedRequest(HTTPException):
    """The Host header names another server."""

    code = 421
    description = "The Host header does not name this server."


class Guard:
    """Judges requests before they reach a route.

    Args:
        host: the address listened on.
        port: the port listened on.
        allow_hosts: more names by which this server may be called, with or without a port.
    """

    def __init__(self, host: str, port: int, allow_hosts: Sequence[str] = ()) -> None:
        names = {*_LOOPBACK, host if ":" not in host else f"[{host.strip('[]')}]"}
        asked = {name.lower() for name in allow_hosts}
        self._port = port
        self._everywhere = host in EVERYWHERE
        self._hosts = {f"{name.lower()}:{port}" for name in names} | asked | {f"{name}:{port}" for name in asked}
        if port == 80:
            self._hosts |= {name.lower() for name in names}

    def check(self, request: Request) -> None:
        """Refuses what must not come in.

        Raises:
            MisdirectedRequest: 421, the Host header is another server's.
            Forbidden: 403, a request that is not plain reading comes from another origin.
            RequestEntityTooLarge: 413, told by its Content-Length; not a byte of the body is read.
            MethodNotAllowed: 405, everything but GET and HEAD.
            BadRequest: 400, the path climbs, or holds a backslash or a control character.
        """
        if not self._ours(request.headers.get("Host", "")):
            raise MisdirectedRequest
        if request.method not in _READING:
            self._refuse_writing(request)
        if (request.content_length or 0) > MAX_BODY:
            raise RequestEntityTooLarge
        if not _plain(request.path):
            raise BadRequest("The path is not one of this server's.")

    def _refuse_writing(self, request: Request) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and not self._ours(origin.removeprefix("http://").removeprefix("https://")):
            raise Forbidden("The request comes from another origin.")
        if (request.content_length or 0) > MAX_BODY:
            raise RequestEntityTooLarge
        raise MethodNotAllowed(valid_methods=_READING)

    def _ours(self, host: str) -> bool:
        host = host.lower()
        return host in self._hosts or (self._everywhere and self._is_address(host))

    def _is_address(self, host: str) -> bool:
        # Rebinding needs a name: who asks for a bare address has reached the machine that he meant.
        name, _, port = host.rpartition(":")
        try:
            ip_address(name.strip("[]"))
        except ValueError:
            return False
        return port == str(self._port)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _plain(path: str) -> bool:
    steps = path.split("/")
    return not any(step in ("..", ".") for step in steps) and not any(
        c == "\\" or ord(c) < 32 or c == "\x7f" for c in path
    )
