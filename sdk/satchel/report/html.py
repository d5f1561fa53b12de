"""HTML written so that a stranger's text cannot become markup: whatever is not Html already is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from satchel_metadata.text import printable

LONGEST = 4000
"""Characters of one text that are shown."""
_ALONE = ("br", "img", "meta")


class Html(str):
    """Markup that is finished: it is put in place as it is."""

    __slots__ = ()


def text(value: object) -> Html:
    """Gives text as markup that shows it: control characters written out, everything else escaped."""
    return value if isinstance(value, Html) else Html(html.escape(printable(str(value), LONGEST)))


def tag(element: str, /, *children: object, **attributes: str) -> Html:
    """Gives an element; `class_` is the attribute class, and children that are no Html are escaped."""
    shown = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for key, value in attributes.items())
    inner = "".join(map(text, children))
    return Html(f"<{element}{shown}>" if element in _ALONE else f"<{element}{shown}>{inner}</{element}>")


def joined(parts: Iterable[object]) -> Html:
    """Gives parts one after another."""
    return Html("".join(map(text, parts)))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> Html:
    """Gives a table whose first column heads its rows, in a box that scrolls where it is too wide.

    Args:
        columns: the headings.
        rows: a cell a column.
        right: the columns whose cells are numbers.
    """
    sides = {place: "number" for place, name in enumerate(columns) if name in right}
    head = joined(tag("th", name, scope="col", class_=sides.get(place, "text")) for place, name in enumerate(columns))
    lines = (
        joined(
            (
                tag("th", row[0], scope="row"),
                *(tag("td", cell, class_=sides.get(place, "text")) for place, cell in enumerate(row[1:], 1)),
            )
        )
        for row in rows
    )
    whole = tag("table", tag("thead", tag("tr", head)), tag("tbody", *(tag("tr", line) for line in lines)))
    return tag("div", whole, class_="wide")


def facts(rows: Iterable[tuple[str, object]]) -> Html:
    """Gives named values."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in rows), class_="facts")


def bar(share: float) -> Html:
    """Gives a bar of a share of 1."""
    return tag("span", class_="bar", style=f"--share:{min(max(share, 0.0), 1.0):.4f}", aria_hidden="true")
