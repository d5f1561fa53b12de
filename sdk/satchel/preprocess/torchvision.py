"""torchvision: transforms on a PIL image, read from the objects, from what they print, or from a preset's fields."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from satchel.preprocess.base import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    PILLOW,
    Preprocess,
    Step,
    crop,
    normalize,
    not_expressible,
    shorter,
    stretch,
)

Transform = tuple[str, Mapping[str, Any]]
_FIELDS = {
    "Resize": ("size", "interpolation", "max_size"),
    "CenterCrop": ("size",),
    "Normalize": ("mean", "std"),
    "Grayscale": ("num_output_channels",),
    "Pad": ("padding", "fill", "padding_mode"),
    "ToDtype": ("dtype", "scale"),
    "ConvertImageDtype": ("dtype",),
}
_PRESETS: dict[str, dict[str, Any]] = {
    "ImageClassification": {"crop_size": None, "resize_size": 256, "mean": IMAGENET_MEAN, "std": IMAGENET_STD},
    "SemanticSegmentation": {"resize_size": None, "mean": IMAGENET_MEAN, "std": IMAGENET_STD},
    "ObjectDetection": {},
}
_TENSORS = {"ToTensor", "MaybeToTensor", "PILToTensor", "MaybePILToTensor", "ToImage"}
_IDLE = {"Identity", "RGB", "ToPureTensor"}


@dataclass
class _Made:
    """The steps so far, and what the picture is by then: pil, uint8 (a tensor) or float."""

    source: str
    steps: list[Step] = field(default_factory=lambda: [{"op": "decode", "background": [0, 0, 0]}])
    kind: str = "pil"
    range: str = "0..255"
    least: tuple[int, int] | None = None


def read(transforms: Any, layout: str) -> Preprocess:
    """Gives the preparation of transforms.

    Raises:
        SpecError: spec/not-expressible.
    """
    source = f"torchvision {type(transforms).__name__}" if not isinstance(transforms, str) else "torchvision"
    made = _Made(source)
    for name, fields in _transforms(transforms, source):
        _add(made, name, fields)
    return Preprocess((*made.steps, {"op": "layout", "to": layout}), source)


def _transforms(given: Any, source: str) -> list[Transform]:
    if isinstance(given, str):
        return _printed(given, source)
    if isinstance(given, Mapping):
        return _preset("ImageClassification", given, source)
    if isinstance(given, functools.partial) or hasattr(given, "meta"):
        return _transforms(given() if isinstance(given, functools.partial) else given.transforms, source)
    name = type(given).__name__
    if name in _PRESETS:
        return _preset(name, {key: getattr(given, key) for key in (*_PRESETS[name], "interpolation") if key}, source)
    inner = getattr(given, "transforms", None)
    if inner is None and name == "Sequential":
        inner = list(given)
    if isinstance(inner, Iterable):
        return [each for part in inner for each in _transforms(part, source)]
    fields = {key: getattr(given, key, None) for key in _FIELDS.get(name, ())}
    return [(name, {**fields, "v2": ".v2" in type(given).__module__})]


def _printed(text: str, source: str) -> list[Transform]:
    """Reads what transforms print; nothing is run."""
    lines = [re.sub(r"^\(\w+\): ", "", line.strip()) for line in text.strip().splitlines()]
    joined = lines[0] + ",".join(lines[1:-1]) + lines[-1] if len(lines) > 1 else lines[0]
    try:
        call = ast.parse(joined, mode="eval").body
    except SyntaxError:
        call = None
    if not isinstance(call, ast.Call):
        message = "is not what transforms print"
        raise not_expressible(source, repr(text[:40]), message, "Give the transforms, or print(transforms).")
    return _called(call, source)


def _called(call: ast.Call, source: str) -> list[Transform]:
    name = call.func.id if isinstance(call.func, ast.Name) else "?"
    if name in ("Compose", "Sequential"):
        return [each for part in call.args if isinstance(part, ast.Call) for each in _called(part, source)]
    fields = {str(each.arg): _literal(each.value, f"{name}({each.arg})", source) for each in call.keywords}
    return _preset(name, fields, source) if name in _PRESETS else [(name, fields)]


def _literal(node: ast.expr, where: str, source: str) -> Any:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    try:
        return ast.literal_eval(node)
    except ValueError:
        message = "is printed with fewer digits than it has"
        raise not_expressible(source, where, message, "Give the transforms themselves.") from None


def _preset(name: str, fields: Mapping[str, Any], source: str) -> list[Transform]:
    """Gives the transforms of a preset: resize, crop where it has one, to values of 0..1, normalize."""
    known = {*_PRESETS[name], "interpolation", "antialias", "resize_antialias"}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise not_expressible(source, unknown[0], f"is no field of {name}", f"Known: {', '.join(sorted(known))}.")
    found = {**_PRESETS[name], **fields}
    steps: list[Transform] = []
    if found.get("resize_size") is not None:
        size = found["resize_size"]
        size = size[0] if isinstance(size, (list, tuple)) and len(size) == 1 else size
        steps.append(("Resize", {"size": size, "interpolation": found.get("interpolation", "bilinear")}))
    if name == "ImageClassification":
        if found["crop_size"] is None:
            raise not_expressible(source, "crop_size", "is missing", "Give the preset's crop_size.")
        steps.append(("CenterCrop", {"size": found["crop_size"]}))
    steps.append(("ToTensor", {}))
    return [*steps, ("Normalize", found)] if "mean" in found else steps


def _add(made: _Made, name: str, fields: Mapping[str, Any]) -> None:
    adders = {"Resize": _resize, "CenterCrop": _crop, "Grayscale": _grey, "Pad": _pad, "Normalize": _normalize}
    if name in adders:
        adders[name](made, fields)
    elif name in _TENSORS:
        if made.kind == "pil":
            made.kind = "uint8"
            if name.endswith("ToTensor") and "PIL" not in name:
                _scale(made)
    elif name in ("ToDtype", "ConvertImageDtype"):
        _dtype(made, name, fields)
    elif name not in _IDLE:
        raise not_expressible(made.source, name, "is no step of a spec")


def _scale(made: _Made, *, product: bool = False) -> None:
    """To values of 0..1: ToTensor and the first generation divide by 255, the second multiplies by 1 / 255."""
    made.steps.append({"op": "rescale", "factor": 1 / 255} if product else {"op": "rescale", "divisor": 255})
    made.kind, made.range = "float", "0..1"


def _dtype(made: _Made, name: str, fields: Mapping[str, Any]) -> None:
    dtype = str(fields.get("dtype") or "float32").rsplit(".", 1)[-1]
    if dtype == "uint8" and made.kind != "float":
        return
    if dtype not in ("float32", "float"):
        raise not_expressible(made.source, f"{name} to {dtype}", "makes values that no step of a spec makes")
    if made.kind == "pil":
        raise not_expressible(made.source, name, "takes a tensor", "Put ToImage or PILToTensor before it.")
    if name == "ConvertImageDtype" and "v2" not in fields:
        hint = "Give the transforms themselves."
        raise not_expressible(made.source, name, "is printed alike by both generations of torchvision", hint)
    if made.kind == "uint8" and (name == "ConvertImageDtype" or fields.get("scale")):
        _scale(made, product=name == "ToDtype" or bool(fields["v2"]))
    made.kind = "float"


def _resize(made: _Made, fields: Mapping[str, Any]) -> None:
    if made.kind != "pil":
        hint = "Put Resize before ToTensor or ToImage, so that Pillow resizes."
        raise not_expressible(made.source, "Resize of a tensor", "gives other bytes than that of a photo", hint)
    if fields.get("max_size") is not None:
        raise not_expressible(made.source, "Resize with max_size", "is no step of a spec")
    chosen = fields.get("interpolation") or "bilinear"
    filter_name = str(getattr(chosen, "value", chosen)).lower().replace("_", "-").replace("nearest-exact", "nearest")
    if filter_name not in PILLOW:
        raise not_expressible(made.source, f"Resize with {filter_name}", "is no filter of Pillow")
    method, size = f"pillow.{filter_name}", fields["size"]
    if isinstance(size, int) or len(size) == 1:
        side = size if isinstance(size, int) else size[0]
        made.steps.append(shorter(method, side))
        made.least = (side, side)
        return
    made.steps.append(stretch(method, *size))
    made.least = (size[0], size[1])


def _crop(made: _Made, fields: Mapping[str, Any]) -> None:
    height, width = _pair(fields["size"])
    if made.least is None or height > made.least[0] or width > made.least[1]:
        why = f"{height} x {width} may be more than there is, and is filled up with black"
        raise not_expressible(made.source, "CenterCrop", why, "Resize to at least its size before it.")
    made.steps.append(crop(height, width, "half_even"))
    made.least = (height, width)


def _pair(size: Any) -> tuple[int, int]:
    if isinstance(size, int):
        return size, size
    return (size[0], size[0]) if len(size) == 1 else (size[0], size[1])


def _grey(made: _Made, fields: Mapping[str, Any]) -> None:
    if made.kind != "pil":
        raise not_expressible(made.source, "Grayscale of a tensor", "gives other bytes than that of a photo")
    if fields.get("num_output_channels") not in (1, None):
        raise not_expressible(made.source, "Grayscale to 3 channels", "is no step of a spec", "Use one channel.")
    made.steps.append({"op": "color", "to": "GRAY"})


def _pad(made: _Made, fields: Mapping[str, Any]) -> None:
    fill = fields.get("fill") or 0
    whole = [fill] if isinstance(fill, (int, float)) else list(fill) if isinstance(fill, Sequence) else []
    if made.kind != "pil" or fields.get("padding_mode") not in ("constant", None) or not whole:
        raise not_expressible(made.source, "Pad", "is only expressible as margins of one colour around a photo")
    given = fields["padding"]
    sides = [given] * 4 if isinstance(given, int) else list(given) * (4 // len(given))
    left, top, right, bottom = sides
    margins = {"left": left, "top": top, "right": right, "bottom": bottom}
    made.steps.append({"op": "pad", **margins, "value": [int(value) for value in whole]})
    if made.least is not None:
        made.least = (made.least[0] + top + bottom, made.least[1] + left + right)


def _normalize(made: _Made, fields: Mapping[str, Any]) -> None:
    if made.kind != "float":
        raise not_expressible(made.source, "Normalize", "takes a tensor of floats", "Put ToTensor before it.")
    mean, std = (_floats(fields[name]) for name in ("mean", "std"))
    made.steps.append(normalize(mean, std, made.range))


def _floats(values: Any) -> list[float]:
    """Gives the numbers of a list, an array or a tensor."""
    return [float(value) for value in (values.tolist() if hasattr(values, "tolist") else values)]
