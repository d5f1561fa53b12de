"""The examples: each is run as its README says, and answers as Python does."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import satchel
from zoo_bundles import zoo_bundle

from .conftest import LOADED, visiting

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@contextmanager
def serving(bundle: Path) -> Iterator[str]:
    """Runs the examples' server on any free port, and gives its address."""
    command = ["node", str(EXAMPLES / "serve.mjs"), str(bundle), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        yield re.match(r"http://[^/]+", line)[0]  # type: ignore[index]
        server.terminate()


@pytest.mark.parametrize("name", ["script-tag", "bundler"])
def test_a_page_names_what_a_photo_shows(
    browser: Browser,
    demo_bundle: Path,
    sample_photos: dict[str, Path],
    name: str,
) -> None:
    if name == "bundler":
        subprocess.run(["node", str(EXAMPLES / "bundler" / "build.mjs")], check=True)
    best = (satchel.open(demo_bundle).run(sample_photos["coffee"], "int8").classes or ())[0]
    with serving(demo_bundle) as url, visiting(browser, url) as visit:
        visit.page.goto(f"{url}/{name}/")
        visit.page.wait_for_selector("#photo:not([disabled])", timeout=LOADED)
        assert visit.page.evaluate("() => crossOriginIsolated")
        visit.page.set_input_files("#photo", sample_photos["coffee"])
        visit.page.wait_for_selector(f"#answer:text('{best.label}, {100 * best.score:.1f} %')")
    assert visit.complaints == []


def test_node_answers_for_every_row(tmp_path: Path) -> None:
    bundle = satchel.open(zoo_bundle("iris"))
    rows = [
        {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2},
        {"sepal_length": 6.7, "sepal_width": 3.0, "petal_length": 5.2, "petal_width": 2.3},
    ]
    table = tmp_path / "flowers.csv"
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    table.write_text("\n".join(lines) + "\n")
    command = ["node", str(EXAMPLES / "node" / "classify.mjs"), str(bundle.path), str(table)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    best = [(bundle.run(row, "float32").classes or ())[0] for row in rows]
    assert said == [f"{each.label} {each.score:.3f}" for each in best]


def test_the_server_gives_nothing_else(demo_bundle: Path, browser: Browser) -> None:
    with serving(demo_bundle) as url:
        page = browser.new_page()
        for path in ("/", "/README.md", "/node/classify.mjs", "/script-tag/%2e%2e/serve.mjs", "/runtimes/litert/-"):
            answer = page.request.get(url + path)
            assert answer.status == 404, path
        page.close()
