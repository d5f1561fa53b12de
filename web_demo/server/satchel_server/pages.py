"""The pages: HTML documents made of the templates in pages/, which share one frame."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import DictLoader, Environment, StrictUndefined

from satchel_server.assets import Assets
from satchel_server.content import Content, of_bytes

GALLERY = "gallery"
TRIES = ("photo", "camera", "draw", "table", "signal", "compare", "check")
"""The pages that try a bundle; each stands for all of them, the bundle being named in the address."""


class Pages:
    """Renders pages by name (`photo`). A template that was edited is read anew."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def find(self, name: str) -> Content | None:
        """Gives a page, or None where there is no such template."""
        templates = self._assets.templates()
        if f"{name}.html" not in templates:
            return None
        sources = tuple((each, content.sha256) for each, content in templates.items())
        return of_bytes("page.html", _rendered(name, sources, self._assets))

    def all(self) -> list[Content]:
        """Gives every page."""
        return [page for name in (GALLERY, "phone", *TRIES) if (page := self.find(name)) is not None]


@lru_cache(maxsize=64)
def _rendered(name: str, sources: tuple[tuple[str, str], ...], assets: Assets) -> bytes:
    texts = {each: content.read().decode() for each, content in assets.templates().items()}
    environment = Environment(
        loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(f"{name}.html").render(page=name).encode()
