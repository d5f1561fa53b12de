"""Our own scripts and styles without comments and spaces, made as they are served: a checkout holds readable ones."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

from satchel_server.content import Content, of_bytes

_WAYS = {".js": jsmin, ".css": cssmin}
# Between the parts of a template literal that stands within another one rjsmin takes blanks for code's, and drops them.
_NESTED_TEMPLATE = re.compile(r"\$\{[^}`]*`")


def of_own_file(path: Path) -> Content | None:
    """Gives the content of a script or a style, minified as it is now; None for another kind of file.

    The hash is of the minified bytes, which are what a browser gets. A comment that begins with `!` stays.
    """
    if path.suffix not in _WAYS:
        return None
    state = path.stat()
    return _made(path, state.st_mtime_ns, state.st_size)


def minified(name: str, text: str) -> str:
    """Gives the text of a script (`.js`) or a style (`.css`) in fewer characters.

    No name is changed: a message or a stack names what the source names. A script in which a template literal stands
    within another one stays as it is.
    """
    if _NESTED_TEMPLATE.search(text):
        return text
    return str(_WAYS[Path(name).suffix](text, keep_bang_comments=True))


@lru_cache(maxsize=1024)
def _made(path: Path, changed: int, size: int) -> Content:
    return of_bytes(path.name, minified(path.name, path.read_text(encoding="utf-8")).encode())
