"""Random candidates, heads, heatmaps and masks, with the many ties that coarse numbers bring."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from generators import boxes, heads, masks, points, suppression

from . import Drawn, Family, Parameters

F = np.float32


def draw(rng: random.Random) -> Parameters:
    drawn = {name: rng.randint(1, most) for name, most in (("count", 300), ("classes", 6), ("high", 12), ("wide", 12))}
    return {**drawn, "grain": rng.choice((2, 8, 64, 10**6)), "seed": rng.randrange(10**6), "kind": rng.randrange(64)}


def numbers(given: Parameters, *shape: int) -> Any:
    """Gives numbers from -8 to 8, `grain` steps to the unit."""
    rng = np.random.default_rng(given["seed"])
    return (rng.integers(-8 * given["grain"], 8 * given["grain"] + 1, shape) / given["grain"]).astype(F)


def build_nms(given: Parameters) -> Drawn:
    kind, count = given["kind"], given["count"]
    corner, size, scores = np.split(numbers(given, count, 5), [2, 4], axis=1)
    boxes = np.concatenate([corner, corner + size], axis=1)  # some are upside down, some without area
    classes = (np.abs(scores[:, 0] * 7).astype(np.int32) + np.arange(count)) % given["classes"]
    step = {**suppression.NMS, "iou": (kind % 5) / 4, "per_class": bool(kind & 8), "max": 1 + kind * 3}
    step["score"] = (-8.5, 0.25)[kind // 16 % 2]
    case = {"boxes": boxes, "scores": scores[:, 0].copy(), "classes": classes.astype(np.int32)}

    def library() -> Any:
        kept = suppression.suppressed(case["boxes"], case["scores"], case["classes"], step)
        return {name: values[kept] for name, values in case.items()}

    return Drawn("nms", {"input": case, "step": step}, library)


def build_heads(given: Parameters) -> Drawn:
    kind = given["kind"]
    activation = ("none", "sigmoid", "softmax")[kind % 3]
    chosen = {"activation": activation, "candidates": ("best", "all")[kind // 4 % 2]}
    if kind % 2:
        step = {**boxes.SET, **chosen, "background": "none", "form": ("center", "corners", "corner_size")[kind % 3]}
        given_boxes, logits = np.split(numbers(given, 1, given["count"], 4 + given["classes"]), [4], axis=2)
        case = {"boxes": np.ascontiguousarray(given_boxes), "logits": np.ascontiguousarray(logits)}
        cornered = [heads.cornered(box, step) for box in case["boxes"][0]]
        expected = lambda: heads.picked(cornered, list(case["logits"][0]), step)  # noqa: E731
    else:
        step = {**boxes.GRID, **chosen, "coding": ("yolov3", "yolov5")[kind // 2 % 2]}
        step["levels"] = step["levels"][:1]
        case = {"coarse": numbers(given, 1, given["high"], given["wide"], 2 * (5 + given["classes"]))}
        expected = lambda: heads.grid(step, case)  # noqa: E731
    return Drawn("decode_boxes", {"input": case, "step": step}, expected)


def build_heatmaps(given: Parameters) -> Drawn:
    layout = ("NHWC", "NCHW")[given["kind"] % 2]
    step = {**points.HEATMAP, "layout": layout, "refine": ("none", "quarter")[given["kind"] // 2 % 2]}
    step |= {"position": ("corner", "center", "ends")[given["kind"] % 3]}
    step["activation"] = ("none", "sigmoid")[given["kind"] // 4 % 2]
    maps = numbers(given, given["classes"], given["high"], given["wide"])
    case = {"input": {"value": points.laid(maps, layout)}, "step": step}
    return Drawn("heatmap_keypoints", case, lambda: points.peaks(step, maps))


def build_masks(given: Parameters) -> Drawn:
    """Gives scores on a photo that was scaled, cropped or padded, and perhaps flipped."""
    rng = random.Random(given["seed"])
    plane = numbers(given, given["high"], given["wide"], given["classes"])
    trace = {}
    for name in ("x", "y"):
        scale, divisor = rng.randint(1, 9) * rng.choice((1, 1, -1)), rng.randint(1, 9)
        trace[name] = masks.axis(rng.randint(1, 60), rng.randint(1, 40), scale, rng.randint(-40, 40), divisor)
    step = {**masks.PHOTO, "method": ("tf.bilinear", "tf.nearest")[given["kind"] % 2]}
    case = {"input": {"value": plane[np.newaxis], "traces": {"image": trace}}, "step": step}
    return Drawn("resize_mask", case, lambda: masks.on_photo(plane, trace, step["method"])[np.newaxis])


LEAST = {"count": 1, "classes": 1, "high": 1, "wide": 1, "grain": 1, "seed": 0, "kind": 0}
FAMILIES = (
    Family("nms", draw, build_nms, LEAST, 2),
    Family("decode_boxes", draw, build_heads, LEAST, 2),
    Family("heatmap_keypoints", draw, build_heatmaps, LEAST),
    Family("resize_mask", draw, build_masks, LEAST),
)
