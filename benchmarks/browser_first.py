"""The first answer of a visit: how long it takes and what crosses the line, of Satchel's photo page and of a page with
tasks-vision and nothing else."""

from __future__ import annotations

import json
import statistics
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from browser_line import Line
from playwright.sync_api import Browser, BrowserContext, Error

LINES = {"as fast as can be": (None, 0.0), "20 Mbit/s, 40 ms a request": (20e6 / 8, 0.04)}
SIDES = ("satchel", "tasks-vision")
VISITS = ("cold", "second")
LONG = 120_000

# Notes when the answer is there, by the page's own clock.
NOTE = """globalThis.answered = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("no answer in two minutes")), 120_000);
  new MutationObserver(() => {
    if (document.querySelector("#answer[data-state=result], [data-best]"))
      resolve([performance.now(), performance.timeOrigin + performance.now()]);
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-state", "data-best"] });
});"""


@dataclass(frozen=True)
class First:
    """Medians of a side on one visit: `bytes` of bodies as they were sent until the answer, `model` of these."""

    line: str
    visit: str
    side: str
    ms: float
    bytes: int
    model: int


def first_answers(browser: Browser, url: str, line: Line, photo: Path, rounds: int) -> list[First]:
    """Gives each line, visit and side; a new profile each round is the cold visit, the same again the second one."""
    with urllib.request.urlopen(f"{url}/bundles") as answer:
        pages = {"satchel": f"{url}/photo/{json.load(answer)[0]['id']}", "tasks-vision": f"{url}/bench/first.html"}
    found = []
    for name, (rate, delay) in LINES.items():
        took: dict[tuple[str, str], list[tuple[float, int, int]]] = {}
        for turn in range(rounds):
            for side in SIDES if turn % 2 == 0 else SIDES[::-1]:
                context = browser.new_context()
                for visit in VISITS:
                    line.rate, line.delay = rate, delay
                    took.setdefault((visit, side), []).append(visited(context, pages[side], line, photo, side))
                context.close()
        for (visit, side), runs in sorted(took.items()):
            ms, all_, model = (statistics.median(each) for each in zip(*runs, strict=True))
            found.append(First(name, visit, side, round(ms, 1), round(all_), round(model)))
    line.rate, line.delay = None, 0.0
    return found


def visited(context: BrowserContext, address: str, line: Line, photo: Path, side: str) -> tuple[float, int, int]:
    """Gives milliseconds to the answer, and the bytes that were sent until then, and those of the model."""
    page = context.new_page()
    page.add_init_script(NOTE)
    line.sent.clear()
    page.goto(address, wait_until="domcontentloaded")
    page.set_input_files("#file", photo)
    ms, moment = page.evaluate("() => globalThis.answered")
    sent = line.until(moment / 1000)
    line.rate, line.delay = None, 0.0  # what a page does after its answer is not waited for
    if side == "satchel":
        try:
            page.wait_for_selector("#offline[data-state=kept]", timeout=LONG)
        except Error as error:
            raise SystemExit(f"the photo page did not keep its model: {error}") from None
    page.close()
    model = sum(size for path, size in sent.items() if path.endswith(("/model.tflite", "/model/int8")))
    return ms, sum(sent.values()), model


def show(found: list[First]) -> None:
    """Prints a table; the ratios are Satchel's over tasks-vision's."""
    print(f"\n{'line':<28} {'visit':<8} {'way':<14} {'answer':>10} {'bytes':>12} {'of these model':>15}")
    for each in found:
        told = f"{each.ms:>7.0f} ms {each.bytes / 1e6:>9.2f} MB {each.model / 1e6:>12.2f} MB"
        print(f"{each.line:<28} {each.visit:<8} {each.side:<14} {told}")
    for ours, theirs in zip(found[::2], found[1::2], strict=True):
        told = f"time {ours.ms / theirs.ms:.2f}, bytes {ours.bytes} to {theirs.bytes}"
        print(f"{ours.line}, {ours.visit} visit: satchel to tasks-vision: {told}")
