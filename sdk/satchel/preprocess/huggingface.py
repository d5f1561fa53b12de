"""Hugging Face: what the image processors of transformers make of preprocessor_config.json.

Meant is the slow form of a processor: Pillow resizes, NumPy computes. The fast form resizes tensors, to other bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

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

Fields = dict[str, Any]
FILE = "preprocessor_config.json"
_HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
_IMAGENET = (IMAGENET_MEAN, IMAGENET_STD)
_OPENAI = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
_NEAREST, _BILINEAR, _BICUBIC = 0, 2, 3
_KNOWN_SWITCHES = {"do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb"}
_HARMLESS = {"do_reduce_labels", "do_flip_channel_order"}
_SPAN = {"0..255": (0.0, 255.0), "0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)}


def _processor(
    size: Any, resample: int, statistics: Any = None, cropped: int | None = None, *, square: bool, **more: Any
) -> Fields:
    """Gives the fields that a processor has when its configuration does not say them."""
    found: Fields = {"do_resize": True, "do_rescale": True, "rescale_factor": 1 / 255, "square": square}
    found |= {"size": size, "resample": resample, "do_normalize": statistics is not None}
    if statistics is not None:
        found["image_mean"], found["image_std"] = statistics
    if cropped is not None:
        found |= {"do_center_crop": True, "crop_size": cropped}
    return found | more


_PROCESSORS: dict[str, Fields] = {
    "Beit": _processor(256, _BICUBIC, _HALF, 224, square=True),
    "Bit": _processor(224, _BICUBIC, _OPENAI, 224, square=False),
    "Blip": _processor(384, _BICUBIC, _OPENAI, square=True),
    "CLIP": _processor(224, _BICUBIC, _OPENAI, 224, square=False),
    "ConvNext": _processor(384, _BILINEAR, _HALF, square=False, crop_pct=224 / 256),
    "DeiT": _processor(256, _BICUBIC, _HALF, 224, square=True),
    "EfficientNet": _processor(
        346, _NEAREST, _HALF, square=True, crop_size=289, do_center_crop=False, include_top=True, rescale_offset=False
    ),
    "MobileNetV1": _processor(256, _BILINEAR, _HALF, 224, square=False),
    "MobileNetV2": _processor(256, _BILINEAR, _HALF, 224, square=False),
    "MobileViT": _processor(224, _BILINEAR, None, 256, square=False, do_flip_channel_order=True),
    "Pvt": _processor(224, _BILINEAR, _IMAGENET, square=True),
    "Segformer": _processor(512, _BILINEAR, _IMAGENET, square=True),
    "Siglip": _processor(224, _BICUBIC, _HALF, square=False),
    "ViT": _processor(224, _BILINEAR, _HALF, square=True),
}


def read(config: Any, layout: str) -> Preprocess:
    """Gives the preparation of an image processor.

    Raises:
        SpecError: spec/not-expressible, spec/not-found, spec/not-json.
    """
    source, told = document(config, FILE)
    kind, found = _fields(source, told)
    for name, value in found.items():
        if name.startswith("do_") and name not in _KNOWN_SWITCHES | _HARMLESS and value:
            raise not_expressible(source, name, "is no step of a spec")
    values, value_range = _rescaled(source, found)
    if found.get("do_normalize"):
        values.append(normalize(*_statistics(found), value_range))
    if found.get("include_top") and kind == "EfficientNet":
        _, std = _statistics(found)
        values.append(normalize([0.0] * len(std), std, value_range))
    color = "BGR" if kind == "MobileViT" and found.get("do_flip_channel_order") else "RGB"
    notes: tuple[str, ...] = ()
    if str(told.get("image_processor_type", "")).endswith("Fast"):
        notes = ("the configuration names a fast processor, which resizes tensors; these are the slow one's bytes",)
    return made(source, _sizing(source, kind, found), values, color=color, layout=layout, notes=notes)


def _fields(source: str, told: Mapping[str, Any]) -> tuple[str, Fields]:
    name = str(told.get("image_processor_type") or told.get("feature_extractor_type") or "")
    kind = re.sub(r"(ImageProcessor(Fast)?|FeatureExtractor)$", "", name)
    if kind not in _PROCESSORS:
        hint = (
            f"Known: {', '.join(_PROCESSORS)}. Where it is missing, add it: the library goes by the model's type then."
        )
        raise not_expressible(source, f"image_processor_type {name!r}", "is not known here", hint)
    return kind, {**_PROCESSORS[kind], **{key: value for key, value in told.items() if value is not None}}


def _statistics(found: Mapping[str, Any]) -> tuple[list[float], list[float]]:
    both = (found["image_mean"], found["image_std"])
    mean, std = ([value] * 3 if isinstance(value, (int, float)) else list(value) for value in both)
    return mean, std


def _sizing(source: str, kind: str, found: Mapping[str, Any]) -> list[Step]:
    steps: list[Step] = []
    least = None
    if found["do_resize"]:
        height, width, side = _size(source, found["size"], square=found["square"])
        if kind == "ConvNext" and side is None:
            raise not_expressible(source, "size", "needs a shortest_edge", "Give {'shortest_edge': 224}.")
        if not isinstance(found["resample"], int) or not 0 <= found["resample"] < len(PILLOW):
            raise not_expressible(source, f"resample {found['resample']!r}", "is no filter of Pillow")
        method = f"pillow.{PILLOW[found['resample']]}"
        if kind == "ConvNext" and side is not None:
            return _convnext(method, side, found["crop_pct"])
        steps.append(shorter(method, side) if side is not None else stretch(method, height, width))
        least = (side, side) if side is not None else (height, width)
    if found.get("do_center_crop"):
        high, wide, _ = _size(source, found["crop_size"], square=True)
        if least is not None and (high > least[0] or wide > least[1]):
            hint = "Resize to at least the crop, or crop no more than the resize gives."
            message = f"{high} x {wide} is more than the resize gives, and is filled up with black"
            raise not_expressible(source, "crop_size", message, hint)
        steps.append(crop(high, wide, "floor"))
    return steps


def _convnext(method: str, side: int, crop_pct: float) -> list[Step]:
    """Below 384 the shorter side is resized to side / crop_pct and cropped; from there on the photo is stretched."""
    if side >= 384:
        return [stretch(method, side, side)]
    return [shorter(method, int(side / crop_pct)), crop(side, side, "floor")]


def _size(source: str, size: Any, *, square: bool) -> tuple[int, int, int | None]:
    """Gives height, width and the shorter side; the last is None for a size that has both sides."""
    if isinstance(size, int):
        return size, size, None if square else size
    if isinstance(size, (list, tuple)) and len(size) == 2:
        return size[0], size[1], None
    if isinstance(size, Mapping) and set(size) == {"height", "width"}:
        return size["height"], size["width"], None
    if isinstance(size, Mapping) and set(size) == {"shortest_edge"}:
        return size["shortest_edge"], size["shortest_edge"], size["shortest_edge"]
    raise not_expressible(source, f"size {size}", "is no size of a spec", "Use height and width, or shortest_edge.")


def _rescaled(source: str, found: Mapping[str, Any]) -> tuple[list[Step], str]:
    """Gives the rescale step and the range that it leaves.

    transformers multiplies in binary64 and rounds once; a step divides or multiplies in binary32. For all of the 256
    values that a pixel has, the step must come to the same.
    """
    if not found["do_rescale"]:
        return [], "0..255"
    factor, offset = float(found["rescale_factor"]), -1.0 if found.get("rescale_offset") else 0.0
    if not 1e-9 < abs(factor) < 1e9:
        raise not_expressible(source, f"rescale_factor {factor!r}", "leaves nothing of a photo")
    levels = np.arange(256)
    wanted = (levels.astype(np.float64) * factor).astype(np.float32)
    divisor = round(1 / factor, 4)
    span = (offset, 255 * factor + offset)
    step: Step = {"op": "rescale"}
    if divisor and np.array_equal(levels.astype(np.float32) / np.float32(divisor), wanted):
        step["divisor"] = int(divisor) if divisor.is_integer() else divisor
    elif np.array_equal(levels.astype(np.float32) * np.float32(factor), wanted):
        step["factor"] = factor
    else:
        raise not_expressible(source, f"rescale_factor {factor!r}", "gives other values in 32-bit arithmetic")
    step |= {"offset": -1} if offset else {}
    for name, ends in _SPAN.items():
        if max(abs(span[0] - ends[0]), abs(span[1] - ends[1])) <= 0.02 * (ends[1] - ends[0]):
            return [step], name
    if found.get("do_normalize") or found.get("include_top"):
        message = f"leaves {span[0]:g}..{span[1]:g}, for which a spec knows no mean"
        raise not_expressible(source, f"rescale_factor {factor!r}", message)
    return [step], "0..1"
