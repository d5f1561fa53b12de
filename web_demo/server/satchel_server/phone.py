"""How a phone on the same network gets a bundle: an address that holds the digest, and its QR code."""

from __future__ import annotations

import io
import socket
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import segno

from satchel_metadata.text import printable
from satchel_server.guard import EVERYWHERE, is_loopback
from satchel_server.shelf import Shelf, Shelved

# Where the app speaks plain HTTP. `is_private` of Python's counts more than networks of one's own: documentation,
# benchmarks, what is reserved.
_PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"))
)


class Phone:
    """Gives the addresses by which a phone gets this server's bundles.

    Args:
        host: the address listened on.
        port: the port listened on.
        shelf: what is served.
    """

    def __init__(self, host: str, port: int, shelf: Shelf) -> None:
        self._shelf = shelf
        name = network_address() if host in EVERYWHERE else host.strip("[]")
        self._origin = f"http://{_bracketed(name)}:{port}" if name and _is_near(name) else None

    def address(self, bundle: Shelved, asked: str | None = None) -> str | None:
        """Gives the text of a bundle's QR code; None where no phone can reach this server.

        Args:
            bundle: one of this server's.
            asked: the Host header of who asks: an address that reached this server is better than one that was guessed.
        """
        origin = f"http://{asked}" if asked and _is_private(_name(asked)) else self._origin
        return origin and f"{origin}{bundle.file_url}#sha256={bundle.reader.digest}"

    def lines(self, *, code: bool) -> str:
        """Gives what the terminal says to the person with a phone: the first bundle's address, with its QR code or not.

        It is empty where no phone can reach this server.
        """
        first = self._shelf.bundles[0]
        address = self.address(first)
        if address is None:
            return ""
        name = printable(first.reader.spec.name)
        shown = f"{qr_terminal(address)}Scan this in the Satchel app" if code else "In the Satchel app"
        return f"{shown} for {name}: {address}\nCodes to scan of every bundle: {self._origin}/phone\n"


def qr_svg(text: str) -> bytes:
    """Gives the QR code of a text as an SVG picture, black on white with its quiet zone."""
    written = io.BytesIO()
    _code(text).save(written, kind="svg", xmldecl=False, omitsize=True, light="white")
    return written.getvalue()


def qr_terminal(text: str) -> str:
    """Gives the QR code of a text as lines of half blocks, in colours that do not depend on the terminal's."""
    written = io.StringIO()
    _code(text).terminal(written, compact=True)
    *lines, last = written.getvalue().splitlines()
    lines.append(last.replace("▀", "█"))  # an odd number of rows: the half line that is left over is no module
    return "".join(f"\033[97;40m{line}\033[0m\n" for line in lines)


def network_address() -> str | None:
    """Gives the private address of this machine on the network that its default route leads to, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: the system only chooses the address it would send from
        except OSError:
            return None
        found = str(probe.getsockname()[0])
    return found if _is_private(found) else None


def _is_near(host: str) -> bool:
    """Says whether a phone may be sent to a host over plain HTTP; what a name stands for, the phone judges itself."""
    try:
        ip_address(host)
    except ValueError:
        return not is_loopback(host)
    return _is_private(host)


def _is_private(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE)


def _name(host_header: str) -> str:
    return urlsplit(f"//{host_header}").hostname or ""


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="l")  # the fewest modules: each is larger on the screen
