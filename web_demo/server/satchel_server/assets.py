"""Where pages, library and runtimes are: beside this package in a wheel, in web_demo/ in a checkout."""

from __future__ import annotations

import json
from pathlib import Path

from satchel_metadata.errors import EnvironmentProblem
from satchel_server.content import Content, of_file
from satchel_server.minified import of_own_file

_HERE = Path(__file__).resolve().parent
_PACKED = _HERE / "assets"
_CHECKOUT = _HERE.parents[1]
_TEMPLATE = ".html"


class Assets:
    """The files of the demo by URL (`pages/app.js`). What is not in the index is not served.

    Raises:
        EnvironmentProblem: env/missing-runtimes when a checkout's node packages are not installed.
    """

    def __init__(self) -> None:
        self._files = _listed()

    def find(self, url: str) -> Content | None:
        """Gives the content of a URL without its leading slash, or None."""
        if url not in self._files and not _PACKED.is_dir():
            self._files = _listed()  # a file that was added to the checkout since
        path = self._files.get(url)
        return _content(url, path) if path is not None and path.is_file() else None

    def contents(self) -> dict[str, Content]:
        """Gives URL -> content of every file of the demo that is served as it is."""
        if not _PACKED.is_dir():
            self._files = _listed()
        return {url: _content(url, path) for url, path in self._files.items()}

    def templates(self) -> dict[str, Content]:
        """Gives file name -> content of what pages are made of."""
        root = (_PACKED if _PACKED.is_dir() else _CHECKOUT) / "pages"
        return {path.name: of_file(path) for path in sorted(root.glob(f"*{_TEMPLATE}"))}


def runtime_files(web_demo: Path) -> dict[str, Path]:
    """Gives URL below runtimes/ -> file in node_modules, as runtimes.json lists them.

    Args:
        web_demo: the folder that holds runtimes.json and node_modules.

    Raises:
        EnvironmentProblem: env/missing-runtimes, with the file that is not there.
    """
    listed = json.loads((web_demo / "runtimes.json").read_text(encoding="utf-8"))
    files = {
        f"{name}/{url}": web_demo / "node_modules" / source
        for name, runtime in listed.items()
        for url, source in runtime["files"].items()
    }
    for path in files.values():
        if not path.is_file():
            raise EnvironmentProblem(
                "env/missing-runtimes",
                "expected the browser runtimes to be installed, found no such file",
                where=str(path),
                hint=f"Run `npm ci` in {web_demo}.",
            )
    return files


def _content(url: str, path: Path) -> Content:
    """Gives a file as it is served: our own minified, a runtime to the byte as its authors ship it."""
    own = None if url.startswith("runtimes/") else of_own_file(path)
    return own or of_file(path)


def _tree(root: Path, prefix: str) -> dict[str, Path]:
    return {
        f"{prefix}/{path.relative_to(root).as_posix()}": path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".") and path.suffix != _TEMPLATE
    }


def _listed() -> dict[str, Path]:
    if _PACKED.is_dir():
        return {url: path for part in ("pages", "lib", "runtimes") for url, path in _tree(_PACKED / part, part).items()}
    own = {url: path for part in ("pages", "lib") for url, path in _tree(_CHECKOUT / part, part).items()}
    return own | {f"runtimes/{url}": path for url, path in runtime_files(_CHECKOUT).items()}
