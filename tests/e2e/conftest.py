"""A real Chromium, the real model, and a watch on everything the page must not do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

import photos as test_photos
from satchel_server import Listening, listen
from zoo_bundles import zoo_bundle

from .camera_files import BOXES, CLASSES, MASKS, Films, filming
from .chromium import installed_chromium

SAMPLES = ("chelsea", "coffee", "astronaut", "rocket", "squirrel", "baboon", "orange")
SECONDS = 1000.0
LOADED = 60 * SECONDS


@dataclass
class Visit:
    """A visitor's page: `complaints` holds what the browser or the watch had to say against it."""

    url: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    def enter(self) -> None:
        """Goes to the gallery and takes the first bundle."""
        self.page.goto(self.url)
        self.page.click(".gallery-link >> nth=0")

    def open(self) -> None:
        """Takes the first bundle, and waits until its model is loaded and checked."""
        self.enter()
        self.page.wait_for_selector("#seal:not([data-state=waiting])", timeout=LOADED)

    def show(self, photo: Path) -> None:
        """Chooses a photo and waits for its answer, or for the reason why there is none."""
        self.page.set_input_files("#file", photo)
        self.settled()

    def choose(self, group: str, name: str) -> None:
        """Chooses a variant or a runtime, and waits until it is loaded and checked."""
        before = self.page.get_attribute("#proof", "data-artefact")
        self.page.check(f"input[name={group}][value='{name}']", force=True)
        self.checked_after(before)

    def checked_after(self, before: str | None) -> None:
        """Waits until another artefact than `before` is loaded and checked."""
        self.page.wait_for_selector(f"#proof[data-artefact]:not([data-artefact='{before}'])", timeout=LOADED)
        self.settled()

    def settled(self) -> None:
        """Waits until nothing is being answered."""
        self.page.wait_for_selector("#answer[aria-busy=false]", timeout=LOADED)

    def classes(self) -> list[tuple[str, str]]:
        """Gives the labels and percentages shown."""
        rows = self.page.locator("#classes .class")
        return [
            (row.locator(".class-label").inner_text(), row.locator(".class-share").inner_text()) for row in rows.all()
        ]

    def prepared(self) -> str:
        """Gives the SHA-256 of the prepared tensor of the photo shown."""
        return self.page.locator("#seen").get_attribute("data-sha256") or ""


Look = Callable[..., AbstractContextManager[Visit]]
"""The fixture `look`: the name of a bundle, a film or None, the browser's command line."""


@pytest.fixture(scope="session")
def sample_photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample photos by name, copied to a folder of their own."""
    folder = tmp_path_factory.mktemp("samples")
    return {name: Path(shutil.copy(test_photos.path(name), folder)) for name in SAMPLES}


@pytest.fixture(scope="session")
def served(demo_bundle: Path, sample_photos: dict[str, Path]) -> Iterator[Listening]:
    folder = sample_photos["chelsea"].parent
    with listen([demo_bundle], port=0, samples=folder) as listening:
        yield listening


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser that all visitors share."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=installed_chromium())
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, served: Listening) -> Iterator[Visit]:
    """A desktop visitor. Console errors, broken policies and requests elsewhere fail the test when it ends."""
    with visiting(browser, served.url) as one:
        yield one
    assert one.complaints == []


@contextmanager
def visiting(browser: Browser, url: str, **context: object) -> Iterator[Visit]:
    """Gives a visitor of `url` with a browser context of his own (`viewport`, `color_scheme`, ...)."""
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
    visit = Visit(url, page)

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{url}/", "blob:", "data:")):
            visit.complaints.append(f"a request left the origin: {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.complaints.append(f"{message.type}: {message.text}")

    page.on("request", asked)
    page.on("pageerror", lambda error: visit.complaints.append(f"uncaught: {error}"))
    page.on("console", said)
    page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error('policy', e.blockedURI))")
    yield visit
    # What a page asks for while it closes is nobody's any more: a route that answers it then would fail the next test.
    page.unroute_all(behavior="ignoreErrors")
    page.context.unroute_all(behavior="ignoreErrors")
    page.context.close()


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """Films of the photos, for cameras."""
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="session")
def camera_bundles(demo_bundle: Path) -> dict[str, Path]:
    """What the camera page is tried with: classes, boxes and masks."""
    return {CLASSES: demo_bundle, BOXES: zoo_bundle(BOXES), MASKS: zoo_bundle(MASKS)}


@pytest.fixture(scope="session")
def camera_server(camera_bundles: dict[str, Path]) -> Iterator[Listening]:
    with listen(list(camera_bundles.values()), port=0) as listening:
        yield listening


@pytest.fixture
def look(browser: Browser, camera_server: Listening) -> Look:
    """Opens the camera page of a bundle in a browser of its own, before a film; complaints fail the test."""

    @contextmanager
    def looking(
        name: str, film: Path | None, *args: str, script: str = "", answers: bool = True, **context: object
    ) -> Iterator[Visit]:
        url = camera_server.url
        with filming(browser, film, *args) as own, visiting(own, url, **context) as visit:
            visit.page.add_init_script(script)
            visit.page.goto(f"{url}/camera/{name}")
            if answers:
                visit.page.wait_for_selector("#answer[data-state=result]", timeout=LOADED)
            yield visit
            assert visit.complaints == []

    return looking
