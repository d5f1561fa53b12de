"""The camera that is paused, hidden, changed, unplugged, refused or not there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .camera_files import BOXES, CLASSES, SLOW_MODEL, Films
from .conftest import Look


def test_the_camera_is_paused_by_button_and_space_key(look: Look, films: Films) -> None:
    with look(BOXES, films("coffee"), script=SLOW_MODEL) as visit:
        page = visit.page
        page.click("h1")
        page.keyboard.press("Space")
        assert (page.inner_text("#pause-text"), page.inner_text("#lens-note")) == ("Resume", "Paused")
        page.wait_for_timeout(300)
        asked = page.evaluate("() => model.asked")
        page.wait_for_timeout(700)
        assert page.evaluate("() => model.asked") == asked
        assert page.evaluate("() => document.querySelector('#preview').paused")
        assert page.inner_text("#best-label") == "Coffee cup"
        # The sliders act on what stands there.
        page.fill("#slider-score", "0.99")
        page.wait_for_function("() => document.querySelector('#best-label').textContent === 'Nothing found'")
        assert page.evaluate("() => model.asked") == asked
        page.click("#pause")
        page.wait_for_function("(asked) => model.asked > asked + 3", arg=asked)
        assert page.inner_text("#pause-text") == "Pause"
        assert page.inner_text("#best-label") == "Nothing found"


# A page of a browser without a screen is never hidden: it is told that it is.
HIDING = """
let hidden = false;
Object.defineProperty(document, 'hidden', { get: () => hidden });
window.hide = (now) => { hidden = now; document.dispatchEvent(new Event('visibilitychange')); };
window.track = () => document.querySelector('#preview').srcObject?.getVideoTracks()[0];
"""


def test_a_hidden_page_lets_go_of_the_camera_and_takes_it_again(look: Look, films: Films) -> None:
    with look(CLASSES, films("chelsea"), script=HIDING + SLOW_MODEL) as visit:
        page = visit.page
        state = page.evaluate("() => { const before = track(); hide(true); return before.readyState; }")
        assert (state, page.get_attribute("#lens", "data-state")) == ("ended", "off")
        page.wait_for_timeout(300)
        asked = page.evaluate("() => model.asked")
        page.wait_for_timeout(500)
        assert page.evaluate("() => model.asked") == asked
        page.evaluate("() => hide(false)")
        page.wait_for_selector("#lens[data-state=on]")
        page.wait_for_function("(asked) => model.asked > asked + 3", arg=asked)


def test_a_camera_that_is_unplugged_is_explained_and_can_come_back(look: Look, films: Films) -> None:
    with look(CLASSES, films("chelsea"), script=HIDING) as visit:
        page = visit.page
        page.evaluate("() => track().dispatchEvent(new Event('mute'))")
        assert "sends no pictures" in page.inner_text("#lens-note")
        page.evaluate("() => track().dispatchEvent(new Event('unmute'))")
        assert page.is_hidden("#lens-note")
        page.evaluate("() => track().dispatchEvent(new Event('ended'))")
        assert told(page) == ("env/camera-gone", "The camera is gone")
        page.click("#start")
        page.wait_for_selector("#lens[data-state=on]")


def told(page: Page) -> tuple[str | None, str]:
    """Gives code and title of the trouble with the camera; there is a remedy, and another try."""
    page.wait_for_selector("#lens[data-state=trouble]")
    assert page.inner_text("#start") == "Try again"
    assert len(page.locator("#lens-trouble p").nth(1).inner_text().split(". ")) == 2
    return page.get_attribute("#lens-trouble .notice", "data-code"), page.inner_text("#lens-trouble .notice-title")


def test_a_camera_that_is_not_allowed_is_explained(look: Look, films: Films) -> None:
    denied = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
    with look(CLASSES, films("chelsea"), *denied, answers=False) as visit:
        visit.page.click("#start")
        assert told(visit.page) == ("env/camera-refused", "The camera is not allowed")


def test_a_machine_without_a_camera_is_told_so(look: Look) -> None:
    with look(CLASSES, None, "--use-fake-ui-for-media-stream", answers=False) as visit:
        visit.page.wait_for_selector("#lens[data-state=trouble], #start:enabled")
        if visit.page.get_attribute("#lens", "data-state") != "trouble":
            visit.page.click("#start")
        assert told(visit.page) == ("env/no-camera", "There is no camera")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NotReadableError", "env/camera-in-use"),
        ("OverconstrainedError", "env/no-camera"),
        ("OddError", "env/camera-in-use"),
    ],
)
def test_a_camera_that_does_not_start_is_explained(look: Look, films: Films, name: str, code: str) -> None:
    refusing = f"MediaDevices.prototype.getUserMedia = async () => {{ throw new DOMException('odd', '{name}'); }};"
    with look(CLASSES, films("chelsea"), script=refusing, answers=False) as visit:
        assert told(visit.page)[0] == code


def test_a_browser_that_gives_no_frames_is_told_so(look: Look, films: Films) -> None:
    with look(CLASSES, films("chelsea"), script="delete globalThis.VideoFrame;", answers=False) as visit:
        assert told(visit.page) == ("env/no-camera-here", "No camera for this page")


def test_another_camera_is_chosen(look: Look) -> None:
    two = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2")
    with look(CLASSES, None, *two, script=HIDING) as visit:
        page = visit.page
        ids = page.locator("#which option").evaluate_all("(options) => options.map((each) => each.value)")
        assert len(ids) == 2
        for wanted in (ids[1], ids[0]):
            page.select_option("#which", wanted)
            page.wait_for_function("(id) => track()?.getSettings().deviceId === id", arg=wanted)
            page.wait_for_selector("#lens[data-state=on]")
