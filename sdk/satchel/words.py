"""Steps of a spec in words, one line a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from satchel.units import number

Step = Any
"""One of the pydantic types of satchel_metadata.steps, told apart by `op`."""


def step_in_words(step: Step) -> str:
    """Gives what a step does, `resize the shorter side to 256 (pillow.bicubic, floor)`."""
    teller = _TELLERS.get(step.op)
    return teller(step) if teller else str(step.op)


def _values(values: Sequence[float]) -> str:
    """One number where all channels have the same, else the list."""
    shown = [number(value) for value in values]
    return shown[0] if len(set(shown)) == 1 else f"[{', '.join(shown)}]"


def _decode(step: Step) -> str:
    return f"decode the photo, upright, RGB; transparent parts over {_colour(step.background)}"


def _colour(value: Sequence[int]) -> str:
    names = {(0,): "black", (0, 0, 0): "black", (255,): "white", (255, 255, 255): "white"}
    return next((name for colour, name in names.items() if colour == tuple(value)), _values(value))


def _resize(step: Step) -> str:
    rounding = f", side rounded {step.side_rounding}" if step.side_rounding else ""
    method = f"({step.method}{rounding})"
    if step.fit == "shorter_side":
        return f"resize the shorter side to {step.side} {method}"
    shape = f"{step.width} x {step.height}"
    return {
        "stretch": f"resize to {shape} whatever the shape {method}",
        "cover": f"resize to cover {shape} and cut off the rest {method}",
        "contain": f"resize to fit into {shape}, margins of {_colour(step.pad_value or (0,))} {method}",
    }[str(step.fit)]


def _crop(step: Step) -> str:
    if step.central_fraction is not None:
        return f"keep the central {number(100 * step.central_fraction)} % of both sides"
    return f"keep the central {step.width} x {step.height} (offset rounded {step.offset_rounding})"


def _crop_content(step: Step) -> str:
    return f"cut out the box of the values above {number(step.threshold)}"


def _center_of_mass(step: Step) -> str:
    return f"put the centre of mass of the values in the middle of {step.width} x {step.height}, 0 around it"


def _pad(step: Step) -> str:
    margins = f"left {step.left}, top {step.top}, right {step.right}, bottom {step.bottom}"
    return f"add margins of {_colour(step.value)}: {margins}"


def _rescale(step: Step) -> str:
    change = f"x * {number(step.factor)}" if step.factor is not None else f"x / {number(step.divisor)}"
    offset = f" {'-' if step.offset < 0 else '+'} {number(abs(step.offset))}" if step.offset else ""
    return change + offset


def _normalize(step: Step) -> str:
    return f"(x - {_values(step.mean)}) / {_values(step.std)}, of values {step.range}"


def _columns(step: Step) -> str:
    kinds = {"number": "numbers", "category": "categories"}
    parts = []
    for kind, word in kinds.items():
        names = [column.name for column in step.columns if column.kind == kind]
        parts += [f"{word} {_some(names)}"] if names else []
    return f"the columns: {'; '.join(parts)}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _impute(step: Step) -> str:
    filled = [f"{name} = {number(value) if not isinstance(value, str) else repr(value)}" for name, value in
              sorted(step.values.items())]  # fmt: skip
    return f"missing cells become {_some(filled)}"


def _standardize(step: Step) -> str:
    if step.mean is None:
        return "each channel less its own mean, by its own standard deviation"
    return f"(x - {_values(step.mean)}) / {_values(step.scale)}" + (
        f" of {_some(step.columns)}" if step.columns else ""
    )


def _one_hot(step: Step) -> str:
    others = {"error": "others refused", "ignore": "others all 0", "bucket": "others in one more"}[step.unknown]
    return f"{step.column} as {len(step.categories)} indicators, {others}: {_some(step.categories)}"


def _window(step: Step) -> str:
    rest = {"drop": "left out", "pad": "filled up with zeros", "error": "refused"}[step.tail]
    return f"windows of {step.length} samples every {step.hop}, a rest {rest}"


def _decode_boxes(step: Step) -> str:
    heads = {"ssd": "SSD anchors", "yolo_grid": "a YOLO grid", "yolo_free": "an anchor-free YOLO head", "set": "a set"}
    return f"boxes from {heads[step.head]}: {_some(step.reads())}"


def _nms(step: Step) -> str:
    within = "of one class " if step.per_class else ""
    least = f"score at least {number(step.score)}"
    return f"of boxes {within}that overlap by more than {number(step.iou)} the best, {least}, at most {step.max}"


def _heatmap(step: Step) -> str:
    refined = {"none": "", "quarter": ", a quarter towards the larger neighbour", "offsets": ", moved by offsets"}
    return f"one point a heatmap, where it is highest{refined[step.refine]}"


def _landmarks(step: Step) -> str:
    score = f", number {step.score} its score" if step.score is not None else ""
    return f"points of {step.dimensions} numbers each ({step.order}){score}"


def _argmax_mask(step: Step) -> str:
    if step.threshold is not None:
        return f"class 1 where its score is at least {number(step.threshold)}, else 0"
    return "the best class of each place"


def _resize_mask(step: Step) -> str:
    size = f"to {step.width} x {step.height}" if step.to == "size" else f"to the photo of {step.input}"
    return f"scaled {size} ({step.method})"


def _uncrop(step: Step) -> str:
    return f"back to the photo of {step.input}{', nothing outside of it' if step.clip else ''}"


_TELLERS: dict[str, Callable[[Step], str]] = {
    "yuv_to_rgb": lambda step: (
        f"a camera's frame ({step.format}, {step.range} range) to RGB, turned by {step.rotation} degrees"
    ),
    "decode": _decode,
    "color": lambda step: f"channels to {step.to}",
    "resize": _resize,
    "crop": _crop,
    "crop_content": _crop_content,
    "center_of_mass": _center_of_mass,
    "pad": _pad,
    "rescale": _rescale,
    "normalize": _normalize,
    "layout": lambda step: f"axes in the order {step.to}",
    "flip": lambda step: f"mirror {step.axis}ly",
    "columns": _columns,
    "impute": _impute,
    "standardize": _standardize,
    "one_hot": _one_hot,
    "resample": lambda step: (
        f"from {number(step.from_rate)} to {number(step.to_rate)} samples a second ({step.method})"
    ),
    "detrend": lambda step: f"each channel less its {'mean' if step.kind == 'constant' else 'straight line'}",
    "window": _window,
    "softmax": lambda step: "softmax" if step.layout is None else "softmax over the classes of each place",
    "sigmoid": lambda step: "sigmoid, each class by itself",
    "top_k": lambda step: f"the {step.k} best",
    "threshold": lambda step: f"only scores of at least {number(step.score)}",
    "label": lambda step: f"named by the list {step.labels!r}",
    "decode_boxes": _decode_boxes,
    "nms": _nms,
    "heatmap_keypoints": _heatmap,
    "landmarks": _landmarks,
    "argmax_mask": _argmax_mask,
    "resize_mask": _resize_mask,
    "uncrop": _uncrop,
    "denormalize": lambda step: f"x * {_values(step.std)} + {_values(step.mean)}",
    "round": lambda step: f"rounded to {step.decimals} decimals ({step.rounding})",
}
