"""The page of drawings: what is drawn by mouse, touch and keyboard is answered as Python answers its PNG."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

import satchel
from satchel_metadata.pipeline import Pipeline
from satchel_server import listen
from zoo_bundles import zoo_bundle

from .conftest import LOADED, Visit, visiting

DIGITS = {
    "1": [[(0.52, 0.2), (0.5, 0.8)]],
    "7": [[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]],
    "3": [
        [(0.3, 0.25), (0.5, 0.2), (0.68, 0.3), (0.6, 0.5), (0.45, 0.52)],
        [(0.45, 0.52), (0.65, 0.58), (0.7, 0.72), (0.5, 0.82), (0.3, 0.75)],
    ],
}


@pytest.fixture(scope="module")
def bundle() -> Path:
    return zoo_bundle("mnist-lenet5")


@pytest.fixture
def draw(browser: Browser, bundle: Path) -> Iterator[Visit]:
    with (
        listen([bundle], port=0) as listening,
        visiting(browser, listening.url, accept_downloads=True, has_touch=True) as visit,
    ):
        visit.page.goto(f"{listening.url}/draw/{bundle.stem}")
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        yield visit
        assert visit.complaints == []


def _drawn(page: Page, strokes: list[list[tuple[float, float]]]) -> None:
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    assert box is not None
    for stroke in strokes:
        for place, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
            if place == 0:
                page.mouse.down()
        page.mouse.up()


def _saved(page: Page, path: Path) -> Path:
    with page.expect_download() as saving:
        page.click("#save")
    saving.value.save_as(path)
    return path


def _same_as_python(visit: Visit, bundle: Path, png: Path) -> str:
    """Holds tensor and all ten shares against Python's for the PNG of the drawing; gives the digit."""
    opened = satchel.open(bundle)
    artefact = visit.page.get_attribute("#proof", "data-artefact") or ""
    (tensor,) = Pipeline(opened.spec, opened.labels, artefact).prepare(png).values()
    visit.page.wait_for_selector(f"#seen[data-sha256='{hashlib.sha256(tensor.tobytes()).hexdigest()}']")
    classes = opened.run(png, artefact.split("/")[0]).classes
    rows = visit.page.locator("#digits .class")
    shown = [(row.locator(".class-label").inner_text(), row.locator(".class-share").inner_text()) for row in rows.all()]
    expected = sorted(classes, key=lambda each: each.index)
    assert shown == [(each.label, f"{each.score * 100:.1f} %") for each in expected]
    assert visit.page.inner_text("#best-label") == classes[0].label
    return str(classes[0].label)


def test_what_is_drawn_is_answered_as_python_answers_its_png(draw: Visit, bundle: Path, tmp_path: Path) -> None:
    for digit, strokes in DIGITS.items():
        _drawn(draw.page, strokes)
        assert _same_as_python(draw, bundle, _saved(draw.page, tmp_path / f"{digit}.png")) == digit
        assert draw.page.inner_text("#seen-size") == "28 × 28"
        draw.page.click("#clear")
        draw.page.wait_for_selector("#answer[data-state=waiting]")


def test_an_empty_paper_is_no_mistake(draw: Visit, tmp_path: Path) -> None:
    page = draw.page
    assert "Draw a digit" in page.inner_text("#waiting")
    assert page.is_disabled("#undo")
    _drawn(page, DIGITS["1"])
    page.wait_for_selector("#answer[data-state=result]")
    page.click("#undo")
    page.wait_for_selector("#answer[data-state=waiting]")
    assert page.is_disabled("#save")
    white = tmp_path / "white.png"
    Image.new("RGB", (64, 64), "white").save(white)
    page.set_input_files("#file", white)
    page.wait_for_selector("#waiting:has-text('no ink')")
    assert page.locator(".notice").count() == 0


def test_a_photo_of_a_digit_is_answered_too(draw: Visit, bundle: Path, tmp_path: Path) -> None:
    _drawn(draw.page, DIGITS["7"])
    png = _saved(draw.page, tmp_path / "seven.png")
    draw.page.click("#clear")
    draw.page.set_input_files("#file", png)
    assert _same_as_python(draw, bundle, png) == "7"


def test_a_digit_is_drawn_with_the_keyboard_alone(draw: Visit, bundle: Path, tmp_path: Path) -> None:
    page = draw.page
    page.focus("#pad")
    page.keyboard.press("Space")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert page.inner_text("#brush-said") == "Pen up"
    assert _same_as_python(draw, bundle, _saved(page, tmp_path / "one.png")) == "1"
    page.focus("#pad")
    page.keyboard.press("Control+z")
    page.wait_for_selector("#answer[data-state=waiting]")


def test_a_pen_that_is_pressed_harder_draws_a_thicker_line(draw: Visit, bundle: Path, tmp_path: Path) -> None:
    page = draw.page
    ink = []
    for force in (0.2, 0.9):
        _penned(page, force)
        png = _saved(page, tmp_path / f"{force}.png")
        assert _same_as_python(draw, bundle, png) == "1"
        with Image.open(png) as picture:
            ink.append(int((np.asarray(picture.convert("L")) < 128).sum()))
        page.click("#clear")
        page.wait_for_selector("#answer[data-state=waiting]")
    light, hard = ink
    assert hard > 1.2 * light


def _penned(page: Page, force: float) -> None:
    """Draws a line downwards with a pen pressed as hard."""
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    pen = {"x": box["x"] + box["width"] / 2, "button": "left", "pointerType": "pen", "force": force, "clickCount": 1}
    for at in range(11):
        kind = "mouseMoved" if at else "mousePressed"
        place = {**pen, "type": kind, "buttons": 1, "y": box["y"] + box["height"] * (0.2 + 0.06 * at)}
        session.send("Input.dispatchMouseEvent", place)
    session.send("Input.dispatchMouseEvent", {**pen, "type": "mouseReleased", "force": 0, "y": place["y"]})
    session.detach()


def test_a_finger_draws_and_the_page_does_not_scroll(draw: Visit, bundle: Path, tmp_path: Path) -> None:
    page = draw.page
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    assert box is not None
    before = page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)
    places = [{"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * (0.2 + 0.06 * at)} for at in range(11)]
    for at, place in enumerate(places):
        kind = "touchMove" if at else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_selector("#answer[data-state=result]")
    assert page.evaluate("scrollY") == before
    assert _same_as_python(draw, bundle, _saved(page, tmp_path / "one.png")) == "1"
