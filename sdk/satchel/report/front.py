"""The front of a search as one page: a plot of measure against bytes, and a table of every candidate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from satchel import units
from satchel.report.html import Html, joined, table, tag
from satchel.report.page import POLICY
from satchel.report.style import ICON, STYLE

FRONT = "front.html"
WIDTH, HEIGHT = 960, 460
LEFT, RIGHT, TOP, BOTTOM = 74, 30, 24, 58
_LETTER, _LINE = 7.0, 15.0
"""Room that a label takes: a letter's width, a line's height."""
_STYLE = """
.plot { display: block; width: 100%; height: auto; margin-top: 16px; }
.plot text { fill: var(--soft); font-size: 13px; } .plot .name { fill: var(--ink); font-weight: 600; }
.plot line { stroke: var(--line); } .plot .limit { stroke: var(--warn); stroke-dasharray: 5 4; }
.plot .limited { fill: var(--warn); } .plot circle { fill: var(--card); stroke: var(--soft); stroke-width: 1.5; }
.plot .on { fill: var(--fill); stroke: var(--fill); }
.plot .chosen { fill: none; stroke: var(--accent); stroke-width: 2.5; }
"""

Json = Mapping[str, Any]


def front_page(name: str, found: Json) -> str:
    """Gives the front of a search as one HTML page that needs no other file.

    Args:
        name: the model's.
        found: `satchel.search.front.Front.to_json()`.
    """
    title = f"{name}: what a search found"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(STYLE + _STYLE)),
    )
    brand = tag("p", Html(ICON), "Satchel", class_="brand")
    top = tag("header", tag("h1", name), *(tag("p", each, class_="lead") for each in _verdict(found)))
    sections = (
        tag("section", tag("h2", f"{found['measure'].capitalize()} and bytes over the wire"), plot(found), _key(found)),
        tag("section", tag("h2", "Candidates"), _table(found), *_notes(found)),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', tag('main', brand, top, *sections)), lang='en')}\n"


def _verdict(found: Json) -> list[str]:
    limits = ", ".join(_limit(name, value) for name, value in found["limits"].items())
    if found["met"]:
        return [f"{found['chosen']} meets the budget: {limits}."]
    return [f"The budget is not met: {limits}.", *found["in_the_way"]]


def _limit(name: str, value: float) -> str:
    if name == "drop":
        return f"at most {100 * value:.2f} points of loss"
    if name == "latency":
        return f"at most {units.run_time(value)} a run"
    return f"at most {units.size(int(value))} {'over the wire' if name == 'wire' else 'in memory'}"


class _Scale:
    """Places of the plot: bytes by their logarithm from the left, the measure from below."""

    def __init__(self, found: Json) -> None:
        each, limits = found["candidates"], found["limits"]
        sizes: list[float] = [one["wire"] for one in each] + ([limits["wire"]] if "wire" in limits else [])
        shares: list[float] = [one["measure"] for one in each]
        shares += [each[0]["measure"] - limits["drop"]] if "drop" in limits else []
        self.least, self.most = min(sizes) / 1.15, max(sizes) * 1.15
        room = max(0.1 * (max(shares) - min(shares)), 0.002)
        self.low, self.high = max(0.0, min(shares) - room), min(1.0, max(shares)) + room

    def x(self, size: float) -> float:
        share = math.log(size / self.least) / math.log(self.most / self.least)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, share: float) -> float:
        return round(TOP + (self.high - share) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM), 1)


def plot(found: Json) -> Html:
    """Gives the candidates as an SVG: those on the front filled and named, the chosen one ringed, limits dashed."""
    scale = _Scale(found)
    parts = [*_axes(scale, found["measure"]), *_limits(scale, found)]
    front = [each for each in found["candidates"] if each["front"]]
    for each in sorted(found["candidates"], key=lambda one: one["front"]):
        place = {"cx": str(scale.x(each["wire"])), "cy": str(scale.y(each["measure"]))}
        title = tag("title", f"{each['name']}: {units.size(each['wire'])}, {_share(each['measure'])}")
        parts.append(tag("circle", title, **place, r="5", class_="on" if each["front"] else "other-one"))
        if each["name"] == found["chosen"]:
            parts.append(tag("circle", **place, r="10", class_="chosen"))
    chosen = [each for each in found["candidates"] if each["name"] == found["chosen"] and not each["front"]]
    parts += _names(scale, [*chosen, *front], found["candidates"])
    label = f"{found['measure']} of each candidate against its bytes over the wire; the table below has the numbers"
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=label, class_="plot")


def _axes(scale: _Scale, measure: str) -> list[Html]:
    parts = []
    for size in _sizes(scale.least, scale.most):
        parts.append(_line(scale.x(size), TOP, scale.x(size), HEIGHT - BOTTOM))
        parts.append(_text(units.size(size), scale.x(size), HEIGHT - BOTTOM + 20, "middle"))
    for share in _shares(scale.low, min(scale.high, 1.0)):
        parts.append(_line(LEFT, scale.y(share), WIDTH - RIGHT, scale.y(share)))
        parts.append(_text(_share(share), LEFT - 10, scale.y(share) + 4, "end"))
    parts.append(_text("bytes over the wire", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "middle"))
    return [*parts, _text(measure, LEFT, TOP - 9, "end")]


def _sizes(least: float, most: float) -> list[int]:
    """Gives whole sizes for the axis: 1, 2 and 5 by powers of ten, fewer where they are many."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    for steps in ((1, 2, 3, 4, 5, 6, 8), (1, 2, 5), (1,)):
        found = [step * 10**power for power in powers for step in steps if least <= step * 10**power <= most]
        if len(found) <= 9:
            return found
    return found[:: math.ceil(len(found) / 9)]


def _shares(low: float, high: float) -> list[float]:
    """Gives whole shares for the axis, three to seven of them."""
    step = next(each for each in (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if (high - low) / each <= 7)
    return [round(place * step, 6) for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _limits(scale: _Scale, found: Json) -> list[Html]:
    parts, limits = [], found["limits"]
    if "wire" in limits:
        x, base = scale.x(limits["wire"]), HEIGHT - BOTTOM - 8
        at = (x - 6, base, "end") if x > WIDTH - RIGHT - 100 else (x + 6, base, "start")
        parts += [
            _line(x, TOP, x, HEIGHT - BOTTOM, "limit"),
            _text("largest size", *at, "limited"),
        ]
    if "drop" in limits:
        y = scale.y(found["candidates"][0]["measure"] - limits["drop"])
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, "limit"))
        parts.append(_text(f"least {found['measure']}", WIDTH - RIGHT - 4, y - 6, "end", "limited"))
    return parts


def _names(scale: _Scale, named: Sequence[Json], points: Sequence[Json]) -> list[Html]:
    """Gives the names beside their points, each where it covers nothing; one that has no room is in the table."""
    places = [(scale.x(each["wire"]), scale.y(each["measure"])) for each in points]
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in places]
    parts = []
    for each in named:
        x, y, long = scale.x(each["wire"]), scale.y(each["measure"]), _LETTER * len(each["name"])
        for left, base in ((x + 13, y + 4), (x - 13 - long, y + 4), (x - long / 2, y - 15), (x - long / 2, y + 25)):
            box = (left, base - _LINE, left + long, base)
            inside = box[0] >= LEFT and box[2] <= WIDTH - RIGHT and box[1] >= TOP and box[3] <= HEIGHT - BOTTOM
            if inside and not any(_cover(box, other) for other in taken):
                taken.append(box)
                parts.append(_text(each["name"], left, base, "start", "name"))
                break
    return parts


def _cover(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "grid") -> Html:
    return tag("line", x1=str(x1), y1=str(y1), x2=str(x2), y2=str(y2), class_=kind)


def _text(words: str, x: float, y: float, anchor: str, kind: str = "axis") -> Html:
    return tag("text", words, x=str(round(x, 1)), y=str(round(y, 1)), text_anchor=anchor, class_=kind)


def _share(value: float) -> str:
    return f"{100 * value:.5g} %"


def _key(found: Json) -> Html:
    words = "Filled: on the front, which no other candidate beats. Ringed: the one in the bundle."
    limits = " Dashed: the budget." if {"wire", "drop"} & set(found["limits"]) else ""
    return tag("p", words + limits, class_="note")


def _table(found: Json) -> Html:
    columns = (
        "Candidate",
        "Over the wire",
        "In memory",
        found["measure"].capitalize(),
        "Below float",
        "On the test set",
        "Time",
    )
    rows = [_row(each, found) for each in sorted(found["candidates"], key=lambda one: one["wire"])]
    return table(columns, rows, right=("Over the wire", "In memory", "Below float", "Time"))


def _row(each: Json, found: Json) -> tuple[Html | str, ...]:
    marks = [
        word for word, true in (("in the bundle", each["name"] == found["chosen"]), ("front", each["front"])) if true
    ]
    test = each["test"]
    interval = each["interval"]
    spread = f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f} %, " if interval else ""
    return (
        joined((tag("strong", each["name"]), " ", tag("small", ", ".join(marks)))),
        units.size(each["wire"]),
        units.size(each["memory"]),
        joined((f"{100 * each['measure']:.2f} % ", tag("small", f"{spread}n = {each['n']}"))),
        f"{100 * each['drop']:.2f} pp",
        joined((f"{100 * test['measure']:.2f} % ", tag("small", f"n = {test['n']}"))) if test else "",
        units.run_time(each["latency"]),
    )


def _notes(found: Json) -> list[Html]:
    sets = found["sets"]
    notes = [
        "Every number is of the .tflite that ships, run in the interpreter. Over the wire it travels as raw DEFLATE, "
        "or entropy coded where the name says so.",
        f"Three sets without a common sample: {sets['calibration']['samples']} to calibrate with, "
        f"{sets['search']['samples']} to search with, {sets['test']['samples']} to test with, which took no part "
        "in the choice.",
        *(f"{name} could not be made: {why}." for name, why in found["refused"]),
        *found["left_out"],
    ]
    return [tag("p", each, class_="note") for each in notes]
