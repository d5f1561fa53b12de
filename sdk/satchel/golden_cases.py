"""Makes the golden cases of a bundle: a few pictures, and what every artefact makes of them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from satchel_metadata.golden import (
    GOLDEN_FLOOR,
    Case,
    Expected,
    Golden,
    GoldenAnswer,
    golden_picture,
    golden_prepared,
    golden_values,
)
from satchel_metadata.photo import Photo
from satchel_metadata.pipeline import Pipeline

Infer = Callable[[Mapping[str, NDArray[Any]]], Mapping[str, NDArray[Any]]]

COUNT = 3
LONGEST = 512
"""Pixels of a golden picture's longer side, where the room allows it."""


def golden_pictures(photos: Sequence[Photo], room: int = GOLDEN_FLOOR) -> tuple[NDArray[Any], ...]:
    """Gives at least three pictures, uint8 [h, w, 3], of at most `room` bytes compressed; made ones where photos lack.

    They are kept as pixels, so how they were scaled to fit does not matter: no decoder and no scaler takes part later.
    """
    sources = [photo.pixels for photo in photos]
    sources += [_made(seed) for seed in range(COUNT - len(sources))]
    longest = LONGEST
    while True:
        pictures = tuple(_within(pixels, longest) for pixels in sources)
        if longest <= 32 or sum(len(zlib.compress(each.tobytes(), 9)) for each in pictures) <= room:
            return pictures
        longest = longest * 3 // 4


def golden_cases(
    pictures: Sequence[NDArray[Any]],
    artefacts: Mapping[str, tuple[Pipeline, Infer]],
    bounds: Mapping[str, float],
) -> tuple[Golden, dict[str, bytes]]:
    """Gives the golden cases and the files of their pictures.

    Args:
        pictures: uint8 [h, w, 3].
        artefacts: artefact id -> its pipeline, and what gives its outputs of prepared tensors.
        bounds: artefact id -> how far another runtime's outputs may be, relative to the largest; 0 for identical.
    """
    cases, files = [], {}
    for number, pixels in enumerate(pictures, 1):
        name = f"picture-{number}"
        picture, stored = golden_picture(name, pixels)
        files[picture.file] = stored
        expected = {artefact: _expected(pixels, *each) for artefact, each in artefacts.items()}
        inputs = {each: picture for found in expected.values() for each in found.prepared}
        cases.append(Case(id=name, input=inputs, artefacts=expected))
    return Golden(cases=tuple(cases), bounds=dict(bounds)), files


def _expected(pixels: NDArray[Any], pipeline: Pipeline, infer: Infer) -> Expected:
    tensors = pipeline.prepare(pixels)
    outputs = infer(tensors)
    return Expected(
        prepared={name: golden_prepared(tensor) for name, tensor in tensors.items()},
        outputs={name: golden_values(tensor) for name, tensor in outputs.items()},
        answer=_answer(pipeline.read(outputs).to_json()),
    )


def _answer(found: dict[str, Any]) -> GoldenAnswer:
    return GoldenAnswer.model_validate({"classes": tuple(found["classes"])})


def _within(pixels: NDArray[Any], longest: int) -> NDArray[Any]:
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
