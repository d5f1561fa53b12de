"""Names of files in a bundle that are the same safe file on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from satchel_metadata.errors import BundleError
from satchel_metadata.text import printable

MAX_PATH, MAX_PART = 400, 200
"""Characters of the longest path and bytes of the longest name in it: every system opens these."""

_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|\Z)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\\:*?"<>|\ud800-\udfff]')
_INSIDE = "Name files inside the bundle, without '..'; do not trust a bundle that came like this."


def check_path(path: str, where: str) -> None:
    """Refuses a path that could name something outside the bundle, or another file on another system.

    Raises:
        BundleError: bundle/absolute-path, bundle/climbing-path, bundle/unsafe-name.
    """
    shown = repr(printable(path))
    if path.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", path):
        raise BundleError(
            "bundle/absolute-path", f"expected a path inside the bundle, found {shown}", where=where, hint=_INSIDE
        )
    parts = path.split("/")
    if ".." in re.split(r"[/\\]", path):
        raise BundleError(
            "bundle/climbing-path", f"the path {shown} climbs out of the bundle", where=where, hint=_INSIDE
        )
    if len(path) > MAX_PATH or any(_unsafe(part) for part in parts):
        raise BundleError(
            "bundle/unsafe-name",
            f"the path {shown} does not name the same file on every system",
            where=where,
            hint="Use letters, digits, '.', '_' and '-', with '/' between folders.",
        )


def check_distinct(paths: Iterable[str], where: str) -> None:
    """Refuses two paths that are one file where case or Unicode form does not count, or a file that is also a folder.

    Raises:
        BundleError: bundle/duplicate-name.
    """
    seen: dict[str, str] = {}
    for path in paths:
        if _folded(path) in seen:
            raise _twice(seen[_folded(path)], path, where)
        seen[_folded(path)] = path
    for path in seen.values():
        parts = path.split("/")
        for count in range(1, len(parts)):
            folder = "/".join(parts[:count])
            if _folded(folder) in seen:
                raise _twice(seen[_folded(folder)], path, where)


def _unsafe(part: str) -> bool:
    odd = part in ("", ".") or part.endswith((".", " ")) or _FORBIDDEN.search(part) or _RESERVED.match(part)
    return bool(odd) or len(part.encode()) > MAX_PART


def _folded(path: str) -> str:
    """Lower case, then upper case: every language has both, where few have case folding."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).lower().upper())


def _twice(first: str, second: str, where: str) -> BundleError:
    return BundleError(
        "bundle/duplicate-name",
        f"{printable(first)!r} and {printable(second)!r} are one name on some systems, expected each name once",
        where=where,
        hint="Give one of them another name.",
    )
