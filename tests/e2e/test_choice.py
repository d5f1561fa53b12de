"""The device chooses: what is fastest and right is shown with its reason, and remembered where storage is given."""

from __future__ import annotations

import re

from playwright.sync_api import Browser

from satchel_server import Listening

from .conftest import LOADED, Visit, visiting

SHOWN = "#device-choice:not(:empty)"
REASON = r"int8 on LiteRT\.js, \d+ threads?: right in all \d+ golden cases, [\d.]+ ms.*"
REFUSED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"


def _chosen(visit: Visit) -> str:
    visit.open()
    visit.page.wait_for_selector(SHOWN, timeout=LOADED)
    return visit.page.inner_text("#device-choice")


def test_the_choice_is_shown_with_its_reason_and_kept_for_the_next_visit(visit: Visit) -> None:
    first = _chosen(visit)
    assert re.fullmatch(REASON, first)
    assert _chosen(visit) == first.removesuffix(" Used from the next visit on.")


def test_what_a_visitor_chose_himself_is_loaded_at_his_next_visit(visit: Visit) -> None:
    visit.open()
    visit.choose("variant", "float32")
    visit.open()
    assert visit.page.is_checked("#variant-float32")


def test_refused_storage_is_no_hindrance(browser: Browser, served: Listening, visit: Visit) -> None:
    with visiting(browser, served.url) as refused:
        refused.url = visit.url
        refused.page.add_init_script(REFUSED)
        assert re.fullmatch(REASON, _chosen(refused))
