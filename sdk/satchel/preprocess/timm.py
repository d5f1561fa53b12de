"""timm: what timm.data.create_transform makes of a data configuration, for evaluation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from satchel.preprocess.base import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    PILLOW,
    Preprocess,
    Step,
    crop,
    document,
    made,
    normalize,
    not_expressible,
    shorter,
    stretch,
)

_DEFAULTS: dict[str, Any] = {
    "input_size": (3, 224, 224),
    "interpolation": "bicubic",
    "mean": IMAGENET_MEAN,
    "std": IMAGENET_STD,
    "crop_pct": 0.875,
    "crop_mode": "center",
}


def read(config: Any, layout: str) -> Preprocess:
    """Gives the preparation of a timm configuration.

    Raises:
        SpecError: spec/not-expressible, spec/not-found, spec/not-json.
    """
    for name in ("pretrained_cfg", "default_cfg"):
        config = config if isinstance(config, Mapping) else getattr(config, name, None) or config
    source, told = document(config, "config.json")
    told = told.get("pretrained_cfg") or told
    found = {**_DEFAULTS, **{name: value for name, value in told.items() if value is not None}}
    channels, height, width = found["input_size"]
    if channels not in (1, 3):
        raise not_expressible(source, "input_size", f"has {channels} channels, a photo has 3 or 1")
    if channels == 1:
        raise not_expressible(source, "input_size", "has 1 channel, and timm does not say how a photo becomes grey")
    if found.get("crop_border_pixels"):
        raise not_expressible(source, "crop_border_pixels", "trims the photo before it is resized")
    values = [{"op": "rescale", "divisor": 255}]
    mean, std = _channels(found["mean"]), _channels(found["std"])
    return made(source, _sizing(source, found, height, width), [*values, normalize(mean, std, "0..1")], layout=layout)


def _channels(values: Any) -> list[float]:
    given = [float(value) for value in values]
    return given * 3 if len(given) == 1 else given


def _sizing(source: str, found: Mapping[str, Any], height: int, width: int) -> list[Step]:
    if found["interpolation"] not in PILLOW:
        raise not_expressible(source, "interpolation", f"{found['interpolation']!r} is no single filter of Pillow")
    method = f"pillow.{found['interpolation']}"
    high, wide = (math.floor(side / found["crop_pct"]) for side in (height, width))
    if high < height or wide < width:
        raise not_expressible(source, "crop_pct", f"{found['crop_pct']:g} is above 1, where timm adds margins")
    kept = crop(height, width, "half_even")
    if found["crop_mode"] == "squash":
        return [stretch(method, high, wide), kept]
    if found["crop_mode"] != "center":
        raise not_expressible(
            source,
            f"crop_mode {found['crop_mode']!r}",
            "rounds the side in floating point, differently from photo to photo",
            hint="Evaluate with crop_mode 'squash' or 'center', or describe it with fit='contain' and compare.",
        )
    if high != wide:
        hint = "Evaluate with a square input_size, or with crop_mode 'squash'."
        raise not_expressible(source, f"input_size {height} x {width}", "is no square, which timm resizes apart", hint)
    return [shorter(method, high), kept]
