"""The picture on a bundle's card: made of its own golden inputs, so that every bundle has one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from PIL import Image

from satchel_metadata.bundle import BundleReader
from satchel_metadata.golden import RowInput, SignalInput
from satchel_server.content import Content, of_bytes
from satchel_server.samples import golden_picture
from satchel_server.shelf import Shelved

_WIDTH, _HEIGHT = 480, 270
_COLOURS = ("#17808f", "#c7873c", "#6d5aa6", "#5b8a4b", "#b0567a", "#7a8a94")
_MOST_POINTS, _MOST_LANES, _MOST_CELLS = 400, 6, 4


class Thumbnails:
    """Makes the picture of each bundle once."""

    def __init__(self) -> None:
        self._made: dict[str, Content | None] = {}

    def of(self, bundle: Shelved) -> Content | None:
        """Gives the picture of a bundle: a JPEG of a golden photo, or a drawing of a golden signal or rows."""
        if bundle.reader.digest not in self._made:
            self._made[bundle.reader.digest] = _picture(bundle.reader)
        return self._made[bundle.reader.digest]


def _picture(reader: BundleReader) -> Content | None:
    firsts = [next(iter(case.input.values())) for case in reader.golden().cases]
    if reader.spec.task != "image_classification":
        # Bundles are mostly packed with the same sample photos, a photo of which should not stand on every card.
        firsts = firsts[1:] + firsts[:1]
    for given in firsts:
        if isinstance(given, SignalInput):
            return of_bytes("card.svg", _plot(given.signal), foreign=True)
        if isinstance(given, RowInput):
            return of_bytes(
                "card.svg", _table([each.row for each in firsts if isinstance(each, RowInput)]), foreign=True
            )
        if (picture := golden_picture(reader, given)) is not None:
            return of_bytes("card.jpg", _jpeg(picture), foreign=True)
    return None


def _jpeg(picture: Image.Image) -> bytes:
    small, written = picture.convert("RGB"), io.BytesIO()
    small.thumbnail((_WIDTH * 2, _WIDTH * 2))
    small.save(written, "JPEG", quality=82)
    return written.getvalue()


def _plot(signal: Sequence[Sequence[float]]) -> bytes:
    """Draws each channel in a lane of its own, over the range that it has."""
    lanes = list(zip(*signal[:_MOST_POINTS], strict=True))[:_MOST_LANES]
    high = (_HEIGHT - 40) / len(lanes)
    drawn = [_lane(values, 20 + place * high, high * 0.86, place) for place, values in enumerate(lanes)]
    return _svg(drawn)


def _lane(values: Sequence[float], top: float, high: float, place: int) -> str:
    low, most = min(values), max(values)
    span = (most - low) or 1.0
    step = _WIDTH / max(1, len(values) - 1)
    points = " ".join(f"{i * step:.1f},{top + (most - v) / span * high:.1f}" for i, v in enumerate(values))
    colour = _COLOURS[place % len(_COLOURS)]
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-linejoin="round"/>'


def _table(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Draws the first golden rows, a cell for each of the first columns."""
    names = list(rows[0])[:_MOST_CELLS]
    wide, high = (_WIDTH - 48) / len(names), 42
    lines: list[list[object]] = [list(names), *([row[name] for name in names] for row in rows[:4])]
    drawn = ['<g font-family="sans-serif" font-size="17" fill="#7a8a94" stroke-width="0">']
    for y, cells in enumerate(lines):
        weight = 400 if y else 600
        drawn += [
            f'<text x="{24 + wide * x:.0f}" y="{58 + high * y}" font-weight="{weight}">{escape(_cell(value))}</text>'
            for x, value in enumerate(cells)
        ]
        drawn.append(f'<rect x="24" y="{72 + high * y}" width="{_WIDTH - 48}" height="1" opacity="0.35"/>')
    return _svg([*drawn, "</g>"])


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 11 else f"{text[:10]}…"


def _svg(parts: Sequence[str]) -> bytes:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
    return "".join((head, *parts, "</svg>")).encode()
