"""Makes the golden cases of a bundle: pictures, frames, rows or signals, and what every artefact makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from satchel.samples import Kind
from satchel_metadata.answers import Answer
from satchel_metadata.errors import InputError
from satchel_metadata.families import given_apart
from satchel_metadata.golden import (
    GOLDEN_FLOOR,
    LEAST,
    Case,
    Expected,
    Golden,
    GoldenAnswer,
    RowInput,
    SignalInput,
    golden_prepared,
    golden_values,
)
from satchel_metadata.golden_pictures import FrameInput, Picture, golden_frame, golden_picture
from satchel_metadata.inflate import deflate
from satchel_metadata.ops.yuv import yuv_to_rgb
from satchel_metadata.photo import Photo
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse
from satchel_metadata.values import Frame, Signal

Infer = Callable[[Mapping[str, NDArray[Any]]], Mapping[str, NDArray[Any]]]

COUNT = LEAST
SAMPLES = 4096
"""Numbers of a golden signal at most, where one window needs no more."""
LONGEST = 512
"""Pixels of a golden picture's longer side, where the room allows it."""
_WORDS = {Frame: "frame", Signal: "signal", np.ndarray: "picture"}


def golden_pictures(sources: Sequence[Any], room: int = GOLDEN_FLOOR) -> tuple[Any, ...]:
    """Gives photos as pixels, uint8 [h, w, 3], and frames, both small enough for at most `room` bytes compressed.

    They are kept as pixels and planes, so how they were scaled to fit does not matter: no decoder and no scaler takes
    part later. Rows and signals stay as they are.

    Args:
        sources: Photos, Frames that say their range and rotation, mappings of them by the names of several inputs.
        room: bytes that they may take.
    """
    longest = LONGEST
    while True:
        pictures = tuple(_within(each, longest) for each in sources)
        if longest <= 32 or sum(map(_stored_size, pictures)) <= room:
            return pictures
        longest = longest * 3 // 4


def golden_things(samples: Sequence[Any], kind: Kind, pipeline: Pipeline, room: int = GOLDEN_FLOOR) -> tuple[Any, ...]:
    """Gives what the golden cases are made of: pictures as golden_pictures, rows as they are, the begin of signals.

    Where there are fewer than three pictures, some are made.

    Args:
        samples: loaded ones.
        kind: what they are.
        pipeline: knows how long a signal must be.
        room: bytes that pictures may take.

    Raises:
        InputError: as need_golden.
    """
    need_golden(samples, kind)
    if kind.is_picture:
        made = [kind.load(_made(seed)) for seed in range(COUNT - len(samples))]
        return golden_pictures([*samples, *made], room)
    return golden_pictures([_short(each, pipeline) for each in samples[:COUNT]], room)


def need_golden(samples: Sequence[Any], kind: Kind) -> None:
    """Refuses too few samples for golden cases: pictures can be made, rows and signals cannot.

    Raises:
        InputError: input/no-photos, input/too-few-photos.
    """
    if kind.is_picture or len(samples) >= COUNT:
        return
    code = "input/too-few-photos" if samples else "input/no-photos"
    message = f"golden answers need {COUNT} {kind.plural}, found {len(samples) or 'none'}"
    hint = f"Give golden= (or --golden) {COUNT} {kind.plural} like those the model will see."
    raise InputError(code, message, where="golden", hint=hint)


def _short(thing: Any, pipeline: Pipeline) -> Any:
    """Gives the begin of a signal, as long as one window needs at least; anything else as it is."""
    if isinstance(thing, Mapping):
        return thing
    length, whole = max(1, SAMPLES // thing.values.shape[1]), len(thing.values)
    while length < whole:
        begin = replace(thing, values=thing.values[:length])
        try:
            pipeline.windows(begin)
            return begin
        except InputError:
            length *= 2
    return thing


@dataclass(frozen=True)
class Done:
    """What one artefact made of one thing: tensors and outputs of all windows one after another, and the answer."""

    tensors: Mapping[str, NDArray[Any]]
    outputs: Mapping[str, NDArray[Any]]
    answer: Answer


def carried_out(pipeline: Pipeline, infer: Infer, thing: Any) -> Done:
    """Gives what an artefact makes of a photo, a row or a signal."""
    windows = pipeline.windows(thing)
    outputs = [infer(window.tensors) for window in windows]
    pairs = [(window.start, found) for window, found in zip(windows, outputs, strict=True)]
    answer = pipeline.read_windows(pairs, trace=windows[0].trace)
    return Done(_joined([window.tensors for window in windows]), _joined(outputs), answer)


def golden_cases(
    things: Sequence[Any],
    artefacts: Mapping[str, tuple[Pipeline, Infer]],
    bounds: Mapping[str, float],
) -> tuple[Golden, dict[str, bytes]]:
    """Gives the golden cases and the files of their pictures.

    Args:
        things: uint8 [h, w, 3], Frames, rows or signals; for inputs made from different things, mappings by name.
        artefacts: artefact id -> its pipeline, and what gives its outputs of prepared tensors.
        bounds: artefact id -> how far another runtime's outputs may be, relative to the largest; 0 for identical.
    """
    cases, files = [], {}
    kinds = next(iter(artefacts.values()))[0].kinds
    for number, thing in enumerate(things, 1):
        apart = given_apart(thing, kinds)
        case = f"{'input' if apart else _word(thing)}-{number}"
        inputs: dict[str, Any] = {}
        for name in kinds:
            inputs[name], stored = _recorded(f"{case}-{name}" if apart else case, thing[name] if apart else thing)
            files.update(stored)
        expected = {artefact: _expected(thing, *each) for artefact, each in artefacts.items()}
        cases.append(Case(id=case, input=inputs, artefacts=expected))
    return Golden(cases=tuple(cases), bounds=dict(bounds)), files


def _word(thing: Any) -> str:
    return next((word for kind, word in _WORDS.items() if isinstance(thing, kind)), "row")


def _recorded(case: str, thing: Any) -> tuple[Picture | FrameInput | RowInput | SignalInput, dict[str, bytes]]:
    """Gives the record of a golden input, and the file of its pixels where it has any."""
    if isinstance(thing, Frame):
        frame, stored = golden_frame(case, thing)
        return frame, {frame.file: stored}
    if isinstance(thing, Signal):
        values = tuple(tuple(map(float, sample)) for sample in thing.values)
        return SignalInput(signal=values, rate=thing.rate), {}
    if isinstance(thing, Mapping):
        return RowInput(row={name: _cell(value) for name, value in thing.items()}), {}
    picture, stored = golden_picture(case, thing)
    return picture, {picture.file: stored}


def _cell(value: Any) -> str | float | None:
    if value is None or isinstance(value, str):
        return value
    return None if np.isnan(value) else float(value)


def _expected(thing: Any, pipeline: Pipeline, infer: Infer) -> Expected:
    done = carried_out(pipeline, infer, thing)
    return Expected(
        prepared={name: golden_prepared(tensor) for name, tensor in done.tensors.items()},
        outputs={name: golden_values(tensor) for name, tensor in done.outputs.items()},
        answer=parse(GoldenAnswer, done.answer.to_json()),
    )


def _joined(parts: Sequence[Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    if len(parts) == 1:
        return dict(parts[0])
    return {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}


def _within(thing: Any, longest: int) -> Any:
    """Gives a photo as pixels, or a frame, whose longer side is at most `longest`."""
    if isinstance(thing, Frame):
        if max(thing.width, thing.height) <= longest:
            return thing
        assert thing.range is not None
        assert thing.rotation is not None
        format: Literal["NV21", "YUV_420_888"] = "NV21" if thing.uv_pixel_stride == 2 else "YUV_420_888"
        small = _thumbnail(yuv_to_rgb(thing, thing.range, thing.rotation), longest)
        return Frame.of_photo(small, format=format, range=thing.range, rotation=thing.rotation)
    if isinstance(thing, Photo):
        return _thumbnail(thing.pixels, longest)
    if isinstance(thing, Mapping):
        return {name: _within(each, longest) for name, each in thing.items()}
    return thing


def _stored_size(thing: Any) -> int:
    """Gives the bytes that the pixels of a thing take."""
    if isinstance(thing, Frame):
        return len(golden_frame("size", thing)[1])
    if isinstance(thing, Mapping):
        return sum(map(_stored_size, thing.values()))
    return len(deflate(thing.tobytes())) if isinstance(thing, np.ndarray) else 0


def _thumbnail(pixels: NDArray[Any], longest: int) -> NDArray[Any]:
    picture = Image.fromarray(pixels)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    scaled: NDArray[Any] = np.asarray(picture)
    return scaled


def _made(seed: int) -> NDArray[Any]:
    """Gives a made picture with smooth and sharp parts, by integer arithmetic alone: 240 rows of 320."""
    y, x = np.mgrid[0:240, 0:320].astype(np.int64)
    waves = (x * (3 + seed) + y * y // (40 + 7 * seed)) % 256
    checks = np.where(((x // 20) + (y // 20) + seed) % 2 == 0, 220, 30)
    disc = np.where((x - 160) ** 2 + (y - 120) ** 2 < (50 + 15 * seed) ** 2, waves, checks)
    made: NDArray[Any] = np.stack([disc, waves, (disc + y) % 256], axis=2).astype(np.uint8)
    return made
