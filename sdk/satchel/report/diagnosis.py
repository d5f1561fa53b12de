"""A diagnosis as one page: the verdict, what each stage brings, the variants, the answers that change, the runtimes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from satchel.diagnosis.changes import said
from satchel.provenance import versions
from satchel.report.contents import Contents
from satchel.report.html import Html, bar, facts, joined, table, tag
from satchel.report.page import POLICY
from satchel.report.pictures import figure
from satchel.report.style import ICON, STYLE
from satchel.report.variants import variants
from satchel.statistics import wilson
from satchel_metadata.errors import SatchelError

if TYPE_CHECKING:
    from satchel.bundle import Bundle
    from satchel.diagnosis.attribution import Boundary, Split
    from satchel.diagnosis.diagnose import Diagnosis

_EXAMPLES = 12
_LOUD, _QUIET = 0.0, 60.0
"""Decibels at which a bar is full, and at which none is left."""
_OWN = """
.verdict { margin-top: 14px; padding: 14px 18px; border-left: 5px solid var(--warn); border-radius: 8px;
  background: var(--warn-wash); font-size: 18px; overflow-wrap: anywhere; }
.verdict.well { border-color: var(--fill); background: var(--wash); }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(260px, 100%), 1fr)); gap: 20px;
  margin-top: 16px; }
.examples img { display: block; max-width: 100%; height: auto; border-radius: 10px; }
.examples p { margin-top: 6px; font-size: 14px; overflow-wrap: anywhere; }
"""


def diagnosis_page(bundle: Bundle, found: Diagnosis) -> str:
    """Gives a diagnosis as one HTML page that needs no other file and runs nothing; it can be printed.

    Args:
        bundle: the one that was diagnosed, open.
        found: what was found.

    Raises:
        SatchelError: a file that the page tells of is damaged.
    """
    title = f"{bundle.spec.name} {bundle.spec.version}: diagnosis"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(STYLE + _OWN)),
    )
    brand = tag("p", Html(ICON), "Satchel", class_="brand")
    parts = (_stages(found), variants(Contents.of(bundle.reader)), _examples(bundle, found), _runtimes(found))
    body = tag("main", brand, _verdict(title, found), *parts, _about(found))
    return f"<!doctype html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def _verdict(title: str, found: Diagnosis) -> Html:
    kind = "verdict well" if found.ok else "verdict"
    lines = [tag("p", each, class_=kind) for each in found.sentences()]
    samples = max((split.samples for split in found.splits.values()), default=0)
    return tag(
        "header", tag("h1", title), tag("p", f"{samples} samples, against {found.against}.", class_="lead"), *lines
    )


def _stages(found: Diagnosis) -> Html:
    columns = ["Variant", "Stage", "Answers changed", "Signal to noise", "Largest difference", "The same bytes"]
    rows = [row for split in found.splits.values() for row in _rows(split)]
    made = table(columns, rows, right=columns[2:])
    note = (
        "Each stage swapped alone, the others as the reference has them, with the 95 % interval (Wilson) of the share "
        "of answers that change. Preparation is compared by its tensors, the models by their outputs."
    )
    return tag("section", tag("h2", "What each stage brings"), made, tag("p", note, class_="note"))


def _rows(split: Split) -> list[Sequence[object]]:
    whole = (tag("strong", split.variant), "all of them", _changed(split.changed, split.samples), "", "", "")
    return [whole, *((split.variant, *_row(each)) for each in split.ranked())]


def _row(each: Boundary) -> tuple[object, ...]:
    snr = each.tensors.snr_db
    share = 0.0 if math.isinf(snr) and snr > 0 else (_QUIET - max(snr, _LOUD)) / (_QUIET - _LOUD)
    noise = "the same" if share == 0.0 and math.isinf(snr) else f"{snr:.1f} dB"
    return (
        each.stage,
        _changed(each.changed, each.samples),
        joined((noise, bar(share))),
        f"{each.largest:.3g}",
        f"{each.same} of {each.samples}",
    )


def _changed(changed: int, samples: int) -> Html:
    low, high = wilson(changed / max(samples, 1), samples)
    interval = tag("small", f"{100 * low:.1f} to {100 * high:.1f} %")
    return joined((f"{changed} of {samples} ", interval))


def _examples(bundle: Bundle, found: Diagnosis) -> Html:
    """Shows samples whose answer changes, as pictures where they are files of pictures."""
    shown: dict[str, list[tuple[str, Any, Any]]] = {}
    for split in found.splits.values():
        for name, expected, given in split.examples:
            shown.setdefault(name, []).append((split.variant, expected, given))
    if not shown:
        return Html("")
    made = [_example(bundle, name, answers) for name, answers in list(shown.items())[:_EXAMPLES]]
    return tag("section", tag("h2", "Answers that change"), tag("div", *made, class_="examples"))


def _example(bundle: Bundle, name: str, answers: Sequence[tuple[str, Any, Any]]) -> Html:
    """Shows one sample, what the reference says of it, and what each variant says whose answer is another."""
    first = tag("p", tag("strong", Path(name).name), f": {said(answers[0][1])}")
    others = [tag("p", tag("em", variant), f": {said(given)}") for variant, _, given in answers]
    return tag("div", _picture(bundle, name), first, *others)


def _picture(bundle: Bundle, name: str) -> Html:
    if not bundle.kind.is_picture or not Path(name).is_file():
        return Html("")
    try:
        photo: Any = bundle.kind.load(name)
        pixels = np.asarray(Image.fromarray(photo.pixels).convert("RGB"))
    except (SatchelError, AttributeError):
        return Html("")
    return figure(pixels, "The photo", f"The photo {Path(name).name}")


def _runtimes(found: Diagnosis) -> Html:
    columns = ["Variant", "LiteRT", "Verdict", "Largest difference"]
    rows = [
        (
            each.variant,
            each.way,
            "right" if each.ok else each.problem or ("off" if each.steady else "not the same in each run"),
            f"{each.largest:.1e}",
        )
        for each in found.runtimes
    ]
    note = "Against the way in which the bundle runs here, relative to the largest output; each way runs twice."
    made = table(columns, rows, right=columns[3:])
    return tag("section", tag("h2", "Runtimes of this machine"), made, tag("p", note, class_="note"))


def _about(found: Diagnosis) -> Html:
    rows: list[tuple[str, object]] = [("Digest of the bundle", tag("code", found.digest))]
    rows += [(f"Right ({name})", f"{right} of {of}") for name, (right, of) in found.accuracy.items()]
    rows += [("Versions", ", ".join(f"{name} {version}" for name, version in versions().items()))]
    rows += [("Left out", note) for note in found.notes]
    return tag("section", tag("h2", "About this diagnosis"), facts(rows))
