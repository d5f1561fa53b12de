"""After one visit everything works without a server; what is lost, full, refused, damaged or new is told."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from satchel_metadata.errors import EnvironmentProblem
from satchel_server import Listening, listen
from zoo_bundles import zoo_bundle

from .conftest import LOADED, Visit, visiting
from .rebuilding import rebuild

OFFLINE = "#offline[data-state=offline]"
KEPT = "#offline[data-state=kept]"


@pytest.fixture(scope="module")
def iris() -> Path:
    return zoo_bundle("iris")


@pytest.fixture(scope="module")
def light(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's model in one variant, so that keeping it takes a moment."""
    out = tmp_path_factory.mktemp("light") / "light.satchel"
    return rebuild(demo_bundle, out, variants=("int8",), name="light")


@pytest.fixture(scope="module")
def newer(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with other labels: another digest under the same name, the model unchanged."""
    out = tmp_path_factory.mktemp("newer") / "light.satchel"
    labels = {"relabel": lambda _, label: f"new {label}"}
    return rebuild(demo_bundle, out, variants=("int8",), name="light", **labels)  # type: ignore[arg-type]


def test_a_photo_is_answered_with_the_server_stopped(
    browser: Browser, light: Path, iris: Path, sample_photos: dict[str, Path]
) -> None:
    with _visit(browser, [light, iris], sample_photos) as (visit, stop):
        _open(visit, "/photo/light", KEPT)
        visit.show(sample_photos["coffee"])
        before, tensor = visit.classes(), visit.prepared()
        stop()
        visit.page.goto(visit.url)
        visit.page.wait_for_selector("[data-bundle=light] a")
        assert "Not available offline" in visit.page.inner_text("[data-bundle=iris]")
        assert visit.page.locator("[data-bundle=iris] a").count() == 0
        visit.page.click("[data-bundle=light] .gallery-link")
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        visit.page.wait_for_selector(OFFLINE)
        assert visit.page.evaluate("crossOriginIsolated")
        visit.show(sample_photos["coffee"])
        assert (visit.classes(), visit.prepared()) == (before, tensor)
        visit.page.click(".sample[title=coffee]")
        visit.page.wait_for_selector("#best-label:text('espresso')")
    assert visit.complaints == []


def test_a_table_is_answered_with_the_server_stopped(browser: Browser, iris: Path) -> None:
    with _visit(browser, [iris]) as (visit, stop):
        _open(visit, "/table/iris", KEPT)
        stop()
        _open(visit, "/table/iris", OFFLINE)
        assert visit.page.get_attribute("#seal", "data-state") == "good"
    assert visit.complaints == []


def test_a_lost_connection_goes_on_where_it_was(browser: Browser, light: Path) -> None:
    with listen([light], port=0) as listening, _cutting(listening) as (url, cut), visiting(browser, url) as visit:
        visit.page.add_init_script(_TELL_PROGRESS)
        _open(visit, "/photo/light", KEPT)
        assert visit.page.get_attribute("#seal", "data-state") == "good"
        assert any("Connection lost, trying again" in each for each in visit.page.evaluate("progress"))
    first, second = cut
    assert first is None
    assert second is not None
    assert 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= _CUT
    assert all("ERR_" in each for each in visit.complaints)  # the browser tells of the connection that was lost


def test_two_tabs_keep_the_same_bundle_at_once(browser: Browser, light: Path) -> None:
    with _visit(browser, [light]) as (visit, stop):
        other = visit.page.context.new_page()
        for page in (visit.page, other):
            page.goto(f"{visit.url}/photo/light", wait_until="commit")
        for page in (visit.page, other):
            page.wait_for_selector(KEPT, timeout=LOADED)
        stop()
        for page in (visit.page, other):
            page.reload()
            page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
    assert visit.complaints == []


def test_a_bundle_that_changed_during_a_visit_is_offered_and_the_old_one_goes_on(
    browser: Browser, light: Path, newer: Path, sample_photos: dict[str, Path]
) -> None:
    with _visit(browser, [light], sample_photos) as (visit, stop):
        _open(visit, "/photo/light", KEPT)
        stop()
        with _listening([newer], _port(visit), sample_photos["coffee"].parent):
            visit.page.evaluate("dispatchEvent(new Event('online'))")
            visit.page.wait_for_selector("#news")
            visit.show(sample_photos["coffee"])
            assert visit.classes()[0][0] == "espresso"
            visit.page.click("#check")
            visit.page.wait_for_selector("#seal[data-state=good]")
            before = _kept(visit.page)
            visit.page.click("#news-take")
            visit.page.wait_for_selector(KEPT, timeout=LOADED)
            visit.show(sample_photos["coffee"])
            assert visit.classes()[0][0] == "new espresso"
            after = _kept(visit.page)
        _open(visit, "/photo/light", OFFLINE)
        visit.show(sample_photos["coffee"])
        assert visit.classes()[0][0] == "new espresso"
    assert len(before & after) >= 1  # the model is the same file: it was not fetched again
    assert not before <= after  # the files that only the old version had are gone
    assert visit.complaints == []


def test_a_damaged_entry_is_dropped_and_fetched_anew(browser: Browser, light: Path) -> None:
    with _visit(browser, [light]) as (visit, stop):
        _open(visit, "/photo/light", KEPT)
        visit.page.evaluate(_DAMAGE)
        _open(visit, "/photo/light", KEPT)
        assert visit.page.get_attribute("#seal", "data-state") == "good"
        stop()
        _open(visit, "/photo/light", OFFLINE)
    assert visit.complaints == []


def test_what_is_removed_is_not_kept_again_until_it_is_asked_for(browser: Browser, light: Path) -> None:
    with _visit(browser, [light]) as (visit, _):
        _open(visit, "/photo/light", KEPT)
        visit.page.click("#offline button")
        visit.page.wait_for_selector("#offline[data-state=unwanted]")
        visit.page.wait_for_function(f"{_NAMES}().then((all) => all.length === 0)")
        _open(visit, "/photo/light", "#offline[data-state=unwanted]")
        assert _kept(visit.page) == set()
    assert visit.complaints == []


REFUSED = "{ get() { throw new DOMException('refused', 'SecurityError'); } }"
NO_CACHES = f"Object.defineProperty(globalThis, 'caches', {REFUSED});"
NO_STORAGE = "".join(
    f"Object.defineProperty({owner}, '{name}', {REFUSED});"
    for owner, name in (
        ("globalThis", "caches"),
        ("globalThis", "localStorage"),
        ("globalThis", "sessionStorage"),
        ("navigator", "serviceWorker"),
    )
)


@pytest.mark.parametrize("refusing", [NO_CACHES, NO_STORAGE], ids=["caches", "everything"])
def test_a_browser_that_refuses_storage_goes_on_from_the_server(
    browser: Browser, light: Path, sample_photos: dict[str, Path], refusing: str
) -> None:
    def refuse_there(route: Route) -> None:
        given = route.fetch()  # a worker has no init scripts: its own first script begins with it
        route.fulfill(response=given, body=NO_CACHES + given.text())

    with _visit(browser, [light], sample_photos) as (visit, _):
        visit.page.add_init_script(refusing)
        visit.page.route("**/lib/worker.js", refuse_there)
        _open(visit, "/photo/light", "#offline[data-state=refused]")
        assert "comes from the server each time" in visit.page.inner_text("#offline")
        visit.show(sample_photos["coffee"])
        assert visit.classes()[0][0] == "espresso"
    assert visit.complaints == []


def test_a_full_storage_goes_on_from_the_server(browser: Browser, light: Path, sample_photos: dict[str, Path]) -> None:
    with _visit(browser, [light], sample_photos) as (visit, _):
        session = visit.page.context.new_cdp_session(visit.page)
        session.send("Storage.overrideQuotaForOrigin", {"origin": visit.url, "quotaSize": 1_000_000})
        _open(visit, "/photo/light", "#offline[data-state=full]")
        visit.show(sample_photos["coffee"])
        assert visit.classes()[0][0] == "espresso"
    assert visit.complaints == []


_CUT = 1_000_000


@contextmanager
def _cutting(listening: Listening) -> Iterator[tuple[str, list[str | None]]]:
    """Gives the address of what passes on to a server, but cuts a model's first transfer; and the ranges asked for."""
    asked: list[str | None] = []
    upstream = urlsplit(listening.url).netloc

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            connection = http.client.HTTPConnection(upstream)
            connection.request("GET", self.path, headers={**dict(self.headers), "Host": upstream})
            answer = connection.getresponse()
            body = answer.read()
            if is_model := self.path.endswith("model.tflite"):
                asked.append(self.headers.get("Range"))
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            if is_model and len(asked) == 1:
                self.wfile.write(body[:_CUT])
                time.sleep(1)  # so that the page has read it before the connection ends
            else:
                self.wfile.write(body)
            self.close_connection = True
            connection.close()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Passing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


_TELL_PROGRESS = """globalThis.progress = [];
addEventListener("DOMContentLoaded", () => {
  const line = document.getElementById("loading-text");
  const told = () => progress.push(line.textContent);
  if (line) new MutationObserver(told).observe(line, { childList: true, characterData: true, subtree: true });
});"""

_NAMES = """(async () => {
  const cache = await caches.open("satchel-kept");
  return (await cache.keys()).map(({ url }) => url).filter((url) => url.includes("/sha256/"));
})"""

_DAMAGE = """async () => {
  const cache = await caches.open("satchel-kept");
  for (const key of await cache.keys()) if (key.url.includes("/sha256/")) await cache.put(key, new Response("damaged"));
}"""


def _kept(page: Page) -> set[str]:
    """Gives the names of the files that are kept."""
    return set(page.evaluate(f"{_NAMES}()"))


def _open(visit: Visit, path: str, state: str) -> None:
    visit.page.goto(f"{visit.url}{path}")
    visit.page.wait_for_selector("#seal:not([data-state=waiting])", timeout=LOADED)
    visit.page.wait_for_selector(state, timeout=LOADED)


def _port(visit: Visit) -> int:
    return urlsplit(visit.url).port or 0


def _quiet_port() -> int:
    """Gives a free port below those that a system hands out: nobody else gets it while its server is stopped."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as free:
            if free.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("none of a hundred ports is free")


def _listening(bundles: list[Path], port: int, samples: Path | None) -> Listening:
    """Listens at a port that another server has just left; a system may take a while to give it again."""
    end = time.monotonic() + 30
    while True:
        try:
            return listen(bundles, port=port, samples=samples)
        except EnvironmentProblem as error:
            if error.code != "env/port-in-use" or time.monotonic() > end:
                raise
        time.sleep(0.5)


@contextmanager
def _visit(
    browser: Browser, bundles: list[Path], samples: dict[str, Path] | None = None
) -> Iterator[tuple[Visit, Callable[[], None]]]:
    """Gives a visitor, and what really stops the server."""
    folder = samples["coffee"].parent if samples else None
    listening = _listening(bundles, _quiet_port(), folder)
    stopped = threading.Event()
    listening.__enter__()

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            listening.__exit__(None, None, None)

    try:
        with visiting(browser, listening.url) as visit:
            yield visit, stop
    finally:
        stop()
