"""The layers of a model as one page: a bar for each, the worst in words, self-contained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from satchel import units
from satchel.report.html import Html, bar, joined, table, tag
from satchel.report.page import POLICY
from satchel.report.style import ICON, STYLE

if TYPE_CHECKING:
    from satchel.search.sensitivity import LayerEffect, Sensitivity

_WORST, _BEST = 10.0, 60.0
"""Decibels at which a bar is full, and at which none is left."""


def sensitivity_page(name: str, found: Sensitivity) -> str:
    """Gives a sweep as one HTML page that needs no other file and runs nothing: layers in their order in the model."""
    title = f"{name}: what each layer bears"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(STYLE)),
    )
    brand = tag("p", Html(ICON), "Satchel", class_="brand")
    top = tag("header", tag("h1", title), *(tag("p", each, class_="lead") for each in found.sentences()))
    note = f"Each layer changed alone, over {found.inputs} samples; the longer the bar, the more noise it brings."
    kinds = dict.fromkeys(each.how for each in found.layers)
    sections = [
        tag("section", tag("h2", f"As {how}"), tag("p", note, class_="note"), _layers(found, how)) for how in kinds
    ]
    refused = [tag("p", f"{what} cannot be made: {why}", class_="note") for what, why in found.refused]
    return (
        f"<!doctype html>\n{tag('html', head, tag('body', tag('main', brand, top, *sections, *refused)), lang='en')}\n"
    )


def _layers(found: Sensitivity, how: str) -> Html:
    chosen = [each for each in found.layers if each.how == how]
    columns = ["Layer", "Op", "Signal to noise", "KL (nats)", "Accuracy lost", "Bytes saved"]
    rows = [_row(each) for each in chosen]
    filled = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    return table(
        [columns[place] for place in filled], [[row[place] for place in filled] for row in rows], right=columns[2:]
    )


def _row(each: LayerEffect) -> tuple[Html | str, ...]:
    same = each.snr_db == float("inf")
    share = 0.0 if same else (_BEST - max(each.snr_db, _WORST)) / (_BEST - _WORST)
    return (
        tag("span", each.short, title=each.name),
        each.op_type,
        joined(("the same" if same else f"{each.snr_db:.1f} dB", bar(share))),
        f"{each.kl:.5f}" if each.kl is not None else "",
        f"{100 * each.measure_drop:.2f} pp" if each.measure_drop is not None else "",
        units.size(max(each.bytes_saved, 0)),
    )
