"""Prepares a photo with transformers, torchvision and timm themselves: `python library_preparations.py PHOTO OUT`.

Run in an environment of its own that has them. Writes an .npz with the tensor of each case, and prints a JSON list:
the case, what Satchel reads from the objects, and the plain form (fields or printed text) that it can be read from too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Case = tuple[str, str, Any, Any, Any]
"""Name, library, the object, its plain form, and the tensor."""


def processors(photo: Image.Image) -> Iterator[Case]:
    """Image processors with their own defaults, and with fields that published configurations have."""
    import transformers

    cases: dict[str, list[dict[str, Any]]] = {
        "BeitImageProcessor": [{}],
        "BitImageProcessor": [{}, {"size": {"shortest_edge": 256}, "image_mean": [0.485, 0.456, 0.406]}],
        "BlipImageProcessor": [{}],
        "CLIPImageProcessor": [{}, {"size": 233, "crop_size": {"height": 224, "width": 200}, "do_normalize": False}],
        "ConvNextImageProcessor": [{"size": {"shortest_edge": 224}}, {}],
        "DeiTImageProcessor": [{}],
        "EfficientNetImageProcessor": [{}, {"rescale_offset": True, "rescale_factor": 1 / 127.5, "include_top": False}],
        "MobileNetV1ImageProcessor": [{}],
        "MobileNetV2ImageProcessor": [{}],
        "MobileViTImageProcessor": [{"size": {"shortest_edge": 288}}],
        "PvtImageProcessor": [{}],
        "SegformerImageProcessor": [{"do_reduce_labels": True}],
        "SiglipImageProcessor": [{}],
        "ViTImageProcessor": [{}, {"resample": 1}, {"resample": 5, "do_rescale": False, "do_normalize": False}],
    }
    for kind, options in cases.items():
        for number, fields in enumerate(options):
            processor = getattr(transformers, kind)(**fields)
            tensor = processor(photo, return_tensors="np")["pixel_values"]
            yield f"{kind}-{number}", "huggingface", processor, json.loads(processor.to_json_string()), tensor


def transforms(photo: Image.Image) -> Iterator[Case]:
    """Transforms of both generations, presets, and weights with what they name."""
    import torch
    from torchvision import models
    from torchvision import transforms as v1
    from torchvision.transforms import InterpolationMode, v2

    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    weights = models.MobileNet_V3_Small_Weights.DEFAULT
    convert = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)]
    cases: dict[str, Any] = {
        "weights": weights.transforms(),
        "bicubic-weights": models.EfficientNet_B0_Weights.DEFAULT.transforms(),
        "segmentation": models.segmentation.LRASPP_MobileNet_V3_Large_Weights.DEFAULT.transforms(),
        "compose": v1.Compose([v1.Resize(256), v1.CenterCrop(224), v1.ToTensor(), v1.Normalize(mean, std)]),
        "stretched": v1.Compose([v1.Resize((160, 200), InterpolationMode.LANCZOS), v1.CenterCrop(151), v1.ToTensor()]),
        "grey": v1.Compose([v1.Resize(65), v1.CenterCrop((64, 63)), v1.Grayscale(), v1.ToTensor()]),
        "padded": v1.Compose([v1.Resize(40), v1.CenterCrop(40), v1.Pad((1, 2), (9, 8, 7)), v1.ToTensor()]),
        "v2": v2.Compose([v2.Resize(96, interpolation=InterpolationMode.BOX), v2.CenterCrop(95), *convert]),
        "raw": v1.Compose([v1.Resize((32, 32), InterpolationMode.NEAREST), v1.PILToTensor()]),
        "first": v1.Compose([v1.Resize(70), v1.PILToTensor(), v1.ConvertImageDtype(torch.float32)]),
        "second": v2.Compose([v2.Resize(70), v2.PILToTensor(), v2.ConvertImageDtype(torch.float32)]),
        "sequential": torch.nn.Sequential(v2.Resize((50, 60)), *convert),
    }
    for name, each in cases.items():
        plain = None if name in ("padded", "first", "second") else repr(each)
        yield name, "torchvision", each, plain, each(photo).numpy()[None]
    yield "weights-themselves", "torchvision", weights, None, weights.transforms()(photo).numpy()[None]


def configurations(photo: Image.Image) -> Iterator[Case]:
    """Configurations as timm resolves them."""
    import timm

    cases: list[dict[str, Any]] = [
        {"input_size": (3, 224, 224)},
        {
            "input_size": (3, 240, 240),
            "crop_pct": 0.95,
            "interpolation": "bilinear",
            "mean": (0.5,) * 3,
            "std": (0.5,) * 3,
        },
        {"input_size": (3, 96, 80), "crop_mode": "squash", "crop_pct": 0.9},
        {"input_size": (3, 299, 299), "crop_pct": 1.0, "interpolation": "lanczos"},
    ]
    for number, config in enumerate(cases):
        resolved = timm.data.resolve_data_config({}, pretrained_cfg=config)
        tensor = timm.data.create_transform(**resolved)(photo).numpy()[None]
        yield f"timm-{number}", "timm", resolved, config, tensor


def main(photo: str, out: str) -> None:
    """Prepares the photo in every way."""
    from satchel import Preprocess

    read = {
        "huggingface": Preprocess.from_huggingface,
        "torchvision": Preprocess.from_torchvision,
        "timm": Preprocess.from_timm,
    }
    picture = Image.open(photo).convert("RGB")
    tensors, told = {}, []
    for kind in (processors, transforms, configurations):
        for name, library, thing, plain, tensor in kind(picture):
            tensors[name] = np.asarray(tensor)
            steps = list(read[library](thing).steps)
            told.append({"name": name, "library": library, "steps": steps, "plain": plain})
    np.savez(out, **tensors)
    Path(out).with_suffix(".json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
