"""Golden inputs to look at: a picture as the model saw it, a picture with the answer on it, a row, a signal."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from satchel.draw import draw
from satchel.report.html import Html, facts, tag
from satchel_metadata.answers import Answer, Keypoint, Object
from satchel_metadata.families import family_of
from satchel_metadata.golden import GoldenAnswer, RowInput, SignalInput
from satchel_metadata.golden_pictures import FrameInput, Picture
from satchel_metadata.photo import Photo
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import Input, Spec
from satchel_metadata.values import Mask, Signal

LONGEST = 256
"""Pixels of the longer side of a picture as it is shown."""
LEAST = 192
DRAWN = 480
"""Pixels of the longer side of a picture with an answer on it, whose labels can be read then."""
ARITHMETIC = ("rescale", "normalize", "layout")
"""The steps from which on a picture is numbers: what stands before them is what the model saw."""
VALUED = ("crop_content", "center_of_mass")
"""The steps that look at values: arithmetic before them makes light ink of dark, and no numbers of a picture."""
SIGNAL_WIDTH, SIGNAL_HEIGHT = 320, 120


def seen(spec: Spec, name: str, thing: Any) -> NDArray[np.uint8]:
    """Gives the picture that the model saw: a photo or frame after every step but arithmetic, uint8 [h, w, 3] in RGB.

    Args:
        spec: how it is prepared.
        name: the input.
        thing: pixels, uint8 [h, w, 3], or a Frame.
    """
    own = next(each for each in spec.inputs if each.name == name)
    ops = [step.op for step in own.steps]
    after = max((place for place, op in enumerate(ops) if op in VALUED), default=0)
    first = next((place for place, op in enumerate(ops) if op in ARITHMETIC and place > after), len(ops))
    cut = own.model_copy(update={"steps": own.steps[:first]})
    whole = Pipeline(spec.model_copy(update={"inputs": (cut,)}), {}).prepare(thing)[name][0]
    pixels = np.clip(np.rint(np.asarray(whole, np.float32)), 0, 255).astype(np.uint8)
    if any(step.op == "color" and step.to == "BGR" for step in cut.steps):
        pixels = pixels[..., ::-1]
    return np.broadcast_to(pixels, (*pixels.shape[:2], 3)) if pixels.shape[2] == 1 else pixels


def figure(pixels: NDArray[np.uint8], caption: str, alternative: str) -> Html:
    """Gives a picture with its size and a caption; a large one is shown smaller, the pixels of a small one larger."""
    height, width = pixels.shape[:2]
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    smaller = "" if image.size == (width, height) else ", shown smaller"
    times = max(1, LEAST // max(image.size))
    sharp = {"class_": "pixels"} if times > 1 else {}
    picture = _image(image, "PNG", alternative, times, optimize=True, **sharp)
    return tag("figure", picture, tag("figcaption", f"{caption}, {width} × {height}{smaller}"))


def _image(image: Image.Image, form: str, alternative: str, times: int = 1, *, class_: str = "", **saved: Any) -> Html:
    written = io.BytesIO()
    image.save(written, form, **saved)
    source = f"data:image/{form.lower()};base64,{base64.b64encode(written.getvalue()).decode()}"
    size = {"width": str(image.width * times), "height": str(image.height * times)}
    return tag("img", src=source, alt=alternative, class_=class_, **size)


def shown(spec: Spec, each: Input, record: Picture | FrameInput | RowInput | SignalInput, thing: Any) -> Html:
    """Gives a golden input as a person can read it."""
    if isinstance(record, RowInput):
        return facts((name, "empty" if value is None else str(value)) for name, value in record.row.items())
    if isinstance(record, SignalInput):
        return _signal(thing)
    return figure(seen(spec, each.name, thing), "As the model saw it", "The golden input as the model saw it")


def drawn(each: Input, thing: Any, answer: GoldenAnswer, variant: str) -> Html:
    """Gives the golden picture with what was found in it; nothing where an answer has no place."""
    if not (answer.objects or answer.keypoints or answer.mask):
        return Html("")
    photo = family_of(each).load(thing, each)
    assert isinstance(photo, Photo)
    image = draw(photo, _answer(answer))
    image.thumbnail((DRAWN, DRAWN), Image.Resampling.LANCZOS)
    picture = _image(image, "JPEG", f"The golden input with the answer of {variant} on it", quality=88)
    return tag("figure", picture, tag("figcaption", f"What {variant} found"))


def _answer(golden: GoldenAnswer) -> Answer:
    mask = golden.mask
    return Answer(
        objects=tuple(Object(**each.model_dump()) for each in golden.objects) if golden.objects else None,
        keypoints=tuple(Keypoint(**each.model_dump()) for each in golden.keypoints) if golden.keypoints else None,
        mask=Mask(np.repeat(mask.indices, mask.counts).reshape(mask.height, mask.width).astype(np.int32), mask.labels)
        if mask
        else None,
    )


def _signal(signal: Signal) -> Html:
    """Gives the channels of a signal as lines, each on a third of the height at least."""
    values = np.asarray(signal.values, np.float64)
    least, most = float(np.nanmin(values)), float(np.nanmax(values))
    scale = (SIGNAL_HEIGHT - 8) / ((most - least) or 1.0)
    across = SIGNAL_WIDTH / max(len(values) - 1, 1)
    lines = [
        tag(
            "polyline",
            points=" ".join(f"{x * across:.1f},{4 + (most - y) * scale:.1f}" for x, y in enumerate(channel)),
            class_=f"line-{number % 6}",
        )
        for number, channel in enumerate(np.nan_to_num(values.T, nan=least))
    ]
    rate = f", {signal.rate:g} a second" if signal.rate else ""
    channels = f"{values.shape[1]} channel{'s' * (values.shape[1] != 1)}"
    caption = f"{len(values)} samples{rate}, {channels}, {least:.4g} to {most:.4g}"
    box = f"0 0 {SIGNAL_WIDTH} {SIGNAL_HEIGHT}"
    picture = tag("svg", *lines, viewBox=box, class_="signal", role="img", aria_label=caption)
    return tag("figure", picture, tag("figcaption", caption))
