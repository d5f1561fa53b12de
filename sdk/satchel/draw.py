"""Draws an answer on the photo it is of: boxes with labels, masks as a veil, keypoints, or the list of classes.

Everything is drawn twice, dark and wide below, coloured and narrow above, so that it stands out from any photo.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from satchel_metadata.answers import Answer, Keypoint, Object
from satchel_metadata.photo import Photo
from satchel_metadata.text import printable
from satchel_metadata.values import Mask

Colour = tuple[int, int, int]
Place = tuple[float, float, float, float]

SMALLEST = 640
"""Pixels of the longer side that a drawing has at least: a label on a thumbnail could not be read."""
LONGEST = 48
DARK, WHITE = (16, 18, 24), (255, 255, 255)
VEIL = 0.45
NAMED_POINTS = 33


def draw(photo: Photo, answer: Answer) -> Image.Image:
    """Gives the photo, upright, with the answer on it.

    Args:
        photo: what the answer is of.
        answer: places in it are pixels of that photo, as the step uncrop gives them.
    """
    canvas = _Canvas(photo)
    if answer.mask is not None:
        canvas.mask(answer.mask)
    for each in sorted(answer.objects or (), key=lambda found: found.score):
        canvas.object(each)
    if answer.keypoints is not None:
        canvas.keypoints(answer.keypoints)
    if answer.classes is not None:
        rows = [(colour_of(each.index), _said(each.label, each.index, each.score)) for each in answer.classes[:8]]
        canvas.legend(rows)
    return canvas.picture


def colour_of(index: int) -> Colour:
    """Gives the colour of a class: neighbours are far apart on the wheel, and all are bright."""
    hue = (0.932 + index * 0.61803398875) % 1
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.78 if index % 2 else 0.62, 1.0)
    return round(red * 255), round(green * 255), round(blue * 255)


class _Canvas:
    """The picture, and how large things are on it."""

    def __init__(self, photo: Photo) -> None:
        picture = Image.fromarray(photo.pixels)
        self.scale = max(1, math.ceil(SMALLEST / max(picture.size)))
        if self.scale > 1:
            picture = picture.resize(
                (picture.width * self.scale, picture.height * self.scale), Image.Resampling.LANCZOS
            )
        self.picture = picture
        self.line = max(2, round(math.sqrt(picture.width * picture.height) / 200))
        self.font = ImageFont.load_default(max(13, self.line * 6))
        self.pen = ImageDraw.Draw(self.picture)

    def object(self, found: Object) -> None:
        """Draws a box and, above it where there is room, its label."""
        left, top, right, bottom = self._inside(found.box)
        colour = colour_of(found.index)
        self.pen.rectangle((left, top, right, bottom), outline=DARK, width=self.line + 2)
        inner = (left + 1, top + 1, max(right - 1, left + 1), max(bottom - 1, top + 1))
        self.pen.rectangle(inner, outline=colour, width=self.line)
        text = _said(found.label, found.index, found.score)
        height = self._tag_size(text)[1]
        self._tag(left, top - height if top >= height else top, text, colour)

    def keypoints(self, found: Sequence[Keypoint]) -> None:
        """Draws dots, with their names where they are few."""
        radius = max(3, self.line + 1)
        for index, each in enumerate(found):
            x, y = each.x * self.scale, each.y * self.scale
            colour = colour_of(index)
            self.pen.ellipse((x - radius - 2, y - radius - 2, x + radius + 2, y + radius + 2), fill=DARK)
            self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        for index, each in enumerate(found if len(found) <= NAMED_POINTS else ()):
            if each.name is not None:
                self._tag(each.x * self.scale + radius + 3, each.y * self.scale, _short(each.name), colour_of(index))

    def mask(self, found: Mask) -> None:
        """Lays a veil of its colour over every class but the first, with a line around it; names them below."""
        size = self.picture.size
        indices = np.asarray(Image.fromarray(found.indices.astype(np.int32)).resize(size, Image.Resampling.NEAREST))
        pixels = np.asarray(self.picture).astype(np.float32)
        rows = []
        for index in (int(each) for each in np.unique(indices) if each):
            here, colour = indices == index, colour_of(index)
            pixels[here] += (np.array(colour, np.float32) - pixels[here]) * np.float32(VEIL)
            share = float(here.mean())
            label = None if found.labels is None or index >= len(found.labels) else found.labels[index]
            rows.append((share, colour, _said(label, index, share)))
            pixels[_edge(here, self.line + 2)] = DARK
            pixels[_edge(here, self.line)] = colour
        self.picture = Image.fromarray(pixels.round().astype(np.uint8))
        self.pen = ImageDraw.Draw(self.picture)
        self.legend([(colour, text) for _, colour, text in sorted(rows, reverse=True)[:8]])

    def legend(self, rows: Sequence[tuple[Colour, str]]) -> None:
        """Writes lines of text in the lower left corner, each in its colour."""
        gap = self.line * 2
        bottom = float(self.picture.height - gap)
        for colour, text in reversed(rows):
            bottom -= self._tag_size(text)[1]
            self._tag(gap, bottom, text, colour)

    def _tag_size(self, text: str) -> tuple[float, float]:
        lowest = self.font.getbbox("Ág" + text)[3]
        return self.font.getlength(text) + self.line * 4, lowest + self.line * 2

    def _tag(self, left: float, top: float, text: str, colour: Colour) -> None:
        """Writes text on a plate of a colour, moved so that all of it is on the picture."""
        wide, high = self._tag_size(text)
        left = min(max(left, 0), max(self.picture.width - wide, 0))
        top = min(max(top, 0), max(self.picture.height - high, 0))
        plate = (left, top, left + wide, top + high - 1)
        self.pen.rounded_rectangle(plate, radius=self.line, fill=colour, outline=DARK, width=1)
        self.pen.text((left + self.line * 2, top + self.line), text, font=self.font, fill=_ink(colour))

    def _inside(self, box: Place) -> Place:
        """Gives a box in pixels of the drawing, cut at its edges."""
        wide, high = self.picture.width - 1, self.picture.height - 1
        left, top, right, bottom = (float(np.nan_to_num(side)) * self.scale for side in box)
        left, right = sorted((min(max(left, 0), wide), min(max(right, 0), wide)))
        top, bottom = sorted((min(max(top, 0), high), min(max(bottom, 0), high)))
        return left, top, right, bottom


def _said(label: str | None, index: int, score: float) -> str:
    share = f"{score * 100:.0f} %" if 0 <= score <= 1 else f"{score:.3g}"
    return f"{_short(label) if label is not None else f'class {index}'}  {share}"


def _short(text: str) -> str:
    """Gives a stranger's text in one line: control characters written out, its end cut off when it is long."""
    return printable(text, LONGEST)


def _ink(colour: Colour) -> Colour:
    """Gives dark or white, whichever can be read on a colour."""
    light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return DARK if light > 130 else WHITE


def _edge(here: Any, width: int) -> Any:
    """Gives the pixels of a shape within `width` of its border."""
    whole = Image.fromarray(here.astype(np.uint8) * 255)
    return here & (np.asarray(whole.filter(ImageFilter.MinFilter(2 * (width // 2) + 1))) == 0)
