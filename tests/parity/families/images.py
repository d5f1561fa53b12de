"""Random pictures and the steps on them: each resize method, whole pipelines, camera frames."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from generators import library
from generators.contents import centred, content, drawing
from generators.frames import nv21, planar, planes
from generators.images import pixels
from generators.quantisation import quantized

from . import Drawn, Family, Parameters

F = np.float32


def carried_out(value: Any, steps: list[dict[str, Any]]) -> Any:
    """Gives what the libraries make of [h, w, 3] by these steps, layouts last."""
    colour = "RGB"
    for step in steps:
        op = step["op"]
        if op == "color":
            rgb = value[..., ::-1] if colour == "BGR" else value
            made = {
                "RGB": lambda x: x,
                "BGR": lambda x: x[..., ::-1],
                "GRAY": lambda x: library.gray(np.ascontiguousarray(x)),
            }
            value, colour = (value if colour == step["to"] else made[step["to"]](rgb)), step["to"]
        elif op == "flip":
            value = np.fliplr(value) if step["axis"] == "horizontal" else np.flipud(value)
        elif op == "layout":
            value = value.transpose(2, 0, 1) if step["to"] == "NCHW" else value
        elif op != "decode":
            made = {"resize": library.fitted, "crop": library.cropped, "pad": library.padded}
            made |= {"rescale": library.rescaled, "normalize": library.normalized}
            made |= {"crop_content": content, "center_of_mass": centred}
            value = made[op](value, step)
    return value


def draw_resize(rng: random.Random) -> Parameters:
    most = rng.choice((4, 12, 60, 200))
    sides = {name: rng.randint(1, most) for name in ("width", "height", "to_width", "to_height")}
    if rng.random() < 0.2:
        sides["width"] = sides["to_width"] * rng.randint(1, 6)
    if rng.random() < 0.2:
        sides["height"] = sides["to_height"] * rng.randint(1, 6)
    fit = rng.choice(("stretch", "stretch", "cover", "contain", "shorter_side"))
    return {**sides, "seed": rng.randrange(1000), "fit": fit, "turn": rng.randrange(16)}


def resize_step(method: str, given: Parameters) -> dict[str, Any]:
    """Gives a resize step with the fit of the parameters."""
    step = {"op": "resize", "method": method, "fit": given["fit"]}
    rounding = ("floor", "half_even")[given["turn"] % 2]
    offset = ("floor", "half_even")[given["turn"] // 2 % 2]
    if given["fit"] == "shorter_side":
        return {**step, "side": given["to_width"], "side_rounding": rounding}
    step |= {"width": given["to_width"], "height": given["to_height"]}
    if given["fit"] == "cover":
        return {**step, "side_rounding": rounding, "offset_rounding": offset}
    if given["fit"] == "contain":
        return {**step, "side_rounding": rounding, "pad_value": [given["seed"] % 256]}
    return step


def build_resize(method: str, given: Parameters) -> Drawn:
    image = pixels(given["seed"], given["width"], given["height"])
    step = resize_step(method, given)
    width, height = library.fit_size(step, given["width"], given["height"])
    expected = (lambda: library.fitted(image, step)) if width * height < 400_000 else None
    if expected is None:  # a line of pixels made very long: nothing new, and slow
        step = {"op": "resize", "method": method, "fit": "stretch", "width": 1, "height": 1}
        expected = lambda: library.fitted(image, step)  # noqa: E731
    return Drawn("resize", {"input": image, "step": step}, expected)


SIDES = {"width": 1, "height": 1, "to_width": 1, "to_height": 1, "seed": 0, "turn": 0}


def resizes() -> list[Family]:
    return [
        Family(f"resize {method}", draw_resize, lambda given, method=method: build_resize(method, given), SIDES)
        for method in library.METHODS
    ]


def draw_pipeline(rng: random.Random) -> Parameters:
    found = draw_resize(rng)
    found |= {name: rng.randint(1, 40) for name in ("width", "height", "to_width", "to_height")}
    return found | {name: rng.randrange(limit) for name, limit in PARTS.items()}


PARTS = {"method": len(library.METHODS), "color": 6, "first": 4, "second": 5, "numbers": 7, "layout": 3, "tensor": 4}


def build_pipeline(given: Parameters) -> Drawn:
    image = pixels(given["seed"], given["width"], given["height"])
    steps: list[dict[str, Any]] = [{"op": "decode"}]
    gray = given["color"] == 1
    if given["color"] < 3:
        steps.append({"op": "color", "to": ("BGR", "GRAY", "RGB")[given["color"]]})
    if given["first"] in (1, 2):
        steps.append({"op": "flip", "axis": ("horizontal", "vertical")[given["first"] - 1]})
    if given["first"] == 3:
        steps.append({"op": "crop", "central_fraction": (given["seed"] + 1) / 1000})
    steps.append(resize_step(library.METHODS[given["method"]], given))
    steps += second(given)
    steps += numbers(given, 1 if gray else 3)
    steps += [{"op": "layout", "to": ("NHWC", "NCHW")[given["layout"]]}] if given["layout"] < 2 else []
    case: dict[str, Any] = {"input": image, "steps": steps}
    if given["tensor"] > 1 and given["fit"] != "shorter_side":  # which has no shape before there is a photo
        dtype, zero = (("uint8", 117), ("int8", -3))[given["tensor"] - 2]
        case["tensor"] = {
            "shape": [1, 1, 1, 1] if may_be_refused(given) else list(expected_tensor(case).shape),
            "layout": "NCHW" if given["layout"] == 1 else "NHWC",
            "dtype": dtype,
            "scale": 0.013 + given["seed"] / 70,
            "zero_point": zero,
        }
    return Drawn("pipeline", case, None if may_be_refused(given) else lambda: expected_tensor(case))


def second(given: Parameters) -> list[dict[str, Any]]:
    """Gives a step that moves pixels, behind the resize."""
    turn = given["turn"]
    pad = {"op": "pad", "left": turn % 3, "top": turn % 2, "right": turn % 4, "bottom": turn % 5, "value": [turn]}
    size = {"width": max(1, given["to_width"] - turn), "height": max(1, given["to_height"] - turn % 3)}
    crop = {"op": "crop", **size, "offset_rounding": ("floor", "half_even")[turn // 2 % 2]}
    return [[], [pad], [crop], [{"op": "flip", "axis": "vertical"}], [crop, pad]][given["second"]]


def numbers(given: Parameters, channels: int) -> list[dict[str, Any]]:
    """Gives arithmetic; the last one has a mean that does not fit a grey picture."""
    share = {"op": "rescale", "divisor": 255.0}
    factor = {"op": "rescale", "factor": (given["seed"] + 1) / 317, "offset": given["turn"] / 7 - 1}
    imagenet = {"op": "normalize", "mean": [0.485, 0.456, 0.406][:channels], "std": [0.229, 0.224, 0.225][:channels]}
    one = {"op": "normalize", "mean": [given["seed"] / 3], "std": [given["turn"] + 0.7], "range": "0..255"}
    three = {"op": "normalize", "mean": [104.0, 117.0, 123.0], "std": [1.0, 3.0, 7.0], "range": "0..255"}
    found = [[], [share], [factor], [share, {**imagenet, "range": "0..1"}], [one], [factor, factor], [three]]
    return found[given["numbers"]]


def may_be_refused(given: Parameters) -> bool:
    """Says whether a mean may not fit the channels, or a crop be larger than the picture."""
    return (given["color"] == 1 and given["numbers"] == 6) or (
        given["fit"] == "shorter_side" and given["second"] in (2, 4)
    )


def expected_tensor(case: dict[str, Any]) -> Any:
    value = carried_out(case["input"], case["steps"])[np.newaxis].astype(F)
    if "tensor" not in case:
        return value
    tensor = case["tensor"]
    return quantized(value, tensor["scale"], tensor["zero_point"], tensor["dtype"])


def draw_frame(rng: random.Random) -> Parameters:
    found = {"width": rng.randint(1, 24), "height": rng.randint(1, 24), "seed": rng.randrange(1000)}
    return found | {
        "margin": rng.randrange(4),
        "strides": rng.randrange(4),
        "rotation": rng.randrange(4),
        "full": rng.randrange(2),
    }


def build_frame(given: Parameters) -> Drawn:
    y, u, v = planes(np.random.default_rng(given["seed"]), given["width"], given["height"])
    value_range, rotation = ("limited", "full")[given["full"]], given["rotation"] * 90
    step = {"op": "yuv_to_rgb", "format": "YUV_420_888", "range": value_range, "rotation": rotation}
    if given["strides"] == 0:
        frame, step = nv21(y, u, v), {**step, "format": "NV21"}
    else:
        frame = planar(y, u, v, given["margin"], ((1, 1), (1, 2), (2, 3))[given["strides"] - 1])
    expected = lambda: library.yuv_to_rgb(y, u, v, value_range, rotation)  # noqa: E731
    return Drawn("yuv_to_rgb", {"input": frame, "step": step}, expected)


def build_frame_as_photo(given: Parameters) -> Drawn:
    """Gives the same frame to a spec for photos, which takes it as the picture that it says it is."""
    told = build_frame(given)
    value_range, rotation = told.case["step"]["range"], told.case["step"]["rotation"]
    said = {**told.case["input"], "range": value_range, "rotation": rotation}
    assert told.library is not None
    upright = told.library
    expected = lambda: upright()[np.newaxis].astype(F)  # noqa: E731
    return Drawn("pipeline", {"input": said, "steps": [{"op": "decode"}]}, expected)


def draw_content(rng: random.Random) -> Parameters:
    found = {name: rng.randint(1, 40) for name in ("width", "height", "to_width", "to_height", "side")}
    return found | {"seed": rng.randrange(1000), "threshold": rng.randrange(-1, 256), "turn": rng.randrange(16)}


def build_content(given: Parameters) -> Drawn:
    """Gives a drawing, or noise, that is cut out, scaled and centred by its mass, in bytes or in binary32."""
    turn = given["turn"]
    image = (drawing, pixels)[turn % 2](given["seed"], given["width"], given["height"])
    image = np.pad(image, ((turn % 4, 1), (2, turn % 3), (0, 0)))
    factor = {"op": "rescale", "factor": (given["seed"] + 1) / 317, "offset": turn / 7 - 1}
    fit = {"op": "resize", "fit": "contain", "side_rounding": "half_even", "pad_value": [0]}
    fit |= {"method": "tf.bilinear_antialias", "width": given["side"], "height": given["side"]}
    steps: list[dict[str, Any]] = [{"op": "decode"}]
    steps += [{"op": "color", "to": "GRAY"}] if turn // 2 % 2 else []
    steps += [factor] if turn // 4 % 2 else []
    steps += [{"op": "crop_content", "threshold": float(given["threshold"])}]
    steps += [fit] if turn // 8 else []
    steps += [{"op": "center_of_mass", "width": given["to_width"], "height": given["to_height"]}]
    case: dict[str, Any] = {"input": image, "steps": steps}
    return Drawn("pipeline", case, None if is_empty(case) else lambda: expected_tensor(case))


def is_empty(case: dict[str, Any]) -> bool:
    """Says whether a drawing may have nothing above its threshold, or above 0: every language refuses it."""
    cut = next(place for place, step in enumerate(case["steps"]) if step["op"] == "crop_content")
    before = carried_out(case["input"], case["steps"][:cut])
    above = before > F(case["steps"][cut]["threshold"])
    return not above.any() or not (np.where(above, before, 0) > 0).any()


FRAME = {"width": 1, "height": 1, "seed": 0, "margin": 0, "strides": 0, "rotation": 0}
FAMILIES = (
    *resizes(),
    Family("pipeline", draw_pipeline, build_pipeline, {**SIDES, **dict.fromkeys(PARTS, 0)}, weight=6),
    Family("content", draw_content, build_content, {**SIDES, "side": 1, "threshold": -1}),
    Family("yuv_to_rgb", draw_frame, build_frame, FRAME),
    Family("frame_as_photo", draw_frame, build_frame_as_photo, FRAME),
)
