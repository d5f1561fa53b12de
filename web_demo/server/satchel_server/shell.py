"""What the pages are made of, by hash: the list by which a browser keeps them for when there is no server."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from satchel_server.assets import Assets
from satchel_server.pages import GALLERY, TRIES, Pages

_RUNTIMES = "runtimes/"


def shell_of(assets: Assets, pages: Pages) -> dict[str, Any]:
    """Gives path -> SHA-256 of every page, script and style, of the runtimes, and the version that they make together.

    A page that stands for every bundle is listed once, as the beginning of its path (`/photo/`).
    """
    contents = assets.contents()
    documents = {"/": GALLERY, "/phone": "phone", **{f"/{name}/": name for name in TRIES}}
    found = {path: page.sha256 for path, name in documents.items() if (page := pages.find(name)) is not None}
    files = {f"/{url}": each.sha256 for url, each in contents.items() if not url.startswith(_RUNTIMES)}
    runtimes = {f"/{url}": each.sha256 for url, each in contents.items() if url.startswith(_RUNTIMES)}
    parts = {"pages": found, "files": files, "runtimes": runtimes}
    version = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return {"version": version, **parts}
